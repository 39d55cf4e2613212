"""Recommending confirmed entries to the next competition of the edition."""

from __future__ import annotations

import uuid

from flask import flash
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.competitions.permissions import can_manage_round
from eventhub.i18n import _, join_words
from eventhub.outcomes import service
from eventhub.outcomes.forms.lists import CarryForm
from eventhub.outcomes.queries import lists
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back
from eventhub.web.access import authorize, me, signed_in


@bp.route("/manage/rounds/<uuid:round_id>/carry", methods=["GET", "POST"])
@signed_in
def carry(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make drafts of this round's winners in another competition."""
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    targets = service.list_targets(round_.competition, now=clock.now())
    chosen = lists.list_winners(round_id)
    form = CarryForm.offering(targets, chosen)
    done: list[service.Carried] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: done.append(
            service.carry_entries(
                round_.competition_id,
                entry_ids=[uuid.UUID(key) for key in form.entries.data or []],
                target_id=uuid.UUID(form.target.data),
                by=me(),
            )
        )
    ):
        for words, kind in carried_words(done[0]):
            flash(words, kind)
        return back(round_, "advancement")
    return ask("outcomes/carry.html", form, round_, targets=targets, chosen=chosen)


def carried_words(carried: service.Carried) -> list[tuple[str, str]]:
    """What became of the entries, for people."""
    told = [
        (
            _("已为 %(count)s 个项目建好报名草稿，负责人会收到邮件。", count=len(carried.made)),
            "success",
        )
    ]
    if carried.known:
        names = join_words(entry.name for entry in carried.known[:5])
        told.append((_("以下项目的负责人在那项赛事中已有报名：%(names)s。", names=names), "info"))
    if carried.homeless:
        names = join_words(entry.name for entry in carried.homeless[:5])
        told.append((_("那项赛事没有对应的组别，未推荐：%(names)s。", names=names), "warning"))
    return told
