"""Contest templates: what a competition is made from, copied once, never law.

Those shipped with the house lie in ``templates/``; ``SOURCES.md`` there says where their facts
come from. A circle's own ones have the same shape and lie in the database: see
``queries.find_template``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eventhub.competitions.enums import (
    DocumentKind,
    PassageKind,
    RoundKind,
    RoundMode,
    RubricStatus,
)
from eventhub.competitions.models import EDITION_KEY_MAX, NAMING_DEFAULT, SOURCE_MAX, OwnTemplate

FOLDER = Path(__file__).parent / "templates"
KEYS = ("cicic-2026", "cxcyds", "yuchuangyuxin", "tiaozhanbei-cy-2026", "chuangke")
OWN = "own:"
MEGABYTE = 1_000_000
TIES = ("raw_sum", "share")
SCORE = {"rule": "drop_extremes", "drop": 1, "decimals": 2, "sheets_min": 3}
SCORING_SECONDS = 60


@dataclass(frozen=True)
class GroupTemplate:
    """A group of a track. ``facts`` is the file's own record of it."""

    key: str
    name: str
    track_name: str
    categories: tuple[str, ...]
    facts: dict[str, Any]

    @property
    def rubric(self) -> dict[str, Any]:
        """Status, source keys, note, criteria and gates."""
        rubric: dict[str, Any] = self.facts["rubric"]
        return rubric

    @property
    def status(self) -> RubricStatus:
        """What is known of where its rubric comes from."""
        return RubricStatus(self.rubric["status"])


@dataclass(frozen=True)
class DocumentTemplate:
    """A document that a round asks for."""

    key: str
    name: str
    kind: DocumentKind
    formats: tuple[str, ...]
    bytes_max: int
    files_max: int
    naming: str
    is_required: bool
    is_for_judges: bool
    is_personal: bool

    @classmethod
    def read(cls, facts: dict[str, Any]) -> DocumentTemplate:
        """From a file's record."""
        return cls(
            key=facts["key"],
            name=facts["name"],
            kind=DocumentKind(facts["kind"]),
            formats=tuple(facts["formats"]),
            bytes_max=facts["bytes"] if "bytes" in facts else facts["megabytes"] * MEGABYTE,
            files_max=facts.get("files", 1),
            naming=facts.get("naming", NAMING_DEFAULT),
            is_required=facts["is_required"],
            is_for_judges=facts.get("is_for_judges", True),
            is_personal=facts.get("is_personal", False),
        )


@dataclass(frozen=True)
class PassageTemplate:
    """A way on to the round of key ``to``. ``quotas`` name track, group key and category."""

    kind: PassageKind
    to: str
    places: int | None
    school_max: int | None
    quotas: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class RoundTemplate:
    """A round of one of the contest's courses. ``rubrics`` are those that differ, by group."""

    key: str
    course: str
    name: str
    kind: RoundKind
    mode: RoundMode
    is_blind: bool
    score: dict[str, Any]
    tie_order: tuple[str, ...]
    pitch_seconds: int
    qa_seconds: int
    scoring_seconds: int
    documents: tuple[DocumentTemplate, ...]
    passages: tuple[PassageTemplate, ...]
    rubrics: dict[str, dict[str, Any]]
    note: str

    @classmethod
    def read(cls, facts: dict[str, Any], contest: dict[str, Any]) -> RoundTemplate:
        """From a file's record; what it does not say stands in the contest's."""
        minutes = facts.get("minutes") or contest["roadshow"]
        return cls(
            key=facts["key"],
            course=facts["course"],
            name=facts["name"],
            kind=RoundKind(facts["kind"]),
            mode=RoundMode(facts["mode"]),
            is_blind=facts.get("is_blind", False),
            score=SCORE | facts.get("score", {}),
            tie_order=tuple(facts.get("ties", TIES)),
            pitch_seconds=minutes["pitch_seconds"],
            qa_seconds=minutes["qa_seconds"],
            scoring_seconds=minutes.get("scoring_seconds", SCORING_SECONDS),
            documents=tuple(
                DocumentTemplate.read(line) for line in facts.get("documents", contest["documents"])
            ),
            passages=tuple(
                PassageTemplate(
                    PassageKind(line["kind"]),
                    line["to"],
                    line.get("places"),
                    line.get("school_max"),
                    tuple(line.get("quotas", ())),
                )
                for line in facts["passages"]
            ),
            rubrics=facts.get("rubrics", {}),
            note=facts.get("note", ""),
        )


