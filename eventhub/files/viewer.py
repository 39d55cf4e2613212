"""The page in which a file is looked through, whoever looks: team, organiser or judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.files import service as files
from eventhub.files.models import StoredFile
from eventhub.files.service import PAGES_MAX, VIDEO, WIDTHS


@dataclass(frozen=True)
class Viewed:
    """What stands around the pages, and where they come from.

    ``page_endpoint`` takes ``keys``, ``page`` and ``width``; ``content_endpoint`` takes ``keys``.
    """

    title: str
    note: str
    name: str
    page_endpoint: str
    content_endpoint: str
    download_url: str
    back_url: str
    keys: dict[str, Any]


@dataclass(frozen=True)
class _Page:
    """A page as a picture: its addresses by width, and its shape, so that nothing jumps."""

    number: int
    src: str
    srcset: str
    width: int
    height: int


def render_viewer(stored: StoredFile, viewed: Viewed) -> ResponseReturnValue:
    """The page for a PDF, a picture or a film.

    Raises:
        NoPreviewError: it is none of these, or cannot be read.

    """
    if stored.media_type == VIDEO:
        return render_template(
            "files/preview_video.html",
            viewed=viewed,
            content_url=url_for(viewed.content_endpoint, **viewed.keys),
            size=stored.size,
        )
    measured = files.measure(stored)
    shown = min(measured.count, PAGES_MAX)
    sizes = measured.sizes or ((0.0, 0.0),)
    pages = [_page(number, sizes[number - 1], stored, viewed) for number in range(1, shown + 1)]
    return render_template(
        "files/preview.html", viewed=viewed, pages=pages, count=measured.count, size=stored.size
    )


def _page(number: int, size: tuple[float, float], stored: StoredFile, viewed: Viewed) -> _Page:
    facts = {**viewed.keys, "page": number, "v": stored.sha256[:8]}
    sources = [(url_for(viewed.page_endpoint, width=wide, **facts), wide) for wide in WIDTHS]
    return _Page(
        number=number,
        src=sources[1][0],
        srcset=", ".join(f"{url} {wide}w" for url, wide in sources),
        width=round(size[0]),
        height=round(size[1]),
    )
