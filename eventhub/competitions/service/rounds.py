"""Rounds: adding them, their rules, and the states they go through."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import queries
from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.enums import (
    CompetitionState,
    RoundMode,
    RoundState,
)
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    RoundInUseError,
    RoundLockedError,
    RoundStateError,
    SheetsTooFewError,
    TieOrderError,
)
from eventhub.competitions.models import (
    Criterion,
    DocumentRequirement,
    Gate,
    Group,
    Round,
    Rubric,
)
from eventhub.competitions.permissions import can_manage, can_manage_round
from eventhub.competitions.service.rubrics import rubric_of
from eventhub.db import db, transaction
from eventhub.domain.scoring.ranking import InvalidTieOrderError, TieBreak, TieRule
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class RoundDraft:
    """Name and rules of a round, as an organiser sets them. Times of a roadshow in seconds."""

    name: str
    mode: RoundMode = RoundMode.ROADSHOW
    score_rule: ScoreRuleKind = ScoreRuleKind.DROP_EXTREMES
    drop_count: int = 1
    decimals: int = 2
    sheets_min: int = 3
    tie_order: Sequence[str] = field(default=("raw_sum", "share"))
    pitch_seconds: int = 480
    qa_seconds: int = 420
    scoring_seconds: int = 60
    marks_due_at: datetime | None = None


def first_round_of(
    template: ContestTemplate, groups: Sequence[Group], *, name: str | None
) -> Round:
    """The round a template begins with: rubrics of these groups, times and documents."""
    roadshow = template.facts["roadshow"]
    return Round(
        position=1,
        name=name or template.round_names[0],
        tie_order=list(RoundDraft("").tie_order),
        pitch_seconds=roadshow["pitch_seconds"],
        qa_seconds=roadshow["qa_seconds"],
        rubrics=[rubric_of(template, group) for group in groups],
        requirements=[
            DocumentRequirement(
                key=document["key"],
                name=document["name"],
                formats=document["formats"],
                bytes_max=document["megabytes"] * MEGABYTE,
                is_required=document["is_required"],
                is_for_judges=document.get("is_for_judges", True),
                position=position,
            )
            for position, document in enumerate(template.facts["documents"])
        ],
    )


def add_round(competition_id: uuid.UUID, *, name: str, mode: RoundMode, by: Person) -> Round:
    """Add a round after the last, with a copy of the last one's rules, rubrics and documents.

    A copied rubric has to be confirmed anew.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.

    """
    with transaction():
        competition = queries.get_competition(competition_id, lock=True)
        if not can_manage(by, competition):
            raise ForbiddenError
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        last = queries.load_rubrics(competition)[-1]
        added = Round(
            competition=competition,
            position=last.position + 1,
            name=name,
            mode=mode,
            score_rule=last.score_rule,
            drop_count=last.drop_count,
            decimals=last.decimals,
            sheets_min=last.sheets_min,
            tie_order=list(last.tie_order),
            pitch_seconds=last.pitch_seconds,
            qa_seconds=last.qa_seconds,
            scoring_seconds=last.scoring_seconds,
            rubrics=[_copy_rubric(rubric) for rubric in last.rubrics],
            requirements=[_copy_requirement(line) for line in last.requirements],
        )
        db.session.add(added)
        db.session.flush()
        record("added", added, by, after={"name": name, "mode": mode.value})
    return added


def _copy_rubric(rubric: Rubric) -> Rubric:
    return Rubric(
        group=rubric.group,
        status=rubric.status,
        source=rubric.source,
        note=rubric.note,
        criteria=[
            Criterion(
                key=line.key,
                name=line.name,
                points_max=line.points_max,
                points_to_judge=list(line.points_to_judge),
                position=line.position,
            )
            for line in rubric.criteria
        ],
        gates=[
            Gate(key=gate.key, name=gate.name, rule=gate.rule, position=gate.position)
            for gate in rubric.gates
        ],
    )


def _copy_requirement(line: DocumentRequirement) -> DocumentRequirement:
    return DocumentRequirement(
        key=line.key,
        name=line.name,
        formats=list(line.formats),
        bytes_max=line.bytes_max,
        is_required=line.is_required,
        is_for_judges=line.is_for_judges,
        position=line.position,
    )


def remove_round(round_id: uuid.UUID, *, by: Person) -> None:
    """Take away the last round while nothing hangs on it; the first one stays.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: it has begun, is the first, or another follows it.
        RoundInUseError: a roadshow or judges are arranged for it.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        last = max(other.position for other in round_.competition.rounds)
        is_last = 1 < round_.position == last
        if round_.state is not RoundState.DRAFT or not is_last:
            raise RoundStateError
        record("removed", round_, by, before={"name": round_.name})
        try:
            with db.session.begin_nested():
                db.session.delete(round_)
        except IntegrityError:
            raise RoundInUseError from None


