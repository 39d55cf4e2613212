"""Reads of competitions, their rounds and rubrics."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.circles.models import Circle
from eventhub.competitions import catalogue
from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.conditions import list_rules, settled_kinds
from eventhub.competitions.enums import CompetitionState, EntryPhase, PassageKind
from eventhub.competitions.models import (
    Competition,
    Criterion,
    Group,
    OwnTemplate,
    Passage,
    PassageQuota,
    Round,
    Rubric,
    SchoolQuota,
)
from eventhub.db import db
from eventhub.domain import codes
from eventhub.domain.eligibility import TeamRules
from eventhub.errors import NotFoundError
from eventhub.events.enums import EventState, HostRole
from eventhub.events.models import Event, EventHost


def _whole() -> list[_AbstractLoad]:
    return [
        joinedload(Competition.event, innerjoin=True).options(
            joinedload(Event.circle, innerjoin=True).joinedload(Circle.university, innerjoin=True),
            selectinload(Event.hosts).joinedload(EventHost.circle, innerjoin=True),
        ),
        selectinload(Competition.groups),
        selectinload(Competition.rounds),
    ]


def _rubric_parts(start: _AbstractLoad) -> _AbstractLoad:
    return start.options(
        selectinload(Rubric.criteria),
        selectinload(Rubric.gates),
        joinedload(Rubric.group, innerjoin=True),
        joinedload(Rubric.confirmed_by),
    )


def get_competition(competition_id: uuid.UUID, *, lock: bool = False) -> Competition:
    """One competition with event, circle, hosts, groups and rounds.

    Raises:
        NotFoundError: no such competition.

    """
    return _one(select(Competition).where(Competition.id == competition_id), lock=lock)


def get_competition_by_code(code: str) -> Competition:
    """The same, by the code in its public address, however it is typed.

    Raises:
        NotFoundError: no such competition.

    """
    query = select(Competition).join(Competition.event).where(Event.code == codes.normalise(code))
    return _one(query)


def find_competition_of_event(event_id: uuid.UUID) -> Competition | None:
    """The competition that an event is, if it is one."""
    query = select(Competition).where(Competition.event_id == event_id)
    return db.session.scalars(query.options(*_whole())).one_or_none()


def _one(query: Select[Competition], *, lock: bool = False) -> Competition:
    query = query.options(*_whole())
    if lock:
        query = query.with_for_update(of=Competition).execution_options(populate_existing=True)
    competition = db.session.scalars(query).one_or_none()
    if competition is None:
        raise NotFoundError
    return competition


def load_rubrics(competition: Competition, *, fresh: bool = False) -> Sequence[Round]:
    """The rounds of a competition with rubrics, documents and ways on, in few statements.

    ``fresh`` reads again what the session knows already: for use under a lock.
    """
    start = selectinload(Round.rubrics)
    query = (
        select(Round)
        .where(Round.competition_id == competition.id)
        .order_by(Round.position)
        .options(
            _rubric_parts(start),
            selectinload(Round.requirements),
            selectinload(Round.passages).selectinload(Passage.quotas),
        )
        .execution_options(populate_existing=fresh)
    )
    return db.session.scalars(query).all()


def get_round(round_id: uuid.UUID, *, lock: bool = False) -> Round:
    """One round with its competition, event, rubrics and documents.

    With ``lock`` the row is held until the transaction ends, as are the states read with it.

    Raises:
        NotFoundError: no such round.

    """
    query = (
        select(Round)
        .where(Round.id == round_id)
        .options(
            joinedload(Round.competition, innerjoin=True).options(
                joinedload(Competition.event, innerjoin=True).joinedload(
                    Event.circle, innerjoin=True
                ),
                selectinload(Competition.groups),
            ),
            _rubric_parts(selectinload(Round.rubrics)),
            selectinload(Round.requirements),
        )
    )
    if lock:
        query = query.with_for_update(of=Round).execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def get_rubric(rubric_id: uuid.UUID, *, fresh: bool = False) -> Rubric:
    """One rubric with its lines, round, competition and event.

    ``fresh`` reads again what the session knows already: for use under a lock.

    Raises:
        NotFoundError: no such rubric.

    """
    query = (
        select(Rubric)
        .where(Rubric.id == rubric_id)
        .options(
            joinedload(Rubric.round, innerjoin=True)
            .joinedload(Round.competition, innerjoin=True)
            .joinedload(Competition.event, innerjoin=True),
            selectinload(Rubric.criteria),
            selectinload(Rubric.gates),
            joinedload(Rubric.group, innerjoin=True),
            joinedload(Rubric.confirmed_by),
        )
        .execution_options(populate_existing=fresh)
    )
    rubric = db.session.scalars(query).one_or_none()
    if rubric is None:
        raise NotFoundError
    return rubric


def find_passage(round_id: uuid.UUID, kind: PassageKind) -> Passage | None:
    """A way on from a round, read afresh with its quotas."""
    query = (
        select(Passage)
        .where(Passage.from_round_id == round_id, Passage.kind == kind)
        .options(joinedload(Passage.to_round), selectinload(Passage.quotas))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def find_rubric(round_id: uuid.UUID, group_id: uuid.UUID) -> Rubric | None:
    """By what this group is judged in this round, with criteria and gates."""
    query = (
        select(Rubric)
        .where(Rubric.round_id == round_id, Rubric.group_id == group_id)
        .options(joinedload(Rubric.criteria), selectinload(Rubric.gates))
    )
    return db.session.scalars(query).unique().one_or_none()


def get_group(group_id: uuid.UUID) -> Group:
    """One group with its competition and event.

    Raises:
        NotFoundError: no such group.

    """
    query = (
        select(Group)
        .where(Group.id == group_id)
        .options(
            joinedload(Group.competition, innerjoin=True).joinedload(
                Competition.event, innerjoin=True
            )
        )
    )
    group = db.session.scalars(query).one_or_none()
    if group is None:
        raise NotFoundError
    return group


def find_own_template(key: str | uuid.UUID | None) -> OwnTemplate | None:
    """A circle's own template, by its row's key or by that of ``catalogue.of_own``."""
    if isinstance(key, str):
        if not key.startswith(catalogue.OWN):
            return None
        try:
            key = uuid.UUID(key.removeprefix(catalogue.OWN))
        except ValueError:
            return None
    return db.session.get(OwnTemplate, key) if key else None


def find_template(key: str | None) -> ContestTemplate | None:
    """The template of this key, shipped or a circle's own."""
    own = find_own_template(key)
    return catalogue.of_own(own) if own else catalogue.find_shipped(key)


