"""Headers on every answer, and how often one may ask."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from eventhub.web import rate_storage  # importing it makes the storage scheme known

csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, storage_uri="postgres://", headers_enabled=True)

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
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    elif "v" in request.args:  # the address carries a fingerprint of the content
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def register(app: Flask) -> None:
    """Install CSRF protection, the rate limiter and the headers."""
    rate_storage.bind(app)
    csrf.init_app(app)
    limiter.init_app(app)
    # text that holds no secret; a page holds its CSRF token, which compression could give away
    app.config["COMPRESS_MIMETYPES"] = [
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/wasm",
        "image/svg+xml",
        "text/calendar",
    ]
    app.config["COMPRESS_STREAMS"] = True
    compress.init_app(app)
    app.after_request(_headers)
