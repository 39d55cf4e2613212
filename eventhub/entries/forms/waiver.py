"""Setting a rule aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from eventhub.entries.models import REASON_MAX
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm


class WaiverForm(HubForm):
    """Which rule, and why. Build with ``of``."""

    rule_key = SelectField(
        lazy("豁免哪一条规则"), [InputRequired(lazy("请从列表中选择一条规则。"))]
    )
    reason = TextAreaField(
        lazy("豁免理由"),
        [
            InputRequired(lazy("请写明豁免的理由，团队和其他组织者都会看到。")),
            Length(max=REASON_MAX),
        ],
        description=lazy("写清依据和经谁同意。团队会看到理由，操作会记入日志。"),
    )

    @classmethod
    def of(cls, choices: Sequence[tuple[str, str]]) -> Self:
        """With the rules that may be chosen."""
        form = cls()
        form.rule_key.choices = [("", _("请选择")), *choices]
        return form
