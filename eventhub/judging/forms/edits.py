"""What a judge's device sends of a sheet, as JSON."""

from __future__ import annotations

import re
import unicodedata
import uuid
from decimal import Decimal
from typing import Any

from eventhub.i18n import _
from eventhub.judging.errors import BadEditError
from eventhub.judging.models import FEEDBACK_MAX, NOTE_MAX
from eventhub.judging.service import SheetEdit
from eventhub.judging.service.sheets import SheetValues

KEYS_MAX = 100  # more criteria than any rubric has
TEXT_MAX = 200  # characters of a number; a hundred decimals are told apart from nonsense
NUMBER_MAX = 2**31 - 1
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")  # of any script, as on the other pages


def read_edit(sent: Any) -> SheetEdit:
    """Read one edit; the rubric is held against it later.

    Raises:
        BadEditError: it is no sheet, a mark is no number, or a text is too long.

    """
    if not isinstance(sent, dict):
        raise BadEditError
    values = SheetValues(
        {key: _points(key, text) for key, text in _pairs(sent.get("marks"))},
        {key: _verdict(given) for key, given in _pairs(sent.get("gates"))},
        _words(sent.get("note"), "note", NOTE_MAX),
        _words(sent.get("feedback"), "feedback", FEEDBACK_MAX),
    )
    return SheetEdit(
        device_id=read_key(sent.get("device")),
        number=_count(sent.get("edit"), least=1),
        base=_count(sent.get("base"), least=0),
        values=values,
        is_submission=sent.get("submit") is True,
    )


def read_key(text: Any) -> uuid.UUID:
    """A UUID.

    Raises:
        BadEditError: it is none.

    """
    try:
        return uuid.UUID(text)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadEditError from error


def _pairs(given: Any) -> list[tuple[str, Any]]:
    if not isinstance(given, dict) or len(given) > KEYS_MAX:
        raise BadEditError
    return list(given.items())


def _points(key: str, text: Any) -> Decimal | None:
    """A mark; the service tells whether it is in range and how many decimals it has."""
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > TEXT_MAX:
        raise BadEditError(_("请填写数字。"), field=f"mark_{key}")
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain == "":
        return None
    if not _NUMBER.fullmatch(plain):
        raise BadEditError(_("请填写数字。"), field=f"mark_{key}")
    return Decimal(plain)


def _verdict(given: Any) -> bool | None:
    if given is not None and not isinstance(given, bool):
        raise BadEditError
    return given


def _words(text: Any, field: str, most: int) -> str:
    if not isinstance(text, str):
        raise BadEditError
    if len(text) > most:
        raise BadEditError(_("文字太长，最多 %(max)s 个字。", max=most), field=field)
    return text.replace("\0", "").strip()


def _count(given: Any, *, least: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= NUMBER_MAX:
        raise BadEditError
    return given
