"""Small forms: a name, a click, a publication."""

from __future__ import annotations

import re

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from eventhub.i18n import lazy
from eventhub.questionnaires.models import NAME_MAX
from eventhub.web.forms import HubForm


class ActForm(HubForm):
    """A click: nothing but the token."""


class NameForm(HubForm):
    """What organisers call a form."""

    name = StringField(lazy("表单名称"), [InputRequired(), Length(max=NAME_MAX)])


class PublishForm(HubForm):
    """The draft that was looked at."""

    revision = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """Its revision; 0, which matches none, for nonsense."""
        text = str(self.revision.data or "")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else 0
