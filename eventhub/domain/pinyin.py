"""Chinese words as they are typed in Latin letters: whole syllables and their initials.

For searching only, never for showing: a surname that is read in two ways is found by both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

# as a surname these are read otherwise than as a word; 覃, 盖 and 乐 vary by family
SURNAMES = {
    "解": "xie",
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "覃": "qin",
    "盖": "ge",
    "乐": "yue",
}
COMPOUND_SURNAMES = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
}
# read otherwise than character by character, wherever they stand in a longer word
PLACES = {"重庆": ("chong", "qing")}
_KNOWN = re.compile("|".join(PLACES))
_LETTERS = re.compile("[a-z]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


def fold(text: str) -> str:
    """Bring width, case and composition to one form; drop what is neither letter nor digit.

    ``"Ａi·重庆 "`` becomes ``"ai重庆"``.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")
    return unicodedata.normalize("NFC", kept)


def spell(text: str) -> set[str]:
    """The syllables of a text run together, and their initials: ``智巡`` gives zhixun and zx.

    Letters and digits that stand in the text stand in both. Empty when nothing in it is Chinese.
    """
    return _both(_read(fold(text)))


def spell_name(name: str) -> set[str]:
    """The same for a person's name, by the reading of its surname and by the common one."""
    bare = fold(name)
    found = _both(_read(bare))
    for surname, syllables in COMPOUND_SURNAMES.items():
        if bare.startswith(surname):
            found |= _both([*map(_syllable, syllables), *_read(bare[len(surname) :])])
    if bare[:1] in SURNAMES:
        found |= _both([_syllable(SURNAMES[bare[0]]), *_read(bare[1:])])
    return found


def romanise(text: str) -> str:
    """The syllables of a text run together; empty when nothing in it is Chinese."""
    return _whole(_read(fold(text)))


def romanise_name(name: str) -> set[str]:
    """A person's name in Latin letters, the surname first and last, by each of its readings."""
    bare = fold(name)
    readings = [_read(bare)]
    for surname, syllables in COMPOUND_SURNAMES.items():
        if bare.startswith(surname):
            readings.append([*map(_syllable, syllables), *_read(bare[len(surname) :])])
    if bare[:1] in SURNAMES:
        readings.append([_syllable(SURNAMES[bare[0]]), *_read(bare[1:])])
    turned = [parts[at:] + parts[:at] for parts in readings for at in (1, 2) if at < len(parts)]
    return {whole for parts in (*readings, *turned) if (whole := _whole(parts))}


def _whole(parts: list[_Part]) -> str:
    if all(part.whole == part.short for part in parts):
        return ""
    return "".join(part.whole for part in parts)


@dataclass(frozen=True)
class _Part:
    """A piece of a text, whole and as its initial stands for it."""

    whole: str
    short: str


def _both(parts: Iterable[_Part]) -> set[str]:
    read = [*parts]
    if all(part.whole == part.short for part in read):
        return set()
    return {"".join(part.whole for part in read), "".join(part.short for part in read)}


def _read(text: str) -> list[_Part]:
    """Syllable by syllable; a run of other characters is one part."""
    parts: list[_Part] = []
    at = 0
    for run in _HAN.finditer(text):
        parts += [*_as_it_is(text[at : run.start()]), *_read_han(run[0])]
        at = run.end()
    return [*parts, *_as_it_is(text[at:])]


def _as_it_is(text: str) -> list[_Part]:
    return [_Part(text, text)] if text else []


def _read_han(text: str) -> list[_Part]:
    parts: list[_Part] = []
    at = 0
    for place in _KNOWN.finditer(text):
        parts += [*_syllables(text[at : place.start()]), *map(_syllable, PLACES[place[0]])]
        at = place.end()
    return [*parts, *_syllables(text[at:])]


def _syllables(text: str) -> list[_Part]:
    return [_syllable(sound) for sound in _reader()(text)] if text else []


def _syllable(sound: str) -> _Part:
    """A sound; a character whose sound is not known comes back as it is."""
    plain = sound.replace("ü", "v")
    return _Part(plain, plain[0] if _LETTERS.fullmatch(plain) else plain)


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], list[str]]:
    # loaded by whoever saves an entry, not by every process: 57 MB and half a second
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lambda text: [str(part) for part in lazy_pinyin(text)]
