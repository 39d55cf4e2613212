"""Forms of competitions: they check single fields and hand over plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from wtforms import (
    BooleanField,
    DateField,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from eventhub.circles.models import Circle
from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.enums import ROUND_MODE_LABELS, RoundMode
from eventhub.competitions.models import (
    KEY_MAX,
    NAME_MAX,
    NOTE_MAX,
    Competition,
    Criterion,
    Group,
    Round,
    Rubric,
)
from eventhub.competitions.service import (
    CriterionDraft,
    GateDraft,
    RequirementDraft,
    RoundDraft,
)
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.events.models import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    VENUE_MAX,
)
from eventhub.i18n import _, lazy
from eventhub.web.forms import FieldList, HubForm, PointsField, ZonedDateTimeField

MEGABYTE = 1_000_000
TIE_STEPS = 3
POINT_TO_JUDGE_MAX = 60
EDITION_MAX = 40

FORMATS = ("pdf", "ppt", "pptx", "doc", "docx", "xlsx", "jpg", "png", "mp4", "zip")


_MODES = [SelectChoice(mode.value, label) for mode, label in ROUND_MODE_LABELS.items()]


def lines(text: str | None) -> list[str]:
    """The filled lines of a text, without doubles."""
    found = [line.strip() for line in (text or "").splitlines()]
    return list(dict.fromkeys(line for line in found if line))


class EachLineMax:
    """No line of a text field is longer than ``limit``."""

    def __init__(self, limit: int, *, count: int) -> None:
        self.limit = limit
        self.count = count

    def __call__(self, _form: HubForm, field: TextAreaField) -> None:
        """Refuse the longest one."""
        written = lines(field.data)
        if len(written) > self.count:
            raise ValidationError(_("最多 %(count)s 行。", count=self.count))
        if any(len(line) > self.limit for line in written):
            raise ValidationError(_("每行最多 %(limit)s 个字。", limit=self.limit))


class CheckboxesField(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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
    round_name = StringField(
        lazy("首个轮次"),
        [InputRequired(), Length(max=NAME_MAX)],
        description=lazy("之后可以再增加复赛、决赛等轮次。"),
    )

    @classmethod
    def for_template(cls, template: ContestTemplate, circles: list[Circle]) -> Self:
        """With the template's groups, these circles, and what the template suggests."""
        form = cls(
            edition=template.edition,
            theme=template.theme,
            round_name=template.round_names[0],
            title=template.name,
        )
        form.circle_id.choices = [SelectChoice(str(circle.id), circle.name) for circle in circles]
        form.group_keys.choices = [
            SelectChoice(group.key, f"{group.track_name} · {group.name}")
            for group in template.groups
        ]
        return form


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


def _count(label: Any, least: int, most: int) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(least, most)])


class GroupForm(HubForm):
    """Who may enter in a group. Build with ``of``."""

    track_name = StringField(lazy("赛道"), [InputRequired(), Length(max=NAME_MAX)])
    name = StringField(lazy("组别"), [InputRequired(), Length(max=NAME_MAX)])
    member_min = _count(lazy("团队至少（人，含负责人）"), 1, 50)
    member_max = _count(lazy("团队至多（人，含负责人）"), 1, 50)
    adviser_min = _count(lazy("指导教师至少（人）"), 0, 20)
    adviser_max = _count(lazy("指导教师至多（人）"), 0, 20)
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


