"""Scoresheets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Self

from wtforms import (
    IntegerField,
    RadioField,
    SelectChoice,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from eventhub.competitions.models import Criterion, Rubric
from eventhub.i18n import _, lazy
from eventhub.judging.models import (
    FEEDBACK_MAX,
    NOTE_MAX,
    Scoresheet,
)
from eventhub.web.forms import HubForm, PointsField

MET, UNMET = "met", "unmet"


def plain(points: Decimal) -> str:
    """30 rather than 30.00."""
    return f"{points.normalize():f}"


def _within(line: Criterion) -> Callable[[HubForm, PointsField], None]:
    def check(_form: HubForm, field: PointsField) -> None:
        if field.data is not None and not 0 <= field.data <= line.points_max:
            raise ValidationError(_("请填 0 到 %(max)s 之间的分数。", max=plain(line.points_max)))

    return check


class SheetForm(HubForm):
    """One mark a criterion, one verdict a gate. Build with ``for_rubric``."""

    rubric: Rubric

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    feedback = TextAreaField(
        lazy("给团队的意见"),
        [Length(max=FEEDBACK_MAX)],
        description=lazy("成绩公布后匿名转给团队。"),
    )
    note = TextAreaField(
        lazy("自己的备注"), [Length(max=NOTE_MAX)], description=lazy("只有您自己能看到。")
    )

    @classmethod
    def for_rubric(cls, rubric: Rubric, sheet: Scoresheet | None) -> Self:
        """A form for these criteria and gates, filled with what the sheet holds."""
        fields: dict[str, Any] = {}
        for line in rubric.criteria:
            fields[f"mark_{line.key}"] = PointsField(
                line.name,
                [Optional(), _within(line)],
                description=_("0–%(max)s 分，最多两位小数", max=plain(line.points_max)),
            )
        for gate in rubric.gates:
            fields[f"gate_{gate.key}"] = RadioField(
                gate.name,
                [Optional()],
                choices=[SelectChoice(MET, _("满足")), SelectChoice(UNMET, _("不满足"))],
                description=gate.rule,
            )
        form_class: type[Self] = type("RubricForm", (cls,), fields)
        form = form_class(data=_held(sheet))
        form.rubric = rubric
        return form

    def mark(self, line: Criterion) -> Any:
        """The field of a criterion."""
        return self._fields[f"mark_{line.key}"]

    def gate(self, gate: Any) -> Any:
        """The field of a gate."""
        return self._fields[f"gate_{gate.key}"]

    def to_values(self) -> dict[str, Any]:
        """What ``service.save_sheet`` takes."""
        verdicts = {MET: True, UNMET: False}
        return {
            "version": self.version.data,
            "marks": {line.key: self.mark(line).data for line in self.rubric.criteria},
            "gates": {
                gate.key: verdicts.get(self.gate(gate).data or "") for gate in self.rubric.gates
            },
            "note": self.note.data or "",
            "feedback": self.feedback.data or "",
        }

    def is_complete(self) -> bool:
        """Whether nothing is blank; tells beside each field where something is."""
        blank = [self.mark(line) for line in self.rubric.criteria if self.mark(line).data is None]
        for field in blank:
            field.errors = [*field.errors, _("还没有打分。")]
        open_ = [self.gate(gate) for gate in self.rubric.gates if not self.gate(gate).data]
        for field in open_:
            field.errors = [*field.errors, _("请选择满足或不满足。")]
        return not blank and not open_

    @property
    def total(self) -> Decimal:
        """The sum of what is filled in and readable."""
        marks = [self.mark(line).data for line in self.rubric.criteria]
        return sum((points for points in marks if points is not None), Decimal(0))


def _held(sheet: Scoresheet | None) -> dict[str, Any]:
    if sheet is None:
        return {"version": 0}
    held: dict[str, Any] = {
        "version": sheet.version,
        "note": sheet.note,
        "feedback": sheet.feedback,
    }
    for key, points in sheet.points.items():
        held[f"mark_{key}"] = points
    for key, verdict in sheet.gate_verdicts.items():
        held[f"gate_{key}"] = MET if verdict.is_met else UNMET
    return held


def sheet_values(sheet: Scoresheet) -> dict[str, Any]:
    """What ``service.submit_sheet`` takes, from a sheet as it was saved."""
    return {
        "version": sheet.version,
        "marks": dict(sheet.points),
        "gates": {key: verdict.is_met for key, verdict in sheet.gate_verdicts.items()},
        "note": sheet.note,
        "feedback": sheet.feedback,
    }
