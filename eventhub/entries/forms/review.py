"""The organiser's decisions and filters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from wtforms import (
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from eventhub.entries.enums import EntryState
from eventhub.entries.models import (
    REASON_MAX,
)
from eventhub.entries.queries import EntryFilter
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class ReturnForm(HubForm):
    """Why an entry is given back."""

    reason = TextAreaField(
        lazy("退回原因"),
        [InputRequired(lazy("请写明退回原因，方便团队修改。")), Length(max=REASON_MAX)],
        description=lazy("会原样发给负责人，请写清要改哪里、怎么改。"),
    )


class ConfirmForm(HubForm):
    """A yes."""


def read_filter(args: Mapping[str, str]) -> EntryFilter:
    """A list's filter from its address; what makes no sense does not narrow."""
    state = args.get("state", "")
    return EntryFilter(
        state=EntryState(state) if state in {*EntryState} else None,
        group_id=_known_uuid(args.get("group", "")),
        university_id=_known_uuid(args.get("university", "")),
        words=args.get("q", "").strip()[:100],
    )


def _known_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
