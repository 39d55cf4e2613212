"""Templates: strict, with the filters that show numbers and times one way everywhere."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, url_for
from flask_babel import format_date, format_decimal
from flask_login import current_user
from jinja2 import StrictUndefined

from eventhub import clock
from eventhub.i18n import LOCALES, _, join_clauses, join_words, locale_code
from eventhub.web.navigation import nav_items
from eventhub.web.paging import page_url
from eventhub.web.stylesheets import house_style


def zone(tz: str | None = None) -> ZoneInfo:
    """The zone in which a page shows times."""
    return ZoneInfo(tz or current_app.config["TIMEZONE"])


def show_date(value: date | datetime | None, tz: str | None = None) -> str:
    """2026年9月25日 周五 / Fri, 25 Sep 2026."""
    if value is None:
        return "—"
    day = value.astimezone(zone(tz)).date() if isinstance(value, datetime) else value
    pattern = "EEE, d MMM y" if locale_code() == "en" else "y年M月d日 EEE"  # not translated
    return str(format_date(day, pattern))


def show_time(value: datetime | None, tz: str | None = None) -> str:
    """12:00."""
    return "—" if value is None else value.astimezone(zone(tz)).strftime("%H:%M")


def show_datetime(value: datetime | None, tz: str | None = None) -> str:
    """2026年9月25日 周五 12:00."""
    return "—" if value is None else f"{show_date(value, tz)} {show_time(value, tz)}"


def show_range(start: datetime, end: datetime, tz: str | None = None) -> str:
    """One day named once: 2026年9月25日 周五 09:00–12:00."""
    same = start.astimezone(zone(tz)).date() == end.astimezone(zone(tz)).date()
    last = show_time(end, tz) if same else show_datetime(end, tz)
    return f"{show_datetime(start, tz)}–{last}"


def zone_name(tz: str | None = None) -> str:
    """北京时间（UTC+8）, or the zone's own name."""
    name = tz or current_app.config["TIMEZONE"]
    if name in {"Asia/Shanghai", "Asia/Chongqing"}:
        return str(_("北京时间（UTC+8）"))
    return str(name)


def show_points(value: Decimal | None) -> str:
    """86.50; a dash where there is none."""
    return "—" if value is None else f"{value:.2f}"


def show_filesize(value: int) -> str:
    """1.4 MB."""
    size = float(value)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{_round_size(size)} {unit}"
        size /= 1000
    return f"{_round_size(size)} GB"


def _round_size(size: float) -> str:
    return f"{size:.1f}".removesuffix(".0")


@lru_cache(maxsize=512)
def _fingerprint(path: str, changed: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with a fingerprint so that it may be cached for ever."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_fingerprint(str(path), path.stat().st_mtime))


def _context() -> dict[str, Any]:
    return {
        "me": current_user,
        "nav_items": nav_items(),
        "locale": locale_code(),
        "locales": LOCALES,
        "now": clock.now(),
        "asset": asset,
        "house_style": house_style,
        "zone_name": zone_name,
    }


def register(app: Flask) -> None:
    """Make the environment strict and give it the filters."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        date=show_date,
        time=show_time,
        datetime=show_datetime,
        datetime_range=show_range,
        number=format_decimal,
        points=show_points,
        filesize=show_filesize,
        words=join_words,
        clauses=join_clauses,
    )
    app.jinja_env.globals.update(asset=asset, zone_name=zone_name, page_url=page_url)
    app.context_processor(_context)
