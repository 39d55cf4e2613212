"""Whole addresses, for mails, QR codes and calendars; and where it is safe to go next."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, request


def external_url(endpoint: str, **values: Any) -> str:
    """The address of a page as someone outside types it, from PUBLIC_URL."""
    base = current_app.config["PUBLIC_URL"].rstrip("/")
    if not base:
        base = request.host_url.rstrip("/") if has_request_context() else "http://localhost:8000"
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{base}{path}"


def safe_next(target: str | None, default: str) -> str:
    """The target if it is a path of this very site, else the default."""
    if not target or "\\" in target or any(ord(c) < 33 for c in target):
        return default
    return target if target.startswith("/") and not target.startswith("//") else default
