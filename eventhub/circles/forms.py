"""Forms of circles."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, RadioField, SelectChoice
from wtforms.validators import UUID, InputRequired, Length

from eventhub.accounts.models import EMAIL_MAX
from eventhub.circles.enums import CIRCLE_ROLE_LABELS, CircleRole
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class AddToTeamForm(HubForm):
    """Who gets which role."""

    email = EmailField(
        lazy("邮箱"),
        [InputRequired(), Length(max=EMAIL_MAX)],
        description=lazy("对方注册账号时用的邮箱。"),
    )
    role = RadioField(
        lazy("角色"),
        choices=[SelectChoice(role.value, label) for role, label in CIRCLE_ROLE_LABELS.items()],
        default=CircleRole.STAFF.value,
    )


class RemoveFromTeamForm(HubForm):
    """Whose role is taken."""

    membership = HiddenField(validators=[InputRequired(), UUID()])


class NameOfficerForm(HubForm):
    """Who is to work for a school's office."""

    email = EmailField(
        lazy("邮箱"),
        [InputRequired(), Length(max=EMAIL_MAX)],
        description=lazy("对方注册账号时用的邮箱。"),
    )


class RemoveOfficerForm(HubForm):
    """A yes."""
