"""The draw: announced, and then drawn once. See ``eventhub.domain.draw`` for why it is fair."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.db import db, transaction
from eventhub.domain import draw as rule
from eventhub.domain.draw import commit as commitment_of
from eventhub.entries import queries as entry_queries
from eventhub.entries.enums import EntryState
from eventhub.roadshows import queries
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.errors import (
    NothingToDrawError,
    PublicTextMissingError,
    TooManyEntriesError,
)
from eventhub.roadshows.models import Roadshow, Slot
from eventhub.roadshows.service.setup import plan
from eventhub.roadshows.service.states import check, lock_for, move

log = logging.getLogger(__name__)

SECRET_BYTES = 32
ENTRIES_MAX = 600


def announce_draw(roadshow_id: uuid.UUID, *, public_source: str = "", by: Person) -> Roadshow:
    """Freeze the entries of the round, make the secret, and show its commitment.

    ``public_source`` says which text the draw will use, one that nobody can know yet.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        AlreadyAnnouncedError, AlreadyDrawnError: it is past that.
        NothingToDrawError, TooManyEntriesError: the round has no entry, or more than 600.

    """
    with transaction():
        roadshow = lock_for(roadshow_id, by=by)
        check(roadshow, RoadshowState.ANNOUNCED)
        heard = entry_queries.list_participants(roadshow.round)
        if not heard:
            raise NothingToDrawError
        if len(heard) > ENTRIES_MAX:
            raise TooManyEntriesError
        secret = secrets.token_bytes(SECRET_BYTES)
        move(
            roadshow,
            RoadshowState.ANNOUNCED,
            secret=secret.hex(),
            commitment=commitment_of(secret),
            codes=sorted(entry.code for entry in heard),
            public_source=public_source,
            announced_at=clock.now(),
        )
        record(
            "draw.announced",
            roadshow,
            by=by,
            circle_id=roadshow.round.competition.event.circle_id,
            after={
                "commitment": roadshow.commitment,
                "codes": roadshow.codes,
                "public_source": public_source,
            },
        )
    log.info("draw announced", extra={"roadshow_id": str(roadshow_id)})
    return roadshow


def recall_draw(roadshow_id: uuid.UUID, *, reason: str, by: Person) -> Roadshow:
    """Take an announcement back, so that rooms or entries can change; the public sees why.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        DrawNotAnnouncedError, AlreadyDrawnError: there is nothing to take back, or it is drawn.

    """
    with transaction():
        roadshow = lock_for(roadshow_id, by=by)
        check(roadshow, RoadshowState.SETUP)
        announced_at = roadshow.announced_at or clock.now()
        recall = {
            "commitment": roadshow.commitment,
            "announced_at": announced_at.isoformat(),
            "recalled_at": clock.now().isoformat(),
            "reason": reason,
        }
        move(
            roadshow,
            RoadshowState.SETUP,
            recalls=[*roadshow.recalls, recall],
            secret=None,
            commitment=None,
            codes=None,
            announced_at=None,
            public_source="",
        )
        record(
            "draw.recalled",
            roadshow,
            by=by,
            circle_id=roadshow.round.competition.event.circle_id,
            before=recall,
            after={"reason": reason},
        )
    return roadshow


def draw(roadshow_id: uuid.UUID, *, public_text: str, by: Person) -> Roadshow:
    """Draw the order and lay out the timetable, once.

    The order covers every announced code. Entries that withdrew since get no slot; the others
    are dealt to the rooms in turn. The same text again returns the draw as it stands.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        DrawNotAnnouncedError: it was not announced before.
        AlreadyDrawnError: it was drawn with another text.
        PublicTextMissingError: the text is blank.

    """
    if not public_text.strip():
        raise PublicTextMissingError
    with transaction():
        roadshow = lock_for(roadshow_id, by=by)
        if roadshow.is_drawn and roadshow.public_text == public_text:
            return roadshow
        move(
            roadshow,
            RoadshowState.DRAWN,
            public_text=public_text,
            drawn_at=clock.now(),
            drawn_by_id=by.id,
        )
        order = drawn_order(roadshow)
        _lay_out(roadshow, order)
        record(
            "draw.drawn",
            roadshow,
            by=by,
            circle_id=roadshow.round.competition.event.circle_id,
            after={"public_text": public_text, "order": [drawn.code for drawn in order]},
        )
    log.info("order drawn", extra={"roadshow_id": str(roadshow_id)})
    return roadshow


def drawn_order(roadshow: Roadshow) -> list[rule.Drawn]:
    """Recompute the order of a roadshow that has its public text."""
    return rule.draw(
        roadshow.codes or [],
        secret=bytes.fromhex(roadshow.secret or ""),
        public_text=roadshow.public_text or "",
    )


def draw_document(roadshow: Roadshow) -> dict[str, object]:
    """The draw as public JSON; before the draw without secret, text and order."""
    event = roadshow.round.competition.event
    about = {
        "competition": event.title,
        "round": roadshow.round.name,
        "public_source": roadshow.public_source,
        "announced_at": _moment(roadshow.announced_at),
        "drawn_at": _moment(roadshow.drawn_at),
        "recalls": roadshow.recalls,
    }
    if not roadshow.is_drawn:
        return {
            "algorithm": rule.ALGORITHM,
            "commitment": roadshow.commitment,
            "codes": roadshow.codes,
            **about,
        }
    secret = bytes.fromhex(roadshow.secret or "")
    published = rule.publication(
        roadshow.codes or [], secret=secret, public_text=roadshow.public_text or ""
    )
    return {**published, **about}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _lay_out(roadshow: Roadshow, order: list[rule.Drawn]) -> None:
    entries = queries.list_entries_by_code(roadshow)
    present = [
        entries[drawn.code]
        for drawn in order
        if entries[drawn.code].state is not EntryState.WITHDRAWN
    ]
    dealt = rule.assign_rooms(present, len(roadshow.rooms))
    for planned in plan(roadshow, [len(hand) for hand in dealt]):
        db.session.add(
            Slot(
                roadshow_id=roadshow.id,
                room_id=roadshow.rooms[planned.room].id,
                entry_id=dealt[planned.room][planned.position - 1].id,
                position=planned.position,
                starts_at=planned.starts_at,
                ends_at=planned.ends_at,
            )
        )
    db.session.flush()
