"""The rules of a round, while no marks are taken."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import catalogue, queries
from eventhub.competitions.catalogue import TiePreset
from eventhub.competitions.enums import RoundMode, RoundState
from eventhub.competitions.errors import (
    RoundLockedError,
    RoundStateError,
    SheetsTooFewError,
    TieOrderError,
)
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.competitions.service.changes import Facts, check_unchanged, stamp
from eventhub.db import transaction
from eventhub.domain.scoring.ranking import InvalidTieOrderError, TieBreak, TieRule
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.errors import ForbiddenError
from eventhub.i18n import LazyString, _, lazy

FACT_LABELS: dict[str, LazyString] = {
    "name": lazy("轮次名称"),
    "mode": lazy("评审方式"),
    "is_blind": lazy("盲评"),
    "score_rule": lazy("计分规则"),
    "drop_count": lazy("去掉的份数"),
    "decimals": lazy("保留的小数"),
    "sheets_min": lazy("评分表份数"),
    "tie_order": lazy("同分规则"),
    "pitch_seconds": lazy("路演时长"),
    "qa_seconds": lazy("答辩时长"),
    "scoring_seconds": lazy("打分间隔"),
    "documents_due_at": lazy("材料截止"),
    "marks_due_at": lazy("评分截止"),
}
_TOLD = {"name"}  # whose values are words; of the others it is said that they changed


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
    is_blind: bool = False
    documents_due_at: datetime | None = None


def update_round(
    round_id: uuid.UUID, *, draft: RoundDraft, by: Person, seen: str | None = None
) -> Round:
    """Set name and rules while no marks are taken. ``seen`` is the stamp of what the form showed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        ChangedMeanwhileError: somebody else changed them since ``seen``.
        SheetsTooFewError: dropping the extremes would leave nothing.
        TieOrderError: the tie-breaks contradict each other or name no common criterion.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.DRAFT:
            raise RoundLockedError
        check_unchanged(seen, facts_of(round_), words)
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


def facts_of(round_: Round) -> Facts:
    """The rules of a round as plain values."""
    return _plain({name: getattr(round_, name) for name in FACT_LABELS})


def round_stamp(round_: Round) -> str:
    """What a form shows of a round: see ``changes``."""
    return stamp(facts_of(round_))


def words(before: Facts, after: Facts) -> list[str]:
    """What changed between two states, for people."""
    return [
        _("%(what)s由“%(old)s”改为“%(new)s”", what=label, old=before[name], new=after[name])
        if name in _TOLD
        else _("%(what)s有改动", what=label)
        for name, label in FACT_LABELS.items()
        if before[name] != after[name]
    ]


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


def list_tie_presets(round_: Round) -> list[TiePreset]:
    """The orders of tie-breaks that organisers have used, as far as this round can take them."""
    common = queries.common_criteria(round_)
    presets = catalogue.list_ties()
    if not common:
        return [preset for preset in presets if "criterion" not in preset.order]
    first = f"criterion:{common[0].key}"
    return [
        replace(preset, order=[first if step == "criterion" else step for step in preset.order])
        for preset in presets
    ]


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
