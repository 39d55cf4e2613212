"""Use cases of events: making and publishing them, and holding places at them."""

from __future__ import annotations

from eventhub.events.service.events import (
    EventChanges,
    cancel_event,
    create_event,
    publish_event,
    remove_event,
    set_hosts,
    unpublish_event,
    update_event,
)
from eventhub.events.service.letters import (
    calendar_entry,
    send_ticket_again,
    tell_cancelled,
    tell_changed,
)
from eventhub.events.service.places import (
    Place,
    cancel_registration,
    export_registrations,
    hold_place,
    register_attendee,
    registration_status,
    sync_party,
)
from eventhub.events.service.sessions import add_session, change_session, remove_session

__all__ = [
    "EventChanges",
    "Place",
    "add_session",
    "calendar_entry",
    "cancel_event",
    "cancel_registration",
    "change_session",
    "create_event",
    "export_registrations",
    "hold_place",
    "publish_event",
    "register_attendee",
    "registration_status",
    "remove_event",
    "remove_session",
    "send_ticket_again",
    "set_hosts",
    "sync_party",
    "tell_cancelled",
    "tell_changed",
    "unpublish_event",
    "update_event",
]
