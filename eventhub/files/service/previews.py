"""Pages and pictures as a browser shows them, drawn once and kept for a while.

What was drawn lies in a folder of this machine that is bounded in size; the oldest goes first.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from eventhub.errors import NotFoundError
from eventhub.files import sandbox
from eventhub.files.errors import NoPreviewError, PreviewBusyError
from eventhub.files.models import StoredFile
from eventhub.files.service.keeping import open_file
from eventhub.files.storage import BLOCK, current_storage

WIDTHS = (480, 800, 1200, 1800, 2400)
PAGES_MAX = 300
AT_ONCE = 2  # pages that one process of the house draws at a time
PATIENCE = 10  # seconds that a request waits for its turn
_turns = threading.BoundedSemaphore(AT_ONCE)

PDF = "application/pdf"
VIDEO = "video/mp4"
PICTURES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True)
class Measure:
    """How many pages there are, and the size in points of those that are shown."""

    count: int
    sizes: tuple[tuple[float, float], ...]


def has_preview(stored: StoredFile) -> bool:
    """Whether a page can show it."""
    return stored.media_type in {PDF, VIDEO, *PICTURES}


def measure(stored: StoredFile) -> Measure:
    """The pages of a PDF; a picture is one page without a size.

    Raises:
        NoPreviewError: it is neither, or cannot be read.
        FileLostError, StorageError, PreviewBusyError: it cannot be read now.

    """
    if stored.media_type in PICTURES:
        return Measure(1, ())
    if stored.media_type != PDF:
        raise NoPreviewError
    target = _folder(stored) / f"pages-{PAGES_MAX}.json"
    if not target.exists():
        with _content(stored) as path, _drawing():
            found = _run("measure", path=str(path), pages_max=PAGES_MAX)
        _put(target, json.dumps(found).encode())
    found = json.loads(_fresh(target).read_text())
    return Measure(found["count"], tuple((w, h) for w, h in found["sizes"]))


def draw(stored: StoredFile, *, page: int, width: int) -> Path:
    """A page, counted from 1, as WebP; the width is rounded up to one of ``WIDTHS``.

    Raises:
        NotFoundError: no such page.
        NoPreviewError, FileLostError, StorageError, PreviewBusyError: as ``measure``.

    """
    wide = next((step for step in WIDTHS if step >= width), WIDTHS[-1])
    if not 1 <= page <= min(measure(stored).count, PAGES_MAX):
        raise NotFoundError
    target = _folder(stored) / f"{page}-{wide}.webp"
    if not target.exists():
        with _content(stored) as path, _drawing(), _draft(target) as draft:
            facts: dict[str, Any] = {"path": str(path), "width": wide, "target": str(draft)}
            if stored.media_type == PDF:
                _run("draw_page", page=page - 1, **facts)
            else:
                _run("draw_picture", **facts)
    return _fresh(target)


def trim() -> int:
    """Delete the oldest until the bound is kept; returns how many files went."""
    bound = int(current_app.config["PREVIEW_CACHE_MB"]) << 20
    found = []
    for path in _root().glob("*/*/*"):
        with contextlib.suppress(FileNotFoundError):
            facts = path.stat()
            found.append((facts.st_mtime, facts.st_size, path))
    left, gone = sum(size for _at, size, _path in found), 0
    for _at, size, path in sorted(found):
        if left <= bound:
            break
        path.unlink(missing_ok=True)
        left, gone = left - size, gone + 1
    return gone


def forget(sha256: str) -> None:
    """Delete what was drawn of a content on this machine."""
    shutil.rmtree(_root() / sha256[:2] / sha256, ignore_errors=True)


def _run(job: str, **arguments: Any) -> dict[str, Any]:
    try:
        return sandbox.run(job, **arguments)
    except sandbox.JobFailedError:
        raise NoPreviewError from None


@contextlib.contextmanager
def _drawing() -> Iterator[None]:
    """One's turn to draw, of which there are few."""
    if not _turns.acquire(timeout=PATIENCE):
        raise PreviewBusyError
    try:
        yield
    finally:
        _turns.release()


def _root() -> Path:
    return Path(current_app.config["FILES_DIR"]) / "previews"


def _folder(stored: StoredFile) -> Path:
    folder = _root() / stored.sha256[:2] / stored.sha256
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _content(stored: StoredFile) -> Iterator[Path]:
    """The original as a file here; one that lies elsewhere is fetched once for all its pages."""
    path = current_storage().path(stored.sha256)
    if path is None:
        path = _folder(stored) / "original"
        if not path.exists():
            with open_file(stored) as content, _draft(path) as draft, draft.open("wb") as out:
                shutil.copyfileobj(content, out, BLOCK)
        _fresh(path)
    yield path


@contextlib.contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A file beside ``target`` that takes its place once it is whole."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".")
    os.close(handle)
    try:
        yield Path(name)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _put(target: Path, content: bytes) -> None:
    with _draft(target) as draft:
        draft.write_bytes(content)


def _fresh(path: Path) -> Path:
    """Note that it was used, so that it goes last."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(path)
    return path
