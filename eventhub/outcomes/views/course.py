"""The steps that every list takes, whatever it decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.i18n import LazyString, _, lazy
from eventhub.outcomes import service
from eventhub.outcomes.enums import NoticeKind
from eventhub.outcomes.forms.lists import ConfirmForm, DiscardForm, ReasonForm, StepForm
from eventhub.outcomes.permissions import can_decide
from eventhub.outcomes.queries import awards, lists, notices
from eventhub.outcomes.service import ADVANCEMENT, AWARDS, Course
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back, page
from eventhub.web.access import authorize, me, signed_in

URL = "/manage/<any(advancements, awardings):kind>/<uuid:list_id>"


@dataclass(frozen=True)
class Kind:
    """A kind of list on the pages.

    ``part`` is its place on the page of the round, ``notice`` what makes it public; ``template``
    and ``facts`` show it to whoever confirms.
    """

    course: Course[Any]
    part: str
    notice: NoticeKind
    template: str
    facts: Callable[[Any], dict[str, Any]]
    confirmed: LazyString
    recalled: LazyString


def _of_advancement(advancement: Any) -> dict[str, Any]:
    return {
        "excess": service.excess_of(advancement),
        "chosen": [line for line in advancement.lines if line.is_in],
    }


def _of_awarding(awarding: Any) -> dict[str, Any]:
    return {
        "levels": awards.list_levels(awarding.round_id),
        "counts": awards.count_by_level(awarding.id),
    }


KINDS = {
    "advancements": Kind(
        ADVANCEMENT,
        "advancement",
        NoticeKind.ADVANCEMENT,
        "outcomes/confirm.html",
        _of_advancement,
        lazy("晋级名单已确认，晋级团队的负责人会收到邮件。"),
        lazy("晋级名单已撤回，相关团队会收到邮件。"),
    ),
    "awardings": Kind(
        AWARDS,
        "awards",
        NoticeKind.AWARDS,
        "outcomes/confirm_awards.html",
        _of_awarding,
        lazy("获奖名单已确认。可以公示，并颁发证书。"),
        lazy("获奖名单已撤回。"),
    ),
}


def _head(kind: str, list_id: uuid.UUID) -> tuple[Kind, Any]:
    """A list without its lines, for whoever runs the competition."""
    of = KINDS[kind]
    return of, authorize(can_decide, lists.get_head(of.course.kind, list_id))


@bp.route(f"{URL}/confirm", methods=["GET", "POST"])
@signed_in
def confirm(kind: str, list_id: uuid.UUID) -> ResponseReturnValue:
    """Put a list in force, as a second person who has read it."""
    of, head = _head(kind, list_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.confirm(of.course, list_id, seen=form.seen.data, by=me())
    ):
        flash(of.confirmed, "success")
        return back(head.round, of.part)
    decision = lists.get_list(of.course.kind, list_id)
    form.seen.data = service.fingerprint(decision)
    facts = {
        "decision": decision,
        "adjusted": [line for line in decision.lines if line.reason],
        "open_count": len(service.open_ties(decision)),
        **of.facts(decision),
    }
    return ask(of.template, form, decision.round, **facts)


@bp.route(f"{URL}/discard", methods=["GET", "POST"])
@signed_in
def discard(kind: str, list_id: uuid.UUID) -> ResponseReturnValue:
    """Put a proposal aside."""
    of, head = _head(kind, list_id)
    form = DiscardForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.discard(of.course, list_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("名单已作废，可以重新拟定。"), "success")
        return back(head.round, of.part)
    return ask("outcomes/discard.html", form, head.round, part=of.part)


@bp.route(f"{URL}/recall", methods=["GET", "POST"])
@signed_in
def recall(kind: str, list_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a list in force to be taken back."""
    of, head = _head(kind, list_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.ask_recall(of.course, list_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("已提出撤回，等待另一位组织者同意。同意之前名单仍然有效。"), "success")
        return back(head.round, of.part)
    up = notices.list_standing(head.round.id, of.notice, clock.now())
    return ask("outcomes/recall.html", form, head.round, part=of.part, up=up)


@bp.post(f"{URL}/recall/agree")
@signed_in
def agree_recall(kind: str, list_id: uuid.UUID) -> ResponseReturnValue:
    """Take a list back, as a second person."""
    of, head = _head(kind, list_id)
    form = StepForm()
    if form.accepted_by(lambda: service.recall(of.course, list_id, by=me())):
        flash(of.recalled, "success")
        if notices.list_standing(head.round.id, of.notice, clock.now()):
            flash(_("这份名单的公示还没有撤下，请到“公示与异议”页撤下。"), "warning")
        return back(head.round, of.part)
    return page(head.round, recall=form)


@bp.post(f"{URL}/recall/drop")
@signed_in
def drop_recall(kind: str, list_id: uuid.UUID) -> ResponseReturnValue:
    """Leave a list in force."""
    of, head = _head(kind, list_id)
    form = StepForm()
    if form.accepted_by(lambda: service.drop_recall(of.course, list_id, by=me())):
        flash(_("已取消撤回，名单继续有效。"), "success")
        return back(head.round, of.part)
    return page(head.round, recall=form)
