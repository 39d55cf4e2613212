"""Queueing messages and sending them."""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.circles.permissions import can_organise
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.i18n import speaking
from eventhub.notifications import calendar, mail, queries
from eventhub.notifications.enums import TRANSITIONS, DeliveryState
from eventhub.notifications.errors import NotResendableError
from eventhub.notifications.messages import CalendarEntry, Message, Recipient
from eventhub.notifications.models import NAME_MAX, TITLE_MAX, Delivery
from eventhub.notifications.permissions import can_resend
from eventhub.web.urls import external_url

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 6
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
CLAIM_LIFE = timedelta(minutes=5)  # after this a worker that went silent has lost its claim
JOB_PATIENCE = timedelta(minutes=10)  # a message so long overdue has lost its job
RESEND_MAX = 500
GAVE_UP = "no answer: the worker went silent"


def notify(
    to: Recipient,
    *,
    key: str,
    kind: str,
    compose: Callable[[], Message],
    calendar_entry: CalendarEntry | None = None,
    subject_id: uuid.UUID | None = None,
    circle_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """Queue one message inside the running transaction; return its key in the database.

    ``compose`` runs in the recipient's language. The same ``key`` twice is one message: the
    second call returns the first one's id. Someone without an address gets none: None.
    """
    if not to.address:
        return None
    with transaction(), speaking(to.locale):
        message = compose()
        action = message.action
        url = external_url(action.endpoint, **action.values) if action else None
        context = {"message": message, "url": url, "to": to, "locale": to.locale}
        now = clock.now()
        values = {
            "id": uuid.uuid4(),
            "created_at": now,
            "due_at": now,
            "key": key,
            "kind": kind,
            "recipient_id": to.person_id,
            "recipient_name": _one_line(to.name)[:NAME_MAX],
            "address": to.address,
            "title": _one_line(message.title)[:TITLE_MAX],
            "text": _render("emails/message.txt", context),
            "html": _render("emails/message.html", context),
            "calendar": calendar.one(calendar_entry) if calendar_entry else None,
            "calendar_method": calendar.method(calendar_entry) if calendar_entry else None,
            "subject_id": subject_id,
            "circle_id": circle_id,
        }
        query = insert(Delivery).values(**values).on_conflict_do_nothing(index_elements=["key"])
        made: uuid.UUID | None = db.session.scalar(query.returning(Delivery.id))
        if made is None:
            known: uuid.UUID = db.session.execute(
                select(Delivery.id).where(Delivery.key == key)
            ).scalar_one()
            return known
        _put_in_queue(made)
        return made


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


def _render(template: str, context: Mapping[str, object]) -> str:
    """Render a mail without what pages are given: workers have no visitor and no address."""
    return current_app.jinja_env.get_template(template).render(**context)


def _put_in_queue(delivery_id: uuid.UUID) -> None:
    queue.defer("notifications.deliver", delivery_id=str(delivery_id))


def deliver(delivery_id: uuid.UUID) -> bool:
    """Send one message, unless another worker has or holds it; tell whether it went out.

    The claim is committed before the mail server is spoken to, and the Message-ID is the
    delivery's: should a worker die between the server's yes and the note of it, the repeat
    bears the same Message-ID and counts as a repeat wherever mail is de-duplicated.
    """
    claimed = _claim(delivery_id)
    if claimed is None:
        return False
    attempt = claimed.attempts
    try:
        mail.send(claimed)
    except (OSError, smtplib.SMTPException, mail.UnsendableError) as failure:
        _note_failure(delivery_id, attempt, failure)
        return False
    with transaction():
        _move(delivery_id, DeliveryState.SENT, attempt, sent_at=clock.now(), last_error=None)
    log.info("message sent", extra={"delivery_id": str(delivery_id)})
    return True


def _claim(delivery_id: uuid.UUID) -> Delivery | None:
    with transaction():
        query = (
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED)
            .values(
                state=DeliveryState.SENDING,
                claimed_at=clock.now(),
                attempts=Delivery.attempts + 1,
            )
            .returning(Delivery.id)
        )
        if db.session.scalar(query) is None:
            return None
    return db.session.get(Delivery, delivery_id, populate_existing=True)


