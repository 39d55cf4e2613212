"""Parts that slices add to a page which stands below them and may not import them.

A slice calls ``add_section`` in its ``register(app)``; the page asks for ``sections``. Places
in use: ``front`` (the public front page, about None), ``circle`` (a circle's public page,
about the Circle).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app

from eventhub.web.navigation import Panel

SectionMaker = Callable[[Any], Panel | None]


def add_section(app: Flask, place: str, *, order: int, maker: SectionMaker) -> None:
    """Add a part to a page; the maker gets what the page is about and may return None."""
    app.extensions.setdefault("hub_sections", {}).setdefault(place, []).append((order, maker))


def sections(place: str, about: Any = None) -> list[Panel]:
    """The parts of a page, in their order."""
    makers = current_app.extensions.get("hub_sections", {}).get(place, [])
    made = [maker(about) for _order, maker in sorted(makers, key=lambda entry: entry[0])]
    return [section for section in made if section is not None]
