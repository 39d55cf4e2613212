"""Closing a round, taking that back, and publishing what came of it."""

from __future__ import annotations

import logging
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, update

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import RoundStateError
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.i18n import _, join_words
from eventhub.judging.enums import ActState
from eventhub.judging.errors import LaterRoundBegunError, SheetsMissingError
from eventhub.judging.guards import check_unused
from eventhub.judging.models import (
    DETAIL_MAX,
    Deliberation,
    PanelJudge,
    Recount,
    Recusal,
    Signature,
    Standing,
)
from eventhub.judging.queries import closing, results
from eventhub.judging.queries.board import Board, Line, build_board
from eventhub.judging.service.signing import check_signed
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify

log = logging.getLogger(__name__)

NAMES_SHOWN = 6


def close_round(round_id: uuid.UUID, *, reason: str | None = None, by: Person) -> Round:
    """Take no more marks and keep the standings. ``reason`` tells why, should sheets be missing.

    The round's row is held meanwhile, so that a sheet is either counted or refused.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: the round is not open.
        SheetsMissingError: sheets are missing and no reason is given; says whose.

    """
    with transaction():
        round_ = _hold(round_id, by)
        if round_.state is not RoundState.OPEN:
            raise RoundStateError
        board = build_board(round_)
        words = (reason or "").strip() or None
        if not board.is_complete and words is None:
            raise SheetsMissingError(explain_missing(board))
        courses.close_round(round_id, by=by, reason=None if board.is_complete else words)
        _keep_recusals(board)
        standings = [_standing(round_, line) for group in board.groups for line in group.lines]
        db.session.add_all(standings)
        record(
            "results.closed",
            round_,
            by=by,
            circle_id=_circle(round_),
            after={line.entry.code: [line.rank, line.total] for line in board.lines},
        )
    log.info("results closed", extra={"round_id": str(round_id), "count": len(standings)})
    return round_


def explain_missing(board: Board) -> str:
    """Who still owes how many sheets, or which entries cannot get enough, in one sentence."""
    if not board.lines:
        if board.round.position > 1:
            return str(_("还没有晋级名单，本轮没有项目。"))
        return str(_("本轮没有审核通过的项目。"))
    if board.missing:
        names = join_words(_owes(seat, count) for seat, count in _most(board.missing))
        owed = sum(board.missing.values())
        return str(_("还差 %(count)s 份评分表：%(names)s。", count=owed, names=names))
    codes = join_words(line.entry.code for line in board.thin[:NAMES_SHOWN])
    return str(
        _(
            "%(count)s 个项目的评委不足 %(min)s 人：%(codes)s。",
            count=len(board.thin),
            min=board.round.sheets_min,
            codes=codes,
        )
    )


def _most(missing: dict[PanelJudge, int]) -> list[tuple[PanelJudge, int]]:
    return sorted(missing.items(), key=lambda owed: -owed[1])[:NAMES_SHOWN]


def _owes(seat: PanelJudge, count: int) -> str:
    return str(_("%(name)s（%(count)s 份）", name=seat.person.name, count=count))


def _keep_recusals(board: Board) -> None:
    """What followed from facts is written down, since facts about people change."""
    for (judge_id, entry_id), ground in board.recusals.binding.items():
        if ground.recusal_id is None:
            db.session.add(
                Recusal(
                    round_id=board.round.id,
                    judge_id=judge_id,
                    entry_id=entry_id,
                    kind=ground.kind,
                    detail=ground.detail[:DETAIL_MAX],
                )
            )


def _standing(round_: Round, line: Line) -> Standing:
    return Standing(
        round_id=round_.id,
        group_id=line.entry.group_id,
        entry_id=line.entry.id,
        rank=line.rank,
        total=line.total,
        is_tied=line.is_tied,
        is_vetoed=line.is_vetoed,
        details={"sheets": _sheets(line), "decided_by": line.decided_by},
    )


