"""A dozen events of the demonstration world, of every kind, behind us and before us."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from eventhub import clock
from eventhub.checkin import service as checkin
from eventhub.demo.cast import DOMAIN, WORLD, Cast
from eventhub.demo.contest import UNIVERSITIES
from eventhub.events import service as events
from eventhub.events.attendees import Attendee
from eventhub.events.enums import EventKind, HostRole
from eventhub.events.models import Event, Registration


def build_activities(cast: Cast, today: datetime, now: datetime) -> list[Event]:
    """Create and publish them, register people, and check in those who came."""
    regulars = [_visitor(cast) for _ in range(70)]
    return [_build(cast, row, today, now, regulars) for row in WORLD["events"]]


def _visitor(cast: Cast) -> Attendee:
    """Someone with a phone; one in eight gave a mail address as well."""
    university = cast.university(cast.random.choice(UNIVERSITIES))
    outside = cast.random.random() < 0.2
    mail = f"visitor{cast.random.randint(10000, 99999)}@{DOMAIN}"
    return Attendee(
        cast.name(),
        phone=f"199{cast.random.randint(10_000_000, 99_999_999)}",
        email=mail if cast.random.random() < 0.125 else None,
        university_id=None if outside else university.id,
        organisation=cast.random.choice(WORLD["judge_organisations"]) if outside else "",
    )


def _build(
    cast: Cast, row: dict[str, Any], today: datetime, now: datetime, regulars: list[Attendee]
) -> Event:
    by = cast.organisers[row["circle"]]
    starts_at = today + timedelta(days=row["days"], hours=14)
    if row["days"] == 0:
        starts_at = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    elif row["hours"] > 4:
        starts_at -= timedelta(hours=5)
    announced = min(starts_at - timedelta(days=14), now - timedelta(days=2))
    with clock.pretending(announced):
        event = events.create_event(
            circle_id=cast.circles[row["circle"]].id,
            kind=EventKind(row["kind"]),
            title=row["title"],
            summary=row["summary"],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=row["hours"]),
            venue=row["venue"],
            capacity=row["capacity"],
            registration_opens_at=announced - timedelta(hours=2),
            registration_closes_at=starts_at,
            co_hosts=[
                (cast.circles[code].id, HostRole(role))
                for code, role in (host.split(":") for host in row["co"])
            ],
            by=by,
        )
        events.publish_event(event.id, by=by)
        known = cast.random.sample(regulars, min(len(regulars), row["attendees"] // 2))
        new = [_visitor(cast) for _ in range(row["attendees"] - len(known))]
        places = [
            events.register_attendee(event.id, attendee=attendee, by=None)
            for attendee in (*known, *new)
        ]
    if starts_at <= now:
        _check_in(cast, event, places, now)
    return event


def _check_in(cast: Cast, event: Event, places: list[Registration], now: datetime) -> None:
    by = cast.organisers[
        next(c for c, circle in cast.circles.items() if circle.id == event.circle_id)
    ]
    door = checkin.add_main_entrance(event.id, by=by)
    for place in places:
        if cast.random.random() < 0.17:
            continue  # did not come
        moment = event.starts_at + timedelta(minutes=cast.random.triangular(-40, 35, -8))
        if moment < now:
            with clock.pretending(moment):
                checkin.scan(
                    door.id,
                    scan_id=uuid.UUID(int=cast.random.getrandbits(128), version=4),
                    code=place.ticket.code,
                    scanned_at=moment,
                    by=by,
                )
