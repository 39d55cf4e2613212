"""How many entries a school may recommend."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.models import University
from eventhub.competitions.models import Competition, SchoolQuota
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries.errors import UnknownChoiceError
from eventhub.entries.permissions import can_review_competition
from eventhub.entries.queries.schools import get_quota
from eventhub.errors import ForbiddenError


def set_quota(
    competition_id: uuid.UUID,
    *,
    university_id: uuid.UUID | None,
    group_id: uuid.UUID | None,
    places: int | None,
    by: Person,
) -> None:
    """Say how many entries a school may recommend; None takes the number away.

    Without a school the number is that of every school not named; without a group, of all groups
    together. A number below what is recommended already takes nothing back.

    Raises:
        ForbiddenError: ``by`` does not organise for a circle that runs the competition.
        UnknownChoiceError: no such group or university.

    """
    with transaction():
        competition = _manage(competition_id, by)
        if group_id is not None and group_id not in {group.id for group in competition.groups}:
            raise UnknownChoiceError(field="group")
        if university_id is not None and db.session.get(University, university_id) is None:
            raise UnknownChoiceError(field="university")
        quota = _find_quota(competition_id, university_id, group_id)
        before = quota.places if quota else None
        if before == places:
            return
        if places is None:
            db.session.delete(quota)
        elif quota is not None:
            quota.places = places
        else:
            db.session.add(
                SchoolQuota(
                    competition_id=competition_id,
                    university_id=university_id,
                    group_id=group_id,
                    places=places,
                )
            )
        _note_quota(competition, by, university_id, group_id, before, places)


def remove_quota(quota_id: uuid.UUID, *, by: Person) -> None:
    """Take one number away.

    Raises:
        NotFoundError: no such row.
        ForbiddenError: ``by`` does not organise for a circle that runs the competition.

    """
    with transaction():
        quota = get_quota(quota_id)
        set_quota(
            quota.competition_id,
            university_id=quota.university_id,
            group_id=quota.group_id,
            places=None,
            by=by,
        )


def _manage(competition_id: uuid.UUID, by: Person) -> Competition:
    competition = get_competition(competition_id, lock=True)
    if not can_review_competition(by, competition):
        raise ForbiddenError
    return competition


def _find_quota(
    competition_id: uuid.UUID, university_id: uuid.UUID | None, group_id: uuid.UUID | None
) -> SchoolQuota | None:
    query = select(SchoolQuota).where(
        SchoolQuota.competition_id == competition_id,
        SchoolQuota.university_id.is_not_distinct_from(university_id),
        SchoolQuota.group_id.is_not_distinct_from(group_id),
    )
    return db.session.scalar(query)


def _note_quota(
    competition: Competition,
    by: Person,
    university_id: uuid.UUID | None,
    group_id: uuid.UUID | None,
    before: int | None,
    places: int | None,
) -> None:
    whose = {
        "university_id": str(university_id) if university_id else None,
        "group": str(group_id) if group_id else None,
    }
    audit.record(
        "quota.changed",
        competition,
        by=by,
        circle_id=competition.event.circle_id,
        before={**whose, "places": before},
        after={**whose, "places": places},
    )
