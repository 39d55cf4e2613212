"""Who must not score what: declared, found from facts, and merely suspected."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventhub.circles import queries as circles
from eventhub.db import db
from eventhub.domain.conflicts import (
    AdviserFacts,
    Conflict,
    EntryFacts,
    JudgeFacts,
    find_conflicts,
)
from eventhub.domain.text import compact
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.judging.enums import RecusalKind
from eventhub.judging.models import PanelJudge, Recusal

Pair = tuple[uuid.UUID, uuid.UUID]  # a judge's person, an entry


@dataclass(frozen=True)
class Ground:
    """Why a judge must not score an entry.

    ``recusal_id`` is that of the row when it was declared or kept; None when it follows from
    what is known now. A ground that is not binding is a suspicion: two people may merely
    share a name.
    """

    judge_id: uuid.UUID
    entry_id: uuid.UUID
    kind: RecusalKind
    detail: str
    is_binding: bool
    recusal_id: uuid.UUID | None = None
    is_declared: bool = False


@dataclass(frozen=True)
class Recusals:
    """What binds, by judge and entry, and what should be asked about."""

    binding: Mapping[Pair, Ground]
    suspected: Sequence[Ground]

    def bar(self, judge_id: uuid.UUID, entry_id: uuid.UUID) -> bool:
        """Whether this judge must not score this entry."""
        return (judge_id, entry_id) in self.binding


def find_recusals(
    round_id: uuid.UUID, seats: Iterable[PanelJudge], entries: Sequence[Entry]
) -> Recusals:
    """Hold every judge against every entry.

    Args:
        round_id: whose declared recusals count.
        seats: with person and university loaded.
        entries: with university, members and advisers loaded.

    """
    names, aliases = _universities()
    facts = {entry.id: _facts(entry, names, aliases) for entry in entries}
    binding: dict[Pair, Ground] = {}
    suspected: list[Ground] = []
    for row in _list_rows(round_id):
        binding[row.judge_id, row.entry_id] = Ground(
            row.judge_id,
            row.entry_id,
            row.kind,
            row.detail,
            is_binding=True,
            recusal_id=row.id,
            is_declared=row.declared_by_id is not None,
        )
    for seat in seats:
        for entry in entries:
            if (seat.person_id, entry.id) in binding:
                continue
            conflicts = _conflicts(seat, facts[entry.id], names, aliases)
            if not conflicts:
                continue
            worst = conflicts[0]
            ground = Ground(
                seat.person_id,
                entry.id,
                RecusalKind(worst.kind.value),
                worst.detail,
                is_binding=worst.is_certain,
            )
            if ground.is_binding:
                binding[seat.person_id, entry.id] = ground
            else:
                suspected.append(ground)
    return Recusals(binding, suspected)


def get_recusal(recusal_id: uuid.UUID) -> Recusal:
    """A kept recusal with its judge and entry.

    Raises:
        NotFoundError: no such recusal.

    """
    query = (
        select(Recusal)
        .where(Recusal.id == recusal_id)
        .options(joinedload(Recusal.judge), joinedload(Recusal.entry))
    )
    recusal: Recusal | None = db.session.scalar(query)
    if recusal is None:
        raise NotFoundError
    return recusal


def find_recusal(
    round_id: uuid.UUID, *, judge_id: uuid.UUID, entry_id: uuid.UUID
) -> Recusal | None:
    """The kept recusal of a judge from an entry."""
    return db.session.scalar(
        select(Recusal).where(
            Recusal.round_id == round_id,
            Recusal.judge_id == judge_id,
            Recusal.entry_id == entry_id,
        )
    )


def _list_rows(round_id: uuid.UUID) -> Sequence[Recusal]:
    query = select(Recusal).where(Recusal.round_id == round_id).order_by(Recusal.created_at)
    return db.session.scalars(query).all()


def _universities() -> tuple[dict[uuid.UUID, str], dict[str, str]]:
    """Names by key, and present names by former or short ones."""
    known = circles.list_universities()
    aliases = {alias: university.name for university in known for alias in university.aliases}
    return {university.id: university.name for university in known}, aliases


def university_in(organisation: str, names: Iterable[str]) -> str:
    """The university that a text such as 重庆大学自动化学院 begins with, else the text itself.

    The longest name wins, so that a college that only borrows a name stays itself.
    """
    written = compact(organisation)
    return max((name for name in names if written.startswith(name)), key=len, default=organisation)


def _facts(entry: Entry, names: Mapping[uuid.UUID, str], aliases: Mapping[str, str]) -> EntryFacts:
    known = [*names.values(), *aliases]
    keys = [entry.university_id, *(member.university_id for member in entry.members)]
    universities = dict.fromkeys(names[key] for key in keys if key is not None)
    return EntryFacts(
        universities=tuple(universities),
        advisers=tuple(
            AdviserFacts(adviser.name, university_in(adviser.organisation, known))
            for adviser in entry.advisers
        ),
        member_names=tuple(member.name for member in entry.members),
    )


def _conflicts(
    seat: PanelJudge,
    facts: EntryFacts,
    names: Mapping[uuid.UUID, str],
    aliases: Mapping[str, str],
) -> list[Conflict]:
    """Conflicts by any of the judge's affiliations, the certain kind first."""
    keys = [seat.university_id, seat.person.university_id]
    stated = university_in(seat.organisation, [*names.values(), *aliases])
    written = dict.fromkeys([*(names[key] for key in keys if key), stated])
    found = [
        conflict
        for university in written
        for conflict in find_conflicts(
            JudgeFacts(seat.person.name, university, seat.organisation), facts, aliases=aliases
        )
    ]
    return sorted(found, key=lambda conflict: not conflict.is_certain)
