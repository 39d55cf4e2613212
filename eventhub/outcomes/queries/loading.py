"""How lists, awards and their entries are loaded: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Competition, Passage, PassageQuota, Round
from eventhub.entries.models import Entry
from eventhub.events.models import Event, EventHost
from eventhub.outcomes.models import (
    Advancement,
    AdvancementLine,
    Award,
    Awarding,
    Certificate,
    Decision,
)

WITH_EVENT: _AbstractLoad = joinedload(Competition.event).options(
    joinedload(Event.circle), selectinload(Event.hosts).joinedload(EventHost.circle)
)
WITH_ROUNDS: tuple[_AbstractLoad, ...] = (
    joinedload(Passage.from_round).joinedload(Round.competition).options(WITH_EVENT),
    joinedload(Passage.to_round),
    selectinload(Passage.quotas).joinedload(PassageQuota.group),
)
OF_ENTRY: tuple[_AbstractLoad, ...] = (
    joinedload(Entry.university),
    joinedload(Entry.captain),
    joinedload(Entry.group),
)
OF_TEAM: tuple[_AbstractLoad, ...] = (selectinload(Entry.members), selectinload(Entry.advisers))

WITH_CERTIFICATES: tuple[_AbstractLoad, ...] = (
    joinedload(Award.level),
    selectinload(Award.certificates).joinedload(Certificate.file),
)


def _people(model: type[Decision]) -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(model.proposed_by),
        joinedload(model.confirmed_by),
        joinedload(model.recall_asked_by),
    )


OF_LIST: Mapping[type[Decision], tuple[_AbstractLoad, ...]] = {
    Advancement: (joinedload(Advancement.passage).options(*WITH_ROUNDS), *_people(Advancement)),
    Awarding: (
        joinedload(Awarding.round).joinedload(Round.competition).options(WITH_EVENT),
        *_people(Awarding),
    ),
}
WITH_LINES: Mapping[type[Decision], _AbstractLoad] = {
    Advancement: selectinload(Advancement.lines).options(
        joinedload(AdvancementLine.entry).options(*OF_ENTRY)
    ),
    Awarding: selectinload(Awarding.lines).options(
        joinedload(Award.entry).options(*OF_ENTRY), *WITH_CERTIFICATES
    ),
}
