"""Beginning an entry."""

from __future__ import annotations

from typing import Self

from wtforms import (
    RadioField,
)
from wtforms.validators import InputRequired

from eventhub.competitions.models import Competition
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
