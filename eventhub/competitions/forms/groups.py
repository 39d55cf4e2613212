"""Groups: who may enter."""

from __future__ import annotations

from datetime import date
from typing import Self

from wtforms import (
    DateField,
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

from eventhub.competitions.forms.base import EachLineMax, count_field
from eventhub.competitions.models import (
    NAME_MAX,
    NOTE_MAX,
    Group,
)
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm


class GroupForm(HubForm):
    """Who may enter in a group. Build with ``of``."""

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
    rules = TextAreaField(
        lazy("其他参赛条件"),
        [EachLineMax(NOTE_MAX, count=30)],
        description=lazy("每行一条，公开显示，由人工核对。没有改动的条目保留原来的出处。"),
    )

    @classmethod
    def of(cls, group: Group) -> Self:
        """With what stands there now."""
        company = group.rules.get("company") or {}
        born, on = group.rules.get("born_on_or_after"), company.get("on")
        return cls(
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
            rules="\n".join(rule["text"] for rule in group.rules.get("rules", [])),
        )
