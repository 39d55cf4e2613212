"""What was closed, as anyone can recompute it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from eventhub.competitions.models import Group, Round, Rubric
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.judging.models import Standing
from eventhub.judging.queries.results import by_group, list_standings
from eventhub.judging.queries.scoring import rule_of, tie_order_of


def results_digest(round_: Round) -> str:
    """SHA-256 of what a round's results are, in all groups, as canonical JSON.

    It does not change when the results are published or signed.
    """
    rubrics = {rubric.group_id: rubric for rubric in round_.rubrics}
    documents = [
        results_document(round_, group, rubrics[group.id], standings)
        for group, standings in by_group(list_standings(round_.id))
        if group.id in rubrics
    ]
    for document in documents:
        del document["published_at"]
    canonical = json.dumps(documents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def results_document(
    round_: Round, group: Group, rubric: Rubric, standings: Sequence[Standing]
) -> dict[str, Any]:
    """A group's results as anyone can recompute them: marks without names, totals, ranks.

    Entries that nobody scored stand apart, under ``not_judged``.
    """
    rule = rule_of(round_)
    event = round_.competition.event
    judged = [standing for standing in standings if standing.sheets]
    return {
        "competition": {"code": event.code, "title": event.title},
        "round": {"position": round_.position, "name": round_.name},
        "group": {"key": group.key, "track": group.track_name, "name": group.name},
        "published_at": round_.published_at.isoformat() if round_.published_at else None,
        "rule": {
            "kind": rule.kind.value,
            "drop": rule.drop if rule.kind is ScoreRuleKind.DROP_EXTREMES else 0,
            "decimals": rule.decimals,
        },
        "tie_order": [str(step) for step in tie_order_of(round_, rubric)],
        "criteria": [
            {"key": line.key, "name": line.name, "max": f"{line.points_max:.2f}"}
            for line in rubric.criteria
        ],
        "entries": [_entry_document(standing) for standing in judged],
        "not_judged": [standing.entry.code for standing in standings if not standing.sheets],
    }


def _entry_document(standing: Standing) -> dict[str, Any]:
    entry = standing.entry
    return {
        "code": entry.code,
        "name": entry.name,
        "university": entry.university.name if entry.university else None,
        "vetoed": standing.is_vetoed,
        "sheets": [{"criteria": sheet["criteria"]} for sheet in standing.sheets],
        "total": standing.total,
        "rank": standing.rank,
    }
