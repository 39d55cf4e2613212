"""As what somebody stands in a round: organiser, chief judge, scrutineer, supervisor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventhub.accounts.models import Person
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db
from eventhub.entries.models import Entry
from eventhub.judging.enums import OfficerRole
from eventhub.judging.models import Panel, PanelJudge, RoundOfficer
from eventhub.judging.queries.recusals import find_recusals
from eventhub.judging.queries.seats import find_seat


@dataclass(frozen=True)
class Office:
    """What one person may answer for in a round; ``panels`` are those that they chair."""

    round: Round
    is_organiser: bool
    panels: Sequence[Panel]
    role: OfficerRole | None

    @property
    def is_scrutineer(self) -> bool:
        """Who adds up again."""
        return self.role is OfficerRole.SCRUTINEER

    @property
    def is_supervisor(self) -> bool:
        """Who sees that the rules are kept."""
        return self.role is OfficerRole.SUPERVISOR

    @property
    def is_chief(self) -> bool:
        """Who chairs a panel."""
        return bool(self.panels)

    @property
    def is_any(self) -> bool:
        """Whether they have anything to do with closing the round."""
        return self.is_organiser or self.is_chief or self.role is not None


def find_office(round_: Round, person: Person) -> Office:
    """As what a person stands in a round; two statements."""
    chairs = (
        select(Panel)
        .join(PanelJudge.panel)
        .where(
            PanelJudge.round_id == round_.id, PanelJudge.person_id == person.id, PanelJudge.is_chief
        )
    )
    role = select(RoundOfficer.role).where(
        RoundOfficer.round_id == round_.id, RoundOfficer.person_id == person.id
    )
    return Office(
        round_,
        can_manage_round(person, round_),
        db.session.scalars(chairs).all(),
        db.session.scalar(role),
    )


def is_kept_from(office: Office, person: Person, entry: Entry) -> bool:
    """Whether the only say somebody has is that of a chief judge who is recused from an entry."""
    if office.is_organiser or office.role is not None or not office.is_chief:
        return False
    seat = find_seat(office.round.id, person.id)
    if seat is None:
        return False
    return find_recusals(office.round.id, [seat], [entry]).bar(person.id, entry.id)


def list_officers(round_id: uuid.UUID) -> Sequence[RoundOfficer]:
    """A round's officers, scrutineers first."""
    query = (
        select(RoundOfficer)
        .where(RoundOfficer.round_id == round_id)
        .options(joinedload(RoundOfficer.person))
        .order_by(RoundOfficer.role, RoundOfficer.created_at)
    )
    return db.session.scalars(query).all()
