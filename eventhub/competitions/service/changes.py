"""Two people at one page: a form says what it showed, and what changed since is told."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from eventhub.competitions.errors import ChangedMeanwhileError
from eventhub.i18n import _, join_clauses

SHOWN_MAX = 6

Facts = dict[str, Any]


def stamp(facts: Facts) -> str:
    """What a page shows, as one line that its form carries and sends back."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text)  # as a form brings it back


def check_unchanged(
    seen: str | None, now: Facts, words: Callable[[Facts, Facts], list[str]]
) -> None:
    """Refuse to save over what somebody else saved since the form was opened.

    ``words`` says the difference of two states. A form that carries no stamp is not checked.

    Raises:
        ChangedMeanwhileError: what stands there is no longer what the form showed.

    """
    if not seen or seen == stamp(now):
        return
    try:
        changes = words(json.loads(seen), now)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        changes = []  # no stamp of ours: that something changed is certain, what is not
    shown = changes[:SHOWN_MAX]
    if len(changes) > SHOWN_MAX:
        shown.append(_("另有 %(count)s 处", count=len(changes) - SHOWN_MAX))
    raise ChangedMeanwhileError(
        _(
            "您打开页面之后，有人保存了新的内容：%(changes)s。您填写的内容都还在，核对后再保存一次，"
            "就以您的为准。",
            changes=join_clauses(shown),
        )
        if shown
        else None
    )
