"""A form as a page shows it: to fill in, and to read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventhub.domain.questionnaire.answers import PREFIX
from eventhub.domain.questionnaire.conditions import is_filled, visible_keys
from eventhub.domain.questionnaire.parsing import read_date
from eventhub.domain.questionnaire.questions import (
    CELL_DEFAULT,
    Column,
    ColumnKind,
    Option,
    Question,
    QuestionKind,
    VisibleIf,
)
from eventhub.i18n import join_clauses, join_phrases, join_words, locale_code
from eventhub.questionnaires.wording import (
    cell_words,
    file_words,
    limit_words,
    option_words,
    stage_words,
)

RADIOS_MAX = 6
_NOTED = {QuestionKind.NUMBER, QuestionKind.DATE, QuestionKind.TABLE, QuestionKind.PEOPLE}


@dataclass(frozen=True)
class Choice:
    """An option with the control that picks it."""

    key: str
    label: str
    control: str
    is_chosen: bool


@dataclass(frozen=True)
class Cell:
    """A control of a row."""

    control: str
    label: str
    kind: str
    value: str
    unit: str
    length_max: int
    choices: tuple[Choice, ...]
    is_required: bool
    errors: tuple[str, ...]

    @property
    def input_type(self) -> str:
        """What the control takes."""
        return _input_type(self.kind, self.value)


@dataclass(frozen=True)
class Line:
    """A question with its answer and what is wrong with it.

    ``rule`` is when it is shown, for the script; ``words`` is the answer for a reader, where
    it cannot be changed now.
    """

    key: str
    kind: str
    control: str
    label: str
    help: str
    note: str
    required: str
    value: Any
    words: str
    unit: str
    length_max: int
    choices: tuple[Choice, ...]
    rows: tuple[tuple[Cell, ...], ...]
    blank: tuple[Cell, ...]
    rows_max: int
    rule: str
    is_visible: bool
    is_locked: bool
    errors: tuple[str, ...]
    accept: str = ""
    bytes_max: int = 0
    files_max: int = 1

    @property
    def input_type(self) -> str:
        """What the control takes."""
        return _input_type(self.kind, self.value)


@dataclass(frozen=True)
class Reading:
    """A question and its answer for a reader; ``plain`` is the answer in one text."""

    key: str
    kind: str
    label: str
    plain: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_section(self) -> bool:
        """A heading rather than an answer."""
        return self.kind == QuestionKind.SECTION


def _input_type(kind: str, value: str) -> str:
    """A picker for a date, unless what was typed is none and would be lost in it."""
    if kind == QuestionKind.DATE and (not value or read_date(value)):
        return "date"
    return "tel" if kind == ColumnKind.PHONE else "text"


def list_lines(
    questions: Sequence[Question],
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    stages: Sequence[str] = (),
    locked: Collection[str] = (),
    blank_rows: Mapping[str, int] | None = None,
    file_url: Callable[[str], str] | None = None,
) -> list[Line]:
    """Every question as a page shows it, those too that are hidden for now.

    ``blank_rows`` are further empty rows, by the question; ``locked`` can be read only;
    ``file_url`` gives the address of a file by its id.
    """
    values = _with_addresses(questions, values, file_url) if file_url else values
    shown = visible_keys(questions, values)
    return [
        _line(
            question,
            values.get(question.key),
            errors or {},
            stages,
            is_visible=question.key in shown,
            is_locked=question.key in locked,
            blanks=(blank_rows or {}).get(question.key, 0),
        )
        for question in questions
    ]


def _with_addresses(
    questions: Sequence[Question], values: Mapping[str, Any], file_url: Callable[[str], str]
) -> dict[str, Any]:
    files = {q.key for q in questions if q.kind is QuestionKind.FILE}
    return {
        key: [{**file, "url": file_url(file["id"])} for file in value] if key in files else value
        for key, value in values.items()
    }


def _line(
    question: Question,
    value: Any,
    errors: Mapping[str, Sequence[str]],
    stages: Sequence[str],
    *,
    is_visible: bool,
    is_locked: bool,
    blanks: int,
) -> Line:
    locale = locale_code()
    name = PREFIX + question.key
    rows = [*(value or [])] if question.has_rows else []
    if question.has_rows and not is_locked:
        rows += [{}] * (blanks if rows or not question.is_required else max(1, blanks))
    formats = question.limits.formats or ("pdf",)
    return Line(
        key=question.key,
        kind=question.kind.value,
        control=name,
        label=question.label.of(locale),
        help=question.help.of(locale),
        note=_note(question),
        required=stage_words(question, stages),
        value=value or "",
        words=plain_words(question, value),
        unit=question.limits.unit.of(locale),
        length_max=question.length_max,
        choices=_choices(question, value, name),
        rows=tuple(_cells(question, name, at, row, errors) for at, row in enumerate(rows)),
        blank=_cells(question, name, "__n__", {}, {}),
        rows_max=question.rows_max,
        rule=_rule(question.visible_if),
        is_visible=is_visible,
        is_locked=is_locked,
        errors=tuple(errors.get(name, ())),
        accept=",".join(f".{name}" for name in formats),
        bytes_max=question.bytes_max,
        files_max=question.limits.files_max,
    )


def _note(question: Question) -> str:
    """The limits that a control does not show by itself."""
    if question.kind is QuestionKind.CHOICES:
        return join_phrases(limit_words(question)[1:])
    if question.has_rows:
        return join_phrases(limit_words(question)[1:])
    if question.kind in _NOTED:
        unit = 1 if question.limits.unit else 0  # beside the control already
        words = limit_words(question)[unit:]
        says_more = question.limits.number_max is not None or len(words) > 1
        return join_phrases(words) if says_more else ""
    return file_words(question) if question.kind is QuestionKind.FILE else ""


def _rule(shown: VisibleIf) -> str:
    if not shown:
        return ""
    lines = [[line.question, line.operator.value, line.value] for line in shown.conditions]
    return json.dumps({"any": shown.is_any, "conditions": lines}, ensure_ascii=False)


def _choices(question: Question, value: Any, name: str) -> tuple[Choice, ...]:
    several = question.kind is QuestionKind.CHOICES
    return tuple(
        Choice(
            option.key,
            option.label.of(locale_code()),
            f"{name}-{option.key}" if several else name,
            option.key in (value or ()) if several else option.key == value,
        )
        for option in question.options
    )


def _cells(
    question: Question,
    name: str,
    at: int | str,
    row: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
) -> tuple[Cell, ...]:
    return tuple(
        _cell(column, f"{name}-{at}-{column.key}", row, errors) for column in question.cells
    )


def _cell(
    column: Column, control: str, row: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> Cell:
    value = row.get(column.key, "")
    return Cell(
        control=control,
        label=column.label.of(locale_code()),
        kind=column.kind.value,
        value=value,
        unit=column.limits.unit.of(locale_code()),
        length_max=column.limits.length_max or CELL_DEFAULT,
        choices=tuple(
            Choice(o.key, o.label.of(locale_code()), control, o.key == value)
            for o in column.options
        ),
        is_required=column.is_required,
        errors=tuple(errors.get(control, ())),
    )


def read_answers(questions: Sequence[Question], values: Mapping[str, Any]) -> list[Reading]:
    """The questions that are shown, each with its answer in words; one without answer is empty."""
    shown = visible_keys(questions, values)
    return [_reading(q, values.get(q.key)) for q in questions if q.key in shown]


def _reading(question: Question, value: Any) -> Reading:
    locale = locale_code()
    label = question.label.of(locale)
    plain = plain_words(question, value)
    if question.has_rows and is_filled(question, value):
        return Reading(
            question.key,
            question.kind.value,
            label,
            plain,
            head=tuple(column.label.of(locale) for column in question.cells),
            rows=tuple(
                tuple(_cell_words(column, row) for column in question.cells) for row in value if row
            ),
        )
    if question.kind is QuestionKind.FILE:
        return Reading(question.key, question.kind.value, label, plain, files=tuple(value or ()))
    return Reading(question.key, question.kind.value, label, plain)


def plain_words(question: Question, value: Any) -> str:
    """An answer in one text, as a spreadsheet's cell holds it; "" for none."""
    if not is_filled(question, value):
        return ""
    if question.kind is QuestionKind.FILE:
        return join_clauses(str(file["name"]) for file in value)
    if question.kind is QuestionKind.CHOICES:
        return join_words(option_words(question.options, key) for key in value)
    if question.has_rows:
        cells = [[_cell_words(column, row) for column in question.cells] for row in value if row]
        return join_clauses(" / ".join(text or "—" for text in row) for row in cells)
    unit = question.limits.unit.of(locale_code())
    return _words(question.kind.value, value, question.options, unit)


def _cell_words(column: Column, row: Mapping[str, str]) -> str:
    text = row.get(column.key, "")
    unit = column.limits.unit.of(locale_code())
    return _words(column.kind.value, text, column.options, unit) if text else ""


def _words(kind: str, text: str, options: Sequence[Option], unit: str) -> str:
    return cell_words(kind, text, options, unit)


def asked_rows(order: str) -> dict[str, int]:
    """What a button asks for that adds a row without a script: ``add-ip`` is one more of ``ip``."""
    verb, _dash, key = order.partition("-")
    return {key: 1} if verb == "add" and key else {}


def without_row(values: Mapping[str, Any], order: str) -> dict[str, Any]:
    """Values after a button that removes a row without a script: ``remove-ip-2``, from 0."""
    match = re.fullmatch(r"remove-([a-z][a-z0-9_]*)-(\d{1,3})", order)
    rows = values.get(match[1]) if match else None
    if match is None or not isinstance(rows, list):
        return dict(values)
    return {**values, match[1]: [row for at, row in enumerate(rows) if at != int(match[2])]}
