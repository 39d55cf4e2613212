"""The tab 提醒 of a competition."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competition_queries
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.tabs import add_tab
from eventhub.i18n import _, lazy
from eventhub.notifications.enums import DELIVERY_STATE_LOOKS, DeliveryState
from eventhub.reminders import queries, service
from eventhub.reminders.enums import (
    ANCHOR_ICONS,
    ANCHOR_NOTES,
    PRESETS,
    Anchor,
    lead_of,
    rule_words,
)
from eventhub.reminders.forms import RuleForm
from eventhub.reminders.models import ReminderRule
from eventhub.reminders.permissions import can_manage_rule
from eventhub.roadshows.enums import PUBLISHED
from eventhub.roadshows.queries import list_roadshows
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate

bp = Blueprint("reminders", __name__)


@bp.route("/manage/competitions/<uuid:competition_id>/reminders", methods=["GET", "POST"])
@signed_in
def manage(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The rules, what they will send, what they sent; a POST adds a rule."""
    competition = authorize(can_manage, competition_queries.get_competition(competition_id))
    form = RuleForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_rule(
            competition.id, anchor=form.to_anchor(), lead=form.to_lead(), by=me()
        )
    ):
        flash(_("已设置提醒：%(rule)s。", rule=_named(form)), "success")
        return redirect(url_for(".manage", competition_id=competition.id), 303)
    shown = request.args.get("view", "planned")
    lists = _sent(competition, shown) if shown != "planned" else _planned(competition)
    return render_form("reminders/manage.html", form, **_rules(competition), **lists)


@bp.post("/manage/reminders/<uuid:rule_id>/pause")
@signed_in
def pause(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Send nothing by a rule for now."""
    rule = authorize(can_manage_rule, queries.get_rule(rule_id))
    service.pause_rule(rule.id, by=me())
    flash(_("已暂停：%(rule)s。", rule=rule_words(rule.anchor, rule.lead)), "success")
    return _back(rule)


@bp.post("/manage/reminders/<uuid:rule_id>/resume")
@signed_in
def resume(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Send by a rule again."""
    rule = authorize(can_manage_rule, queries.get_rule(rule_id))
    service.resume_rule(rule.id, by=me())
    flash(_("已恢复：%(rule)s。", rule=rule_words(rule.anchor, rule.lead)), "success")
    return _back(rule)


@bp.post("/manage/reminders/<uuid:rule_id>/remove")
@signed_in
def remove(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Take away a rule that never sent anything."""
    rule = authorize(can_manage_rule, queries.get_rule(rule_id))
    answer, words = _back(rule), rule_words(rule.anchor, rule.lead)
    service.remove_rule(rule.id, by=me())
    flash(_("已删除：%(rule)s。", rule=words), "success")
    return answer


def _named(form: RuleForm) -> str:
    return rule_words(form.to_anchor(), form.to_lead())


def _back(rule: ReminderRule) -> ResponseReturnValue:
    return redirect(url_for(".manage", competition_id=rule.competition_id), 303)


def _rules(competition: Competition) -> dict[str, Any]:
    rules = queries.list_rules(competition.id)
    known = {(rule.anchor, rule.lead) for rule in rules}
    planned = queries.count_planned(competition.id, now=clock.now())
    sent = queries.count_sent(competition.id)
    needs_timetable = any(r.anchor is Anchor.SLOT and r.is_active for r in rules)
    return {
        "competition": competition,
        "rules": rules,
        "presets": [preset for preset in PRESETS if (preset[0], lead_of(*preset[1:])) not in known],
        "planned_counts": planned,
        "sent_counts": {rule_id: sum(states.values()) for rule_id, states in sent.items()},
        "planned_total": sum(planned.values()),
        "sent_total": sum(sum(states.values()) for states in sent.values()),
        "failed_total": sum(states.get(DeliveryState.FAILED, 0) for states in sent.values()),
        "waits_for_timetable": needs_timetable
        and not list_roadshows(competition.id, states=PUBLISHED),
    }


def _planned(competition: Competition) -> dict[str, Any]:
    page = queries.page_planned(competition.id, now=clock.now(), page=page_number())
    return {"view": "planned", "page": page}


def _sent(competition: Competition, shown: str) -> dict[str, Any]:
    state = DeliveryState.FAILED if shown == "failed" else None
    query = queries.select_sent(competition.id, state=state)
    return {
        "view": "failed" if state else "sent",
        "page": paginate(query, page=page_number()),
        "looks": DELIVERY_STATE_LOOKS,
    }


def register(app: Flask) -> None:
    """Mount the tab."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        reminder_words=rule_words,
        reminder_lead=lead_of,
        reminder_note=ANCHOR_NOTES.__getitem__,
        reminder_icon=ANCHOR_ICONS.__getitem__,
    )
    add_tab(app, 80, lazy("提醒"), "reminders.manage", "bell")
