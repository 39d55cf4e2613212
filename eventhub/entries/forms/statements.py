"""The rules that the captain ticks one by one, as fields of a form."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from wtforms import BooleanField, Field

from eventhub.competitions.conditions import describe
from eventhub.domain.eligibility import STATEMENT_KINDS, Rule
from eventhub.entries.models import Entry
from eventhub.entries.service.statements import list_statements
from eventhub.web.forms import HubForm

PREFIX = "statement-"


def statement_fields(entry: Entry) -> dict[str, Any]:
    """A box for each rule; its ``rule`` has the words and their source."""
    return {
        f"{PREFIX}{rule.key}": BooleanField(_words_of(rule), render_kw={"data-rule": rule.key})
        for rule in list_statements(entry)
    }


def _words_of(rule: Rule) -> str:
    """A statement in its own words; what could also be checked in those of the check."""
    return rule.text if rule.kind in STATEMENT_KINDS and rule.text else describe(rule)


def statement_data(keys: Collection[str]) -> dict[str, bool]:
    """What is ticked, by the names of the fields."""
    return {f"{PREFIX}{key}": True for key in keys}


def flat_statements(keys: Collection[str]) -> dict[str, str]:
    """The same as a script reads it."""
    return {f"{PREFIX}{key}": "y" for key in sorted(keys)}


def read_statements(form: HubForm) -> frozenset[str]:
    """The keys of the rules that were ticked."""
    return frozenset(key for key, field in _boxes(form) if field.data)


def list_boxes(form: HubForm, entry: Entry) -> list[tuple[Rule, Field]]:
    """Each rule with its box, in the order of the rules."""
    rules = {rule.key: rule for rule in list_statements(entry)}
    return [(rules[key], field) for key, field in _boxes(form) if key in rules]


def _boxes(form: HubForm) -> Iterator[tuple[str, Field]]:
    for name, field in form._fields.items():
        if name.startswith(PREFIX):
            yield name.removeprefix(PREFIX), field
