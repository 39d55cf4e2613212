"""The forms of a competition's groups: the organiser's tab."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.circles.enums import CircleRole
from eventhub.circles.queries import list_circles_of
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.queries import get_competition, get_group
from eventhub.domain.questionnaire.questions import questions_of
from eventhub.entries.forms import ConfirmForm
from eventhub.entries.forms.answers import GroupFormForm
from eventhub.entries.queries.answers import count_answers, list_groups_using
from eventhub.entries.service.group_forms import set_form, take_off_form
from eventhub.entries.views.blueprint import bp
from eventhub.i18n import _
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.permissions import can_edit
from eventhub.questionnaires.queries import list_newest, list_of_circles
from eventhub.questionnaires.uses import Use
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.navigation import Panel

KNOWN_MAX = 20


@bp.get("/manage/competitions/<uuid:competition_id>/forms")
@signed_in
def forms_index(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Which group asks for which form, and how far each form is."""
    competition = authorize(can_manage, get_competition(competition_id))
    return render_template(
        "entries/forms_index.html", competition=competition, rows=_list_rows(competition)
    )


def _list_rows(competition: Competition) -> list[dict[str, Any]]:
    """A line a group, with its form and what became of it."""
    form_ids = [group.questionnaire_id for group in competition.groups if group.questionnaire_id]
    newest = list_newest(form_ids)
    counts = count_answers([group.id for group in competition.groups])
    rows = []
    for group in competition.groups:
        form = group.questionnaire
        version = newest.get(form.id) if form else None
        drafted = questions_of(form.draft) if form else ()
        rows.append(
            {
                "group": group,
                "form": form,
                "number": version.number if version else None,
                "is_changed": version is not None and questions_of(version.questions) != drafted,
                "question_count": sum(question.asks for question in drafted),
                "answer_count": sum(counts.get(group.id, (0, 0))),
                "may_edit": form is not None and can_edit(me(), form),
            }
        )
    return rows


@bp.route("/manage/competitions/<uuid:competition_id>/forms/new", methods=["GET", "POST"])
@signed_in
def new_form(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Give groups a form: blank, from a preset, shared or copied."""
    competition = authorize(can_manage, get_competition(competition_id))
    page = GroupFormForm.of(competition, _known_forms(competition), request.args.get("group", ""))
    made: list[Questionnaire] = []
    if page.validate_on_submit() and page.accepted_by(
        lambda: made.append(
            set_form(competition_id, source=page.source.data, group_ids=page.group_ids, by=me())
        )
    ):
        flash(_("表单已设好。核对题目后发布，团队才能填写。"), "success")
        if can_edit(me(), made[0]):
            return redirect(url_for("questionnaires.edit", form_id=made[0].id), 303)
        return redirect(url_for(".forms_index", competition_id=competition_id), 303)
    return render_form("entries/forms_new.html", page, competition=competition)


def _known_forms(competition: Competition) -> list[Questionnaire]:
    """Forms that can be copied: of the circles for which one organises, newest first."""
    circles = {circle.id for circle in list_circles_of(me(), role=CircleRole.ORGANISER)}
    return list(list_of_circles(circles | {competition.event.circle_id}, limit=KNOWN_MAX))


@bp.post("/manage/groups/<uuid:group_id>/form/remove")
@signed_in
def remove_form(group_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a group's entries for no form any more."""
    group = get_group(group_id)
    competition = authorize(can_manage, get_competition(group.competition_id))
    if not ConfirmForm().validate_on_submit():
        abort(400)
    take_off_form(group_id, by=me())
    flash(_("“%(group)s”不再要求填写表单。已填写的内容仍然保留。", group=group.name), "success")
    return redirect(url_for(".forms_index", competition_id=competition.id), 303)


def stages_of(competition: Competition) -> tuple[str, ...]:
    """From when an answer can be required: the submission, and before each later round."""
    later = sorted((r for r in competition.rounds if r.position > 1), key=lambda r: r.position)
    names = {round_.position: _("%(round)s前", round=round_.name) for round_ in later}
    last = max(names, default=1)
    gaps = [names.get(n) or _("第 %(number)s 轮前", number=n) for n in range(2, last + 1)]
    return (_("提交报名时"), *gaps)


def uses_of(questionnaire_id: uuid.UUID) -> list[Use]:
    """The groups that ask for a form, for the builder's pages."""
    groups = list_groups_using(questionnaire_id)
    counts = count_answers([group.id for group in groups])
    return [
        Use(
            title=f"{group.competition.event.title} · {group.name}",
            back=(
                (_("赛事管理"), url_for("competitions.manage_index")),
                (
                    group.competition.event.title,
                    url_for("competitions.manage", competition_id=group.competition_id),
                ),
                (_("报名表"), url_for("entries.forms_index", competition_id=group.competition_id)),
            ),
            stages=stages_of(group.competition),
            open_count=counts.get(group.id, (0, 0))[0],
            closed_count=counts.get(group.id, (0, 0))[1],
        )
        for group in groups
    ]


def runs_one(person: Any, questionnaire_id: uuid.UUID) -> bool:
    """Whether a person runs a competition with a group that asks for the form."""
    return any(can_manage(person, g.competition) for g in list_groups_using(questionnaire_id))


def unpublished(competition: Competition) -> Panel | None:
    """On the overview: forms that groups have and teams cannot see yet."""
    with_form = {g.questionnaire_id: g for g in competition.groups if g.questionnaire_id}
    newest = list_newest([*with_form]) if with_form else {}
    waiting = [group.name for form_id, group in with_form.items() if form_id not in newest]
    if not waiting:
        return None
    return Panel("entries/_forms_unpublished.html", {"competition": competition, "groups": waiting})
