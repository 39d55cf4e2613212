"""Usual sets of awards: the trade's own, and those of the competition's template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eventhub.competitions.models import Competition
from eventhub.competitions.queries import template_of
from eventhub.i18n import LazyString, lazy


@dataclass(frozen=True)
class Preset:
    """A set of awards to begin with; ``source`` says where its numbers come from, if anywhere."""

    key: str
    label: str
    rows: list[dict[str, Any]]
    source: str = ""
    is_template: bool = False


_USUAL: tuple[tuple[str, LazyString, tuple[LazyString, ...]], ...] = (
    ("medals", lazy("金银铜"), (lazy("金奖"), lazy("银奖"), lazy("铜奖"))),
    ("three", lazy("一二三等奖"), (lazy("一等奖"), lazy("二等奖"), lazy("三等奖"))),
    (
        "four",
        lazy("特等奖和一二三等奖"),
        (lazy("特等奖"), lazy("一等奖"), lazy("二等奖"), lazy("三等奖")),
    ),
    (
        "merit",
        lazy("一二三等奖和优秀奖"),
        (lazy("一等奖"), lazy("二等奖"), lazy("三等奖"), lazy("优秀奖")),
    ),
)


def list_presets(competition: Competition) -> list[Preset]:
    """The sets that can be chosen, then the template's own."""
    usual = [
        Preset(key, str(label), [_row(str(name), None) for name in names])
        for key, label, names in _USUAL
    ]
    return usual + _of_template(competition)


def find_preset(competition: Competition, key: str) -> Preset | None:
    """One of them."""
    return next((each for each in list_presets(competition) if each.key == key), None)


def _of_template(competition: Competition) -> list[Preset]:
    """What the template of the contest knows of awards; its numbers are those of its own final."""
    template = template_of(competition)
    if template is None:
        return []
    return [
        Preset(
            f"template-{at}",
            " · ".join(part for part in (template.track_name(one["track"]), one["part"]) if part)
            or template.name,
            [_row(str(level["name"]), level.get("count")) for level in one["levels"]],
            template.source_text(one.get("source") or []),
            is_template=True,
        )
        for at, one in enumerate(template.facts["awards"])
        if one.get("levels")
    ]


def _row(name: str, places: int | None) -> dict[str, Any]:
    return {"name": name, "group": "", "places": places, "total_min": ""}
