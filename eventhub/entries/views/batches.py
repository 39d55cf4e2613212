"""One verdict on many entries: choosing, confirming, taking back."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.entries import queries, service
from eventhub.entries.enums import ENTRY_STATE_LOOKS, Verdict
from eventhub.entries.forms import BatchForm, ChooseForm, ConfirmForm, filter_args, read_filter
from eventhub.entries.forms.review import read_ids
from eventhub.entries.permissions import can_review_competition
from eventhub.entries.views.blueprint import bp
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.post("/manage/competitions/<uuid:competition_id>/entries/choose")
@signed_in
def choose(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a verdict on the chosen entries would do, and ask."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    form = ChooseForm()
    ids = read_ids(request.form.getlist("entry"))
    if not form.validate_on_submit() or not (ids or form.everything.data):
        flash(_("请先勾选项目，再通过或退回。"), "info")
        return redirect(_index(competition), 303)
    chosen = None if form.everything.data else ids
    return _ask(competition, BatchForm(formdata=None), form.chosen_verdict, chosen)


def _ask(
    competition: Competition, form: BatchForm, verdict: Verdict, ids: list[uuid.UUID] | None
) -> ResponseReturnValue:
    wanted = queries.EntryFilter() if ids is not None else read_filter(request.args)
    preview = service.preview_batch(
        competition.id, verdict=verdict, entry_ids=ids, wanted=wanted, by=me()
    )
    form.verdict.data = verdict.value
    form.reason.flags.required = verdict is Verdict.RETURNED
    form.entries.data = " ".join(str(entry.id) for entry in preview.entries)
    return render_form(
        "entries/review_batch.html",
        form,
        competition=competition,
        preview=preview,
        verdict=verdict,
        back=_index(competition),
        looks=ENTRY_STATE_LOOKS,
        minutes=int(service.UNDO_LIFE.total_seconds() // 60),
    )


@bp.post("/manage/competitions/<uuid:competition_id>/entries/decide")
@signed_in
def decide(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or return what was confirmed."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    form = BatchForm()
    if not form.verdict.validate(form):
        return redirect(_index(competition), 303)
    passed: list[int] = []

    def use_case() -> None:
        batch, skipped = service.decide_batch(
            competition_id,
            verdict=form.chosen_verdict,
            entry_ids=form.entry_ids,
            reason=form.reason.data or "",
            by=me(),
        )
        passed.extend((len(batch.lines), len(skipped)))

    if form.validate_on_submit() and form.accepted_by(use_case):
        _tell(form.chosen_verdict, *passed)
        return redirect(_index(competition), 303)
    return _ask(competition, form, form.chosen_verdict, form.entry_ids)


def _tell(verdict: Verdict, done: int, skipped: int) -> None:
    if verdict is Verdict.APPROVED:
        words = _("已通过 %(count)s 个项目。撤销时间过后，才会发出通知和电子票。", count=done)
    else:
        words = _("已退回 %(count)s 个项目。撤销时间过后，才会通知负责人。", count=done)
    flash(words, "success")
    if skipped:
        flash(_("有 %(count)s 个项目的状态已改变，没有处理。", count=skipped), "info")


@bp.post("/manage/competitions/<uuid:competition_id>/batches/<uuid:batch_id>/undo")
@signed_in
def undo(competition_id: uuid.UUID, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take a batch back."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    form = ConfirmForm()
    undone: list[service.Undone] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: undone.append(service.undo_batch(batch_id, by=me()))
    ):
        flash(_("已撤销，%(count)s 个项目恢复原状。", count=undone[0].restored), "success")
        if undone[0].moved_on:
            return _moved_on(competition, undone[0])
    elif form.refused:
        flash(str(form.refused.message), "danger")
    return redirect(_index(competition), 303)


def _moved_on(competition: Competition, undone: service.Undone) -> ResponseReturnValue:
    """Name what could not be put back."""
    return render_template(
        "entries/review_undone.html",
        competition=competition,
        undone=undone,
        back=_index(competition),
        looks=ENTRY_STATE_LOOKS,
    )


def _index(competition: Competition) -> str:
    """The list as it was narrowed."""
    args = filter_args(read_filter(request.args))
    return url_for(".review_index", competition_id=competition.id, **args)