def update_round(round_id: uuid.UUID, *, draft: RoundDraft, by: Person) -> Round:
    """Set name and rules while no marks are taken.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        SheetsTooFewError: dropping the extremes would leave nothing.
        TieOrderError: the tie-breaks contradict each other or name no common criterion.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.DRAFT:
            raise RoundLockedError
        _check_sheets(draft)
        known = {line.key for line in queries.common_criteria(round_)}
        check_ties(draft.tie_order, known)
        wanted = {**asdict(draft), "tie_order": list(draft.tie_order)}
        before = {k: getattr(round_, k) for k in wanted if getattr(round_, k) != wanted[k]}
        for name in before:
            setattr(round_, name, wanted[name])
        if before:
            after = {name: wanted[name] for name in before}
            record("changed", round_, by, before=_plain(before), after=_plain(after))
    return round_


def _check_sheets(draft: RoundDraft) -> None:
    least = 2 * draft.drop_count + 1
    if draft.score_rule is ScoreRuleKind.DROP_EXTREMES and draft.sheets_min < least:
        raise SheetsTooFewError(
            _(
                "去掉 %(drop)s 个最高分和 %(drop)s 个最低分，每个项目至少需要 %(least)s 份评分表。",
                drop=draft.drop_count,
                least=least,
            )
        )


def check_ties(tie_order: Sequence[str], known: set[str]) -> None:
    """Refuse tie-breaks that contradict each other or name a criterion not in ``known``.

    Raises:
        TieOrderError: they do.

    """
    try:
        steps = [TieBreak.parse(text) for text in tie_order]
    except InvalidTieOrderError:
        raise TieOrderError from None
    ends_early = any(step.rule is TieRule.SHARE for step in steps[:-1])
    unknown = {step.criterion for step in steps if step.criterion} - known
    if ends_early or unknown or len(set(steps)) != len(steps):
        raise TieOrderError


def set_marks_due(round_id: uuid.UUID, *, at: datetime | None, by: Person) -> Round:
    """Say until when sheets are due; the one rule that may change while marks are taken.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: the round is closed.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state not in {RoundState.DRAFT, RoundState.OPEN}:
            raise RoundStateError
        before, round_.marks_due_at = round_.marks_due_at, at
        record(
            "changed",
            round_,
            by,
            before=_plain({"marks_due_at": before}),
            after=_plain({"marks_due_at": at}),
        )
    return round_


def get_managed(round_id: uuid.UUID, by: Person) -> Round:
    """The round, its row held.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    round_ = queries.get_round(round_id, lock=True)
    if not can_manage_round(by, round_):
        raise ForbiddenError
    return round_


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v.isoformat() if isinstance(v, datetime) else str(v) if isinstance(v, Decimal) else v
        for k, v in values.items()
    }


def record(
    action: str,
    round_: Round,
    by: Person,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note what was done to a round."""
    audit.record(
        f"round.{action}",
        round_,
        by=by,
        circle_id=round_.competition.event.circle_id,
        before=before,
        after=after,
    )
