"""Beginning an entry, and moving it to another group."""

from __future__ import annotations

import uuid
from typing import Self

from wtforms import (
    RadioField,
)
from wtforms.validators import InputRequired

from eventhub.competitions.models import Competition
from eventhub.entries.models import Entry
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class StartForm(HubForm):
    """In which group to enter. Build with ``for_competition``."""

    group = RadioField(lazy("参赛组别"), [InputRequired(lazy("请选择一个组别。"))])

    @classmethod
    def for_competition(cls, competition: Competition, chosen: str | None) -> Self:
        """One choice a group; the only one, or the one asked for, is taken already."""
        keys = [str(group.id) for group in competition.groups]
        first = chosen if chosen in keys else keys[0] if len(keys) == 1 else None
        form = cls(data={"group": first})
        form.group.choices = [
            (str(group.id), f"{group.track_name} · {group.name}") for group in competition.groups
        ]
        return form


class GroupForm(StartForm):
    """To which group an entry moves. Build with ``for_entry``."""

    @classmethod
    def for_entry(cls, entry: Entry) -> Self:
        """One choice a group, the entry's own taken."""
        return cls.for_competition(entry.competition, str(entry.group_id))

    @property
    def group_id(self) -> uuid.UUID:
        """The group chosen; the field has checked it."""
        return uuid.UUID(self.group.data)
