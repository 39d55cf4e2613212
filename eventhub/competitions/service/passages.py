"""Ways on from a round: where to, how many, and how many of each part."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import CompetitionState, PassageKind, RoundKind, RoundState
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    PassageError,
    PassageInUseError,
    PassageLockedError,
)
from eventhub.competitions.models import Competition, Passage, PassageQuota, Round
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.service.changes import Facts, check_unchanged, stamp
from eventhub.competitions.service.rounds import record
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

QUOTAS_MAX = 60


@dataclass(frozen=True)
class QuotaDraft:
    """At most so many of a part of the entries; an empty part does not narrow."""

    places: int
    track_name: str = ""
    group_id: uuid.UUID | None = None
    category: str = ""

    @property
    def part(self) -> tuple[str, uuid.UUID | None, str]:
        """Whom it is about."""
        return (self.track_name, self.group_id, self.category)


@dataclass(frozen=True)
class PassageDraft:
    """A way on, as an organiser sets it."""

    to_round_id: uuid.UUID
    places: int | None = None
    school_max: int | None = None
    quotas: Sequence[QuotaDraft] = field(default=())


def save_passage(
    round_id: uuid.UUID,
    *,
    kind: PassageKind,
    draft: PassageDraft,
    by: Person,
    seen: str | None = None,
) -> Passage:
    """Say where the first of a round go on to, or those whom no other way took.

    ``seen`` is the stamp of what the form showed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.
        PassageError: it leads backwards or into the wrong kind of round, or parts exceed places.
        PassageLockedError: the round that it leads to has begun.
        ChangedMeanwhileError: somebody else changed it since ``seen``.

    """
    with transaction():
        round_, rounds = _get_managed(round_id, by)
        target = next((each for each in rounds if each.id == draft.to_round_id), None)
        if target is None or target.position <= round_.position:
            raise PassageError(_("只能进入后面的轮次。"))
        _check_target(kind, target)
        _check_quotas(draft, round_.competition)
        passage = find(round_, kind)
        before = facts_of(passage)
        check_unchanged(seen, before, words)
        if RoundState.DRAFT is not target.state or (
            passage and passage.to_round.state is not RoundState.DRAFT
        ):
            raise PassageLockedError
        if passage is None:
            passage = Passage(from_round=round_, kind=kind)
            db.session.add(passage)
        passage.to_round, passage.places = target, draft.places
        passage.school_max = draft.school_max
        _put_quotas(passage, draft.quotas)
        db.session.flush()
        after = facts_of(passage)
        if after != before:
            record("passage_set", round_, by, before=before, after=after)
    return passage


def remove_passage(round_id: uuid.UUID, *, kind: PassageKind, by: Person) -> None:
    """Take a way on away. Without one nothing happens.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        PassageLockedError: the round that it leads to has begun.
        PassageInUseError: a list of those who go up rests on it.

    """
    with transaction():
        round_, _rounds = _get_managed(round_id, by)
        passage = find(round_, kind)
        if passage is None:
            return
        if passage.to_round.state is not RoundState.DRAFT:
            raise PassageLockedError
        record("passage_removed", round_, by, before=facts_of(passage))
        try:
            with db.session.begin_nested():
                round_.passages.remove(passage)
        except IntegrityError:
            raise PassageInUseError from None


@dataclass(frozen=True)
class KnownQuota:
    """Places that the template knows of: a hint, not a rule."""

    round_name: str
    track_name: str
    part: str
    places: int
    school_max: int | None
    source: str


def list_known_quotas(competition: Competition) -> list[KnownQuota]:
    """What the template says of places in rounds of these names, each with its source."""
    template = queries.template_of(competition)
    if template is None:
        return []
    names = {each.name for each in competition.rounds}
    found = []
    for row in template.facts["quotas"]:
        round_ = template.round(row["round"])
        name = round_.name if round_ else row["round"]
        if name not in names:
            continue
        found.append(
            KnownQuota(
                round_name=name,
                track_name=template.track_name(row["track"]),
                part=row["part"],
                places=row["places"],
                school_max=row["school_max"],
                source=template.source_text(row["source"]),
            )
        )
    return found


def find(round_: Round, kind: PassageKind) -> Passage | None:
    """The way on of this kind."""
    return next((each for each in round_.passages if each.kind is kind), None)


def _get_managed(round_id: uuid.UUID, by: Person) -> tuple[Round, Sequence[Round]]:
    """The round and all of its competition, whose row is held."""
    competition_id = queries.get_round(round_id).competition_id
    competition = queries.get_competition(competition_id, lock=True)
    if not can_manage(by, competition):
        raise ForbiddenError
    if competition.state is CompetitionState.FINISHED:
        raise CompetitionFinishedError
    rounds = queries.load_rubrics(competition, fresh=True)
    return next(each for each in rounds if each.id == round_id), rounds


def _check_target(kind: PassageKind, target: Round) -> None:
    if kind is PassageKind.OTHERS and target.kind is not RoundKind.REVIVAL:
        raise PassageError(_("没有晋级的项目只能进入复活赛。"))
    if kind is PassageKind.BEST and target.kind is RoundKind.REVIVAL:
        raise PassageError(_("按名次晋级的项目不能进入复活赛，请选择常规轮次。"))


def _check_quotas(draft: PassageDraft, competition: Competition) -> None:
    groups = {group.id for group in competition.groups}
    parts = [quota.part for quota in draft.quotas]
    if any(part == ("", None, "") for part in parts):
        raise PassageError(_("每条名额至少要选定赛道、组别、类别之一。"), field="quotas")
    if len(set(parts)) != len(parts):
        raise PassageError(_("同一范围的名额写了两次。"), field="quotas")
    if len(parts) > QUOTAS_MAX or any(part[1] and part[1] not in groups for part in parts):
        raise PassageError(_("名额的组别不在赛事中，或者条目太多。"), field="quotas")
    if draft.places is None:
        return
    sums: dict[tuple[bool, bool, bool], int] = defaultdict(int)
    for quota in draft.quotas:
        track, group, category = quota.part
        sums[bool(track), bool(group), bool(category)] += quota.places
    if any(total > draft.places for total in sums.values()):
        raise PassageError(
            _(
                "各部分名额合计 %(total)s，超过了总名额 %(places)s。",
                total=max(sums.values()),
                places=draft.places,
            ),
            field="quotas",
        )


def _put_quotas(passage: Passage, drafts: Sequence[QuotaDraft]) -> None:
    """Set the bounds in place: a part that stays keeps its row."""
    present = {(q.track_name, q.group_id, q.category): q for q in passage.quotas}
    for position, draft in enumerate(drafts):
        quota = present.pop(draft.part, None)
        if quota is None:
            quota = PassageQuota(
                track_name=draft.track_name, group_id=draft.group_id, category=draft.category
            )
            passage.quotas.append(quota)
        quota.places, quota.position = draft.places, position
    for quota in present.values():
        passage.quotas.remove(quota)
    passage.quotas.sort(key=lambda quota: quota.position)


def facts_of(passage: Passage | None) -> Facts:
    """A way on as plain values; none is empty."""
    if passage is None:
        return {}
    return {
        "to": passage.to_round.name,
        "places": passage.places,
        "school_max": passage.school_max,
        "quotas": [
            [q.track_name, str(q.group_id) if q.group_id else "", q.category, q.places]
            for q in passage.quotas
        ],
    }


def passage_stamp(passage: Passage | None) -> str:
    """What a form shows of a way on, or of none: see ``changes``."""
    return stamp(facts_of(passage))


def words(before: Facts, after: Facts) -> list[str]:
    """What changed between two states, for people."""
    labels = {
        "to": _("进入的轮次"),
        "places": _("总名额"),
        "school_max": _("每校上限"),
        "quotas": _("分项名额"),
    }
    return [
        _("%(what)s有改动", what=label)
        if name == "quotas"
        else _(
            "%(what)s由“%(old)s”改为“%(new)s”",
            what=label,
            old=_plain(before.get(name)),
            new=_plain(after.get(name)),
        )
        for name, label in labels.items()
        if before.get(name) != after.get(name)
    ]


def _plain(value: Any) -> str:
    return "—" if value is None else str(value)
