"""A competition: what people read of it, and its dates."""

from __future__ import annotations

from typing import Any, Self

from wtforms import (
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
)

from eventhub.circles.models import Circle
from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.forms.base import EDITION_MAX, CheckboxesField
from eventhub.competitions.models import (
    NAME_MAX,
    Competition,
)
from eventhub.events.models import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    VENUE_MAX,
)
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm, ZonedDateTimeField


class DatesForm(HubForm):
    """Names, dates and place: what a new competition and its settings share."""

    title = StringField(
        lazy("赛事名称"),
        [InputRequired(), Length(max=TITLE_MAX)],
        description=lazy("公开显示的完整名称，写明学校或生态圈与轮次。"),
    )
    edition = StringField(lazy("届次"), [Length(max=EDITION_MAX)])
    theme = StringField(lazy("主题"), [Length(max=NAME_MAX)])
    entries_open_at = ZonedDateTimeField(lazy("报名开始"), [Optional()])
    entries_close_at = ZonedDateTimeField(
        lazy("报名截止"),
        [Optional()],
        description=lazy("到这一刻为止，不含这一刻。截止后团队不能再修改和提交。"),
    )
    starts_at = ZonedDateTimeField(lazy("比赛开始"), [InputRequired()])
    ends_at = ZonedDateTimeField(lazy("比赛结束"), [InputRequired()])
    venue = StringField(lazy("地点"), [Length(max=VENUE_MAX)])
    address = StringField(lazy("详细地址"), [Length(max=ADDRESS_MAX)])
    summary = StringField(
        lazy("一句话简介"), [Length(max=SUMMARY_MAX)], description=lazy("显示在赛事卡片上。")
    )
    description = TextAreaField(lazy("赛事介绍"), [Length(max=DESCRIPTION_MAX)])

    def use_zone(self, zone: str) -> None:
        """Read and show every moment in this zone."""
        for field in self:
            if isinstance(field, ZonedDateTimeField):
                field.zone = zone

    def values(self) -> dict[str, Any]:
        """What the services take."""
        names = (
            "title edition theme entries_open_at entries_close_at "
            "starts_at ends_at venue address summary description"
        )
        return {name: self._fields[name].data for name in names.split()}


class NewCompetitionForm(DatesForm):
    """A competition from a template. Build with ``for_template``."""

    circle_id = SelectField(lazy("主办生态圈"))
    group_keys = CheckboxesField(
        lazy("参赛组别"), [DataRequired(lazy("请至少选择一个组别。"))], validate_choice=True
    )
    round_keys = CheckboxesField(
        lazy("轮次"),
        [DataRequired(lazy("请至少选择一个轮次。"))],
        description=lazy(
            "每一轮的评审方式、评分标准、计分规则和名额在创建后设定，也可以再增加轮次。"
        ),
    )

    @classmethod
    def for_template(cls, template: ContestTemplate, circles: list[Circle]) -> Self:
        """With the template's groups, these circles, and what the template suggests."""
        form = cls(
            edition=template.edition,
            theme=template.theme,
            round_keys=_usual_rounds(template),
            title="" if template.is_own else template.name,
            summary=template.facts.get("summary", ""),
            description=template.facts.get("description", ""),
        )
        form.circle_id.choices = [SelectChoice(str(circle.id), circle.name) for circle in circles]
        form.group_keys.choices = [
            SelectChoice(group.key, f"{group.track_name} · {group.name}")
            for group in template.groups
        ]
        courses = {row["key"]: row["name"] for row in template.facts["courses"]}
        several = len({each.course for each in template.rounds}) > 1
        form.round_keys.choices = [
            SelectChoice(
                each.key, f"{courses[each.course]} · {each.name}" if several else each.name
            )
            for each in template.rounds
        ]
        return form


def _usual_rounds(template: ContestTemplate) -> list[str]:
    """All of a circle's own template; of a shipped one, which knows more courses, the first."""
    return [each.key for each in template.rounds[: None if template.is_own else 1]]


class SettingsForm(DatesForm):
    """The settings of a competition. Build with ``of``."""

    @classmethod
    def of(cls, competition: Competition) -> Self:
        """With what stands there now, in the zone of the event."""
        event = competition.event
        form = cls(
            title=event.title,
            edition=competition.edition,
            theme=competition.theme,
            entries_open_at=competition.entries_open_at,
            entries_close_at=competition.entries_close_at,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            venue=event.venue,
            address=event.address,
            summary=event.summary,
            description=event.description,
        )
        form.use_zone(event.timezone)
        return form