class RoundForm(HubForm):
    """Name and rules of a round. Build with ``of``."""

    name = StringField(lazy("轮次名称"), [InputRequired(), Length(max=NAME_MAX)])
    mode = RadioField(lazy("评审方式"), choices=_MODES)
    score_rule = RadioField(
        lazy("计分规则"),
        choices=[
            SelectChoice(ScoreRuleKind.DROP_EXTREMES.value, lazy("去掉最高分和最低分后取平均")),
            SelectChoice(ScoreRuleKind.MEAN.value, lazy("全部平均")),
        ],
    )
    drop_count = IntegerField(
        lazy("最高、最低各去掉（份）"),
        [InputRequired(), NumberRange(1, 10)],
        description=lazy("只用于去掉极值的规则。"),
    )
    sheets_min = IntegerField(
        lazy("每个项目至少（份评分表）"), [InputRequired(), NumberRange(1, 99)]
    )
    decimals = SelectField(
        lazy("总分保留"),
        coerce=int,
        choices=[
            SelectChoice("0", lazy("整数")),
            SelectChoice("1", lazy("1 位小数")),
            SelectChoice("2", lazy("2 位小数")),
            SelectChoice("3", lazy("3 位小数")),
            SelectChoice("4", lazy("4 位小数")),
        ],
        description=lazy("只在最后一步四舍五入一次。"),
    )
    tie_1 = SelectField(lazy("总分相同时，先比较"))
    tie_2 = SelectField(lazy("仍相同，再比较"))
    tie_3 = SelectField(lazy("还相同，最后"))
    pitch_minutes = _count(lazy("路演（分钟）"), 1, 60)
    qa_minutes = _count(lazy("答辩（分钟）"), 0, 60)
    scoring_minutes = _count(lazy("打分间隔（分钟）"), 0, 30)
    marks_due_at = ZonedDateTimeField(lazy("评分截止"), [Optional()])

    @classmethod
    def of(cls, round_: Round, ties: list[Criterion]) -> Self:
        """With what stands there now; ``ties`` are the criteria that may break a tie."""
        order = [str(step) for step in round_.tie_order][:TIE_STEPS]
        order += [""] * (TIE_STEPS - len(order))
        form = cls(
            name=round_.name,
            mode=round_.mode.value,
            score_rule=round_.score_rule.value,
            drop_count=max(1, round_.drop_count),
            sheets_min=round_.sheets_min,
            decimals=round_.decimals,
            tie_1=order[0],
            tie_2=order[1],
            tie_3=order[2],
            pitch_minutes=round_.pitch_seconds // 60,
            qa_minutes=round_.qa_seconds // 60,
            scoring_minutes=round_.scoring_seconds // 60,
            marks_due_at=round_.marks_due_at,
        )
        for field in (form.tie_1, form.tie_2, form.tie_3):
            field.choices = _tie_choices(ties)
        form.marks_due_at.zone = round_.competition.event.timezone
        return form

    def to_draft(self) -> RoundDraft:
        """What the service takes."""
        ties = [self.tie_1.data, self.tie_2.data, self.tie_3.data]
        return RoundDraft(
            name=self.name.data or "",
            mode=RoundMode(self.mode.data),
            score_rule=ScoreRuleKind(self.score_rule.data),
            drop_count=self.drop_count.data or 1,
            decimals=self.decimals.data,
            sheets_min=self.sheets_min.data or 1,
            tie_order=[step for step in ties if step],
            pitch_seconds=60 * (self.pitch_minutes.data or 1),
            qa_seconds=60 * (self.qa_minutes.data or 0),
            scoring_seconds=60 * (self.scoring_minutes.data or 0),
            marks_due_at=self.marks_due_at.data,
        )


def _tie_choices(ties: list[Criterion]) -> list[SelectChoice]:
    return [
        SelectChoice("", lazy("不再比较")),
        SelectChoice("raw_sum", lazy("未去极值的总分")),
        *(
            SelectChoice(f"criterion:{line.key}", _("评分项：%(name)s", name=line.name))
            for line in ties
        ),
        SelectChoice("share", lazy("名次并列")),
    ]


class MarksDueForm(HubForm):
    """Until when sheets are due, while the round is open."""

    marks_due_at = ZonedDateTimeField(
        lazy("评分截止"), [Optional()], description=lazy("留空表示不设截止时间。")
    )


class NewRoundForm(HubForm):
    """A further round."""

    name = StringField(
        lazy("轮次名称"),
        [InputRequired(), Length(max=NAME_MAX)],
        description=lazy("例如：校级决赛、复活赛。"),
    )
    mode = RadioField(
        lazy("评审方式"),
        choices=_MODES,
        default=RoundMode.ROADSHOW.value,
    )


class RowForm(HubForm):
    """A row of a list inside a form: the form around it carries the token."""

    class Meta(HubForm.Meta):
        """Without a token of its own."""

        csrf = False


class CriterionRow(RowForm):
    """A line of a rubric."""

    key = HiddenField(filters=[lambda key: (key or "")[:KEY_MAX]])
    name = StringField(lazy("评分项"), [InputRequired(), Length(max=NAME_MAX)])
    points_max = PointsField(
        lazy("分值"), [InputRequired(), NumberRange(Decimal("0.01"), Decimal(1000))]
    )
    points_to_judge = TextAreaField(
        lazy("考察要点"),
        [EachLineMax(POINT_TO_JUDGE_MAX, count=12)],
        description=lazy("每行一个，评委打分时看到。"),
    )


