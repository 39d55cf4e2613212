"""The main navigation and the desk: slices add their part, no one knows them all.

A slice calls ``add_nav`` and ``add_panel`` in its ``register(app)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request, session, url_for
from flask_login import current_user
from markupsafe import Markup

from eventhub.i18n import LazyString
from eventhub.web.access import LINK_SCOPE


@dataclass(frozen=True)
class NavEntry:
    """A line of the main navigation. ``shown`` takes the person, or None for a stranger.

    Whoever came by a personal link sees what strangers see, and the line of ``link_scope``.
    What is opened once a week stands in the person's own menu (``in_menu``) and leaves the bar
    to the daily pages.
    """

    order: int
    label: LazyString
    endpoint: str
    icon: str
    shown: Callable[[Any], bool]
    link_scope: str | None = None
    in_menu: bool = False


@dataclass(frozen=True)
class NavItem:
    """A line as the template draws it."""

    label: LazyString
    url: str
    icon: str
    is_active: bool
    in_menu: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of a person's desk or of another page: a template and what it is given.

    A page draws it with ``{{ panel.html }}``; the template sees the names of ``context`` and
    nothing of the page around it.
    """

    template: str
    context: dict[str, Any]

    @property
    def html(self) -> Markup:
        """The part, drawn."""
        return Markup(render_template(self.template, **self.context))  # noqa: S704  # escaped there


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
    """The lines of bar and menu for whoever looks; at most one of them is where they are."""
    who, held = person(), session.get(LINK_SCOPE)
    entries = sorted(current_app.extensions.get("hub_nav", []), key=lambda e: e.order)
    shown = [
        (entry, url_for(entry.endpoint))
        for entry in entries
        if entry.shown(who if held in {None, entry.link_scope} else None)
    ]
    here = _whereabouts(shown)
    return [
        NavItem(e.label, url, e.icon, is_active=e is here, in_menu=e.in_menu) for e, url in shown
    ]


def _whereabouts(shown: list[tuple[NavEntry, str]]) -> NavEntry | None:
    """The line of this page: its own, else the nearest above it, else its slice's only one."""
    own = [entry for entry, _url in shown if entry.endpoint == request.endpoint]
    above = [pair for pair in shown if pair[1] != "/" and request.path.startswith(pair[1] + "/")]
    nearest = sorted(above, key=lambda pair: len(pair[1]))[-1:]
    blueprint = (request.endpoint or "").split(".")[0]
    bar = [entry for entry, _url in shown if not entry.in_menu]
    same = [entry for entry in bar if entry.endpoint.split(".")[0] == blueprint]
    found = own or [entry for entry, _url in nearest] or (same if len(same) == 1 else [])
    return found[0] if found and blueprint else None


def panels() -> list[Panel]:
    """The parts of this person's desk."""
    makers = sorted(current_app.extensions.get("hub_panels", []), key=lambda p: p[0])
    made = [maker(person()) for _order, maker in makers]
    return [panel for panel in made if panel is not None]
