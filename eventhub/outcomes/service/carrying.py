"""From a school's competition into the next one of the edition: who won their place goes along."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, DocumentRequirement, Group, Round
from eventhub.competitions.permissions import can_manage
from eventhub.db import db, transaction
from eventhub.domain.questionnaire.questions import questions_of
from eventhub.domain.questionnaire.versions import carry_over
from eventhub.entries.models import Adviser, Answer, Company, Document, Entry, Member
from eventhub.entries.service.starting import find_led, new_code
from eventhub.errors import ForbiddenError
from eventhub.events.enums import EventState
from eventhub.events.models import Event
from eventhub.outcomes.errors import NoTargetError, NothingConfirmedError
from eventhub.outcomes.queries import advancements
from eventhub.outcomes.queries import awards as awards_
from eventhub.outcomes.service import letters
from eventhub.questionnaires import queries as questionnaires

log = logging.getLogger(__name__)


@dataclass
class Carried:
    """What became of each: made now, there already, or without a group to go to."""

    made: list[Entry] = field(default_factory=list)
    known: list[Entry] = field(default_factory=list)
    homeless: list[Entry] = field(default_factory=list)


def list_targets(competition: Competition, *, now: datetime) -> Sequence[Competition]:
    """The other competitions of the edition that take entries, the nearest deadline first."""
    if not competition.edition_key:
        return []
    query = (
        select(Competition)
        .join(Competition.event)
        .where(
            Competition.edition_key == competition.edition_key,
            Competition.id != competition.id,
            Competition.state == CompetitionState.OPEN,
            Event.state == EventState.PUBLISHED,
            Competition.entries_open_at <= now,
            Competition.entries_close_at > now,
        )
        .options(
            contains_eager(Competition.event).joinedload(Event.circle),
            selectinload(Competition.groups),
        )
        .order_by(Competition.entries_close_at)
        .limit(50)
    )
    return db.session.scalars(query).all()


def carry_entries(
    competition_id: uuid.UUID,
    *,
    entry_ids: Collection[uuid.UUID],
    target_id: uuid.UUID,
    by: Person,
) -> Carried:
    """Make drafts of confirmed entries in another competition of the edition.

    Team, advisers, company, documents and answers go along as far as they fit; the project stays
    the same one, so that its students may be in both. Members consent anew, since it is another
    organiser who sees their data; the captain looks it over and hands it in. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run the competition that they come from.
        NoTargetError: the other one does not take entries, or is of another edition.
        NothingConfirmedError: one of the entries is on no list in force.

    """
    with transaction():
        source = competitions.get_competition(competition_id)
        if not can_manage(by, source):
            raise ForbiddenError
        if target_id not in {each.id for each in list_targets(source, now=clock.now())}:
            raise NoTargetError
        target = competitions.get_competition(target_id)
        if not {*entry_ids} <= confirmed_entries(competition_id):
            raise NothingConfirmedError
        carried = Carried()
        for entry in _load(entry_ids):
            _carry(entry, target, carried)
        for entry in carried.made:
            letters.tell_carried(entry)
        record(
            "entries.carried",
            source,
            by=by,
            circle_id=source.event.circle_id,
            after={
                "to": target.event.title,
                "codes": [entry.code for entry in carried.made],
            },
        )
    log.info("entries carried", extra={"count": len(carried.made)})
    return carried


def confirmed_entries(competition_id: uuid.UUID) -> set[uuid.UUID]:
    """Which entries are on a list in force: they go up, or have an award."""
    up = {
        line.entry_id
        for advancement in advancements.list_confirmed(competition_id=competition_id)
        for line in advancement.lines
        if line.is_in
    }
    awarded = {
        award.entry_id
        for awarding in awards_.list_awardings(competition_id)
        for award in awarding.lines
        if award.is_in
    }
    return up | awarded


def _load(entry_ids: Collection[uuid.UUID]) -> Sequence[Entry]:
    query = (
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(
            joinedload(Entry.captain),
            joinedload(Entry.group),
            joinedload(Entry.company),
            joinedload(Entry.answer).joinedload(Answer.version),
            selectinload(Entry.members),
            selectinload(Entry.advisers),
            selectinload(Entry.documents).joinedload(Document.requirement),
        )
        .order_by(Entry.code)
    )
    return db.session.scalars(query).unique().all()


def _carry(entry: Entry, target: Competition, carried: Carried) -> None:
    group = _matching(entry.group, target.groups)
    if group is None:
        carried.homeless.append(entry)
        return
    if find_led(entry.captain_id, group) is not None:
        carried.known.append(entry)
        return
    copy = Entry(
        competition_id=target.id,
        competition=target,
        group_id=group.id,
        group=group,
        code=new_code(target.id),
        name=entry.name,
        category=entry.category if entry.category in group.categories else "",
        summary=entry.summary,
        captain_id=entry.captain_id,
        captain=entry.captain,
        university_id=entry.university_id,
        project_id=entry.project_id,
        origin_id=entry.id,
        saved_at=clock.now(),
    )
    copy.members = [_member(member, entry) for member in entry.members]
    copy.advisers = [
        Adviser(
            position=each.position,
            name=each.name,
            share=each.share,
            title=each.title,
            organisation=each.organisation,
        )
        for each in entry.advisers
    ]
    if entry.company:
        copy.company = _company(entry.company)
    db.session.add(copy)
    db.session.flush()
    _carry_documents(entry, copy)
    _carry_answers(entry, copy)
    carried.made.append(copy)


def _matching(group: Group, groups: Sequence[Group]) -> Group | None:
    """The group of the same key, else the one of the same track and name."""
    same = [each for each in groups if each.key == group.key] or [
        each for each in groups if (each.track_name, each.name) == (group.track_name, group.name)
    ]
    return same[0] if same else None


def _member(member: Member, entry: Entry) -> Member:
    leads = member.position == 1
    return Member(
        position=member.position,
        name=member.name,
        person_id=entry.captain_id if leads else None,
        university_id=member.university_id,
        student_number=member.student_number,
        degree=member.degree,
        graduation_year=member.graduation_year,
        email=member.email,
        phone=member.phone,
        duty=member.duty,
    )


def _company(company: Company) -> Company:
    return Company(
        is_registered=company.is_registered,
        name=company.name,
        credit_code=company.credit_code,
        registered_on=company.registered_on,
        legal_representative=company.legal_representative,
        shareholders=company.shareholders,
    )


def _carry_documents(entry: Entry, copy: Entry) -> None:
    """The newest version of each document that the target's first round asks for as well."""
    asked = {requirement.key: requirement for requirement in _asked(copy.competition)}
    newest: dict[tuple[uuid.UUID, int], Document] = {}
    for document in sorted(entry.documents, key=lambda each: -each.version):
        newest.setdefault((document.requirement_id, document.ordinal), document)
    taken: dict[tuple[str, int], Document] = {}
    for document in newest.values():
        requirement = asked.get(document.requirement.key)
        fits = (
            requirement is not None
            and document.removed_at is None
            and document.ordinal <= requirement.files_max
            and document.file.size <= requirement.bytes_max
        )
        if fits:
            taken.setdefault((document.requirement.key, document.ordinal), document)
    for (key, ordinal), document in taken.items():
        db.session.add(
            Document(
                entry_id=copy.id,
                requirement_id=asked[key].id,
                ordinal=ordinal,
                version=1,
                file_id=document.file_id,
                uploaded_by_id=document.uploaded_by_id,
            )
        )


def _asked(competition: Competition) -> Sequence[DocumentRequirement]:
    query = (
        select(DocumentRequirement)
        .join(DocumentRequirement.round)
        .where(Round.competition_id == competition.id, Round.position == 1)
    )
    return db.session.scalars(query).all()


def _carry_answers(entry: Entry, copy: Entry) -> None:
    """What was written into the group's form, as far as the other form asks the same."""
    if entry.answer is None or copy.group.questionnaire_id is None:
        return
    newest = questionnaires.find_newest(copy.group.questionnaire_id)
    if newest is None:
        return
    kept = carry_over(
        entry.answer.values,
        questions_of(entry.answer.version.questions),
        questions_of(newest.questions),
    )
    db.session.add(
        Answer(
            entry_id=copy.id, version_id=newest.id, values=dict(kept.values), saved_at=clock.now()
        )
    )
