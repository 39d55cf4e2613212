"""A competition written down in the shape of a template, so that another can be made of it.

``catalogue`` reads what this writes: made from the facts of a competition, another one has the
same groups, rounds, rubrics, documents, ways on and settings. Dates, entries, judges and results
are no facts of it; a confirmation is none either.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.models import (
    Competition,
    DocumentRequirement,
    Group,
    Passage,
    Round,
    Rubric,
    SchoolQuota,
)

KEPT = "kept"  # the kind of a source whose words were kept
KNOWN_OF_GROUP = {"rules", "born_on_or_after", "company"}
KNOWN_OF_COMPETITION = {"rules", "dates", "notes", "organisers", "site"}
# what the original says of its contest beyond what a competition holds
CARRIED = ("quotas", "awards", "other_rubrics")


class _Sources:
    """Words of origin by a key, each once."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.rows: dict[str, Any] = dict(known)
        self._keys = {row["where"]: key for key, row in known.items()}

    def keys(self, words: str) -> list[str]:
        """The key of these words; no words have none."""
        if not words:
            return []
        if words not in self._keys:
            number = 1 + sum(row["kind"] == KEPT for row in self.rows.values())
            key = f"kept-{number}"
            self.rows[key] = {"kind": KEPT, "where": words}
            self._keys[words] = key
        return [self._keys[words]]

    def rules(self, rules: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**rule, "source": self.keys(rule.get("source", ""))} for rule in rules]


def facts_of(
    competition: Competition,
    rounds: Sequence[Round],
    *,
    original: ContestTemplate | None,
    school_quotas: Sequence[SchoolQuota] = (),
) -> dict[str, Any]:
    """A competition as facts. ``original`` is the template that it was made from.

    ``rounds`` are its rounds with rubrics, documents and passages.
    """
    base: dict[str, Any] = original.facts if original else {}
    sources = _Sources(base.get("sources", {}))
    rules = competition.rules
    first = rounds[0]
    facts = {
        "name": competition.event.title,
        "edition": competition.edition,
        "theme": competition.theme,
        "summary": competition.event.summary,
        "description": competition.event.description,
        "organisers": rules.get("organisers", ""),
        "site": rules.get("site", ""),
        "source": sources.keys(competition.source),
        "notes": list(rules.get("notes", [])),
        "rules": sources.rules(rules.get("rules", [])),
        "dates": sources.rules(rules.get("dates", [])),
        "more": {k: v for k, v in rules.items() if k not in KNOWN_OF_COMPETITION},
        "courses": [{"key": "own", "name": competition.event.title, "source": [], "note": ""}],
        "rounds": [_round(each, first, sources) for each in rounds],
        "roadshow": {"pitch_seconds": first.pitch_seconds, "qa_seconds": first.qa_seconds},
        "documents": [_document(line) for line in first.requirements],
        "settings": _settings(competition),
        "school_quotas": [_school_quota(quota) for quota in school_quotas],
        **{name: _named(base.get(name, []), original) for name in CARRIED},
        "tracks": _tracks(competition.groups, first, sources),
    }
    return {**facts, "sources": sources.rows}


def _named(rows: Sequence[dict[str, Any]], original: ContestTemplate | None) -> list[Any]:
    """What speaks of a round or track of the original, now by the name of it."""
    if original is None:
        return list(rows)
    tracks = {track["key"]: track["name"] for track in original.facts["tracks"]}
    found = []
    for row in rows:
        round_, named = original.round(row.get("round", "")), dict(row)
        if round_:
            named["round"] = round_.name
        if row.get("track") in tracks:
            named["track"] = tracks[row["track"]]
        found.append(named)
    return found


def _settings(competition: Competition) -> dict[str, Any]:
    return {
        "is_one_project": competition.is_one_project,
        "needs_consent": competition.needs_consent,
        "needs_recommendation": competition.needs_recommendation,
        "personal_fields": list(competition.personal_fields),
        "retention_days": competition.retention_days,
        "source": [],
        "note": "",
    }