@dataclass(frozen=True)
class ContestTemplate:
    """A contest: its groups and rounds in order, and ``facts``, the whole file.

    ``based_on`` is the key of the shipped template that this one grew out of, its own for a
    shipped one.
    """

    key: str
    name: str
    edition: str
    theme: str
    groups: tuple[GroupTemplate, ...]
    rounds: tuple[RoundTemplate, ...]
    facts: dict[str, Any]
    based_on: str

    @property
    def is_own(self) -> bool:
        """Whether a circle saved it."""
        return self.key.startswith(OWN)

    @property
    def round_names(self) -> tuple[str, ...]:
        """What the rounds of its first course are called, first to last."""
        return tuple(each.name for each in self.rounds if each.course == self.rounds[0].course)

    def source_text(self, keys: Sequence[str]) -> str:
        """Where facts with these source keys come from, in words and addresses."""
        return "；".join(  # not translated
            self.facts["sources"][key]["where"] for key in keys
        )[:SOURCE_MAX]

    def track_name(self, key: str) -> str:
        """What the track of this key is called; a name stands for itself, "" for every track."""
        names = {track["key"]: track["name"] for track in self.facts["tracks"]}
        return str(names.get(key, key))

    def group(self, key: str) -> GroupTemplate | None:
        """The group of this key."""
        return next((group for group in self.groups if group.key == key), None)

    def round(self, key: str) -> RoundTemplate | None:
        """The round of this key."""
        return next((each for each in self.rounds if each.key == key), None)

    def rules(self, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rules with their sources written out."""
        return [{**rule, "source": self.source_text(rule["source"])} for rule in rules]

    def edition_key(self, edition: str) -> str:
        """The word that all stages of an edition share, such as ``cicic-2026``; "" for none."""
        base = re.sub(r"-\d{4}$", "", self.based_on or self.key.replace(":", "-"))
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", edition)
        words = years[-1] if years else "-".join(re.findall(r"\w+", edition.casefold()))
        return f"{base}-{words}"[:EDITION_KEY_MAX] if words else ""


def list_templates() -> list[ContestTemplate]:
    """Every shipped template, the most used first."""
    return [_load(key) for key in KEYS]


def find_shipped(key: str | None) -> ContestTemplate | None:
    """The shipped template of this key."""
    return _load(key) if key in KEYS else None


@lru_cache(maxsize=len(KEYS))
def _load(key: str) -> ContestTemplate:
    facts = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    return _read(facts, key=key, name=facts["name"], based_on=key)


def of_own(own: OwnTemplate) -> ContestTemplate:
    """A circle's own template in the shape of the shipped ones."""
    return _read(own.facts, key=f"{OWN}{own.id}", name=own.name, based_on=own.based_on)


def _read(facts: dict[str, Any], *, key: str, name: str, based_on: str) -> ContestTemplate:
    groups = tuple(
        GroupTemplate(
            group["key"],
            group["name"],
            track["name"],
            tuple(group.get("categories", track["categories"])),
            group,
        )
        for track in facts["tracks"]
        for group in track["groups"]
    )
    rounds = tuple(RoundTemplate.read(each, facts) for each in facts["rounds"])
    return ContestTemplate(
        key, name, facts["edition"], facts["theme"], groups, rounds, facts, based_on
    )


@dataclass(frozen=True)
class Minutes:
    """A split of pitch and questions that organisers have used; ``where`` says which."""

    key: str
    pitch_seconds: int
    qa_seconds: int
    scoring_seconds: int
    where: str


@dataclass(frozen=True)
class ScorePreset:
    """A way to make one total of many sheets that organisers have used."""

    key: str
    name: str
    rule: str
    drop: int
    sheets_min: int
    where: str


@dataclass(frozen=True)
class TiePreset:
    """An order of tie-breaks that organisers have used; ``criterion`` stands for the first."""

    key: str
    name: str
    order: list[str]
    where: str


@lru_cache(maxsize=1)
def list_minutes() -> tuple[Minutes, ...]:
    """The presets of a roadshow's times."""
    return tuple(Minutes(**row) for row in _rows("minutes"))


@lru_cache(maxsize=1)
def list_scores() -> tuple[ScorePreset, ...]:
    """The presets of score rules."""
    return tuple(ScorePreset(**row) for row in _rows("scores"))


@lru_cache(maxsize=1)
def list_ties() -> tuple[TiePreset, ...]:
    """The presets of tie-breaks."""
    return tuple(TiePreset(**row) for row in _rows("ties"))


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return rows
