"""A group's form: the team fills it in, others read it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.domain.questionnaire.answers import InvalidAnswersError, normalise
from eventhub.domain.questionnaire.fields import from_fields, to_fields
from eventhub.domain.questionnaire.questions import questions_of
from eventhub.entries import queries
from eventhub.entries.enums import ENTRY_STATE_LOOKS
from eventhub.entries.errors import FormReplacedError, UnreadableAnswerError
from eventhub.entries.forms.answers import AnswersForm, answers_only
from eventhub.entries.forms.draft import typed_fields
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_read_entry, is_captain
from eventhub.entries.service.answering import add_file, drop_file, save_answers
from eventhub.entries.service.answers import (
    FormState,
    answer_rows,
    changes_of,
    find_file,
    form_of,
    list_problems,
    missing_in,
)
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.group_forms import stages_of
from eventhub.entries.views.sections import list_sections
from eventhub.errors import EventHubError
from eventhub.files.sending import send
from eventhub.i18n import _, locale_code
from eventhub.questionnaires.enums import ASPECT_LABELS, CHANGE_LOOKS
from eventhub.questionnaires.filling import asked_rows, list_lines, without_row
from eventhub.questionnaires.queries import find_version
from eventhub.questionnaires.wording import by_control
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.jinja import show_time
from eventhub.web.security import limiter

JSON_MAX = 1024 * 1024


@bp.get("/entries/<uuid:entry_id>/form")
@signed_in
def answers(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The form, to fill in while it may be changed, else to read."""
    entry = authorize(can_read_entry, queries.get_entry(entry_id))
    state = form_of(entry)
    if not (is_captain(me(), entry) and state.may_edit):
        context = _frame(entry, state)
        return render_template(
            "entries/answers.html", rows=answer_rows(entry), lines=None, **context
        )
    rows = asked_rows(request.args.get("op", ""))
    return _page(entry, state, AnswersForm.of(state), blank_rows=rows)


