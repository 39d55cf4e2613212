"""Looking at a form as a team does, and publishing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.domain.questionnaire.answers import (
    InvalidAnswersError,
    check_answers,
    normalise,
)
from eventhub.domain.questionnaire.fields import from_fields
from eventhub.domain.questionnaire.questions import STAGES_MAX, Question, questions_of
from eventhub.i18n import LOCALES, _, locale_code, speaking
from eventhub.questionnaires import queries, service
from eventhub.questionnaires.filling import asked_rows, list_lines, without_row
from eventhub.questionnaires.forms import ActForm, PublishForm
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.permissions import can_edit
from eventhub.questionnaires.uses import list_uses
from eventhub.questionnaires.views.blueprint import bp
from eventhub.questionnaires.views.cards import describe_changes, list_stages
from eventhub.questionnaires.wording import by_control
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


def _form(form_id: uuid.UUID) -> Questionnaire:
    return authorize(can_edit, queries.get_questionnaire(form_id))


@bp.route("/<uuid:form_id>/preview", methods=["GET", "POST"])
@signed_in
def preview(form_id: uuid.UUID) -> ResponseReturnValue:
    """The draft as a team sees it, to be tried out; nothing is kept."""
    form = _form(form_id)
    return _trial(form, questions_of(form.draft), version=None)


@bp.route("/<uuid:form_id>/versions/<int:number>", methods=["GET", "POST"])
@signed_in
def version(form_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """A published version as its teams see it."""
    form = _form(form_id)
    found = queries.get_version(form_id, number)
    return _trial(form, questions_of(found.questions), version=found)


def _trial(
    form: Questionnaire, questions: Sequence[Question], *, version: Any
) -> ResponseReturnValue:
    page = ActForm()
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    language = request.values.get("language")
    with speaking(language if language in LOCALES else locale_code()):
        if page.validate_on_submit():
            values, errors = _tried(page, questions, request.form.to_dict())
        uses = list_uses(form.id)
        lines = list_lines(
            questions,
            values,
            errors=errors,
            stages=list_stages(uses),
            blank_rows=asked_rows(request.form.get("op", "")),
        )
    return render_form(
        "questionnaires/preview.html",
        page,
        questionnaire=form,
        uses=uses,
        lines=lines,
        version=version,
        language=language if language in LOCALES else locale_code(),
        languages=LOCALES,
        is_checked=request.form.get("op") == "check",
        errors=errors,
    )


def _tried(
    page: ActForm, questions: Sequence[Question], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    try:
        given = without_row(from_fields(questions, typed), typed.get("op", ""))
        values = normalise(questions, given)
    except InvalidAnswersError:
        page.form_errors.append(_("有一项内容无法识别，请刷新页面后重试。"))
        return {}, {}
    stage = STAGES_MAX if typed.get("op") == "check" else 0
    return values, by_control(check_answers(questions, values, stage=stage))


@bp.route("/<uuid:form_id>/publish", methods=["GET", "POST"])
@signed_in
def publish(form_id: uuid.UUID) -> ResponseReturnValue:
    """What changed since the last version and whom it concerns; then publish it."""
    form = _form(form_id)
    page = PublishForm(data={"revision": str(form.revision)})
    if page.validate_on_submit() and page.accepted_by(
        lambda: service.publish_questionnaire(form_id, revision=page.seen, by=me())
    ):
        flash(_("表单已发布，团队现在看到的就是这一版。"), "success")
        return redirect(url_for(".edit", form_id=form_id), 303)
    form = queries.get_questionnaire(form_id)
    page.revision.data, page.revision.raw_data = str(form.revision), [str(form.revision)]
    return render_form(
        "questionnaires/publish.html",
        page,
        questionnaire=form,
        changes=describe_changes(service.changes_of(form)),
        newest=queries.find_newest(form_id),
        uses=list_uses(form_id),
    )