def _school_quota(quota: SchoolQuota) -> dict[str, Any]:
    return {
        "university": str(quota.university_id) if quota.university_id else None,
        "group": quota.group.key if quota.group else None,
        "places": quota.places,
    }


def _tracks(groups: Sequence[Group], first: Round, sources: _Sources) -> list[dict[str, Any]]:
    rubrics = {rubric.group_id: rubric for rubric in first.rubrics}
    return [
        {
            "key": f"track-{number}",
            "name": name,
            "categories": [],
            "groups": [_group(group, rubrics[group.id], sources) for group in members],
        }
        for number, (name, members) in enumerate(groupby(groups, key=lambda g: g.track_name), 1)
    ]


def _group(group: Group, rubric: Rubric, sources: _Sources) -> dict[str, Any]:
    return {
        "key": group.key,
        "name": group.name,
        "categories": list(group.categories),
        "member_min": group.member_min,
        "member_max": group.member_max,
        "adviser_min": group.adviser_min,
        "adviser_max": group.adviser_max,
        "born_on_or_after": group.rules.get("born_on_or_after"),
        "company": group.rules.get("company"),
        "rules": sources.rules(group.rules.get("rules", [])),
        "more": {k: v for k, v in group.rules.items() if k not in KNOWN_OF_GROUP},
        "questionnaire": str(group.questionnaire_id) if group.questionnaire_id else None,
        "rubric": _rubric(rubric, sources),
    }


def _rubric(rubric: Rubric, sources: _Sources) -> dict[str, Any]:
    return {
        "status": rubric.status.value,
        "source": sources.keys(rubric.source),
        "note": rubric.note,
        "criteria": [
            {
                "key": line.key,
                "name": line.name,
                "points": plain_points(line.points_max),
                "points_to_judge": list(line.points_to_judge),
            }
            for line in rubric.criteria
        ],
        "gates": [{"key": g.key, "name": g.name, "rule": g.rule} for g in rubric.gates],
    }


def plain_points(points: Decimal) -> str:
    """Points without needless zeros: "30", "25.5"."""
    return f"{points.normalize():f}"


def _round(round_: Round, first: Round, sources: _Sources) -> dict[str, Any]:
    usual = {rubric.group_id: _rubric(rubric, sources) for rubric in first.rubrics}
    own = {rubric.group.key: _rubric(rubric, sources) for rubric in round_.rubrics}
    same = {rubric.group.key: usual.get(rubric.group_id) for rubric in round_.rubrics}
    return {
        "key": f"round-{round_.position}",
        "course": "own",
        "name": round_.name,
        "kind": round_.kind.value,
        "mode": round_.mode.value,
        "is_blind": round_.is_blind,
        "score": {
            "rule": round_.score_rule.value,
            "drop": round_.drop_count,
            "decimals": round_.decimals,
            "sheets_min": round_.sheets_min,
        },
        "ties": list(round_.tie_order),
        "minutes": {
            "pitch_seconds": round_.pitch_seconds,
            "qa_seconds": round_.qa_seconds,
            "scoring_seconds": round_.scoring_seconds,
        },
        "documents": [_document(line) for line in round_.requirements],
        "rubrics": {key: rubric for key, rubric in own.items() if rubric != same[key]},
        "passages": [_passage(passage) for passage in round_.passages],
    }


def _document(line: DocumentRequirement) -> dict[str, Any]:
    return {
        "key": line.key,
        "name": line.name,
        "kind": line.kind.value,
        "formats": list(line.formats),
        "bytes": line.bytes_max,
        "files": line.files_max,
        "naming": line.naming,
        "is_required": line.is_required,
        "is_for_judges": line.is_for_judges,
        "is_personal": line.is_personal,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "kind": passage.kind.value,
        "to": f"round-{passage.to_round.position}",
        "places": passage.places,
        "school_max": passage.school_max,
        "quotas": [
            {
                "track": quota.track_name,
                "group": quota.group.key if quota.group else "",
                "category": quota.category,
                "places": quota.places,
            }
            for quota in passage.quotas
        ],
    }
