"""What surrounds a competition: rules of entry, hosts, groups, templates, the next edition."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventhub.circles.models import Circle
from eventhub.competitions.enums import PERSONAL_FIELD_LABELS, PersonalField
from eventhub.competitions.errors import HostTwiceError
from eventhub.competitions.forms.base import EDITION_MAX, CheckboxesField
from eventhub.competitions.models import EDITION_KEY_MAX, NAME_MAX, Competition
from eventhub.competitions.service import EntryRules
from eventhub.events.enums import HOST_ROLE_LABELS, HostRole
from eventhub.events.models import TITLE_MAX, Event
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm

DAYS_MAX = 1500


class EntryRulesForm(HubForm):
    """What is asked of those who enter. Build with ``of``."""

    is_one_project = BooleanField(
        lazy("一名学生在同一届只能参加一个项目"),
        description=lazy("跨学校、跨赛事按下面的“同一届的标识”判断，由系统强制。"),
    )
    edition_key = StringField(
        lazy("同一届的标识"),
        [Length(max=EDITION_KEY_MAX)],
        description=lazy(
            "标识相同的赛事属于同一届，例如校赛和市赛。留空则只在本赛事内判断。发布后不能再改。"
        ),
    )
    needs_consent = BooleanField(
        lazy("成员须本人确认并同意"),
        description=lazy("每名成员通过链接确认参赛，并同意个人信息的使用，之后项目才能提交。"),
    )
    needs_recommendation = BooleanField(
        lazy("须由学校推荐"),
        description=lazy("学校排序推荐以后，主办方才能审核通过。"),
    )
    personal_fields = CheckboxesField(
        lazy("收集成员的哪些个人信息"),
        choices=[SelectChoice(each.value, label) for each, label in PERSONAL_FIELD_LABELS.items()],
        description=lazy("只选这一赛事确实需要的。加密保存，显示时遮盖，每次查看都有记录。"),
    )
    retention_days = IntegerField(
        lazy("个人信息保存（天）"),
        [InputRequired(), NumberRange(1, 3650)],
        description=lazy("从比赛结束算起，到期自动删除证件号码、出生日期、电话和邮箱。"),
    )

    @classmethod
    def of(cls, competition: Competition) -> Self:
        """With what stands there now."""
        return cls(
            is_one_project=competition.is_one_project,
            edition_key=competition.edition_key,
            needs_consent=competition.needs_consent,
            needs_recommendation=competition.needs_recommendation,
            personal_fields=competition.personal_fields,
            retention_days=competition.retention_days,
        )

    def to_rules(self) -> EntryRules:
        """What the service takes."""
        return EntryRules(
            edition_key=self.edition_key.data or "",
            is_one_project=bool(self.is_one_project.data),
            needs_consent=bool(self.needs_consent.data),
            needs_recommendation=bool(self.needs_recommendation.data),
            personal_fields=tuple(PersonalField(name) for name in self.personal_fields.data or ()),
            retention_days=self.retention_days.data or 1,
        )


class HostsForm(HubForm):
    """How each circle takes part, and one that joins. Build with ``of``."""

    add_circle_id = SelectField(lazy("增加生态圈"), validators=[Optional()])
    add_role = SelectField(
        lazy("角色"),
        choices=[SelectChoice(role.value, label) for role, label in HOST_ROLE_LABELS.items()],
        default=HostRole.JOINT.value,
    )

    @classmethod
    def of(cls, event: Event, circles: Sequence[Circle]) -> Self:
        """A role for each host; whoever runs it cannot leave."""
        roles = [SelectChoice(role.value, label) for role, label in HOST_ROLE_LABELS.items()]
        fields: dict[str, Any] = {}
        for host in event.hosts:
            own = host.circle_id == event.circle_id
            fields[f"role_{host.circle_id.hex}"] = SelectField(
                host.circle.name,
                choices=roles if own else [*roles, SelectChoice("", lazy("移除"))],
                default=host.role.value,
                description=lazy("负责本赛事，管理主办单位并结束赛事") if own else "",
            )
        form_class: type[Self] = type("CompetitionHostsForm", (cls,), fields)
        form = form_class()
        present = {host.circle_id for host in event.hosts}
        form.add_circle_id.choices = [
            SelectChoice("", lazy("不增加")),
            *(SelectChoice(str(c.id), c.name) for c in circles if c.id not in present),
        ]
        return form

    @property
    def role_fields(self) -> list[Any]:
        """The choices of the present hosts."""
        return [field for field in self if field.name.startswith("role_")]

    def to_hosts(self) -> dict[uuid.UUID, HostRole]:
        """Who takes part, and how.

        Raises:
            HostTwiceError: the one that joins is there already.

        """
        hosts = {
            uuid.UUID(field.name.removeprefix("role_")): HostRole(field.data)
            for field in self.role_fields
            if field.data
        }
        if self.add_circle_id.data:
            added = uuid.UUID(self.add_circle_id.data)
            if added in hosts:
                raise HostTwiceError
            hosts[added] = HostRole(self.add_role.data)
        return hosts


class NewGroupForm(HubForm):
    """A group of the organiser's own."""

    track_name = StringField(
        lazy("赛道"),
        [InputRequired(), Length(max=NAME_MAX)],
        description=lazy("可以填写已有的赛道，也可以是新的。"),
        render_kw={"list": "tracks"},
    )
    name = StringField(lazy("组别"), [InputRequired(), Length(max=NAME_MAX)])


class SaveTemplateForm(HubForm):
    """A name under which a competition is kept. Build with ``for_circles``."""

    name = StringField(
        lazy("模板名称"),
        [InputRequired(), Length(max=NAME_MAX)],
        description=lazy("例如：本校校赛三轮制。"),
    )
    circle_id = SelectField(lazy("归属生态圈"))
    replace = BooleanField(
        lazy("更新同名模板"), description=lazy("已有同名模板时，用这次的内容替换它。")
    )

    @classmethod
    def for_circles(cls, competition: Competition, circles: Sequence[Circle]) -> Self:
        """With the circles for which one organises; the competition's own first."""
        own = competition.event.circle_id
        form = cls()
        form.circle_id.choices = [
            SelectChoice(str(circle.id), circle.name)
            for circle in sorted(circles, key=lambda circle: circle.id != own)
        ]
        return form


class RenameTemplateForm(HubForm):
    """What a template is called."""

    name = StringField(lazy("模板名称"), [InputRequired(), Length(max=NAME_MAX)])


class CloneForm(HubForm):
    """The next edition of a competition. Build with ``of``."""

    title = StringField(lazy("赛事名称"), [InputRequired(), Length(max=TITLE_MAX)])
    edition = StringField(lazy("届次"), [InputRequired(), Length(max=EDITION_MAX)])
    circle_id = SelectField(lazy("主办生态圈"))
    days = IntegerField(
        lazy("所有日期后移（天）"),
        [InputRequired(), NumberRange(1, DAYS_MAX)],
        description=lazy("364 天是 52 周，每个日期仍是原来的星期几。"),
    )

    @classmethod
    def of(
        cls,
        competition: Competition,
        circles: Sequence[Circle],
        *,
        title: str,
        edition: str,
        days: int,
    ) -> Self:
        """With what is likely; the competition's own circle first."""
        form = cls(title=title, edition=edition, days=days)
        own = competition.event.circle_id
        form.circle_id.choices = [
            SelectChoice(str(circle.id), circle.name)
            for circle in sorted(circles, key=lambda circle: circle.id != own)
        ]
        return form
