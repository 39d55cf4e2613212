"""Answers: how they are kept, and what is wrong with them.

Values by the key of the question: text, a number or a date as text; of a choice the option's key,
of several choices a list of keys; of a table or a list of people a list of rows, each a mapping
of columns to text; of a file a list of mappings with ``id``, ``name`` and ``size``. What is
empty is left out. Text that is no number where one is asked for stays as it was typed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eventhub.domain.identifiers import is_mobile, normalise_mobile
from eventhub.domain.questionnaire.conditions import is_filled, visible_keys
from eventhub.domain.questionnaire.parsing import (
    decimals_of,
    plain_number,
    read_date,
    read_number,
)
from eventhub.domain.questionnaire.questions import (
    CELL_DEFAULT,
    KEY_MAX,
    OPTIONS_MAX,
    ROWS_MAX,
    TEXT_MAX,
    Column,
    ColumnKind,
    Limits,
    Option,
    Question,
    QuestionKind,
)

PREFIX = "q-"
RAW_MAX = 2 * TEXT_MAX  # what is kept of a text that is too long, so that nothing typed is lost


class ProblemCode(StrEnum):
    """What is wrong with an answer."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_NUMBER = "not_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_DATE = "not_date"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    UNKNOWN_OPTION = "unknown_option"
    TOO_MANY_CHOICES = "too_many_choices"
    TOO_FEW_ROWS = "too_few_rows"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_FILES = "too_many_files"
    NOT_PHONE = "not_phone"


@dataclass(frozen=True)
class Problem:
    """``control`` is the name in the page, such as ``q-ip-0-name``; ``key`` the question's."""

    key: str
    control: str
    code: ProblemCode
    params: dict[str, Any] = field(default_factory=dict)


class InvalidAnswersError(ValueError):
    """Answers that no page of ours sends: an unknown key, or nothing of the right shape."""

    def __init__(self, control: str) -> None:
        super().__init__(control)
        self.control = control


