"""Groups: who may enter."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from wtforms import (
    DateField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    Optional,
)

from eventhub.competitions.conditions import read_rules
from eventhub.competitions.errors import ChangedMeanwhileError
from eventhub.competitions.forms.base import EachLineMax, count_field
from eventhub.competitions.forms.rules import RulesMixin, rearranged, rule_rows
from eventhub.competitions.models import (
    NAME_MAX,
    Competition,
    Group,
)
from eventhub.competitions.service.groups import conditions_stamp, group_stamp
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class GroupForm(RulesMixin, HubForm):
    """Who may enter in a group. Build with ``of``."""

    seen = HiddenField()
    track_name = StringField(lazy("赛道"), [InputRequired(), Length(max=NAME_MAX)])
    name = StringField(lazy("组别"), [InputRequired(), Length(max=NAME_MAX)])
    member_min = count_field(lazy("团队至少（人，含负责人）"), 1, 50)
    member_max = count_field(lazy("团队至多（人，含负责人）"), 1, 50)
    adviser_min = count_field(lazy("指导教师至少（人）"), 0, 20)
    adviser_max = count_field(lazy("指导教师至多（人）"), 0, 20)
    categories = TextAreaField(
        lazy("项目类别"),
        [EachLineMax(40, count=30)],
        description=lazy("每行一个，报名时选择其中之一。留空则不要求填写类别。"),
    )
    born_on_or_after = DateField(
        lazy("出生日期不早于"), [Optional()], description=lazy("留空则不限年龄。")
    )
    company_kind = SelectField(
        lazy("公司注册要求"),
        choices=[
            SelectChoice("", lazy("不限")),
            SelectChoice("none_before", lazy("界限日期之前未注册公司（创意组）")),
            SelectChoice("before", lazy("界限日期之前已注册公司（创业组）")),
        ],
    )
    company_on = DateField(lazy("界限日期"), [Optional()])

    @classmethod
    def of(cls, group: Group) -> Self:
        """With what stands there now, or what was typed, its rows rearranged."""
        company = group.rules.get("company") or {}
        born, on = group.rules.get("born_on_or_after"), company.get("on")
        return cls(
            **_sent(),
            seen=group_stamp(group),
            track_name=group.track_name,
            name=group.name,
            member_min=group.member_min,
            member_max=group.member_max,
            adviser_min=group.adviser_min,
            adviser_max=group.adviser_max,
            categories="\n".join(group.categories),
            born_on_or_after=date.fromisoformat(born) if born else None,
            company_kind=company.get("kind", ""),
            company_on=date.fromisoformat(on) if on else None,
            rules=rule_rows(read_rules(group.rules)),
        )

    def look_again(self, group: Group) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = group_stamp(group)


class ConditionsForm(RulesMixin, HubForm):
    """The rules that hold in every group. Build with ``of``."""

    seen = HiddenField()

    @classmethod
    def of(cls, competition: Competition) -> Self:
        """With what stands there now, or what was typed, its rows rearranged."""
        rows = rule_rows(read_rules(competition.rules))
        return cls(**_sent(), seen=conditions_stamp(competition), rules=rows)

    def look_again(self, competition: Competition) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = conditions_stamp(competition)


def _sent() -> dict[str, Any]:
    moved = rearranged()
    return {} if moved is None else {"formdata": moved}
