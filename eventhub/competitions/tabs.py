"""Where later slices hang their parts on a competition's pages, which know none of them.

Each is called in a slice's ``register(app)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from eventhub.competitions.models import Competition
from eventhub.i18n import LazyString
from eventhub.web.navigation import Panel


@dataclass(frozen=True)
class Tab:
    """A page of the organiser's side; its endpoint takes ``competition_id``."""

    order: int
    label: LazyString
    endpoint: str
    icon: str


@dataclass(frozen=True)
class PublicLink:
    """A way on from the public page, such as the timetable."""

    label: str | LazyString
    url: str
    icon: str


PartMaker = Callable[[Competition], Panel | None]
LinkMaker = Callable[[Competition], PublicLink | None]


def add_tab(app: Flask, order: int, label: LazyString, endpoint: str, icon: str) -> None:
    """Add a page to the tabs of the organiser's side."""
    app.extensions.setdefault("competition_tabs", []).append(Tab(order, label, endpoint, icon))


def add_overview(app: Flask, order: int, maker: PartMaker) -> None:
    """Add a part to the organiser's overview; the maker returns None when it has nothing to say."""
    app.extensions.setdefault("competition_overview", []).append((order, maker))


def add_public_link(app: Flask, order: int, maker: LinkMaker) -> None:
    """Add a way on to the public page; the maker returns None while there is nothing to see."""
    app.extensions.setdefault("competition_links", []).append((order, maker))


def list_tabs(competition: Competition, active: str = "") -> list[dict[str, Any]]:
    """The tabs as ``components/tabs.html`` takes them.

    ``active`` is the endpoint of the tab that a page below it belongs to; without it a tab is
    active on its own page, and the first of a slice on the slice's other pages.
    """
    tabs = sorted(current_app.extensions.get("competition_tabs", []), key=lambda tab: tab.order)
    chosen = _active(tabs, active or request.endpoint or "")
    return [
        {
            "label": tab.label,
            "url": url_for(tab.endpoint, competition_id=competition.id),
            "icon": tab.icon,
            "is_active": tab is chosen,
        }
        for tab in tabs
    ]


def _active(tabs: list[Tab], endpoint: str) -> Tab | None:
    exact = [tab for tab in tabs if tab.endpoint == endpoint]
    slice_ = [
        tab for tab in tabs if tab.endpoint.split(".")[0] == endpoint.split(".", maxsplit=1)[0]
    ]
    return next(iter(exact + slice_), None)


def find_tab_url(endpoint: str, competition: Competition) -> str | None:
    """The address of a page if its slice has added it."""
    tabs: list[Tab] = current_app.extensions.get("competition_tabs", [])
    if any(tab.endpoint == endpoint for tab in tabs):
        return url_for(endpoint, competition_id=competition.id)
    return None


def overview_parts(competition: Competition) -> list[Panel]:
    """What later slices say on the overview."""
    return _made("competition_overview", competition)


def public_links(competition: Competition) -> list[PublicLink]:
    """The ways on from the public page."""
    return _made("competition_links", competition)


def _made(name: str, competition: Competition) -> list[Any]:
    makers = sorted(current_app.extensions.get(name, []), key=lambda pair: pair[0])
    made = [maker(competition) for _order, maker in makers]
    return [part for part in made if part is not None]
