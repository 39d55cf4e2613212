"""Lists that offices hand in: the template, the check, the decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.entries import service
from eventhub.entries.enums import IMPORT_STATE_LOOKS, ImportState
from eventhub.entries.forms.importing import GOOD, DecideForm, UploadForm
from eventhub.entries.forms.review import ConfirmForm
from eventhub.entries.models import ImportRun
from eventhub.entries.permissions import can_import, can_review_competition, can_see_run
from eventhub.entries.queries.imports import get_run, list_runs
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.downloads import XLSX, LastReader, attachment
from eventhub.web.forms import render_form
from eventhub.web.paging import Page, page_number
from eventhub.web.security import limiter

PROBLEMS_SHOWN = 100
BUSY = frozenset({ImportState.CHECKING, ImportState.WRITING})


@bp.route("/competitions/<uuid:competition_id>/imports", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", key_func=whoever, methods=["POST"])
def imports(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Fetch the template, hand in a list, see the earlier ones."""
    competition = authorize(can_import, get_competition(competition_id))
    form = UploadForm()
    made: list[ImportRun] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(
            service.upload_list(competition_id, content=form.content, name=form.name, by=me())
        )
    ):
        return redirect(url_for(".import_run", run_id=made[0].id), 303)
    organises = can_review_competition(me(), competition)
    runs = list_runs(competition_id, made_by_id=None if organises else me().id)
    return render_form(
        "entries/imports.html",
        form,
        runs=runs,
        looks=IMPORT_STATE_LOOKS,
        bytes_max=service.BYTES_MAX,
        **_context(competition),
    )


def _context(competition: Competition) -> dict[str, Any]:
    """An organiser stays among the competition's tabs; a school's officer has none."""
    organises = can_review_competition(me(), competition)
    layout = "competitions/manage_layout.html" if organises else "layouts/wide.html"
    return {"competition": competition, "organises": organises, "layout": layout}


@bp.get("/competitions/<uuid:competition_id>/imports/template.xlsx")
@signed_in
def import_template(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The empty workbook."""
    competition = authorize(can_import, get_competition(competition_id))
    name = _("%(title)s-导入模板.xlsx", title=competition.event.title)
    return attachment(LastReader(service.write_blank(competition)), name, XLSX)


@bp.get("/imports/<uuid:run_id>")
@signed_in
def import_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """What was found in a list, and what became of it."""
    return render_template("entries/import_run.html", **_run_context(_get_run(run_id)))


def _get_run(run_id: uuid.UUID) -> ImportRun:
    run = get_run(run_id)
    if not can_see_run(me(), run, get_competition(run.competition_id)):
        raise NotFoundError
    return run


def _run_context(run: ImportRun) -> dict[str, Any]:
    problems = run.report.get("problems", [])
    pages = max(1, -(-len(problems) // PROBLEMS_SHOWN))
    at = min(page_number(), pages)
    shown = problems[(at - 1) * PROBLEMS_SHOWN : at * PROBLEMS_SHOWN]
    return {
        "run": run,
        "report": run.report,
        "page": Page(shown, at, PROBLEMS_SHOWN, len(problems)),
        "looks": IMPORT_STATE_LOOKS,
        "is_busy": run.state in BUSY,
        "good": run.report.get("created", 0) + run.report.get("changed", 0),
        **_context(get_competition(run.competition_id)),
    }


@bp.post("/imports/<uuid:run_id>/decide")
@signed_in
def decide_import(run_id: uuid.UUID) -> ResponseReturnValue:
    """Write all of it, or the good rows."""
    _get_run(run_id)
    form = DecideForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.import_run(run_id, only_good=form.mode.data == GOOD, by=me())
    ):
        return redirect(url_for(".import_run", run_id=run_id), 303)
    if form.refused:
        flash(str(form.refused.message), "danger")
    return redirect(url_for(".import_run", run_id=run_id), 303)


@bp.post("/imports/<uuid:run_id>/discard")
@signed_in
def discard_import(run_id: uuid.UUID) -> ResponseReturnValue:
    """Put the list aside."""
    run = _get_run(run_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(lambda: service.discard_run(run_id, by=me())):
        flash(_("已放弃这份名单，没有写入任何内容。"), "success")
        return redirect(url_for(".imports", competition_id=run.competition_id), 303)
    if form.refused:
        flash(str(form.refused.message), "danger")
    return redirect(url_for(".import_run", run_id=run_id), 303)
