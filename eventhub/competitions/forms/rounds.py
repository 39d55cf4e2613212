"""Rounds and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from eventhub.competitions.enums import (
    ROUND_KIND_LABELS,
    ROUND_MODE_LABELS,
    RoundKind,
    RoundMode,
)
from eventhub.competitions.errors import ChangedMeanwhileError
from eventhub.competitions.forms.base import TIE_STEPS, count_field
from eventhub.competitions.models import (
    NAME_MAX,
    Criterion,
    Round,
)
from eventhub.competitions.service import RoundDraft, round_stamp
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm, ZonedDateTimeField

_MODES = [SelectChoice(mode.value, label) for mode, label in ROUND_MODE_LABELS.items()]


class RoundForm(HubForm):
    """Name and rules of a round. Build with ``of``."""

    seen = HiddenField()
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
    pitch_minutes = count_field(lazy("路演（分钟）"), 1, 60)
    qa_minutes = count_field(lazy("答辩（分钟）"), 0, 60)
    scoring_minutes = count_field(lazy("打分间隔（分钟）"), 0, 30)
    marks_due_at = ZonedDateTimeField(lazy("评分截止"), [Optional()])
    is_blind = BooleanField(
        lazy("盲评"),
        description=lazy("评委看不到学校、成员和指导教师，材料只提供去标识的副本。"),
    )
    documents_due_at = ZonedDateTimeField(
        lazy("本轮材料截止"),
        [Optional()],
        description=lazy("晋级的团队在这一刻之前提交本轮材料。留空表示不设截止时间。"),
    )

    @classmethod
    def of(cls, round_: Round, ties: list[Criterion]) -> Self:
        """With what stands there now; ``ties`` are the criteria that may break a tie."""
        order = [str(step) for step in round_.tie_order][:TIE_STEPS]
        order += [""] * (TIE_STEPS - len(order))
        form = cls(
            seen=round_stamp(round_),
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
            is_blind=round_.is_blind,
            documents_due_at=round_.documents_due_at,
        )
        for field in (form.tie_1, form.tie_2, form.tie_3):
            field.choices = _tie_choices(ties)
        for moment in (form.marks_due_at, form.documents_due_at):
            moment.zone = round_.competition.event.timezone
        return form

    def look_again(self, round_: Round) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = round_stamp(round_)

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
            is_blind=bool(self.is_blind.data),
            documents_due_at=self.documents_due_at.data,
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
    """A further round. Build with ``for_rounds``."""

    name = StringField(
        lazy("轮次名称"),
        [InputRequired(), Length(max=NAME_MAX)],
        description=lazy("例如：校级决赛、复活赛。"),
    )
    kind = RadioField(
        lazy("轮次类型"),
        choices=[SelectChoice(kind.value, label) for kind, label in ROUND_KIND_LABELS.items()],
        default=RoundKind.REGULAR.value,
    )
    mode = RadioField(
        lazy("评审方式"),
        choices=_MODES,
        default=RoundMode.ROADSHOW.value,
    )
    position = SelectField(lazy("排在哪里"), coerce=int)

    @classmethod
    def for_rounds(cls, rounds: Sequence[Round], *, first: int) -> Self:
        """The places that are free, from ``first`` on; the last one unless another is chosen."""
        form = cls(position=len(rounds) + 1)
        names = {each.position: each.name for each in rounds}
        form.position.choices = [
            SelectChoice(
                str(place),
                _("“%(name)s”之后", name=names[place - 1]) if place > 1 else _("最前面"),
            )
            for place in range(first, len(rounds) + 2)
        ]
        return form
