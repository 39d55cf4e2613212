"""Cells of a workbook that somebody else has made, as the text that their column means."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.utils.escape import unescape

from eventhub.domain.masking import OutputKind, mask_mail, mask_name, mask_student_number
from eventhub.domain.text import compact
from eventhub.entries.service.sheets import Column, Kind
from eventhub.i18n import _
from eventhub.web.downloads import as_written
from eventhub.web.forms import clean

EPOCH = date(1899, 12, 30)
DAYS = range(18_264, 73_051)  # 1950 to 2100, as a spreadsheet counts days
FOUND_MAX = 60
_EXACT = 10**15  # beyond it a spreadsheet keeps no digit for sure
_NUMBER = re.compile(r"(?:\d[\s-]?){7}")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_YES = {"是", "yes", "y", "true", "1"}  # not translated
_NO = {"否", "no", "n", "false", "0"}  # not translated


def mask_cell(text: str, *, is_private: bool) -> str:
    """What stands in a cell, to be kept with what is wrong with it.

    Addresses and long numbers are masked wherever they stand, words where they tell of a person.
    """
    if "@" in text:
        return mask_mail(text, OutputKind.REVIEW)
    if _NUMBER.search(text):
        return mask_student_number(text, OutputKind.PUBLIC_NOTICE)
    return mask_name(text, OutputKind.PUBLIC_NOTICE) if is_private else text


class UnreadableError(Exception):
    """A cell that cannot be taken as it is."""

    def __init__(self, found: object, why: object) -> None:
        super().__init__()
        self.found = str(found)[:FOUND_MAX]
        self.why = str(why)


def text_of(cell: Any, column: Column) -> str:
    """A cell as the text that its column means, however the spreadsheet keeps it."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise UnreadableError(value, _("这里是公式。请复制后“选择性粘贴”为数值，再上传。"))
    if cell.data_type == "e":
        raise UnreadableError(value, _("这里是公式出错的标记，请改为实际内容。"))
    if column.kind is Kind.DATE:
        return _date_text(value)
    if column.kind is Kind.FLAG:
        return _flag_text(value)
    if isinstance(value, bool):
        raise UnreadableError(value, _("这里是逻辑值，请改为文字。"))
    if isinstance(value, datetime | date | time | timedelta):
        raise UnreadableError(
            value, _("Excel 把这里变成了日期或时间。请把单元格设为文本，再重新填写。")
        )
    if isinstance(value, int | float):
        return _number_text(value, column)
    text = as_read(as_written(unescape(str(value))))
    if column.kind in {Kind.CODE, Kind.WHOLE}:
        text = _code_text(text)
    if column.kind is Kind.WHOLE and text and not re.fullmatch(r"\d{1,6}", text):
        raise UnreadableError(text, _("请填写整数。"))
    if len(text) > column.limit:
        raise UnreadableError(
            text, _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=column.limit, count=len(text))
        )
    return text


def as_read(text: str) -> str:
    """What a form would keep of it; blanks and invisible signs at its ends go."""
    return (clean(text) or "").strip(_INVISIBLE).strip()


def _code_text(text: str) -> str:
    """Narrow figures, no blanks; of a number that a spreadsheet wrote as 2024210001.0 the whole."""
    narrow = compact(text)
    return narrow[:-2] if re.fullmatch(r"\d+\.0", narrow) else narrow


def _number_text(value: float, column: Column) -> str:
    whole = isinstance(value, int) or value.is_integer()
    if column.kind is Kind.WHOLE and not (whole and 0 <= value < 10**6):
        raise UnreadableError(value, _("请填写整数。"))
    if abs(value) >= _EXACT:
        raise UnreadableError(
            value, _("号码太长，Excel 已改写末尾的数字。请把单元格设为文本，再重新填写。")
        )
    if whole:
        return str(int(value))
    if column.kind is Kind.CODE:
        raise UnreadableError(value, _("这里是小数，不是号码。请把单元格设为文本，再重新填写。"))
    return f"{Decimal(str(value)).normalize():f}"


def _date_text(value: object) -> str:
    """An ISO date; a bare number is taken as a spreadsheet counts days."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value in DAYS:
            return (EPOCH + timedelta(days=int(value))).isoformat()
        raise UnreadableError(value, _("请填写日期，如 2025-03-01。"))
    text = compact(as_written(str(value)))
    if not text:
        return ""
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)  # not translated
    try:
        if parts is None:
            raise ValueError  # one refusal for both
        return date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
    except ValueError:
        raise UnreadableError(value, _("请填写日期，如 2025-03-01。")) from None


def _flag_text(value: object) -> str:
    text = compact(as_written(str(value))).casefold()
    text = text[:-2] if text.endswith(".0") else text
    if text in _YES or text in _NO or not text:
        return "" if not text else "yes" if text in _YES else "no"
    raise UnreadableError(value, _("请填“是”或“否”。"))


def shorten(text: str) -> str:
    """What stands in a cell, short enough to be shown; control characters told by their code."""
    shown = "".join(c if unicodedata.category(c) != "Cc" else " " for c in text)
    return shown if len(shown) <= FOUND_MAX else shown[: FOUND_MAX - 1] + "…"
