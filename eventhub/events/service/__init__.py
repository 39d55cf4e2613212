"""Use cases of events: making and publishing them, and holding places at them."""

from __future__ import annotations

from eventhub.events.service.events import (
    EventChanges,
    cancel_event,
    create_event,
    publish_event,
    set_hosts,
    unpublish_event,
    update_event,
)
from eventhub.events.service.letters import send_ticket_again, tell_cancelled, tell_changed
from eventhub.events.service.places import (
    Place,
    cancel_registration,
    check_registration_open,
    hold_place,
    register_attendee,
    sync_party,
)

__all__ = [
    "EventChanges",
    "Place",
    "cancel_event",
    "cancel_registration",
    "check_registration_open",
    "create_event",
    "hold_place",
    "publish_event",
    "register_attendee",
    "send_ticket_again",
    "set_hosts",
    "sync_party",
    "tell_cancelled",
    "tell_changed",
    "unpublish_event",
    "update_event",
]