@bp.post("/entries/<uuid:entry_id>/form")
@signed_in
@limiter.limit("60/minute;600/hour", key_func=whoever)
def save_form(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save everything, then the files that came along, then do what the pressed button says."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    before = form_of(entry)
    form = AnswersForm.of(before)
    order = request.form.get("op", "save")
    typed = answers_only(request.form.to_dict())
    kept: list[FormState] = []
    if form.validate_on_submit() and form.accepted_by(_saving(entry_id, form, typed, order, kept)):
        return _saved(entry_id, kept[0], order)
    entry = queries.get_entry(entry_id)
    if kept:  # the words are stored, a file was not
        return _page(entry, form_of(entry), form)
    return _page(entry, *_shown_again(form, before, typed))


def _saving(
    entry_id: uuid.UUID,
    form: AnswersForm,
    typed: Mapping[str, str],
    order: str,
    kept: list[FormState],
) -> Callable[[], None]:
    """Each part is kept once it is accepted, whatever is said of the next."""

    def use_case() -> None:
        saved = _keep(entry_id, form, typed, order)
        kept.append(saved)
        form.now_at(saved)
        for control, upload in request.files.items():
            if upload.filename:
                add_file(
                    entry_id,
                    key=control.removeprefix("q-"),
                    content=cast(BinaryIO, upload.stream),
                    name=upload.filename,
                    by=me(),
                )
        verb, _dash, rest = order.partition("-")
        if verb == "drop":
            key, _dash, file_id = rest.partition("-")
            drop_file(entry_id, key=key, file_id=file_id, by=me())

    return use_case


def _keep(
    entry_id: uuid.UUID, form: AnswersForm, typed: Mapping[str, str], order: str
) -> FormState:
    """Read the controls by the version of the form that the page was showing, and save."""
    version = find_version(form.shown_version)
    if version is None:
        raise FormReplacedError
    try:
        values = from_fields(questions_of(version.questions), typed)
    except InvalidAnswersError as error:
        raise UnreadableAnswerError(field=error.control) from error
    return save_answers(
        entry_id,
        version_id=version.id,
        revision=form.seen_revision,
        values=without_row(values, order),
        by=me(),
    )


def _saved(entry_id: uuid.UUID, saved: FormState, order: str) -> ResponseReturnValue:
    """Go on after a save: to the row that was asked for, or to what needs mending."""
    verb, _dash, rest = order.partition("-")
    entry = queries.get_entry(entry_id)
    state = form_of(entry)
    if saved.moved_from is not None:
        return _page(entry, state, AnswersForm.of(state), moved=saved)
    wrong = list_problems(state)
    if verb in {"save", "send"} and wrong:
        form = AnswersForm.of(state)
        form.refused = UnreadableAnswerError(_("已保存。下面标出的几处还需要改正，否则不能提交。"))
        return _page(entry, state, form)
    if verb == "save":
        flash(_("报名表已保存。"), "success")
    anchor = f"q-{rest.partition('-')[0]}" if verb in {"add", "remove", "drop"} else None
    op = order if verb == "add" else None
    return redirect(url_for(".answers", entry_id=entry_id, op=op, _anchor=anchor), 303)


def _shown_again(
    form: AnswersForm, state: FormState, typed: Mapping[str, str]
) -> tuple[FormState, AnswersForm, dict[str, Any] | None]:
    """The page as it was sent: its own version of the form, with what was typed into it."""
    version = find_version(form.shown_version)
    if version is None:
        return state, form, None
    shown = replace(state, version=version, questions=questions_of(version.questions))
    files = {k: v for k, v in state.values.items() if isinstance(v, list) and v and "id" in v[0]}
    readable = dict(typed)
    while True:
        try:
            values = normalise(shown.questions, from_fields(shown.questions, readable))
        except InvalidAnswersError as error:
            if readable.pop(error.control, None) is None:
                return shown, form, None
        else:
            return shown, form, {**values, **files}


@bp.post("/entries/<uuid:entry_id>/form/autosave")
@signed_in
@limiter.limit("120/minute", key_func=whoever)
def autosave_form(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save what a script sends while the captain types."""
    request.max_content_length = JSON_MAX
    entry = authorize(is_captain, queries.get_entry(entry_id))
    typed = typed_fields(request.get_json(silent=True))
    form = AnswersForm.of(form_of(entry), typed=typed)
    kept: list[FormState] = []
    if form.validate() and form.accepted_by(
        lambda: kept.append(_keep(entry_id, form, answers_only(typed), "save"))
    ):
        return jsonify(_stored(entry, kept[0]))
    return jsonify(_refusal(form, queries.get_entry(entry_id))), form.status


def _stored(entry: Entry, state: FormState) -> dict[str, Any]:
    zone = entry.competition.event.timezone
    told = {
        "version": state.revision,
        "time": show_time(state.answer.saved_at, zone) if state.answer else "",
        "errors": by_control(list_problems(state)),
        "checklist_html": render_template(
            "entries/_answers_missing.html", missing=missing_in(state)
        ),
    }
    if state.moved_from is not None:
        news = render_template(
            "entries/_answers_news.html", entry=entry, is_live=True, **_news(state)
        )
        return {**told, "errors": {}, "news_html": news}
    return told


def _refusal(form: AnswersForm, entry: Entry) -> dict[str, Any]:
    """What is wrong, field by field; with what is stored, so that a script can compare."""
    refused = form.refused
    words = str(refused.message) if refused else _("有内容没有保存，请检查标出的地方。")
    state = form_of(entry)
    return {
        "error": {"code": refused.code if refused else "invalid", "message": words},
        "errors": {refused.field: [words]} if refused and refused.field else {},
        "stored": {
            "version": state.revision,
            "fields": {
                "form_version": str(state.version.id) if state.version else "",
                **to_fields(state.questions, state.values),
            },
        },
    }


@bp.get("/entries/<uuid:entry_id>/form/files/<uuid:file_id>")
@signed_in
def answer_file(entry_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A file that the team answered with, as a download."""
    entry = authorize(can_read_entry, queries.get_entry(entry_id))
    return send(find_file(entry, file_id))


def _page(
    entry: Entry,
    state: FormState,
    form: AnswersForm,
    values: dict[str, Any] | None = None,
    *,
    blank_rows: Mapping[str, int] | None = None,
    moved: FormState | None = None,
) -> ResponseReturnValue:
    errors = by_control(list_problems(state)) if values is None else {}
    refused: EventHubError | None = form.refused
    if refused is not None and refused.field:
        errors.setdefault(refused.field, []).append(str(refused.message))
    lines = list_lines(
        state.questions,
        state.values if values is None else values,
        errors=errors,
        stages=stages_of(entry.competition),
        locked=state.locked,
        blank_rows=blank_rows,
        file_url=lambda file_id: url_for(".answer_file", entry_id=entry.id, file_id=file_id),
    )
    context = _frame(entry, state)
    if moved is not None:
        context["news"] = _news(moved)
    return render_form("entries/answers.html", form, lines=lines, **context)


def _frame(entry: Entry, state: FormState) -> dict[str, Any]:
    return {
        "entry": entry,
        "state": state,
        "missing": missing_in(state),
        "sections": list_sections(entry),
        "looks": ENTRY_STATE_LOOKS,
        "is_mine": is_captain(me(), entry),
        "news": _news(state) if state.moved_from else None,
    }


def _news(state: FormState) -> dict[str, Any]:
    """What became of the form since it was answered."""
    assert state.version is not None
    assert state.moved_from is not None
    return {
        "old": state.moved_from.number,
        "new": state.version.number,
        "changes": [
            {
                "look": CHANGE_LOOKS[change.kind],
                "label": change.question.label.of(locale_code()),
                "aspects": [ASPECT_LABELS[aspect] for aspect in change.aspects],
            }
            for change in changes_of(state)
        ],
        "lost": state.lost,
    }
