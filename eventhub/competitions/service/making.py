"""From a template to the groups, rounds, rubrics and documents of a competition."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from eventhub.competitions.catalogue import (
    ContestTemplate,
    DocumentTemplate,
    GroupTemplate,
    PassageTemplate,
    RoundTemplate,
)
from eventhub.competitions.enums import PassageKind, RoundKind, RubricStatus
from eventhub.competitions.models import (
    Criterion,
    DocumentRequirement,
    Gate,
    Group,
    Passage,
    PassageQuota,
    Round,
    Rubric,
    SchoolQuota,
)
from eventhub.domain.scoring.rules import ScoreRuleKind


def competition_rules(template: ContestTemplate) -> dict[str, Any]:
    """What a template knows of eligibility beyond the groups, with sources written out."""
    facts = template.facts
    return {
        "rules": template.rules(facts["rules"]),
        "dates": template.rules(facts["dates"]),
        "notes": list(facts["notes"]),
        "organisers": facts["organisers"],
        "site": facts["site"],
        **facts.get("more", {}),
    }


def group_of(template: ContestTemplate, group: GroupTemplate, position: int) -> Group:
    """A fresh copy of a group."""
    facts = group.facts
    return Group(
        key=group.key,
        track_name=group.track_name,
        name=group.name,
        categories=list(group.categories),
        member_min=facts["member_min"],
        member_max=facts["member_max"],
        adviser_min=facts["adviser_min"],
        adviser_max=facts["adviser_max"],
        rules={
            "rules": template.rules(facts["rules"]),
            "born_on_or_after": facts["born_on_or_after"],
            "company": facts["company"],
            **facts.get("more", {}),
        },
        position=position,
    )


def rubric_of(template: ContestTemplate, group: Group, round_: RoundTemplate | None) -> Rubric:
    """A fresh copy of what the template judges this group by in this round, or an empty one."""
    facts = rubric_facts(template, group.key, round_)
    if facts is None:
        return Rubric(group=group, status=RubricStatus.MISSING)
    return Rubric(
        group=group,
        status=RubricStatus(facts["status"]),
        source=template.source_text(facts["source"]),
        note=facts["note"],
        criteria=[
            Criterion(
                key=line["key"],
                name=line["name"],
                points_max=Decimal(line["points"]),
                points_to_judge=list(line["points_to_judge"]),
                position=position,
            )
            for position, line in enumerate(facts["criteria"])
        ],
        gates=[
            Gate(key=gate["key"], name=gate["name"], rule=gate["rule"], position=position)
            for position, gate in enumerate(facts["gates"])
        ],
    )


def rubric_facts(
    template: ContestTemplate, group_key: str, round_: RoundTemplate | None
) -> dict[str, Any] | None:
    """The template's record of a rubric: the round's own, else the group's."""
    group = template.group(group_key)
    if round_ is not None and group_key in round_.rubrics:
        return round_.rubrics[group_key]
    return group.rubric if group else None


def requirement_of(document: DocumentTemplate, position: int) -> DocumentRequirement:
    """A fresh copy of a document that a round asks for."""
    return DocumentRequirement(
        key=document.key,
        name=document.name,
        kind=document.kind,
        formats=list(document.formats),
        bytes_max=document.bytes_max,
        files_max=document.files_max,
        naming=document.naming,
        is_required=document.is_required,
        is_for_judges=document.is_for_judges,
        is_personal=document.is_personal,
        position=position,
    )


def rounds_of(
    template: ContestTemplate, chosen: Sequence[RoundTemplate], groups: Sequence[Group]
) -> list[Round]:
    """These rounds of a template with their ways on; a way to a round left out leads past it."""
    made = {
        each.key: _round_of(template, each, groups, position)
        for position, each in enumerate(chosen, 1)
    }
    by_key = {group.key: group for group in groups}
    for each in chosen:
        for passage in _passages(template, each, chosen):
            made[each.key].passages.append(
                Passage(
                    kind=passage.kind,
                    to_round=made[passage.to],
                    places=passage.places,
                    school_max=passage.school_max,
                    quotas=_quotas_of(passage.quotas, by_key),
                )
            )
    return list(made.values())


def _round_of(
    template: ContestTemplate, facts: RoundTemplate, groups: Sequence[Group], position: int
) -> Round:
    return Round(
        position=position,
        name=facts.name,
        kind=facts.kind,
        mode=facts.mode,
        is_blind=facts.is_blind,
        score_rule=ScoreRuleKind(facts.score["rule"]),
        drop_count=facts.score["drop"],
        decimals=facts.score["decimals"],
        sheets_min=facts.score["sheets_min"],
        tie_order=list(facts.tie_order),
        pitch_seconds=facts.pitch_seconds,
        qa_seconds=facts.qa_seconds,
        scoring_seconds=facts.scoring_seconds,
        rubrics=[rubric_of(template, group, facts) for group in groups],
        requirements=[
            requirement_of(document, position) for position, document in enumerate(facts.documents)
        ],
    )


def _passages(
    template: ContestTemplate, each: RoundTemplate, chosen: Sequence[RoundTemplate]
) -> list[PassageTemplate]:
    """The ways on from a round among those chosen."""
    keys = [other.key for other in chosen]
    kept = [passage for passage in each.passages if passage.to in keys]
    has_best = any(passage.kind is PassageKind.BEST for passage in kept)
    if len(chosen) < len(template.rounds) and not has_best:
        later = [
            other for other in chosen[keys.index(each.key) + 1 :] if other.kind is RoundKind.REGULAR
        ]
        if later:
            kept.append(PassageTemplate(PassageKind.BEST, later[0].key, None, None, ()))
    return kept


def _quotas_of(rows: Sequence[dict[str, Any]], groups: Mapping[str, Group]) -> list[PassageQuota]:
    """Bounds of parts; those of groups that were left out fall away."""
    kept = [row for row in rows if not row["group"] or row["group"] in groups]
    return [
        PassageQuota(
            track_name=row["track"],
            group=groups[row["group"]] if row["group"] else None,
            category=row["category"],
            places=row["places"],
            position=position,
        )
        for position, row in enumerate(kept)
    ]


def school_quotas_of(
    template: ContestTemplate, groups: Sequence[Group], competition_id: uuid.UUID
) -> list[SchoolQuota]:
    """How many each school may recommend, where the template says it."""
    by_key = {group.key: group for group in groups}
    return [
        SchoolQuota(
            competition_id=competition_id,
            university_id=uuid.UUID(row["university"]) if row["university"] else None,
            group=by_key[row["group"]] if row["group"] else None,
            places=row["places"],
        )
        for row in template.facts.get("school_quotas", [])
        if not row["group"] or row["group"] in by_key
    ]