def _note_failure(delivery_id: uuid.UUID, attempt: int, failure: Exception) -> None:
    """Queue the next attempt after a pause, or give up and say so."""
    words = mail.explain(failure)
    log.warning("message not sent", extra={"delivery_id": str(delivery_id), "why": words})
    with transaction():
        if mail.is_final(failure) or attempt >= ATTEMPTS_MAX:
            _move(delivery_id, DeliveryState.FAILED, attempt, last_error=words)
            return
        again_at = clock.now() + PAUSES[min(attempt, len(PAUSES)) - 1]
        if _move(delivery_id, DeliveryState.QUEUED, attempt, last_error=words, due_at=again_at):
            queue.defer("notifications.deliver", at=again_at, delivery_id=str(delivery_id))


def _move(delivery_id: uuid.UUID, to: DeliveryState, attempt: int, **values: object) -> bool:
    """The one function that changes a delivery's state; tell whether it did.

    A change that the table forbids, or by an attempt that has been overtaken, is a no-op: a
    worker that was silent for long must not disturb the one that took over.
    """
    sources = [state for state, targets in TRANSITIONS.items() if to in targets]
    query = (
        update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.state.in_(sources),
            Delivery.attempts == attempt,
        )
        .values(state=to, **values)
        .returning(Delivery.id)
    )
    return db.session.scalar(query) is not None


def resend(delivery_id: uuid.UUID, *, by: Person) -> None:
    """Queue a failed message again, with all its attempts.

    Raises:
        NotFoundError: no such message.
        ForbiddenError: ``by`` does not organise for its circle.
        NotResendableError: it has not failed.

    """
    with transaction():
        delivery = queries.get_delivery(delivery_id, lock=True)
        if not can_resend(by, delivery):
            raise ForbiddenError
        if delivery.state is not DeliveryState.FAILED:
            raise NotResendableError
        _queue_again([delivery], by=by)


def resend_failed(circle_ids: Collection[uuid.UUID], *, by: Person) -> int:
    """Queue the failed messages of some circles again, the newest 500; return how many.

    Raises:
        ForbiddenError: ``by`` does not organise for one of the circles.

    """
    if not all(can_organise(by, circle_id) for circle_id in circle_ids):
        raise ForbiddenError
    with transaction():
        failed = queries.list_failed(circle_ids, limit=RESEND_MAX)
        _queue_again(failed, by=by)
    return len(failed)


def _queue_again(failed: Collection[Delivery], *, by: Person) -> None:
    for delivery in failed:
        before = delivery.last_error
        values = {"attempts": 0, "due_at": clock.now(), "last_error": None}
        _move(delivery.id, DeliveryState.QUEUED, delivery.attempts, **values)
        _put_in_queue(delivery.id)
        record(
            "delivery.resent",
            delivery,
            by=by,
            circle_id=delivery.circle_id,
            before={"last_error": before},
        )


def retry_stuck() -> int:
    """Give back what silent workers held and queue again what lost its job; return how many.

    A message whose workers went silent at its last attempt is given up.
    """
    now = clock.now()
    with transaction():
        silent = (
            update(Delivery)
            .where(Delivery.state == DeliveryState.SENDING, Delivery.claimed_at < now - CLAIM_LIFE)
            .returning(Delivery.id)
        )
        given_up = silent.where(Delivery.attempts >= ATTEMPTS_MAX)
        lost = (
            update(Delivery)
            .where(Delivery.state == DeliveryState.QUEUED, Delivery.due_at < now - JOB_PATIENCE)
            .returning(Delivery.id)
        )
        db.session.execute(given_up.values(state=DeliveryState.FAILED, last_error=GAVE_UP))
        ids = [*db.session.scalars(silent.values(state=DeliveryState.QUEUED, due_at=now))]
        ids += db.session.scalars(lost.values(due_at=now))
        for delivery_id in ids:
            _put_in_queue(delivery_id)
    return len(ids)
