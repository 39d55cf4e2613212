"""Lists are bounded: every one of them pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import Select, func, select

from eventhub.db import db

T = TypeVar("T")
PER_PAGE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; ``page`` counts from 1."""

    items: Sequence[T]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_prev(self) -> bool:
        """Whether there is a page before."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a page after."""
        return self.page < self.pages


def page_number() -> int:
    """The page that the address asks for; nonsense means the first."""
    return max(1, min(request.args.get("page", 1, type=int) or 1, 100_000))


def page_url(number: int, name: str = "page") -> str:
    """The address of the request with another page number.

    Whatever else the address says is repeated and never read: ``_scheme`` in it is a word like
    any other.
    """
    args = request.args.copy()
    args[name] = str(number)
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{urlencode([*args.items(multi=True)])}"


def paginate(query: Select[Any], *, page: int, per_page: int = PER_PAGE) -> Page[Any]:
    """Fetch one page: two statements, whatever the length. Past the end: the last page."""
    counted = select(func.count()).select_from(query.order_by(None).options().subquery())
    total = db.session.scalar(counted) or 0
    page = min(page, max(1, -(-total // per_page)))
    rows = db.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).unique().all()
    return Page(rows, page, per_page, total)
