"""What people with a place are told by mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from eventhub import clock
from eventhub.db import transaction
from eventhub.domain import codes
from eventhub.events import queries
from eventhub.events.enums import EventState
from eventhub.events.models import Event, Registration
from eventhub.i18n import _
from eventhub.notifications.messages import Action, CalendarEntry, Message, Recipient
from eventhub.notifications.service import notify
from eventhub.web.jinja import show_range, zone_name


def calendar_entry(event: Event) -> CalendarEntry:
    """The event as an appointment; a later revision moves or removes the earlier one."""
    return CalendarEntry(
        uid=f"event-{event.id}@eventhub",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        title=event.title,
        location=where(event),
        description=event.summary,
        sequence=event.revision,
        is_cancelled=event.state is EventState.CANCELLED,
    )


def where(event: Event) -> str:
    """Venue and address in one line; the online address where there is nothing else."""
    place = " · ".join(part for part in (event.venue, event.address) if part)
    return place or event.online_url or ""


def send_ticket(registration: Registration, *, again: bool = False) -> None:
    """Queue the mail with the ticket: once for a place, and ``again`` at most once an hour."""
    event, code = registration.event, registration.ticket.code

    def compose() -> Message:
        return Message(
            title=_("报名成功：%(event)s", event=event.title),
            paragraphs=(
                _("%(name)s，您好！您已成功报名，电子票如下。", name=registration.name),
                _("入场时请出示票上的二维码，或报出票号。"),
                _("如不能参加，请提前告知主办方或在电子票页面取消，把名额留给别人。"),
            ),
            facts=(*_facts(event), (_("票号"), codes.format_code(code))),
            action=Action(_("打开电子票"), "events.ticket", {"code": code}),
        )

    occasion = f":{clock.now():%Y%m%d%H}" if again else ""
    _tell(registration, f"events.ticket:{registration.id}{occasion}", "events.ticket", compose)


def send_ticket_again(registration: Registration) -> None:
    """Mail the ticket to whoever registers twice, so that only the owner of the address sees it."""
    with transaction():
        send_ticket(registration, again=True)


def tell_changed(event_id: uuid.UUID, *, revision: int) -> int:
    """Tell everybody with a place that time or place moved; return to how many.

    For a revision that was overtaken nobody is told: the newer one will be.
    """
    with transaction():
        event = queries.get_event(event_id)
        if event.revision != revision or event.state is not EventState.PUBLISHED:
            return 0
        places = queries.list_registrations(event.id)
        for place in places:
            key = f"events.changed:{place.id}:{revision}"
            _tell(place, key, "events.changed", _changed(event, place))
    return len(places)


def _changed(event: Event, place: Registration) -> Callable[[], Message]:
    return lambda: Message(
        title=_("时间或地点有变：%(event)s", event=event.title),
        paragraphs=(
            _("%(name)s，您好！您报名的活动有调整，请以下面的安排为准。", name=place.name),
            _("您的电子票继续有效，无需重新报名。"),
        ),
        facts=_facts(event),
        action=Action(_("打开电子票"), "events.ticket", {"code": place.ticket.code}),
    )


def tell_cancelled(event_id: uuid.UUID) -> int:
    """Tell everybody with a place that the event is called off, and why; return to how many."""
    with transaction():
        event = queries.get_event(event_id)
        if event.state is not EventState.CANCELLED:
            return 0
        places = queries.list_registrations(event.id)
        for place in places:
            key = f"events.cancelled:{place.id}"
            _tell(place, key, "events.cancelled", _cancelled(event, place))
    return len(places)


def _cancelled(event: Event, place: Registration) -> Callable[[], Message]:
    return lambda: Message(
        title=_("活动取消：%(event)s", event=event.title),
        paragraphs=(
            _("%(name)s，您好！很抱歉，您报名的活动已取消。", name=place.name),
            _("原因：%(reason)s", reason=event.cancel_reason),
        ),
        facts=_facts(event),
        action=Action(_("看看其他活动"), "events.index"),
    )


def _facts(event: Event) -> tuple[tuple[str, str], ...]:
    moment = show_range(event.starts_at, event.ends_at, event.timezone)
    rows = [
        (_("活动"), event.title),
        (_("时间"), f"{moment} {zone_name(event.timezone)}"),
        (_("地点"), where(event)),
        (_("主办"), event.circle.name),
    ]
    return tuple((label, value) for label, value in rows if value)


def _tell(place: Registration, key: str, kind: str, compose: Callable[[], Message]) -> None:
    notify(
        Recipient(place.name, place.email, place.locale, place.person_id),
        key=key,
        kind=kind,
        compose=compose,
        calendar_entry=calendar_entry(place.event),
        subject_id=place.id,
        circle_id=place.event.circle_id,
    )
