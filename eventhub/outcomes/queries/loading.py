"""How lists, awards and their entries are loaded: a fixed number of statements."""

from __future__ import annotations

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Competition, Passage, PassageQuota, Round
from eventhub.entries.models import Entry
from eventhub.events.models import Event, EventHost
from eventhub.outcomes.models import Advancement, AdvancementLine, Award, Awarding, Certificate

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
OF_ADVANCEMENT: tuple[_AbstractLoad, ...] = (
    joinedload(Advancement.passage).options(*WITH_ROUNDS),
    joinedload(Advancement.proposed_by),
    joinedload(Advancement.confirmed_by),
    joinedload(Advancement.recall_asked_by),
)
WITH_LINES: _AbstractLoad = (
    selectinload(Advancement.lines).joinedload(AdvancementLine.entry).options(*OF_ENTRY)
)
OF_TEAM: tuple[_AbstractLoad, ...] = (selectinload(Entry.members), selectinload(Entry.advisers))


OF_AWARDING: tuple[_AbstractLoad, ...] = (
    joinedload(Awarding.round).joinedload(Round.competition).options(WITH_EVENT),
    joinedload(Awarding.proposed_by),
    joinedload(Awarding.confirmed_by),
    joinedload(Awarding.recall_asked_by),
)
OF_AWARD: tuple[_AbstractLoad, ...] = (
    joinedload(Award.entry).options(*OF_ENTRY),
    joinedload(Award.level),
    selectinload(Award.certificates).joinedload(Certificate.file),
)
