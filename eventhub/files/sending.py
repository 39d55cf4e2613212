"""Files that leave, from wherever they are kept: whole or in ranges, never run by a browser."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file
from werkzeug.wsgi import wrap_file

from eventhub.files import service
from eventhub.files.models import StoredFile
from eventhub.files.storage import BLOCK, current_storage

# what was checked box by box or pixel by pixel, and no browser takes for a page
INLINE = frozenset({"video/mp4", "image/png", "image/jpeg"})
_POLICY = "default-src 'none'; sandbox"


def send(stored: StoredFile, *, name: str | None = None, inline: bool = False) -> Response:
    """A stored file, as a download unless ``inline`` and its kind allows it.

    Ranges and conditions of the request are answered, so that a film can be wound.

    Raises:
        FileLostError, StorageError: it cannot be read now.

    """
    as_download = not (inline and stored.media_type in INLINE)
    path = current_storage().path(stored.sha256)
    if path is not None:
        response = send_file(
            path,
            mimetype=stored.media_type,
            as_attachment=as_download,
            download_name=name or stored.name,
            conditional=True,
            etag=stored.sha256,
            last_modified=stored.created_at,
        )
    else:
        response = _stream(stored, name or stored.name, as_download)
    if response.status_code == 304 or request.method == "HEAD":
        _close(response)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _close(response: Response) -> None:
    """Let go of what nobody will read."""
    content: Any = response.response
    if hasattr(content, "close"):
        content.close()


def _stream(stored: StoredFile, name: str, as_download: bool) -> Response:
    content = service.open_file(stored)
    response = Response(
        wrap_file(request.environ, content, BLOCK >> 2),
        mimetype=stored.media_type,
        direct_passthrough=True,
    )
    response.call_on_close(content.close)
    response.content_length = stored.size
    name_it(response, name, as_download=as_download)
    response.last_modified = stored.created_at
    response.set_etag(stored.sha256)
    response.make_conditional(request, accept_ranges=True, complete_length=stored.size)
    return response


def name_it(response: Response, name: str, *, as_download: bool = True) -> None:
    """Say what a stream is called, in a header that holds ASCII alone (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "file"
    response.headers.set(
        "Content-Disposition",
        "attachment" if as_download else "inline",
        filename=plain,
        **{"filename*": f"UTF-8''{quote(name, safe='')}"},
    )


def send_page(path: Path) -> Response:
    """A drawn page. Its address names one version of one file, so it may be kept for a while."""
    response = Response(path.read_bytes(), mimetype="image/webp")
    response.add_etag()
    response.make_conditional(request)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
