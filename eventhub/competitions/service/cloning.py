"""A competition once more, for the next year."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from eventhub.accounts.models import Person
from eventhub.competitions import catalogue, queries
from eventhub.competitions.enums import PersonalField, RubricStatus
from eventhub.competitions.facts import facts_of
from eventhub.competitions.models import Competition, OwnTemplate, Round, Rubric
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.service.competitions import record
from eventhub.competitions.service.creation import fill
from eventhub.competitions.service.making import competition_rules
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.events import service as events
from eventhub.events.enums import EventKind
from eventhub.i18n import LazyString, _, lazy

log = logging.getLogger(__name__)

USUAL_DAYS = 364  # fifty-two weeks: every date keeps its day of the week
# A note is part of the record, in the language of the rules, like those of the templates.
CARRIED_OVER = "沿用上一届的评分标准，须对照本届文件核对。"  # not translated


@dataclass(frozen=True)
class Move:
    """A date of the present competition and what it becomes."""

    label: str | LazyString
    before: datetime
    after: datetime


class Proposal(TypedDict):
    """What the next edition is likely to be."""

    title: str
    edition: str
    days: int


def next_edition(competition: Competition) -> Proposal:
    """Title and edition with each year raised by one, and a year of whole weeks."""
    return {
        "title": _next_year(competition.event.title),
        "edition": _next_year(competition.edition),
        "days": USUAL_DAYS,
    }


def _next_year(text: str) -> str:
    return re.sub(r"(?<!\d)(?:19|20)\d\d(?!\d)", lambda year: str(int(year[0]) + 1), text)


def preview_moves(competition: Competition, *, days: int | None) -> list[Move]:
    """The dates of the next edition before it is made; none without a number of days."""
    if not days:
        return []
    return list_moves(competition, queries.load_rubrics(competition), days=days)


def list_moves(competition: Competition, rounds: Sequence[Round], *, days: int) -> list[Move]:
    """Every date of a competition, moved by so many days, in the order of the course."""
    event, zone = competition.event, competition.event.timezone
    dated: list[tuple[str | LazyString, datetime | None]] = [
        (lazy("报名开始"), competition.entries_open_at),
        (lazy("报名截止"), competition.entries_close_at),
        (lazy("比赛开始"), event.starts_at),
        (lazy("比赛结束"), event.ends_at),
    ]
    for round_ in rounds:
        due, marks = round_.documents_due_at, round_.marks_due_at
        dated.append((_("“%(name)s”材料截止", name=round_.name), due))
        dated.append((_("“%(name)s”评分截止", name=round_.name), marks))
    return [Move(label, at, shift(at, days=days, zone=zone)) for label, at in dated if at]


def shift(at: datetime, *, days: int, zone: str) -> datetime:
    """The same hour of the day, as its zone counts hours, so many days later."""
    there = at.astimezone(ZoneInfo(zone))
    return (there + timedelta(days=days)).astimezone(at.tzinfo)


def clone_competition(
    competition_id: uuid.UUID,
    *,
    title: str,
    edition: str,
    days: int,
    by: Person,
    circle_id: uuid.UUID | None = None,
) -> Competition:
    """Make a draft for the next edition of a competition, every date ``days`` later.

    It takes hosts, groups, rounds, rubrics, documents, ways on, forms, the schools' quotas and
    settings; not entries, judges or results. A rubric of the earlier edition has to be confirmed
    again. It belongs to ``circle_id``, else to the circle that owns the present one.

    Raises:
        ForbiddenError: ``by`` does not run the competition, or not the circle.

    """
    with transaction():
        present = queries.get_competition(competition_id)
        if not can_manage(by, present):
            raise ForbiddenError
        rounds = queries.load_rubrics(present)
        original = queries.template_of(present)
        facts = facts_of(
            present,
            rounds,
            original=original,
            school_quotas=queries.list_school_quotas(present.id),
        )
        template = catalogue.of_own(
            OwnTemplate(
                id=present.id,
                name=title,
                based_on=original.based_on if original else "",
                facts=facts,
            )
        )
        copy = _frame(present, title=title, edition=edition, days=days, circle_id=circle_id, by=by)
        copy.edition_key = template.edition_key(edition)
        copy.source = present.source
        copy.rules = competition_rules(template)
        fill(copy, template, template.groups, template.rounds, by=by)
        _carry(present, rounds, copy, days=days)
        db.session.flush()
        before = {"competition": str(present.id), "edition": present.edition}
        record("cloned", copy, by, before=before, after={"edition": edition, "days": days})
    log.info("competition cloned", extra={"competition_id": str(copy.id)})
    return copy


def _frame(
    present: Competition,
    *,
    title: str,
    edition: str,
    days: int,
    circle_id: uuid.UUID | None,
    by: Person,
) -> Competition:
    """The event and the settings."""
    event = present.event
    owner = circle_id or event.circle_id

    def later(at: datetime | None) -> datetime | None:
        return shift(at, days=days, zone=event.timezone) if at else None

    made = events.create_event(
        circle_id=owner,
        kind=EventKind.CONTEST,
        title=title,
        starts_at=shift(event.starts_at, days=days, zone=event.timezone),
        ends_at=shift(event.ends_at, days=days, zone=event.timezone),
        venue=event.venue,
        address=event.address,
        summary=event.summary,
        description=event.description,
        timezone=event.timezone,
        co_hosts=[(host.circle_id, host.role) for host in event.hosts if host.circle_id != owner],
        by=by,
    )
    return Competition(
        event=made,
        template_key=present.template_key,
        cloned_from_id=present.id,
        edition=edition,
        theme=present.theme,
        entries_open_at=later(present.entries_open_at),
        entries_close_at=later(present.entries_close_at),
        is_one_project=present.is_one_project,
        needs_consent=present.needs_consent,
        needs_recommendation=present.needs_recommendation,
        personal_fields=[PersonalField(name).value for name in present.personal_fields],
        retention_days=present.retention_days,
    )


def _carry(present: Competition, rounds: Sequence[Round], copy: Competition, *, days: int) -> None:
    """Move the rounds' dates, and mark what the earlier edition judged by."""
    zone = present.event.timezone
    for old, new in zip(rounds, copy.rounds, strict=True):
        for name in ("marks_due_at", "documents_due_at"):
            at = getattr(old, name)
            setattr(new, name, shift(at, days=days, zone=zone) if at else None)
        for rubric in new.rubrics:
            _mark(rubric)


def _mark(rubric: Rubric) -> None:
    if rubric.status in {RubricStatus.SOURCED, RubricStatus.OWN}:
        rubric.status = RubricStatus.EARLIER_EDITION
        rubric.note = CARRIED_OVER
