"""The form of one question, with the fields that its kind has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Self

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventhub.domain.questionnaire.definition import Fault
from eventhub.domain.questionnaire.parsing import read_number
from eventhub.domain.questionnaire.questions import (
    BYTES_MAX,
    FILES_MAX,
    FORMATS,
    HELP_MAX,
    LABEL_MAX,
    OPTIONS_MAX,
    ROWS_MAX,
    STAGES_MAX,
    TEXT_MAX,
    UNIT_MAX,
    Limits,
    Question,
    QuestionKind,
    VisibleIf,
    Words,
)
from eventhub.i18n import _, lazy
from eventhub.questionnaires.errors import FaultsError, QuestionChangedError, QuestionGoneError
from eventhub.questionnaires.forms.rows import (
    ColumnForm,
    ConditionForm,
    OptionForm,
    column_data,
    condition_data,
    option_data,
    read_columns,
    read_conditions,
    read_options,
)
from eventhub.questionnaires.service import fingerprint
from eventhub.questionnaires.wording import fault_words
from eventhub.web.forms import FieldList, HubForm

MEGABYTE = 1_000_000
K = QuestionKind

# which fields beside those of every question a kind has
_FIELDS: dict[QuestionKind, set[str]] = {
    K.SECTION: set(),
    K.TEXT: {"length_max"},
    K.LONG_TEXT: {"length_max"},
    K.NUMBER: {"number_min", "number_max", "decimals", "unit_zh", "unit_en"},
    K.DATE: {"date_min", "date_max"},
    K.CHOICE: {"options"},
    K.CHOICES: {"options", "choices_max"},
    K.FILE: {"formats", "megabytes", "files_max"},
    K.TABLE: {"columns", "rows_min", "rows_max"},
    K.PEOPLE: {"rows_min", "rows_max"},
}
_OF_SOME = set().union(*_FIELDS.values())
_ASKING = {"is_required", "required_from"}


class BoundField(DecimalField):
    """A bound of any size, as people type numbers; None when empty."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say so."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = read_number(text) if text else None
        if text and self.data is None:
            raise ValueError(self.gettext("Not a valid decimal value."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:f}" if isinstance(self.data, Decimal) else ""


class QuestionForm(HubForm):
    """A question. Build with ``of``."""

    seen = HiddenField(default="")
    label_zh = StringField(lazy("题目（中文）"), [InputRequired(), Length(max=LABEL_MAX)])
    label_en = StringField(lazy("题目（英文）"), [Length(max=LABEL_MAX)])
    help_zh = TextAreaField(lazy("填写说明（中文）"), [Length(max=HELP_MAX)])
    help_en = TextAreaField(lazy("填写说明（英文）"), [Length(max=HELP_MAX)])
    is_required = BooleanField(lazy("必须填写"))
    required_from = SelectField(lazy("从什么时候起必填"), default="1")
    length_max = IntegerField(lazy("最多字数"), [Optional(), NumberRange(1, TEXT_MAX)])
    number_min = BoundField(lazy("最小值"))
    number_max = BoundField(lazy("最大值"))
    decimals = SelectField(
        lazy("小数位"), choices=[SelectChoice(str(n), str(n)) for n in range(7)], default="0"
    )
    unit_zh = StringField(lazy("单位（中文）"), [Length(max=UNIT_MAX)])
    unit_en = StringField(lazy("单位（英文）"), [Length(max=UNIT_MAX)])
    date_min = DateField(lazy("最早日期"), [Optional()])
    date_max = DateField(lazy("最晚日期"), [Optional()])
    choices_max = IntegerField(lazy("最多选几项"), [Optional(), NumberRange(1, OPTIONS_MAX)])
    rows_min = IntegerField(lazy("至少几行"), [Optional(), NumberRange(0, ROWS_MAX)])
    rows_max = IntegerField(lazy("最多几行"), [Optional(), NumberRange(1, ROWS_MAX)])
    formats = SelectMultipleField(
        lazy("接受的格式"), choices=[SelectChoice(name, name.upper()) for name in FORMATS]
    )
    megabytes = DecimalField(
        lazy("单个文件上限（MB）"), [Optional(), NumberRange(1, BYTES_MAX // MEGABYTE)], places=None
    )
    files_max = IntegerField(lazy("最多几个文件"), [Optional(), NumberRange(1, FILES_MAX)])
    options = FieldList(FormField(OptionForm), lazy("选项"))
    columns = FieldList(FormField(ColumnForm), lazy("表格的列"))
    conditions = FieldList(FormField(ConditionForm), lazy("显示条件"))
    is_any = SelectField(
        lazy("多个条件之间"),
        choices=[
            SelectChoice("", lazy("全部满足才显示")),
            SelectChoice("y", lazy("满足任意一个就显示")),
        ],
        default="",
    )

    original: Question
    known: dict[str, Question]

    @classmethod
    def of(
        cls,
        question: Question,
        questions: Sequence[Question],
        *,
        stages: Sequence[str] = (),
        is_new: bool = False,
        data: Mapping[str, Any] | None = None,
    ) -> Self:
        """The form of a question among the others.

        ``data`` are the fields' values instead of the question's, shown without being checked.
        """
        fresh = {} if data is None else {"formdata": None}
        facts = _data(question, questions) if data is None else data
        form = cls(data={"seen": "" if is_new else fingerprint(question), **facts}, **fresh)
        for name in _OF_SOME - _FIELDS[question.kind]:
            del form[name]
        if not question.asks:
            for name in _ASKING:
                del form[name]
        form.original = question
        form.known = {q.key: q for q in questions if q.asks and q.key != question.key}
        form._offer(stages)
        return form

    def _offer(self, stages: Sequence[str]) -> None:
        if "required_from" in self:
            last = max(len(stages), self.original.required_from, 1)
            self.required_from.choices = [
                SelectChoice(str(n), stages[n - 1] if n <= len(stages) else _("第 %(n)s 轮前", n=n))
                for n in range(1, min(last, STAGES_MAX) + 1)
            ]
        for row in self.conditions:
            row.question.choices = self._asked()

    def _asked(self) -> list[SelectChoice]:
        known = [SelectChoice(key, question.label.zh) for key, question in self.known.items()]
        return [SelectChoice("", _("请选择")), *known]

    def to_question(self) -> Question:
        """What was typed, as a question of the same key and kind."""
        old = self.original
        data: dict[str, Any] = self.data
        return replace(
            old,
            label=Words(data["label_zh"] or "", data["label_en"] or ""),
            help=Words(data["help_zh"] or "", data["help_en"] or ""),
            is_required=bool(data.get("is_required")),
            required_from=int(data.get("required_from") or 1),
            visible_if=VisibleIf(
                read_conditions(data["conditions"], self.known), data["is_any"] == "y"
            ),
            options=read_options(data["options"]) if "options" in self else (),
            limits=self._limits(data),
            columns=read_columns(data["columns"], old.columns) if "columns" in self else (),
        )

    def _limits(self, data: Mapping[str, Any]) -> Limits:
        fresh = Limits()
        size = data.get("megabytes")
        return Limits(
            length_max=data.get("length_max"),
            number_min=data.get("number_min"),
            number_max=data.get("number_max"),
            decimals=int(data.get("decimals") or 0),
            unit=Words(data.get("unit_zh") or "", data.get("unit_en") or ""),
            date_min=data.get("date_min"),
            date_max=data.get("date_max"),
            choices_max=data.get("choices_max"),
            rows_min=data.get("rows_min") or 0,
            rows_max=data.get("rows_max"),
            formats=tuple(data.get("formats") or ()),
            bytes_max=int(size * MEGABYTE) if size else None,
            files_max=data.get("files_max") or fresh.files_max,
        )

    def accepted_by(self, use_case: Callable[[], object]) -> bool:
        """As ever; faults go beside what they are about, and a second save may overrule."""
        accepted = super().accepted_by(use_case)
        if isinstance(self.refused, FaultsError):
            self.form_errors.clear()
            for fault in self.refused.faults:
                self._blame(fault)
        return accepted

    def overrule(self, now: Question | None) -> None:
        """Once told of somebody else's change, the next save counts."""
        if isinstance(self.refused, QuestionChangedError) and now is not None:
            self.seen.data = fingerprint(now)
            self.seen.raw_data = [self.seen.data]
        if isinstance(self.refused, QuestionGoneError):
            self.seen.data, self.seen.raw_data = "", [""]

    def _blame(self, fault: Fault) -> None:
        words = fault_words(fault)
        if fault.key and fault.key != self.original.key and fault.key in self.known:
            name = self.known[fault.key].label.zh
            words = _("“%(name)s”的显示条件会因此出错：%(fault)s", name=name, fault=words)
            self.form_errors.append(words)
            return
        field = self._find(fault.part)
        if field is None:
            self.form_errors.append(words)
        elif words not in field.errors:
            field.errors = [*field.errors, words]

    def _find(self, part: str) -> Field | None:
        """The field of a part such as ``options-2-zh``."""
        match = re.fullmatch(r"([a-z_]+)-(\d+)-([a-z_]+)", part)
        if match is None:
            name = {"bytes_max": "megabytes"}.get(part, part)
            found: Field | None = self._fields.get(name)
            return found
        rows = self._fields.get(match[1])
        if rows is None or int(match[2]) >= len(rows.entries):
            return rows
        row: Field = rows.entries[int(match[2])].form[match[3]]
        return row

    def blank(self, part: str) -> Any:
        """A row to copy; its names hold ``__n__`` where the number goes."""
        row = {"options": OptionForm, "columns": ColumnForm, "conditions": ConditionForm}[part](
            prefix=f"{part}-__n__-"
        )
        if part == "conditions":
            row.question.choices = self._asked()
        return row


def _data(question: Question, questions: Sequence[Question]) -> dict[str, Any]:
    limits = question.limits
    size = limits.bytes_max
    return {
        "label_zh": question.label.zh,
        "label_en": question.label.en,
        "help_zh": question.help.zh,
        "help_en": question.help.en,
        "is_required": question.is_required,
        "required_from": str(question.required_from),
        "number_min": limits.number_min,
        "number_max": limits.number_max,
        "decimals": str(limits.decimals),
        "unit_zh": limits.unit.zh,
        "unit_en": limits.unit.en,
        "length_max": limits.length_max,
        "date_min": limits.date_min,
        "date_max": limits.date_max,
        "choices_max": limits.choices_max,
        "rows_min": limits.rows_min or None,
        "rows_max": limits.rows_max,
        "formats": list(limits.formats or ("pdf",)),
        "megabytes": Decimal(size) / MEGABYTE if size else None,
        "files_max": limits.files_max,
        "options": option_data(question.options),
        "columns": column_data(question.columns),
        "conditions": condition_data(question.visible_if.conditions, {q.key: q for q in questions}),
        "is_any": "y" if question.visible_if.is_any else "",
    }


_ORDER = re.compile(r"(options|columns|conditions)-(add|up|down|remove)(?:-(\d{1,3}))?")
_BLANK = {"options": {"key": ""}, "columns": {"key": ""}, "conditions": {}}


def rearranged(form: QuestionForm, order: str) -> dict[str, Any] | None:
    """The fields' values after what a row's button says: ``options-up-2``; None for no such one."""
    match = _ORDER.fullmatch(order)
    if match is None or match[1] not in form:
        return None
    part, verb, at = match[1], match[2], int(match[3] or 0)
    data: dict[str, Any] = {k: v for k, v in form.data.items() if k != "csrf_token"}
    rows = list(data[part])
    if verb == "add":
        rows.append(dict(_BLANK[part]))
    elif at < len(rows):
        row = rows.pop(at)
        if verb != "remove":
            rows.insert(max(0, at - 1) if verb == "up" else at + 1, row)
    return {**data, part: rows}
