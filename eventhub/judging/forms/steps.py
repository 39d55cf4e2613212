"""The steps of a round."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange

from eventhub.competitions.models import NOTE_MAX as REASON_MAX
from eventhub.i18n import _, lazy
from eventhub.judging.enums import SignatureRole
from eventhub.judging.models import REASON_MAX as SHORT_REASON_MAX
from eventhub.judging.models import Standing
from eventhub.web.forms import HubForm, PointsField


class StepForm(HubForm):
    """A step of a round that needs no words."""


class CloseForm(HubForm):
    """Closing; the reason is asked for by the service where sheets are missing."""

    reason = TextAreaField(lazy("缺少评分表仍封榜的理由"), [Length(max=REASON_MAX)])


class ReopenForm(HubForm):
    """Taking the closing back."""

    reason = TextAreaField(lazy("重新开放评分的理由"), [InputRequired(), Length(max=REASON_MAX)])


class ReasonForm(HubForm):
    """A word of explanation, kept in the log."""

    reason = TextAreaField(lazy("理由"), [InputRequired(), Length(max=SHORT_REASON_MAX)])


class RecountForm(HubForm):
    """What came out when a sheet was added up again."""

    total = PointsField(lazy("手工合计"), [InputRequired()])


class SignForm(HubForm):
    """A name under the results as this page shows them."""

    role = HiddenField(validators=[InputRequired(), AnyOf([role.value for role in SignatureRole])])
    panel = HiddenField()
    digest = HiddenField(validators=[InputRequired()])

    def to_values(self) -> dict[str, Any]:
        """What ``service.sign_results`` takes."""
        return {
            "role": SignatureRole(self.role.data),
            "panel_id": find_key(self.panel.data or ""),
            "digest": self.digest.data or "",
        }


def find_key(text: str) -> uuid.UUID | None:
    """A key that a page wrote, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class MoveForm(HubForm):
    """An entry that shall stand at another rank. Build with ``offering``."""

    entry = SelectField(lazy("参赛项目"))
    rank = IntegerField(
        lazy("调整到第几名"),
        [InputRequired(), NumberRange(min=1, max=9999)],
        description=lazy("在本组内的名次。其他项目依次顺延。"),
    )
    reason = TextAreaField(
        lazy("理由"),
        [InputRequired(), Length(max=SHORT_REASON_MAX)],
        description=lazy("会随成绩一同公布。"),
    )

    @classmethod
    def offering(cls, standings: Sequence[Standing]) -> Self:
        """With a line for each ranked entry."""
        form = cls()
        form.entry.choices = [
            SelectChoice(
                str(each.entry_id),
                _(
                    "%(group)s 第 %(rank)s 名：%(name)s",
                    group=each.group.name,
                    rank=each.rank,
                    name=each.entry.name,
                ),
            )
            for each in standings
            if each.rank is not None
        ]
        return form
