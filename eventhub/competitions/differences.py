"""In what a circle's own template departs from the shipped one that it grew out of."""

from __future__ import annotations

from typing import Any

from eventhub.competitions.catalogue import (
    ContestTemplate,
    GroupTemplate,
    RoundTemplate,
    find_shipped,
)
from eventhub.i18n import LazyString, lazy

PART_LABELS: dict[str, LazyString] = {
    "groups": lazy("组别"),
    "rules": lazy("参赛条件"),
    "rubrics": lazy("评分标准"),
    "rounds": lazy("轮次"),
    "documents": lazy("材料要求"),
}


def list_differences(template: ContestTemplate) -> list[str]:
    """The parts, keys of ``PART_LABELS``, in which it departs; none if there is no original."""
    original = find_shipped(template.based_on)
    if original is None or not template.is_own:
        return []
    departs = {
        "groups": _groups(template) != _groups(original),
        "rules": _rules(template, original),
        "rubrics": _rubrics(template, original),
        "rounds": _rounds(template) != _rounds(original, like=template),
        "documents": _documents(template, original),
    }
    return [part for part in PART_LABELS if departs[part]]


def _groups(template: ContestTemplate) -> list[Any]:
    sizes = ("member_min", "member_max", "adviser_min", "adviser_max")
    return [
        (
            group.key,
            group.name,
            group.track_name,
            group.categories,
            *(group.facts[name] for name in sizes),
        )
        for group in template.groups
    ]


def _shared(
    template: ContestTemplate, original: ContestTemplate
) -> list[tuple[GroupTemplate, GroupTemplate]]:
    pairs = [(group, original.group(group.key)) for group in template.groups]
    return [(group, same) for group, same in pairs if same is not None]


def _rules(template: ContestTemplate, original: ContestTemplate) -> bool:
    def conditions(contest: ContestTemplate, facts: dict[str, Any]) -> Any:
        return (
            contest.rules(facts["rules"]),
            facts.get("born_on_or_after"),
            facts.get("company"),
            facts.get("more", {}),
        )

    return conditions(template, template.facts) != conditions(original, original.facts) or any(
        conditions(template, group.facts) != conditions(original, same.facts)
        for group, same in _shared(template, original)
    )


def _rubrics(template: ContestTemplate, original: ContestTemplate) -> bool:
    def lines(rubric: dict[str, Any]) -> Any:
        return (rubric["status"], rubric["criteria"], rubric["gates"])

    return any(each.rubrics for each in template.rounds) or any(
        lines(group.rubric) != lines(same.rubric) for group, same in _shared(template, original)
    )


def _rounds(template: ContestTemplate, *, like: ContestTemplate | None = None) -> list[Any]:
    """The rounds with their rules and ways on; ``like`` takes those of the same name only."""
    names = [each.name for each in (like or template).rounds]
    taken = {each.key: each for each in template.rounds if each.name in names}
    return [_round(each, taken) for each in taken.values()]


def _round(each: RoundTemplate, taken: dict[str, RoundTemplate]) -> Any:
    ways = [
        (way.kind, taken[way.to].name, way.places, way.school_max, way.quotas)
        for way in each.passages
        if way.to in taken
    ]
    times = (each.pitch_seconds, each.qa_seconds, each.scoring_seconds)
    rules = (each.score, each.tie_order, each.is_blind, each.kind, each.mode)
    return (each.name, *times, *rules, ways)


def _documents(template: ContestTemplate, original: ContestTemplate) -> bool:
    usual = original.rounds[0].documents
    known = {each.name: each.documents for each in original.rounds}
    return any(each.documents != known.get(each.name, usual) for each in template.rounds)
