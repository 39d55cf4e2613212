"""The main navigation and the desk: slices add their part, no one knows them all.

A slice calls ``add_nav`` and ``add_panel`` in its ``register(app)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from eventhub.i18n import LazyString


@dataclass(frozen=True)
class NavEntry:
    """A line of the main navigation. ``shown`` takes the person, or None for a stranger."""

    order: int
    label: LazyString
    endpoint: str
    icon: str
    shown: Callable[[Any], bool]


@dataclass(frozen=True)
class NavItem:
    """A line as the template draws it."""

    label: LazyString
    url: str
    icon: str
    is_active: bool


@dataclass(frozen=True)
class Panel:
    """A part of a person's desk: a template and what it is given."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[[Any], Panel | None]


def add_nav(app: Flask, entry: NavEntry) -> None:
    """Add a line to the main navigation."""
    app.extensions.setdefault("hub_nav", []).append(entry)


def add_panel(app: Flask, order: int, maker: PanelMaker) -> None:
    """Add a part to the desk; the maker returns None for a person whom it does not concern."""
    app.extensions.setdefault("hub_panels", []).append((order, maker))


def person() -> Any:
    """The person signed in, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def nav_items() -> list[NavItem]:
    """The lines for whoever looks."""
    who = person()
    entries = sorted(current_app.extensions.get("hub_nav", []), key=lambda e: e.order)
    blueprint = (request.endpoint or "").split(".")[0]
    return [
        NavItem(
            entry.label,
            url_for(entry.endpoint),
            entry.icon,
            request.endpoint == entry.endpoint
            or (blueprint == entry.endpoint.split(".")[0] and blueprint != "web"),
        )
        for entry in entries
        if entry.shown(who)
    ]


def panels() -> list[Panel]:
    """The parts of this person's desk."""
    makers = sorted(current_app.extensions.get("hub_panels", []), key=lambda p: p[0])
    made = [maker(person()) for _order, maker in makers]
    return [panel for panel in made if panel is not None]
