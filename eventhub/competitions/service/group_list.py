"""Which groups a competition has, and in which order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.catalogue import ContestTemplate, GroupTemplate
from eventhub.competitions.enums import CompetitionState, RoundState, RubricStatus
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    GroupInUseError,
    GroupPresentError,
    GroupsFixedError,
    LastGroupError,
    UnknownGroupError,
)
from eventhub.competitions.models import Competition, Group, Rubric
from eventhub.competitions.service import making
from eventhub.competitions.service.competitions import get_managed, record
from eventhub.db import db, transaction


def list_absent_groups(
    competition: Competition, template: ContestTemplate | None
) -> list[GroupTemplate]:
    """The groups of its template that a competition does not have."""
    present = {group.key for group in competition.groups}
    return [group for group in (template.groups if template else ()) if group.key not in present]


def are_groups_fixed(competition: Competition) -> bool:
    """Whether no group comes or goes any more: a round has begun, or it is over."""
    begun = any(round_.state is not RoundState.DRAFT for round_ in competition.rounds)
    return begun or competition.state is CompetitionState.FINISHED


def add_template_group(competition_id: uuid.UUID, *, group_key: str, by: Person) -> Group:
    """Add a group of the template, with its conditions and rubrics.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError, GroupsFixedError: it is over, or a round has begun.
        UnknownGroupError: its template has no such group.
        GroupPresentError: the group is in it already.

    """
    with transaction():
        competition = _get_open(competition_id, by)
        template = queries.template_of(competition)
        found = template.group(group_key) if template else None
        if template is None or found is None:
            raise UnknownGroupError
        if any(group.key == group_key for group in competition.groups):
            raise GroupPresentError
        group = making.group_of(template, found, _next(competition.groups))
        _put_in(competition, group)
        for round_ in competition.rounds:
            facts = template.round(f"round-{round_.position}")
            round_.rubrics.append(making.rubric_of(template, group, facts))
        _record_added(competition, group, by)
    return group


def add_blank_group(competition_id: uuid.UUID, *, track_name: str, name: str, by: Person) -> Group:
    """Add a group of the organiser's own, with an empty rubric in each round.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError, GroupsFixedError: it is over, or a round has begun.

    """
    with transaction():
        competition = _get_open(competition_id, by)
        group = Group(
            key=_free_key(competition.groups),
            track_name=track_name,
            name=name,
            categories=[],
            rules={"rules": [], "born_on_or_after": None, "company": None},
            position=_next(competition.groups),
        )
        _put_in(competition, group)
        for round_ in competition.rounds:
            round_.rubrics.append(Rubric(group=group, status=RubricStatus.MISSING))
        _record_added(competition, group, by)
    return group


def remove_group(group_id: uuid.UUID, *, by: Person) -> None:
    """Take a group away while nothing hangs on it but its own conditions and rubrics.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError, GroupsFixedError: it is over, or a round has begun.
        LastGroupError: it is the only one.
        GroupInUseError: an entry or a quota is of this group.

    """
    with transaction():
        competition = _get_open(queries.get_group(group_id).competition_id, by)
        if len(competition.groups) == 1:
            raise LastGroupError
        group = next(each for each in competition.groups if each.id == group_id)
        if queries.has_quotas(group.id):
            raise GroupInUseError
        before = {"group": group.key, "track_name": group.track_name, "name": group.name}
        try:
            with db.session.begin_nested():
                competition.groups.remove(group)
                db.session.flush()
        except IntegrityError:
            raise GroupInUseError from None
        _number(competition.groups)
        record("group_removed", competition, by, before=before)


def move_group(group_id: uuid.UUID, *, up: bool, by: Person) -> Group:
    """Let a group change places with the one before it or after it; at the end nothing happens.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.

    """
    with transaction():
        group = queries.get_group(group_id)
        competition = _get_lasting(group.competition_id, by)
        order = list(competition.groups)
        at = next(i for i, each in enumerate(order) if each.id == group_id)
        to = at - 1 if up else at + 1
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            _number(order)
            db.session.flush()
            db.session.expire(competition, ["groups"])
            after = {"group": group.key, "position": to + 1}
            record("group_moved", competition, by, after=after)
    return group


def _get_lasting(competition_id: uuid.UUID, by: Person) -> Competition:
    competition = get_managed(competition_id, by)
    if competition.state is CompetitionState.FINISHED:
        raise CompetitionFinishedError
    return competition


def _get_open(competition_id: uuid.UUID, by: Person) -> Competition:
    """The competition, its row held, while groups may come and go."""
    competition = _get_lasting(competition_id, by)
    if any(round_.state is not RoundState.DRAFT for round_ in competition.rounds):
        raise GroupsFixedError
    return competition


def _put_in(competition: Competition, group: Group) -> None:
    competition.groups.append(group)
    db.session.flush()


def _record_added(competition: Competition, group: Group, by: Person) -> None:
    db.session.flush()
    after = {"group": group.key, "track_name": group.track_name, "name": group.name}
    record("group_added", competition, by, after=after)


def _next(groups: Sequence[Group]) -> int:
    return max((group.position for group in groups), default=-1) + 1


def _number(groups: Sequence[Group]) -> None:
    for position, group in enumerate(groups):
        group.position = position


def _free_key(groups: Sequence[Group]) -> str:
    taken = {group.key for group in groups}
    return next(key for number in range(1, 10_000) if (key := f"own-{number}") not in taken)
