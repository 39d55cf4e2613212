"""Who may decide what follows from results, and who may see it."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import is_officer
from eventhub.competitions.models import Competition, Passage
from eventhub.competitions.permissions import can_manage
from eventhub.entries.models import Entry
from eventhub.entries.permissions import is_captain, is_member
from eventhub.outcomes.models import (
    Advancement,
    AdvancementLine,
    Award,
    Awarding,
    Certificate,
    Objection,
    PublicNotice,
)


def can_decide_passage(person: Person | None, passage: Passage) -> bool:
    """Proposes, adjusts and confirms who takes it."""
    return can_manage(person, passage.from_round.competition)


def can_decide(person: Person | None, decision: Advancement | Awarding) -> bool:
    """Works on this list; that two do is the service's to see."""
    return can_manage(person, decision.round.competition)


def can_decide_line(person: Person | None, line: AdvancementLine | Award) -> bool:
    """Changes this line by hand."""
    return can_decide(person, line.decision)


def can_manage_certificate(person: Person | None, certificate: Certificate) -> bool:
    """Reissues and revokes it."""
    return can_manage(person, certificate.award.entry.competition)


def can_hold_certificates(person: Person | None, entry: Entry) -> bool:
    """Takes the certificates of an entry home: its team, and who runs the competition."""
    return (
        is_captain(person, entry)
        or is_member(person, entry)
        or can_manage(person, entry.competition)
    )


def can_manage_notice(person: Person | None, notice: PublicNotice) -> bool:
    """Writes, publishes and withdraws it."""
    return can_manage(person, notice.competition)


def can_see_notices(person: Person | None, competition: Competition) -> bool:
    """Looks at notices and objections: who runs the competition, and the bureaus that oversee."""
    return can_manage(person, competition) or is_officer(person)


def can_answer(person: Person | None, objection: Objection) -> bool:
    """Takes an objection up and answers it."""
    return can_manage(person, objection.notice.competition)


def can_see_objection(person: Person | None, objection: Objection) -> bool:
    """Reads it; to a bureau its author is masked."""
    return can_see_notices(person, objection.notice.competition)
