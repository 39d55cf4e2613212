"""Reads of what teams answered in their group's form."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.competitions.models import Competition, Group
from eventhub.db import db
from eventhub.entries.enums import EDITABLE, EntryState
from eventhub.entries.models import Answer, Entry
from eventhub.events.models import Event


def find_answer(entry_id: uuid.UUID) -> Answer | None:
    """What a team answered, with the version of the form that it answered."""
    query = select(Answer).where(Answer.entry_id == entry_id).options(joinedload(Answer.version))
    return db.session.scalar(query)


def list_groups_using(questionnaire_id: uuid.UUID) -> Sequence[Group]:
    """The groups that ask for a form, with their competition, its hosts and rounds."""
    query = (
        select(Group)
        .where(Group.questionnaire_id == questionnaire_id)
        .options(
            joinedload(Group.competition)
            .joinedload(Competition.event)
            .options(joinedload(Event.circle), selectinload(Event.hosts)),
            joinedload(Group.competition).selectinload(Competition.rounds),
        )
        .order_by(Group.competition_id, Group.position, Group.id)
    )
    return db.session.scalars(query).all()


def count_answers(group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Of each group, how many answers may still change and how many are handed in.

    Those of withdrawn entries do not count; a group without answers is left out.
    """
    is_open = Entry.state.in_(EDITABLE)
    query = (
        select(
            Entry.group_id,
            func.count().filter(is_open),
            func.count().filter(~is_open),
        )
        .join(Answer, Answer.entry_id == Entry.id)
        .where(Entry.group_id.in_(group_ids), Entry.state != EntryState.WITHDRAWN)
        .group_by(Entry.group_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def list_answers(competition_id: uuid.UUID) -> Sequence[Answer]:
    """What the entries of a competition answered, each with its version of the form."""
    query = (
        select(Answer)
        .join(Answer.entry)
        .where(Entry.competition_id == competition_id)
        .options(joinedload(Answer.version))
        .order_by(Answer.id)
    )
    return db.session.scalars(query).all()


def list_answer_files() -> set[uuid.UUID]:
    """The files with which any team has answered: no foreign key tells of them."""
    values = db.session.scalars(select(Answer.values).execution_options(yield_per=200))
    return {
        uuid.UUID(line["id"])
        for answered in values
        for value in answered.values()
        if isinstance(value, list)
        for line in value
        if isinstance(line, dict) and {"id", "size"} <= line.keys()
    }
