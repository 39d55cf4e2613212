"""Setting a rule aside for one entry: the organiser's pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions.conditions import describe
from eventhub.entries import queries, service
from eventhub.entries.forms.waiver import WaiverForm
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_review
from eventhub.entries.service import waivers
from eventhub.entries.views.blueprint import bp
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.route("/manage/entries/<uuid:entry_id>/waivers", methods=["GET", "POST"])
@signed_in
def waive(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Choose a rule and say why it does not count for this entry."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    form = WaiverForm.of(_choices(entry))
    if form.validate_on_submit() and form.accepted_by(
        lambda: waivers.waive_rule(
            entry_id, rule_key=form.rule_key.data or "", reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("已豁免，团队会在自查清单里看到理由。"), "success")
        return redirect(url_for(".review", entry_id=entry_id, _anchor="waivers"), 303)
    return render_form(
        "entries/waiver.html",
        form,
        entry=entry,
        competition=entry.competition,
        standing=list_waivers(entry),
    )


@bp.post("/manage/entries/<uuid:entry_id>/waivers/<uuid:waiver_id>/revoke")
@signed_in
def revoke_waiver(entry_id: uuid.UUID, waiver_id: uuid.UUID) -> ResponseReturnValue:
    """Let the rule count again."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    if all(waiver.id != waiver_id for waiver in entry.waivers):
        raise NotFoundError
    waivers.revoke_waiver(waiver_id, by=me())
    flash(_("豁免已撤销，这条规则重新对该项目生效。"), "success")
    return redirect(url_for(".review", entry_id=entry_id, _anchor="waivers"), 303)


def _choices(entry: Entry) -> list[tuple[str, str]]:
    """The rules that may be set aside, those that are not met first."""
    items = service.list_checks(entry, service.list_slots(entry))
    states = {item.rule_key: item.state for item in items if item.rule_key}
    order = {"missing": 0, "proof": 1}
    words = {"missing": _("未满足"), "proof": _("需证明"), "met": _("已满足")}
    rules = sorted(
        waivers.list_waivable(entry), key=lambda rule: order.get(states.get(rule.key, ""), 2)
    )
    return [
        (
            rule.key,
            _("%(rule)s（%(state)s）", rule=describe(rule), state=words[states[rule.key]]),
        )
        for rule in rules
        if rule.key in states
    ]


def list_waivers(entry: Entry) -> list[dict[str, Any]]:
    """The waivers that hold, each with the words of its rule; for the review page as well."""
    return [
        {"waiver": waiver, "rule": waivers.words_of(entry, waiver.rule_key)}
        for waiver in waivers.list_standing(entry)
    ]
