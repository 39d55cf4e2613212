"""Groups: who may enter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.errors import CompanyDateError, CompetitionFinishedError, TeamSizeError
from eventhub.competitions.models import Group
from eventhub.competitions.service.competitions import get_managed, record
from eventhub.db import transaction
from eventhub.domain.eligibility import CompanyRule, CompanyRuleKind


def update_group(
    group_id: uuid.UUID,
    *,
    name: str,
    track_name: str,
    categories: Sequence[str],
    member_min: int,
    member_max: int,
    adviser_min: int,
    adviser_max: int,
    born_on_or_after: date | None,
    company: CompanyRule | None,
    rules: Sequence[str],
    by: Person,
) -> Group:
    """Change a group's conditions. A rule whose words stay keeps its source.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.
        TeamSizeError: a greatest number is below its least.

    """
    if member_max < member_min:
        raise TeamSizeError(field="member_max")
    if adviser_max < adviser_min:
        raise TeamSizeError(field="adviser_max")
    with transaction():
        group = queries.get_group(group_id)
        competition = get_managed(group.competition_id, by)
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        before = _facts_of(group)
        group.name, group.track_name = name, track_name
        group.categories = list(categories)
        group.member_min, group.member_max = member_min, member_max
        group.adviser_min, group.adviser_max = adviser_min, adviser_max
        sources = {rule["text"]: rule["source"] for rule in group.rules.get("rules", [])}
        group.rules = {
            "rules": [{"text": text, "source": sources.get(text, "")} for text in rules],
            "born_on_or_after": born_on_or_after.isoformat() if born_on_or_after else None,
            "company": {"kind": company.kind.value, "on": company.on.isoformat()}
            if company
            else None,
        }
        after = _facts_of(group)
        if after != before:
            record("group_changed", competition, by, before=before, after=after)
    return group


def company_rule(kind: str, on: date | None) -> CompanyRule | None:
    """A rule on the day a company was registered, from what a form gives; "" is none.

    Raises:
        CompanyDateError: a rule without its day.

    """
    if not kind:
        return None
    if on is None:
        raise CompanyDateError
    return CompanyRule(CompanyRuleKind(kind), on)


def _facts_of(group: Group) -> dict[str, Any]:
    return {
        "group": group.key,
        "name": group.name,
        "track_name": group.track_name,
        "categories": list(group.categories),
        "members": [group.member_min, group.member_max],
        "advisers": [group.adviser_min, group.adviser_max],
        "born_on_or_after": group.rules.get("born_on_or_after"),
        "company": group.rules.get("company"),
        "rules": [rule["text"] for rule in group.rules.get("rules", [])],
    }
