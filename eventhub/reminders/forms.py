"""Forms of the reminders."""

from __future__ import annotations

from datetime import timedelta

from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from eventhub.i18n import lazy
from eventhub.reminders.enums import ANCHOR_LABELS, LEAD_UNIT_LABELS, Anchor, LeadUnit, lead_of
from eventhub.web.forms import HubForm

AMOUNT_MAX = 999


class RuleForm(HubForm):
    """How long before what."""

    anchor = SelectField(
        lazy("以什么时间为准"),
        choices=[SelectChoice(anchor.value, label) for anchor, label in ANCHOR_LABELS.items()],
    )
    amount = IntegerField(
        lazy("提前"), validators=[InputRequired(), NumberRange(1, AMOUNT_MAX)], default=1
    )
    unit = SelectField(
        lazy("时间单位"),
        choices=[SelectChoice(unit.value, label) for unit, label in LEAD_UNIT_LABELS.items()],
    )

    def to_anchor(self) -> Anchor:
        """What the time is counted from."""
        return Anchor(self.anchor.data)

    def to_lead(self) -> timedelta:
        """How long before."""
        return lead_of(self.amount.data or 0, LeadUnit(self.unit.data))
