"""Why a judge should not score an entry (回避), as far as names can tell."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from eventhub.domain.text import compact

_MIDDLE_DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\u0387]")
_DOT_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])")
_NO_ALIASES: Mapping[str, str] = {}


class ConflictKind(StrEnum):
    OWN_UNIVERSITY = "own_university"
    ADVISER = "adviser"
    MEMBER = "member"
    SHAREHOLDER = "shareholder"


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """Blank texts are unknown and match nothing. ``employer`` is a firm, for example a fund."""

    name: str
    university: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True)
class AdviserFacts:
    name: str
    university: str = ""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """``universities`` are those of all members. ``shareholders`` may be people or firms."""

    universities: tuple[str, ...] = ()
    advisers: tuple[AdviserFacts, ...] = ()
    member_names: tuple[str, ...] = ()
    shareholders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """``detail`` is the name as the entry writes it.

    ``is_certain`` is False when two people may merely share a name: ask, do not refuse.
    """

    kind: ConflictKind
    detail: str
    is_certain: bool


def normalise_name(name: str) -> str:
    """Reduce a name to what identifies it: width, case, spaces and the kind of middle dot go.

    Between Chinese characters a full stop counts as a middle dot (阿卜杜.热合曼), because
    many keyboards offer no other.
    """
    return _DOT_IN_CHINESE.sub("·", _MIDDLE_DOTS.sub("·", compact(name).casefold()))


def normalise_institution(name: str) -> str:
    """Reduce an institution's name to what identifies it: width, case and spaces go."""
    return compact(name).casefold()


def same_institution(
    judge_university: str,
    entry_universities: Iterable[str],
    *,
    aliases: Mapping[str, str] = _NO_ALIASES,
) -> bool:
    """Tell whether the judge's university is among the entry's.

    ``aliases`` maps a former or short name to the present one, so that a renamed university
    stays itself; one step is followed.
    """
    known = _normalise_aliases(aliases)
    judge = _institution(judge_university, known)
    return bool(judge) and any(
        _institution(university, known) == judge for university in entry_universities
    )


def find_conflicts(
    judge: JudgeFacts, entry: EntryFacts, *, aliases: Mapping[str, str] = _NO_ALIASES
) -> list[Conflict]:
    """Find every conflict between a judge and an entry, the certain kind first.

    Certain are: the judge's university among those of members or advisers' (as an adviser's
    colleague); the judge's name and university equal to an adviser's; the judge's employer a
    shareholder. An equal name alone is uncertain. Relatives and business ties cannot be
    found here; judges declare them.
    """
    known = _normalise_aliases(aliases)
    university = _institution(judge.university, known)
    conflicts = []

    affiliations = [*entry.universities, *(adviser.university for adviser in entry.advisers)]
    by_institution = {_institution(written, known): written for written in reversed(affiliations)}
    if university and university in by_institution:
        conflicts.append(Conflict(ConflictKind.OWN_UNIVERSITY, by_institution[university], True))
    for adviser in entry.advisers:
        if _is_same_name(judge.name, adviser.name):
            is_colleague = (
                bool(university) and _institution(adviser.university, known) == university
            )
            conflicts.append(Conflict(ConflictKind.ADVISER, adviser.name, is_colleague))
    conflicts += [
        Conflict(ConflictKind.MEMBER, member_name, False)
        for member_name in entry.member_names
        if _is_same_name(judge.name, member_name)
    ]
    employer = normalise_institution(judge.employer)
    for shareholder in entry.shareholders:
        is_employer = bool(employer) and normalise_institution(shareholder) == employer
        if is_employer or _is_same_name(judge.name, shareholder):
            conflicts.append(Conflict(ConflictKind.SHAREHOLDER, shareholder, is_employer))
    return sorted(conflicts, key=lambda conflict: not conflict.is_certain)


def _is_same_name(one: str, other: str) -> bool:
    return bool(normalise_name(one)) and normalise_name(one) == normalise_name(other)


def _institution(name: str, aliases: Mapping[str, str]) -> str:
    normal = normalise_institution(name)
    return aliases.get(normal, normal)


def _normalise_aliases(aliases: Mapping[str, str]) -> dict[str, str]:
    return {normalise_institution(old): normalise_institution(new) for old, new in aliases.items()}
