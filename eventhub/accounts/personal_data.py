"""Everything that the house holds of a person: to read, to take along, to have deleted.

A slice calls ``add_personal_data`` in its ``register(app)`` for each kind of thing that it
holds; nobody knows them all. An exporter tells what there is, an eraser takes out of it who it
was, and an objector says what would break if the person went now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app

from eventhub.accounts.models import Person
from eventhub.i18n import LazyString

Row = Mapping[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Obstacle:
    """What keeps an account open, and the page on which that can be changed."""

    text: str
    endpoint: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


def _nothing(_person: Person) -> None:
    """What is held says nothing of the person once the account is anonymous."""


def _no_obstacle(_person: Person) -> Sequence[Obstacle]:
    return ()


@dataclass(frozen=True)
class Holding:
    """One kind of thing that is held.

    ``purpose`` says what for and what a deletion does to it. ``columns`` name the keys of the
    exporter's rows, in order; values are text, numbers, booleans, dates, moments or None.
    ``covered`` columns are in the download alone, not on the page.
    """

    key: str
    label: LazyString
    purpose: LazyString
    columns: Mapping[str, LazyString]
    export: Callable[[Person], Sequence[Row]]
    erase: Callable[[Person], None] = _nothing
    obstacles: Callable[[Person], Sequence[Obstacle]] = _no_obstacle
    covered: frozenset[str] = frozenset()
    order: int = 50


class Reading(NamedTuple):
    """How one kind of thing is read: the two fields of a ``Holding`` that must agree."""

    columns: Mapping[str, LazyString]
    export: Callable[[Person], Sequence[Row]]


def reading(
    items: Callable[[Person], Iterable[Item]],
    **columns: tuple[LazyString, Callable[[Item], Any]],
) -> Reading:
    """Read each of a person's ``items`` by these columns, each a label and what to take."""

    def export(person: Person) -> Sequence[Row]:
        return [
            {key: take(item) for key, (_label, take) in columns.items()} for item in items(person)
        ]

    return Reading({key: label for key, (label, _take) in columns.items()}, export)


def add_personal_data(app: Flask, holding: Holding) -> None:
    """Tell of a kind of thing that is held of people."""
    app.extensions.setdefault("personal_data", {})[holding.key] = holding


def list_holdings() -> list[Holding]:
    """Every kind of thing, in the order in which a page tells them."""
    held: dict[str, Holding] = current_app.extensions.get("personal_data", {})
    return sorted(held.values(), key=lambda holding: (holding.order, holding.key))


def list_obstacles(person: Person) -> list[Obstacle]:
    """What would break if this person went now."""
    return [obstacle for holding in list_holdings() for obstacle in holding.obstacles(person)]


def erase(person: Person) -> None:
    """Have every slice take the person out of what it holds, the account itself last."""
    for holding in reversed(list_holdings()):
        holding.erase(person)
