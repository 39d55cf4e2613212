"""Words for people. Chinese is the source language; English is its translation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel.speaklater import LazyString
from flask_login import current_user
from wtforms.i18n import get_translations

__all__ = [
    "LOCALES",
    "LazyString",
    "_",
    "babel",
    "choose_locale",
    "get_locale_words",
    "join_clauses",
    "join_phrases",
    "join_words",
    "lazy",
    "locale_code",
    "speaking",
]

LOCALES = {"zh": "中文", "en": "English"}  # not translated: each in its own words
_BABEL_NAMES = {"zh": "zh_Hans_CN", "en": "en"}

babel = Babel()


def choose_locale() -> str:
    """What this visitor reads: chosen, else on record, else what the browser prefers."""
    if not has_request_context():
        return _BABEL_NAMES["zh"]
    chosen = session.get("locale") or getattr(current_user, "locale", None)
    if chosen not in LOCALES:
        chosen = request.accept_languages.best_match(["zh", "zh-CN", "en"], default="zh")
    return _BABEL_NAMES["en" if chosen == "en" else "zh"]


def locale_code() -> str:
    """``zh`` or ``en``, for the page at hand."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Write in a recipient's language, whoever is at the keyboard."""
    with force_locale(_BABEL_NAMES.get(code or "zh", "zh_Hans_CN")):
        yield


def join_words(words: Iterable[object]) -> str:
    """甲、乙、丙 / A, B, C: what stands side by side, as the page's language lists it."""
    return _join(words, "、", ", ")  # not translated


def join_phrases(phrases: Iterable[object]) -> str:
    """至少 1，至多 3 / at least 1, at most 3: short sentences that make one."""
    return _join(phrases, "，", ", ")


def join_clauses(clauses: Iterable[object]) -> str:
    """甲一；乙二 / A 1; B 2: what is told one after the other, each perhaps with commas in it."""
    return _join(clauses, "；", "; ")


def join_sentences(sentences: Iterable[object]) -> str:
    """Whole sentences one after the other: between Chinese ones stands nothing."""
    return _join(sentences, "", " ")


def _join(parts: Iterable[object], chinese: str, english: str) -> str:
    return (english if locale_code() == "en" else chinese).join(map(str, parts))


def get_locale_words() -> Any:
    """WTForms's own messages in the language of the page."""
    return _FormWords(locale_code())


class _FormWords:
    """WTForms's own catalogue, but for the message whose Chinese nobody would say."""

    def __init__(self, code: str) -> None:
        self._words = get_translations([code])

    def gettext(self, string: str) -> str:
        """A message."""
        if string == "This field is required.":
            return str(_("这一项必填。"))
        return str(self._words.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """A message with a number."""
        return str(self._words.ngettext(singular, plural, n))