def normalise(questions: Sequence[Question], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: tidy text, plain numbers, ISO dates, nothing that is empty.

    Raises:
        InvalidAnswersError: an unknown key, a wrong shape, a text beyond all bounds.

    """
    known = {question.key: question for question in questions if question.asks}
    kept = {}
    for key, value in values.items():
        if key not in known:
            raise InvalidAnswersError(PREFIX + key)
        tidy = _normal(known[key], value)
        if tidy:
            kept[key] = tidy
    return kept


def _normal(question: Question, value: Any) -> Any:
    name = PREFIX + question.key
    if question.has_rows:
        return _normal_rows(question, value)
    if question.kind is QuestionKind.FILE:
        return _normal_files(question, value)
    if question.kind is QuestionKind.CHOICES:
        if not isinstance(value, list) or len(value) > 2 * OPTIONS_MAX:
            raise InvalidAnswersError(name)
        if not all(isinstance(one, str) and len(one) <= KEY_MAX for one in value):
            raise InvalidAnswersError(name)
        known = [option.key for option in question.options]
        return [key for key in known if key in value] + sorted({*value} - {*known})
    return _normal_text(value, question.kind, name)


def _normal_text(value: Any, kind: str, name: str) -> str:
    if not isinstance(value, str) or len(value) > RAW_MAX:
        raise InvalidAnswersError(name)
    text = _tidy(value)
    if kind == QuestionKind.NUMBER:
        number = read_number(text)
        return text if number is None else plain_number(number)
    if kind == QuestionKind.DATE:
        day = read_date(text)
        return text if day is None else day.isoformat()
    if kind == ColumnKind.PHONE:
        return normalise_mobile(text) if is_mobile(normalise_mobile(text)) else text
    return text


def _tidy(text: str) -> str:
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept).strip()


def _normal_rows(question: Question, value: Any) -> list[dict[str, str]]:
    """Rows with what is filled; a blank one between others stays, so that each keeps its place."""
    name = PREFIX + question.key
    if not isinstance(value, list) or len(value) > 2 * ROWS_MAX:
        raise InvalidAnswersError(name)
    columns = {column.key: column for column in question.cells}
    rows: list[dict[str, str]] = []
    for at, row in enumerate(value):
        if not isinstance(row, dict):
            raise InvalidAnswersError(name)
        cells = {}
        for key, cell in row.items():
            if key not in columns:
                raise InvalidAnswersError(f"{name}-{at}-{key}")
            text = _normal_text(cell, columns[key].kind, f"{name}-{at}-{key}")
            if text:
                cells[key] = text
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _normal_files(question: Question, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(
        isinstance(file, dict) and {"id", "name", "size"} == set(file) for file in value
    ):
        raise InvalidAnswersError(PREFIX + question.key)
    return [dict(file) for file in value]


def check_answers(
    questions: Sequence[Question], values: Mapping[str, Any], *, stage: int = 0
) -> list[Problem]:
    """What is wrong with the answers to the questions that are shown, in their order.

    ``stage`` is how far one wants to go: 0 asks for nothing that is missing, 1 for what the
    submission requires, n for what must be there before the n-th round. Values as ``normalise``
    leaves them.
    """
    shown = visible_keys(questions, values)
    problems: list[Problem] = []
    for question in questions:
        if question.asks and question.key in shown:
            problems += _check(question, values.get(question.key), stage)
    return problems


def is_missing(question: Question, value: Any, stage: int) -> bool:
    """Whether an answer that must be there by now is not."""
    due = question.is_required and 1 <= question.required_from <= stage
    return due and not is_filled(question, value)


def _check(question: Question, value: Any, stage: int) -> Iterator[Problem]:
    name = PREFIX + question.key
    if is_missing(question, value, stage):
        yield Problem(question.key, name, ProblemCode.REQUIRED)
    elif not is_filled(question, value):
        return
    elif question.has_rows:
        yield from _check_rows(question, value, stage)
    else:
        for code, params in _check_value(question, value):
            yield Problem(question.key, name, code, params)


_Wrong = tuple[ProblemCode, dict[str, Any]]


def _check_value(question: Question, value: Any) -> Iterator[_Wrong]:
    if question.kind is QuestionKind.FILE:
        if len(value) > question.limits.files_max:
            yield ProblemCode.TOO_MANY_FILES, {"limit": question.limits.files_max}
    elif question.kind is QuestionKind.CHOICES:
        known = {option.key for option in question.options}
        if not known.issuperset(value):
            yield ProblemCode.UNKNOWN_OPTION, {}
        limit = question.limits.choices_max
        if limit is not None and len(value) > limit:
            yield ProblemCode.TOO_MANY_CHOICES, {"limit": limit}
    else:
        yield from _check_text(
            question.kind, value, question.limits, question.length_max, question.options
        )


def _check_text(
    kind: str, text: str, limits: Limits, length_max: int, options: Sequence[Option]
) -> Iterator[_Wrong]:
    if kind == QuestionKind.NUMBER:
        yield from _check_number(text, limits)
    elif kind == QuestionKind.DATE:
        yield from _check_date(text, limits)
    elif kind == QuestionKind.CHOICE:
        if all(option.key != text for option in options):
            yield ProblemCode.UNKNOWN_OPTION, {}
    elif len(text) > length_max:
        yield ProblemCode.TOO_LONG, {"limit": length_max, "count": len(text)}
    elif kind == ColumnKind.PHONE and not is_mobile(text):
        yield ProblemCode.NOT_PHONE, {}


def _check_number(text: str, limits: Limits) -> Iterator[_Wrong]:
    number = read_number(text)
    if number is None:
        yield ProblemCode.NOT_NUMBER, {}
        return
    if decimals_of(number) > limits.decimals:
        yield ProblemCode.TOO_MANY_DECIMALS, {"decimals": limits.decimals}
    if limits.number_min is not None and number < limits.number_min:
        yield ProblemCode.TOO_SMALL, {"minimum": limits.number_min}
    if limits.number_max is not None and number > limits.number_max:
        yield ProblemCode.TOO_LARGE, {"maximum": limits.number_max}


def _check_date(text: str, limits: Limits) -> Iterator[_Wrong]:
    day = read_date(text)
    if day is None:
        yield ProblemCode.NOT_DATE, {}
    elif limits.date_min is not None and day < limits.date_min:
        yield ProblemCode.TOO_EARLY, {"earliest": limits.date_min}
    elif limits.date_max is not None and day > limits.date_max:
        yield ProblemCode.TOO_LATE, {"latest": limits.date_max}


def _check_rows(
    question: Question, rows: Sequence[Mapping[str, str]], stage: int
) -> Iterator[Problem]:
    name = PREFIX + question.key
    count = sum(bool(row) for row in rows)
    if stage >= question.required_from and count < question.limits.rows_min:
        params = {"minimum": question.limits.rows_min, "count": count}
        yield Problem(question.key, name, ProblemCode.TOO_FEW_ROWS, params)
    if count > question.rows_max:
        params = {"limit": question.rows_max, "count": count}
        yield Problem(question.key, name, ProblemCode.TOO_MANY_ROWS, params)
    for at, row in enumerate(rows):
        for column in question.cells if row else ():
            for code, found in _check_cell(column, row.get(column.key, ""), stage):
                yield Problem(question.key, f"{name}-{at}-{column.key}", code, found)


def _check_cell(column: Column, text: str, stage: int) -> Iterator[_Wrong]:
    if text:
        limit = column.limits.length_max or CELL_DEFAULT
        yield from _check_text(column.kind, text, column.limits, limit, column.options)
    elif column.is_required and stage:
        yield ProblemCode.REQUIRED, {}
