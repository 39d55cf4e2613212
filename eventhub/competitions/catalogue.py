"""The contest templates shipped with the house: read once, copied into competitions, never law.

``templates/SOURCES.md`` says where their facts come from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eventhub.competitions.enums import RubricStatus
from eventhub.competitions.models import SOURCE_MAX

FOLDER = Path(__file__).parent / "templates"
KEYS = ("cicic-2026", "cxcyds", "yuchuangyuxin", "tiaozhanbei-cy-2026", "chuangke")


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
class ContestTemplate:
    """A contest: its groups in the file's order, and ``facts``, the rest of the file."""

    key: str
    name: str
    edition: str
    theme: str
    groups: tuple[GroupTemplate, ...]
    facts: dict[str, Any]

    @property
    def round_names(self) -> tuple[str, ...]:
        """What its rounds are called, first to last."""
        return tuple(self.facts["rounds"])

    def source_text(self, keys: list[str]) -> str:
        """Where facts with these source keys come from, in words and addresses."""
        return "；".join(  # not translated
            self.facts["sources"][key]["where"] for key in keys
        )[:SOURCE_MAX]

    def group(self, key: str) -> GroupTemplate | None:
        """The group of this key."""
        return next((group for group in self.groups if group.key == key), None)

    def rules(self, rules: list[dict[str, Any]]) -> list[dict[str, str]]:
        """Rules with their sources written out."""
        return [{"text": r["text"], "source": self.source_text(r["source"])} for r in rules]


def list_templates() -> list[ContestTemplate]:
    """Every template, the most used first."""
    return [_load(key) for key in KEYS]


def find_template(key: str | None) -> ContestTemplate | None:
    """The template of this key."""
    return _load(key) if key in KEYS else None


@lru_cache(maxsize=len(KEYS))
def _load(key: str) -> ContestTemplate:
    facts = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    groups = tuple(
        GroupTemplate(group["key"], group["name"], track["name"], tuple(track["categories"]), group)
        for track in facts["tracks"]
        for group in track["groups"]
    )
    return ContestTemplate(
        facts["key"], facts["name"], facts["edition"], facts["theme"], groups, facts
    )


@dataclass(frozen=True)
class Minutes:
    """A split of pitch and questions that organisers have used; ``where`` says which."""

    key: str
    pitch_seconds: int
    qa_seconds: int
    scoring_seconds: int
    where: str


@lru_cache(maxsize=1)
def list_minutes() -> tuple[Minutes, ...]:
    """The presets of a roadshow's times."""
    rows = json.loads((FOLDER / "minutes.json").read_text(encoding="utf-8"))
    return tuple(Minutes(**row) for row in rows)