def template_of(competition: Competition) -> ContestTemplate | None:
    """The template that a competition was made from, while it exists."""
    return find_template(competition.template_key)


def find_clone_source(competition: Competition) -> Competition | None:
    """The earlier edition that a competition was made from, with its event."""
    if competition.cloned_from_id is None:
        return None
    query = (
        select(Competition)
        .where(Competition.id == competition.cloned_from_id)
        .options(joinedload(Competition.event, innerjoin=True))
    )
    return db.session.scalars(query).one_or_none()


def get_own_template(template_id: uuid.UUID, *, lock: bool = False) -> OwnTemplate:
    """One template of a circle's own.

    Raises:
        NotFoundError: no such template.

    """
    own = db.session.get(
        OwnTemplate, template_id, with_for_update=lock or None, populate_existing=lock
    )
    if own is None:
        raise NotFoundError
    return own


def list_used_questionnaires(form_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these forms that some group asks for."""
    query = select(Group.questionnaire_id).where(Group.questionnaire_id.in_(form_ids))
    return {*db.session.scalars(query.distinct())}


def find_template_named(circle_id: uuid.UUID, name: str) -> OwnTemplate | None:
    """The template of this name that a circle keeps, archived or not."""
    query = select(OwnTemplate).where(OwnTemplate.circle_id == circle_id, OwnTemplate.name == name)
    return db.session.scalars(query.with_for_update()).one_or_none()


def select_own_templates(
    circle_ids: Collection[uuid.UUID], *, archived: bool | None = False
) -> Select[OwnTemplate]:
    """The templates of these circles by name; ``archived`` None takes those as well."""
    query = (
        select(OwnTemplate)
        .where(OwnTemplate.circle_id.in_(circle_ids))
        .options(joinedload(OwnTemplate.circle), joinedload(OwnTemplate.saved_by))
        .order_by(OwnTemplate.archived_at.isnot(None), OwnTemplate.name, OwnTemplate.id)
    )
    if archived is not None:
        query = query.where(OwnTemplate.archived_at.isnot(None) == archived)
    return query


def list_school_quotas(competition_id: uuid.UUID) -> Sequence[SchoolQuota]:
    """How many each school may recommend, in a fixed order."""
    query = (
        select(SchoolQuota)
        .where(SchoolQuota.competition_id == competition_id)
        .order_by(SchoolQuota.created_at, SchoolQuota.id)
    )
    return db.session.scalars(query).all()


def has_quotas(group_id: uuid.UUID) -> bool:
    """Whether places are set aside for a group, in a way on or for the schools."""
    found = exists().where(PassageQuota.group_id == group_id)
    school = exists().where(SchoolQuota.group_id == group_id)
    return bool(db.session.scalar(select(or_(found, school))))


def select_competitions(
    *,
    circle_ids: Collection[uuid.UUID] | None = None,
    announced: bool = False,
    roles: Collection[HostRole] = tuple(HostRole),
) -> Select[Competition]:
    """Competitions with event, circle, groups and rounds, the latest first; the caller pages.

    ``circle_ids`` are circles that own one or host it in one of these ``roles``. ``announced``
    leaves out what the public may not see.
    """
    query = (
        select(Competition)
        .join(Competition.event)
        .join(Event.circle)
        .options(
            contains_eager(Competition.event).contains_eager(Event.circle),
            selectinload(Competition.groups),
            selectinload(Competition.rounds),
        )
    )
    if circle_ids is not None:
        hosting = exists().where(
            EventHost.event_id == Event.id,
            EventHost.circle_id.in_(circle_ids),
            EventHost.role.in_(roles),
        )
        query = query.where(or_(Event.circle_id.in_(circle_ids), hosting))
    if announced:
        query = query.where(
            Competition.state != CompetitionState.DRAFT, Event.state == EventState.PUBLISHED
        )
    return query.order_by(Event.starts_at.desc(), Competition.id)


def list_open(
    now: datetime, *, limit: int, circle_id: uuid.UUID | None = None
) -> Sequence[Competition]:
    """Announced competitions that take entries at ``now``, the nearest deadline first."""
    query = (
        select_competitions(circle_ids=_only(circle_id), announced=True)
        .where(
            Competition.state == CompetitionState.OPEN,
            Competition.entries_open_at <= now,
            Competition.entries_close_at > now,
        )
        .order_by(None)
        .order_by(Competition.entries_close_at, Competition.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def list_running(
    now: datetime, *, limit: int, circle_id: uuid.UUID | None = None
) -> Sequence[Competition]:
    """Announced competitions before or after their entries, not finished, the next day first."""
    query = (
        select_competitions(circle_ids=_only(circle_id), announced=True)
        .where(
            or_(
                Competition.state == CompetitionState.CLOSED,
                and_(
                    Competition.state == CompetitionState.OPEN,
                    or_(Competition.entries_open_at > now, Competition.entries_close_at <= now),
                ),
            )
        )
        .order_by(None)
        .order_by(Event.starts_at, Competition.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def _only(circle_id: uuid.UUID | None) -> list[uuid.UUID] | None:
    return None if circle_id is None else [circle_id]


def takes_entries(competition: Competition, now: datetime) -> bool:
    """Whether an entry may be started, changed or submitted at this moment."""
    is_published = competition.event.state is EventState.PUBLISHED
    return is_published and competition.entry_phase(now) is EntryPhase.OPEN


def first_round(competition: Competition) -> Round | None:
    """The round that entries are made for: its documents are what a team hands in."""
    return competition.rounds[0] if competition.rounds else None


def current_round(competition: Competition) -> Round | None:
    """The first round that is not published yet, else the last."""
    pending = [r for r in competition.rounds if r.published_at is None]
    return pending[0] if pending else (competition.rounds[-1] if competition.rounds else None)


def required_documents(round_: Round | None) -> tuple[str, ...]:
    """Keys of the documents without which an entry is incomplete."""
    return tuple(r.key for r in round_.requirements if r.is_required) if round_ else ()


def team_rules(group: Group, *, required_documents: Sequence[str] = ()) -> TeamRules:
    """What a group asks of a team, for ``domain.eligibility``; its event must be loaded."""
    return TeamRules(
        member_min=group.member_min,
        member_max=group.member_max,
        adviser_min=group.adviser_min,
        adviser_max=group.adviser_max,
        required_documents=tuple(required_documents),
        rules=tuple(list_rules(group)),
        settled=settled_kinds(group),
        needs_category=bool(group.categories),
    )


def common_criteria(round_: Round) -> list[Criterion]:
    """Criteria whose key stands in the rubric of every group: those that can break a tie."""
    if not round_.rubrics:
        return []
    first, *others = round_.rubrics
    keys = [{line.key for line in rubric.criteria} for rubric in others]
    return [line for line in first.criteria if all(line.key in known for known in keys)]


def name_competitions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The titles of competitions."""
    query = select(Competition.id, Event.title).join(Competition.event)
    return {row[0]: row[1] for row in db.session.execute(query.where(Competition.id.in_(ids)))}


def name_templates(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of circles' own templates."""
    query = select(OwnTemplate.id, OwnTemplate.name).where(OwnTemplate.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def name_rounds(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Rounds, as title of the competition and name."""
    query = select(Round.id, Event.title + " · " + Round.name).join(Round.competition)
    query = query.join(Competition.event).where(Round.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
