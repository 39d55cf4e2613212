"""The tabs of an event's management: later slices add theirs in ``register(app)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from eventhub.events.models import Event
from eventhub.i18n import LazyString


@dataclass(frozen=True)
class Tab:
    """A page about one event; the endpoint takes ``event_id``."""

    order: int
    label: LazyString
    endpoint: str
    icon: str
    shown: Callable[[Event], bool]


def add_tab(
    app: Flask,
    order: int,
    label: LazyString,
    endpoint: str,
    icon: str,
    *,
    shown: Callable[[Event], bool] = lambda _event: True,
) -> None:
    """Add a page to the management of events."""
    tab = Tab(order, label, endpoint, icon, shown)
    app.extensions.setdefault("event_tabs", []).append(tab)


def event_tabs(event: Event) -> list[dict[str, Any]]:
    """The tabs as ``components/tabs.html`` takes them."""
    found = sorted(current_app.extensions.get("event_tabs", []), key=lambda tab: tab.order)
    return [
        {
            "label": tab.label,
            "url": url_for(tab.endpoint, event_id=event.id),
            "icon": tab.icon,
            "is_active": request.endpoint == tab.endpoint,
        }
        for tab in found
        if tab.shown(event)
    ]
