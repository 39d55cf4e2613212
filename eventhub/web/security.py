"""Headers on every answer, and how often one may ask."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from eventhub.web import rate_storage  # importing it makes the storage scheme known

csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, storage_uri="postgres://", headers_enabled=True)

# Text that holds no secret. A page holds its CSRF token, which compression could give away.
COMPRESSIBLE = [
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/wasm",
    "image/svg+xml",
]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def _refuse_nul() -> None:
    """Refuse an address with a NUL: none of ours has one, and PostgreSQL cannot compare with it."""
    args = [part for pair in request.args.items(multi=True) for part in pair]
    if any("\0" in part for part in (request.path, *args)):
        abort(400)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault(
        "Permissions-Policy", "camera=(self), geolocation=(), microphone=()"
    )
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        _take_in(response)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    elif "v" in request.args:  # the address carries a fingerprint of the content
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


class _Sessions(SecureCookieSessionInterface):
    """Renews a visitor's cookie with pages alone.

    A file that is the same for everybody may be kept by a cache between us and many visitors, and
    with it would be whatever stands in its head.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave what may be shared as it is."""
        if request.endpoint != "static" and not response.cache_control.public:
            super().save_session(app, session, response)


def _take_in(response: Response) -> None:
    """Read a file that can be compressed whole, and close what nobody will read."""
    file: Any = response.response
    if response.status_code == 200 and response.mimetype in COMPRESSIBLE:
        response.direct_passthrough = False
        response.set_data(response.get_data())
    elif response.status_code != 304:
        return
    if hasattr(file, "close"):
        file.close()


class _Compressed(dict[str, bytes]):
    """Compressed files by their address, so that each is compressed once a process."""

    def set(self, key: str, value: bytes) -> None:
        """Keep one; the addresses of static files carry a fingerprint and are few."""
        if len(self) < 500:
            self[key] = value


def _compress(app: Flask) -> None:
    app.config["COMPRESS_MIMETYPES"] = COMPRESSIBLE
    app.config["COMPRESS_STREAMS"] = False
    app.config["COMPRESS_ALGORITHM"] = ["gzip"]
    app.config["COMPRESS_CACHE_BACKEND"] = _Compressed
    app.config["COMPRESS_CACHE_KEY"] = lambda asked: asked.full_path
    compress.init_app(app)


def register(app: Flask) -> None:
    """Install CSRF protection, the rate limiter and the headers."""
    rate_storage.bind(app)
    app.session_interface = _Sessions()
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    limiter.init_app(app)
    _compress(app)
    app.after_request(_headers)
