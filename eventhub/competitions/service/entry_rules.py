"""What a competition asks of those who enter, and how long it keeps what they told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from eventhub.accounts.models import Person
from eventhub.competitions.enums import CompetitionState, PersonalField
from eventhub.competitions.errors import CompetitionFinishedError, EditionFixedError
from eventhub.competitions.models import Competition
from eventhub.competitions.service.competitions import get_managed, record
from eventhub.db import transaction

# What entries rest on from the first one on: claims of students are kept by edition.
_FIXED = ("edition_key", "is_one_project")


@dataclass(frozen=True)
class EntryRules:
    """The rules of entry as an organiser sets them; see ``models.Competition``."""

    edition_key: str = ""
    is_one_project: bool = False
    needs_consent: bool = False
    needs_recommendation: bool = False
    personal_fields: tuple[PersonalField, ...] = field(default=())
    retention_days: int = 365


def plain_fields(fields: Iterable[PersonalField]) -> list[str]:
    """The fields as they are stored: in one order, each once."""
    wanted = set(fields)
    return [each.value for each in PersonalField if each in wanted]


def set_entry_rules(competition_id: uuid.UUID, *, rules: EntryRules, by: Person) -> Competition:
    """Set what a competition asks of those who enter.

    Raises:
        ForbiddenError: ``by`` does not run it.
        CompetitionFinishedError: it is over.
        EditionFixedError: it is announced, and what entries rest on would change.

    """
    with transaction():
        competition = get_managed(competition_id, by)
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        wanted: dict[str, Any] = {
            **asdict(rules),
            "personal_fields": plain_fields(rules.personal_fields),
        }
        before = {
            k: getattr(competition, k) for k in wanted if getattr(competition, k) != wanted[k]
        }
        if competition.state is not CompetitionState.DRAFT:
            for name in _FIXED:
                if name in before:
                    raise EditionFixedError(field=name)
        for name in before:
            setattr(competition, name, wanted[name])
        if before:
            after = {name: wanted[name] for name in before}
            record("entry_rules_changed", competition, by, before=before, after=after)
    return competition