class GateRow(RowForm):
    """A condition without points."""

    key = HiddenField(filters=[lambda key: (key or "")[:KEY_MAX]])
    name = StringField(lazy("必要条件"), [InputRequired(), Length(max=NAME_MAX)])
    rule = StringField(lazy("说明"), [Length(max=NOTE_MAX)])


class RubricForm(HubForm):
    """The lines of a rubric. Build with ``of``."""

    criteria = FieldList(FormField(CriterionRow), label=lazy("评分项"))
    gates = FieldList(FormField(GateRow), label=lazy("必要条件"))

    @classmethod
    def blank(cls) -> Self:
        """One empty row of each list, for the script that adds rows."""
        return cls(formdata=None, criteria=[{}], gates=[{}])

    @classmethod
    def of(cls, rubric: Rubric, *, fresh: bool = False) -> Self:
        """With what stands there now; ``fresh`` ignores what the request brought."""
        sent = {"formdata": None} if fresh else {}
        return cls(
            **sent,
            criteria=[
                {
                    "key": line.key,
                    "name": line.name,
                    "points_max": line.points_max,
                    "points_to_judge": "\n".join(line.points_to_judge),
                }
                for line in rubric.criteria
            ],
            gates=[
                {"key": gate.key, "name": gate.name, "rule": gate.rule} for gate in rubric.gates
            ],
        )

    def to_criteria(self) -> list[CriterionDraft]:
        """The lines in the order of the page."""
        return [
            CriterionDraft(
                name=row.form.name.data or "",
                points=row.form.points_max.data or Decimal(0),
                points_to_judge=lines(row.form.points_to_judge.data),
                key=row.form.key.data or "",
            )
            for row in self.criteria
        ]

    def to_gates(self) -> list[GateDraft]:
        """The conditions in the order of the page."""
        return [
            GateDraft(row.form.name.data or "", row.form.rule.data or "", row.form.key.data or "")
            for row in self.gates
        ]


class ConfirmForm(HubForm):
    """An organiser stands in for a rubric without an official source."""

    confirmed = BooleanField(
        lazy("我已核对并确认采用此评分标准"),
        [InputRequired(lazy("请先核对评分标准，再勾选确认。"))],
    )


class RequirementRow(RowForm):
    """A document that teams hand in."""

    key = HiddenField(filters=[lambda key: (key or "")[:KEY_MAX]])
    name = StringField(lazy("材料名称"), [InputRequired(), Length(max=NAME_MAX)])
    formats = CheckboxesField(
        lazy("允许的格式"),
        [DataRequired(lazy("请至少选择一种格式。"))],
        choices=[SelectChoice(name, name.upper()) for name in FORMATS],
    )
    megabytes = IntegerField(lazy("上限（MB）"), [InputRequired(), NumberRange(1, 60)])
    is_required = BooleanField(lazy("必须提交"))
    is_for_judges = BooleanField(
        lazy("评委可以查看"), description=lazy("身份证明等个人材料不要勾选。")
    )


class RequirementsForm(HubForm):
    """What a round asks for. Build with ``of``."""

    documents = FieldList(FormField(RequirementRow), label=lazy("材料"))

    @classmethod
    def blank(cls) -> Self:
        """One empty row, for the script that adds rows."""
        row = {"formats": ["pdf"], "megabytes": 50, "is_for_judges": True}
        return cls(formdata=None, documents=[row])

    @classmethod
    def of(cls, round_: Round) -> Self:
        """With what stands there now."""
        return cls(
            documents=[
                {
                    "key": line.key,
                    "name": line.name,
                    "formats": line.formats,
                    "megabytes": max(1, line.bytes_max // MEGABYTE),
                    "is_required": line.is_required,
                    "is_for_judges": line.is_for_judges,
                }
                for line in round_.requirements
            ]
        )

    def to_drafts(self) -> list[RequirementDraft]:
        """The documents in the order of the page."""
        return [
            RequirementDraft(
                name=row.form.name.data or "",
                formats=row.form.formats.data or [],
                bytes_max=(row.form.megabytes.data or 1) * MEGABYTE,
                is_required=bool(row.form.is_required.data),
                key=row.form.key.data or "",
                is_for_judges=bool(row.form.is_for_judges.data),
            )
            for row in self.documents
        ]
