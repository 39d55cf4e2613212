"""Parts of an entry's workspace that later slices add, as their certificates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from eventhub.entries.models import Entry
from eventhub.i18n import LazyString


@dataclass(frozen=True)
class EntryTab:
    """A page of the workspace; its endpoint takes ``entry_id``."""

    label: LazyString
    endpoint: str
    icon: str


TabMaker = Callable[[Entry], EntryTab | None]


def add_entry_tab(app: Flask, maker: TabMaker) -> None:
    """Add a page to the workspace; the maker returns None where there is nothing to see."""
    app.extensions.setdefault("entry_tabs", []).append(maker)


def more_tabs(entry: Entry) -> list[EntryTab]:
    """What later slices have to show of an entry."""
    made = [maker(entry) for maker in current_app.extensions.get("entry_tabs", [])]
    return [tab for tab in made if tab is not None]