def _sheets(line: Line) -> list[dict[str, Any]]:
    used = line.scored.used if line.scored else ()
    kept: list[dict[str, Any]] = [
        {
            "criteria": {key: f"{points:.2f}" for key, points in sorted(sheet.points.items())},
            "total": f"{sheet.total:.2f}",
            "is_counted": at in used,
        }
        for at, sheet in enumerate(line.counted)
    ]
    return sorted(kept, key=lambda sheet: (Decimal(sheet["total"]), str(sheet["criteria"])))


def reopen_round(round_id: uuid.UUID, *, reason: str, by: Person) -> Round:
    """Take marks again; the standings go, submitted sheets stay submitted.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        ReasonMissingError: no reason.
        RoundStateError: it is not closed, or its results are published.
        LaterRoundBegunError: a later round of the competition has begun.
        ConflictError: something rests on its standings, see ``guards``.

    """
    with transaction():
        round_ = _hold(round_id, by)
        if closing.find_later_round(round_) is not None:
            raise LaterRoundBegunError
        check_unused(round_)
        courses.reopen_round(round_id, by=by, reason=reason)
        before = {
            standing.entry.code: [standing.rank, standing.total]
            for standing in results.list_standings(round_id)
        }
        for of_closing in (Standing, Recount, Signature):
            db.session.execute(delete(of_closing).where(of_closing.round_id == round_id))
        _end_deliberations(round_id, reason, by)
        db.session.execute(
            delete(Recusal).where(Recusal.round_id == round_id, Recusal.declared_by_id.is_(None))
        )
        record(
            "results.reopened",
            round_,
            by=by,
            circle_id=_circle(round_),
            before=before,
            after={"reason": reason},
        )
    return round_


def _end_deliberations(round_id: uuid.UUID, reason: str, by: Person) -> None:
    """A move that waits for a signature falls with the ranks that it was about."""
    waiting = update(Deliberation).where(
        Deliberation.round_id == round_id, Deliberation.state == ActState.OPEN
    )
    db.session.execute(
        waiting.values(
            state=ActState.REFUSED, ended_at=clock.now(), refused_by_id=by.id, refusal=reason
        )
    )


def publish_results(round_id: uuid.UUID, *, by: Person) -> Round:
    """Let everyone see the standings, and tell each captain. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: the round is not closed.
        DeliberationOpenError: an entry is about to be moved.
        SignaturesMissingError: the results have to be signed, and somebody has not.

    """
    with transaction():
        round_ = _hold(round_id, by)
        if round_.state is RoundState.PUBLISHED:
            return round_
        if round_.state is RoundState.CLOSED:
            check_signed(round_)
        courses.publish_round(round_id, by=by)
        standings = results.list_standings(round_id)
        for standing in standings:
            _tell(round_, standing)
        record(
            "results.published",
            round_,
            by=by,
            circle_id=_circle(round_),
            after={standing.entry.code: [standing.rank, standing.total] for standing in standings},
        )
    log.info("results published", extra={"round_id": str(round_id)})
    return round_


def _tell(round_: Round, standing: Standing) -> None:
    entry = standing.entry
    title = round_.competition.event.title

    def compose() -> Message:
        facts = [(_("项目"), entry.name), (_("赛事"), title), (_("轮次"), round_.name)]
        if standing.rank is not None and standing.total is not None:
            facts += [(_("总分"), standing.total), (_("名次"), str(standing.rank))]
        return Message(
            title=_("%(round)s成绩已公布：%(entry)s", round=round_.name, entry=entry.name),
            paragraphs=(
                _("%(title)s%(round)s的成绩已经公布。", title=title, round=round_.name),
                _("登录后可以查看各评分项的平均分和评委写给团队的意见。"),
            ),
            facts=tuple(facts),
            action=Action(_("查看成绩"), "judging.feedback", {"entry_id": entry.id}),
        )

    notify(
        Recipient.of(entry.captain),
        key=f"judging.results:{round_.id}:{entry.id}",
        kind="judging.results_published",
        compose=compose,
        subject_id=entry.id,
        circle_id=_circle(round_),
    )


def _hold(round_id: uuid.UUID, by: Person) -> Round:
    round_ = competitions.get_round(round_id, lock=True)
    if not can_manage_round(by, round_):
        raise ForbiddenError
    return round_


def _circle(round_: Round) -> uuid.UUID:
    return round_.competition.event.circle_id
