"""What the captain stands in for, rule by rule."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence

from eventhub.competitions.queries import team_rules
from eventhub.domain.eligibility import Rule, write_rule
from eventhub.entries.models import Entry

_NO_PART_OF_THE_WORDS = ("source", "is_changed")


def list_statements(entry: Entry) -> Sequence[Rule]:
    """The rules that the captain ticks one by one."""
    return team_rules(entry.group).statements


def ticked(entry: Entry) -> frozenset[str]:
    """The keys of the rules that are ticked as they stand now.

    A rule that was changed after it was ticked has to be read and ticked again.
    """
    given = entry.statements
    return frozenset(
        rule.key for rule in list_statements(entry) if given.get(rule.key) == _fingerprint(rule)
    )


def known(entry: Entry, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys that are of rules which this entry's captain ticks."""
    return frozenset(rule.key for rule in list_statements(entry)) & frozenset(keys)


def tick(entry: Entry, keys: Collection[str]) -> None:
    """Tick exactly these rules; a key that is none of the entry's is passed over."""
    entry.statements = {
        rule.key: _fingerprint(rule) for rule in list_statements(entry) if rule.key in keys
    }


def _fingerprint(rule: Rule) -> str:
    words = {k: v for k, v in write_rule(rule).items() if k not in _NO_PART_OF_THE_WORDS}
    canonical = json.dumps(words, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
