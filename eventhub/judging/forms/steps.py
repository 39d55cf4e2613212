"""The steps of a round."""

from __future__ import annotations

from wtforms import (
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from eventhub.competitions.models import NOTE_MAX as REASON_MAX
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class StepForm(HubForm):
    """A step of a round that needs no words."""


class CloseForm(HubForm):
    """Closing; the reason is asked for by the service where sheets are missing."""

    reason = TextAreaField(lazy("缺少评分表仍封榜的理由"), [Length(max=REASON_MAX)])


class ReopenForm(HubForm):
    """Taking the closing back."""

    reason = TextAreaField(lazy("重新开放评分的理由"), [InputRequired(), Length(max=REASON_MAX)])
