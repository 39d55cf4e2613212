"""The style of every page as one file: a phone on bad Wi-Fi asks once, not thirty-five times.

The parts stay apart under ``static/css``; they are joined when the first page asks, and again
when one of them has changed.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, request, url_for

FRAME = "vendor/tabler/tabler.min.css"
PARTS = (
    *("css/tokens.css", "css/base.css", "css/shell.css"),
    *(
        f"css/components/{name}.css"
        for name in (
            *("icon", "alert", "autosave", "avatar", "button", "card", "chart", "checklist"),
            *("copy", "deadline", "dialog", "empty", "field", "form", "kbd", "list", "menu"),
            *(
                "page_header",
                "pagination",
                "progress",
                "qr",
                "rows",
                "stat",
                "state",
                "steps",
                "table",
            ),
            *("tabs", "timeline", "toast"),
        )
    ),
)
_URL = re.compile(r"""url\(\s*["']?(?!data:|/|#|https?:)([^"')]+)["']?\s*\)""")


def _folder() -> Path:
    return Path(current_app.static_folder or "")


def _changes() -> tuple[int, ...]:
    folder = _folder()
    return tuple((folder / part).stat().st_mtime_ns for part in (FRAME, *PARTS))


@lru_cache(maxsize=4)
def _joined(folder: Path, root: str, _changes: tuple[int, ...]) -> tuple[str, str]:
    """The one file and its fingerprint. Tabler goes into a layer that every rule of ours beats."""
    frame = (folder / FRAME).read_text("utf-8").removeprefix('@charset "UTF-8";')
    texts = [f"@layer tabler {{{_rooted(frame, root, FRAME)}}}"]
    texts += [_rooted((folder / part).read_text("utf-8"), root, part) for part in PARTS]
    text = '@charset "UTF-8";\n' + "\n".join(texts)
    return text, hashlib.sha256(text.encode()).hexdigest()[:10]


def _rooted(text: str, root: str, part: str) -> str:
    """The same rules, with the addresses in them counted from the root."""
    here = posixpath.join(root, posixpath.dirname(part))
    return _URL.sub(lambda m: f'url("{posixpath.normpath(posixpath.join(here, m[1]))}")', text)


def _now() -> tuple[str, str]:
    return _joined(_folder(), current_app.static_url_path or "/static", _changes())


def house_style() -> str:
    """Where the one file is, with its fingerprint."""
    return url_for("web.style", v=_now()[1])


def style_response() -> Response:
    """The one file; kept for ever by whoever asked for it by its fingerprint."""
    text, fingerprint = _now()
    response = Response(text, mimetype="text/css")
    response.set_etag(fingerprint)
    if request.args.get("v") == fingerprint:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "public, no-cache"
    response.make_conditional(request)
    return response
