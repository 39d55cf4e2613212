"""By what entries are judged."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from wtforms import (
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
)

from eventhub.competitions.enums import RUBRIC_STATUS_LOOKS, RubricStatus
from eventhub.competitions.errors import ChangedMeanwhileError
from eventhub.competitions.forms.base import POINT_TO_JUDGE_MAX, EachLineMax, RowForm, lines
from eventhub.competitions.models import (
    KEY_MAX,
    NAME_MAX,
    NOTE_MAX,
    Rubric,
)
from eventhub.competitions.service import (
    CriterionDraft,
    GateDraft,
    rubric_stamp,
)
from eventhub.i18n import lazy
from eventhub.web.forms import FieldList, HubForm, PointsField


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

    seen = HiddenField()
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
            seen=rubric_stamp(rubric),
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

    def look_again(self, rubric: Rubric) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = rubric_stamp(rubric)

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


class AdoptForm(HubForm):
    """Another rubric that the template knows. Build with ``of``."""

    choice = SelectField(lazy("换用"))

    @classmethod
    def of(cls, choices: Sequence[tuple[str, dict[str, Any]]]) -> Self:
        """With the rubrics of the template, each with what is known of its origin."""
        form = cls()
        form.choice.choices = [
            SelectChoice(
                key, f"{facts['name']}（{RUBRIC_STATUS_LOOKS[RubricStatus(facts['status'])][0]}）"
            )
            for key, facts in choices
        ]
        return form
