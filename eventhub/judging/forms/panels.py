"""Seats, links and recusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import Email, InputRequired, Length, Optional

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX
from eventhub.circles.models import University
from eventhub.i18n import _, lazy
from eventhub.judging.enums import RECUSAL_KIND_LABELS
from eventhub.judging.models import (
    DETAIL_MAX,
    ORGANISATION_MAX,
    PANEL_NAME_MAX,
)
from eventhub.web.forms import HubForm


class PanelForm(HubForm):
    """A panel without a room."""

    name = StringField(
        lazy("评委组名称"),
        [InputRequired(), Length(max=PANEL_NAME_MAX)],
        description=lazy("例如：网评一组。按会场分组请用“按会场建组”。"),
    )


class SeatForm(HubForm):
    """A judge. Build with ``offering``."""

    name = StringField(lazy("姓名"), [InputRequired(), Length(min=2, max=NAME_MAX)])
    university = SelectField(
        lazy("所在高校"),
        description=lazy("用于核对回避：评委不评本校团队。企业评委请选“不在高校”。"),
    )
    organisation = StringField(
        lazy("单位或职务"),
        [Length(max=ORGANISATION_MAX)],
        description=lazy("会印在评委卡上，例如：某创投基金合伙人。"),
    )
    email = EmailField(
        lazy("邮箱"),
        [Optional(), Email(), Length(max=EMAIL_MAX)],
        description=lazy("可以不填。评委凭二维码进入，不需要账号。"),
    )
    is_chief = BooleanField(lazy("担任评委组长"))

    @classmethod
    def offering(cls, universities: Sequence[University]) -> Self:
        """With a line for each university."""
        form = cls()
        known = [SelectChoice(str(each.id), each.name) for each in universities]
        form.university.choices = [SelectChoice("", _("不在高校")), *known]
        return form


class RecusalForm(HubForm):
    """Why one must not score an entry."""

    kind = SelectField(
        lazy("回避原因"),
        choices=[SelectChoice(kind.value, label) for kind, label in RECUSAL_KIND_LABELS.items()],
    )
    detail = StringField(
        lazy("说明"),
        [Length(max=DETAIL_MAX)],
        description=lazy("只有主办方能看到。选择“其他利害关系”时必填。"),
    )


class OrganiserRecusalForm(RecusalForm):
    """Who must not score what. Build with ``offering``."""

    judge = SelectField(lazy("评委"))
    entry = SelectField(lazy("参赛项目"))

    @classmethod
    def offering(cls, judges: Sequence[Any], entries: Sequence[Any]) -> Self:
        """With a line for each judge's seat and each entry."""
        form = cls()
        form.judge.choices = [
            SelectChoice(str(seat.person_id), f"{seat.person.name} · {seat.panel.name}")
            for seat in judges
        ]
        form.entry.choices = [
            SelectChoice(str(entry.id), f"{entry.code} · {entry.name}") for entry in entries
        ]
        return form


class CardsForm(HubForm):
    """For whom links are made: a seat, ``new`` (who has none that works) or ``all``."""

    seats = HiddenField(validators=[InputRequired()])
