"""Who may enter: the rules of a group, and those of all groups."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries, service
from eventhub.competitions.conditions import RULE_KIND_LABELS, describe, settle
from eventhub.competitions.forms import ConditionsForm, GroupForm, lines
from eventhub.competitions.models import Group
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.views.base import bp
from eventhub.domain.eligibility import Rule
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form

SAVE = "save"


@bp.route("/manage/groups/<uuid:group_id>", methods=["GET", "POST"])
@signed_in
def group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Who may enter in a group."""
    found = queries.get_group(group_id)
    competition = authorize(can_manage, queries.get_competition(found.competition_id))
    form = GroupForm.of(found)
    if _is_saving() and form.validate_on_submit() and form.accepted_by(_saving(group_id, form)):
        flash(_("组别条件已保存。"), "success")
        return redirect(url_for(".group", group_id=group_id), 303)
    form.look_again(found)
    return render_form(
        "competitions/group.html",
        form,
        competition=competition,
        group=found,
        previews=form.previews(_in_words(found)),
        kinds=RULE_KIND_LABELS,
    )


@bp.route("/manage/competitions/<uuid:competition_id>/conditions", methods=["GET", "POST"])
@signed_in
def conditions(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The rules that hold in every group."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = ConditionsForm.of(competition)
    if (
        _is_saving()
        and form.validate_on_submit()
        and form.accepted_by(
            lambda: service.update_conditions(
                competition_id, rules=form.to_rules(), seen=form.seen.data, by=me()
            )
        )
    ):
        flash(_("共同条件已保存。"), "success")
        return redirect(url_for(".conditions", competition_id=competition_id), 303)
    form.look_again(competition)
    words = _in_words(competition.groups[0]) if competition.groups else describe
    return render_form(
        "competitions/conditions.html",
        form,
        competition=competition,
        previews=form.previews(words),
        kinds=RULE_KIND_LABELS,
    )


def _is_saving() -> bool:
    """Whether the button pressed was the one that saves, and not one that moves a row."""
    return request.method == "POST" and request.form.get("op", SAVE) == SAVE


def _saving(group_id: uuid.UUID, form: GroupForm) -> Callable[[], object]:
    return lambda: service.update_group(
        group_id,
        name=form.name.data or "",
        track_name=form.track_name.data or "",
        categories=lines(form.categories.data),
        member_min=form.member_min.data,
        member_max=form.member_max.data,
        adviser_min=form.adviser_min.data,
        adviser_max=form.adviser_max.data,
        born_on_or_after=form.born_on_or_after.data,
        company=service.company_rule(form.company_kind.data, form.company_on.data),
        rules=form.to_rules(),
        seen=form.seen.data,
        by=me(),
    )


def _in_words(group: Group) -> Callable[[Rule], str]:
    return lambda rule: describe(settle(rule, group))
