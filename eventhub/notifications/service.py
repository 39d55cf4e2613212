"""Queueing messages and sending them."""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from eventhub import clock, queue
from eventhub.db import db, transaction
from eventhub.errors import ConflictError, NotFoundError
from eventhub.i18n import lazy, speaking
from eventhub.notifications import calendar, mail
from eventhub.notifications.enums import TRANSITIONS, DeliveryState
from eventhub.notifications.messages import CalendarEntry, Message, Recipient
from eventhub.notifications.models import Delivery
from eventhub.web.urls import external_url

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 6
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
CLAIM_LIFE = timedelta(minutes=5)  # after this a worker that went silent has lost its claim


class NotResendableError(ConflictError):
    """Only a failed message can be sent again by hand."""

    code = "not_resendable"
    message = lazy("只有发送失败的消息可以重发。")


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
        values = {
            "id": uuid.uuid4(),
            "created_at": clock.now(),
            "key": key,
            "kind": kind,
            "recipient_id": to.person_id,
            "recipient_name": to.name,
            "address": to.address,
            "title": " ".join(message.title.split())[:200],
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
            return db.session.scalar(select(Delivery.id).where(Delivery.key == key))
        queue.defer("notifications.deliver", delivery_id=str(made))
        return made


def _render(template: str, context: dict[str, object]) -> str:
    """Render a mail without what pages are given: workers have no visitor and no address."""
    return current_app.jinja_env.get_template(template).render(**context)


def deliver(delivery_id: uuid.UUID) -> bool:
    """Send one message, unless another worker has or holds it; tell whether it went out.

    The claim is committed before the mail server is spoken to, and the Message-ID is the
    delivery's: should a worker die between the server's yes and the note of it, the repeat
    bears the same Message-ID and counts as a repeat wherever mail is de-duplicated.
    """
    claimed = _claim(delivery_id)
    if claimed is None:
        return False
    try:
        mail.send(claimed)
    except (OSError, smtplib.SMTPException) as failure:
        _note_failure(delivery_id, failure)
        return False
    with transaction():
        _move(delivery_id, DeliveryState.SENT, sent_at=clock.now(), last_error=None)
    log.info("message sent", extra={"delivery_id": str(delivery_id)})
    return True


def _claim(delivery_id: uuid.UUID) -> Delivery | None:
    now = clock.now()
    with transaction():
        query = (
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED)
            .values(state=DeliveryState.SENDING, claimed_at=now, attempts=Delivery.attempts + 1)
            .returning(Delivery.id)
        )
        if db.session.scalar(query) is None:
            return None
    return db.session.get(Delivery, delivery_id, populate_existing=True)


def _note_failure(delivery_id: uuid.UUID, failure: Exception) -> None:
    """Queue the next attempt after a pause, or give up and say so."""
    words = mail.explain(failure)
    log.warning("message not sent", extra={"delivery_id": str(delivery_id), "why": words})
    with transaction():
        delivery = db.session.get_one(Delivery, delivery_id)
        if mail.is_final(failure) or delivery.attempts >= ATTEMPTS_MAX:
            _move(delivery_id, DeliveryState.FAILED, last_error=words)
            return
        _move(delivery_id, DeliveryState.QUEUED, last_error=words)
        pause = PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
        queue.defer("notifications.deliver", at=clock.now() + pause, delivery_id=str(delivery_id))


def _move(delivery_id: uuid.UUID, to: DeliveryState, **values: object) -> None:
    """The one function that changes a delivery's state; a forbidden change is a no-op."""
    sources = [state for state, targets in TRANSITIONS.items() if to in targets]
    db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(sources))
        .values(state=to, **values)
    )


def resend(delivery_id: uuid.UUID) -> None:
    """Queue a failed message again.

    Raises:
        NotFoundError: no such message.
        NotResendableError: it has not failed.

    """
    with transaction():
        delivery = db.session.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None:
            raise NotFoundError
        if delivery.state is not DeliveryState.FAILED:
            raise NotResendableError
        delivery.attempts = 0
        db.session.flush()
        _move(delivery_id, DeliveryState.QUEUED)
        queue.defer("notifications.deliver", delivery_id=str(delivery_id))


def retry_stuck() -> int:
    """Give back the claims of workers that went silent; return how many."""
    with transaction():
        query = (
            update(Delivery)
            .where(
                Delivery.state == DeliveryState.SENDING,
                Delivery.claimed_at < clock.now() - CLAIM_LIFE,
            )
            .values(state=DeliveryState.QUEUED)
            .returning(Delivery.id)
        )
        ids = db.session.scalars(query).all()
        for delivery_id in ids:
            queue.defer("notifications.deliver", delivery_id=str(delivery_id))
    return len(ids)
