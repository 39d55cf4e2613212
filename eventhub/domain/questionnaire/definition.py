"""Whether a form can be used as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eventhub.domain.questionnaire.conditions import find_cycle
from eventhub.domain.questionnaire.parsing import read_date, read_number
from eventhub.domain.questionnaire.questions import (
    BYTES_MAX,
    COLUMNS_MAX,
    CONDITIONS_MAX,
    DECIMALS_MAX,
    FILES_MAX,
    FORMATS,
    HELP_MAX,
    KEY_MAX,
    LABEL_MAX,
    NUMBER_MAX,
    OPERATORS,
    OPTION_MAX,
    OPTIONS_MAX,
    QUESTIONS_MAX,
    ROWS_MAX,
    STAGES_MAX,
    TEXT_MAX,
    UNIT_MAX,
    VALUE_MAX,
    Column,
    ColumnKind,
    Condition,
    Limits,
    Operator,
    Option,
    Question,
    QuestionKind,
)


class FaultCode(StrEnum):
    """What is wrong with a form."""

    TOO_MANY_QUESTIONS = "too_many_questions"
    BAD_KEY = "bad_key"
    SAME_KEY = "same_key"
    LABEL_MISSING = "label_missing"
    TOO_LONG = "too_long"
    BAD_STAGE = "bad_stage"
    TOO_FEW_OPTIONS = "too_few_options"
    TOO_MANY_OPTIONS = "too_many_options"
    OPTION_MISSING = "option_missing"
    SAME_OPTION = "same_option"
    NO_COLUMN = "no_column"
    TOO_MANY_COLUMNS = "too_many_columns"
    COLUMN_MISSING = "column_missing"
    BAD_LIMIT = "bad_limit"
    LIMITS_CROSSED = "limits_crossed"
    BAD_FORMAT = "bad_format"
    TOO_MANY_CONDITIONS = "too_many_conditions"
    UNKNOWN_QUESTION = "unknown_question"
    OWN_ANSWER = "own_answer"
    BAD_OPERATOR = "bad_operator"
    BAD_VALUE = "bad_value"
    CYCLE = "cycle"


@dataclass(frozen=True)
class Fault:
    """``part`` names the place inside the question, such as ``options-2-zh``; "" is the whole."""

    key: str
    code: FaultCode
    part: str = ""
    params: dict[str, Any] = field(default_factory=dict)


_KEY = re.compile(rf"[a-z][a-z0-9_]{{0,{KEY_MAX - 1}}}")


def check_definition(questions: Sequence[Question]) -> list[Fault]:
    """Everything that is wrong, question by question; nothing, if the form can be published."""
    faults = []
    if len(questions) > QUESTIONS_MAX:
        faults.append(Fault("", FaultCode.TOO_MANY_QUESTIONS, params={"limit": QUESTIONS_MAX}))
    seen: set[str] = set()
    for question in questions:
        if question.key in seen:
            faults.append(Fault(question.key, FaultCode.SAME_KEY))
        seen.add(question.key)
        faults += [
            Fault(question.key, code, part, params)
            for part, code, params in (*_check(question), *_check_conditions(question, questions))
        ]
    cycle = find_cycle(questions)
    if cycle:
        faults += [
            Fault(key, FaultCode.CYCLE, "conditions", {"keys": list(cycle)}) for key in cycle
        ]
    return faults


_Found = tuple[str, FaultCode, dict[str, Any]]


def _check(question: Question) -> Iterator[_Found]:
    if not _KEY.fullmatch(question.key):
        yield "", FaultCode.BAD_KEY, {}
    if not question.label.zh:
        yield "label_zh", FaultCode.LABEL_MISSING, {}
    yield from _lengths(("label_zh", question.label.zh), ("label_en", question.label.en), LABEL_MAX)
    yield from _lengths(("help_zh", question.help.zh), ("help_en", question.help.en), HELP_MAX)
    if not 1 <= question.required_from <= STAGES_MAX:
        yield "required_from", FaultCode.BAD_STAGE, {}
    if question.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        yield from _check_options(question.options, "options")
    if question.kind is QuestionKind.TABLE:
        yield from _check_columns(question.columns)
    yield from _check_limits(question.limits)


def _lengths(one: tuple[str, str], other: tuple[str, str], limit: int) -> Iterator[_Found]:
    for part, text in (one, other):
        if len(text) > limit:
            yield part, FaultCode.TOO_LONG, {"limit": limit, "count": len(text)}


def _check_options(options: Sequence[Option], part: str) -> Iterator[_Found]:
    if len(options) < 2:
        yield part, FaultCode.TOO_FEW_OPTIONS, {}
    if len(options) > OPTIONS_MAX:
        yield part, FaultCode.TOO_MANY_OPTIONS, {"limit": OPTIONS_MAX}
    keys: set[str] = set()
    words: set[str] = set()
    for at, option in enumerate(options):
        zh = option.label.zh
        if not _KEY.fullmatch(option.key) or option.key in keys:
            yield part, FaultCode.BAD_KEY, {}
        if not zh:
            yield f"{part}-{at}-zh", FaultCode.OPTION_MISSING, {}
        elif zh in words:
            yield f"{part}-{at}-zh", FaultCode.SAME_OPTION, {}
        keys.add(option.key)
        words.add(zh)
        yield from _lengths(
            (f"{part}-{at}-zh", zh), (f"{part}-{at}-en", option.label.en), OPTION_MAX
        )


def _check_columns(columns: Sequence[Column]) -> Iterator[_Found]:
    if not columns:
        yield "columns", FaultCode.NO_COLUMN, {}
    if len(columns) > COLUMNS_MAX:
        yield "columns", FaultCode.TOO_MANY_COLUMNS, {"limit": COLUMNS_MAX}
    keys = [column.key for column in columns]
    for at, column in enumerate(columns):
        if not _KEY.fullmatch(column.key) or column.key in keys[:at]:
            yield "columns", FaultCode.BAD_KEY, {}
        if not column.label.zh:
            yield f"columns-{at}-zh", FaultCode.COLUMN_MISSING, {}
        zh, en = column.label.zh, column.label.en
        yield from _lengths((f"columns-{at}-zh", zh), (f"columns-{at}-en", en), OPTION_MAX)
        if column.kind is ColumnKind.CHOICE:
            for _part, code, params in _check_options(column.options, ""):
                yield f"columns-{at}-options", code, params
        for _part, code, params in _check_limits(column.limits):
            yield f"columns-{at}-zh", code, params


_BOUNDS = {
    "length_max": (1, TEXT_MAX),
    "decimals": (0, DECIMALS_MAX),
    "choices_max": (1, OPTIONS_MAX),
    "rows_min": (0, ROWS_MAX),
    "rows_max": (1, ROWS_MAX),
    "bytes_max": (1, BYTES_MAX),
    "files_max": (1, FILES_MAX),
    "number_min": (-NUMBER_MAX, NUMBER_MAX),
    "number_max": (-NUMBER_MAX, NUMBER_MAX),
}
_PAIRS = (("number_min", "number_max"), ("date_min", "date_max"), ("rows_min", "rows_max"))


def _check_limits(limits: Limits) -> Iterator[_Found]:
    for name, (low, high) in _BOUNDS.items():
        value = getattr(limits, name)
        if value is not None and not low <= value <= high:
            yield name, FaultCode.BAD_LIMIT, {"low": low, "high": high}
    for low_name, high_name in _PAIRS:
        least, most = getattr(limits, low_name), getattr(limits, high_name)
        if least is not None and most is not None and least > most:
            yield high_name, FaultCode.LIMITS_CROSSED, {}
    if any(name not in FORMATS for name in limits.formats):
        yield "formats", FaultCode.BAD_FORMAT, {}
    yield from _lengths(("unit_zh", limits.unit.zh), ("unit_en", limits.unit.en), UNIT_MAX)


def _check_conditions(question: Question, questions: Sequence[Question]) -> Iterator[_Found]:
    conditions = question.visible_if.conditions
    if len(conditions) > CONDITIONS_MAX:
        yield "conditions", FaultCode.TOO_MANY_CONDITIONS, {"limit": CONDITIONS_MAX}
    known = {other.key: other for other in questions}
    for at, condition in enumerate(conditions):
        part = f"conditions-{at}"
        asked = known.get(condition.question)
        if asked is None or not asked.asks:
            yield f"{part}-question", FaultCode.UNKNOWN_QUESTION, {}
        elif asked.key == question.key:
            yield f"{part}-question", FaultCode.OWN_ANSWER, {}
        elif condition.operator not in OPERATORS[asked.kind]:
            yield f"{part}-operator", FaultCode.BAD_OPERATOR, {}
        elif not _fits(condition, asked):
            yield f"{part}-value", FaultCode.BAD_VALUE, {}


def _fits(condition: Condition, asked: Question) -> bool:
    """Whether the value is one that the question could be answered with."""
    if condition.operator is Operator.FILLED:
        return True
    value = condition.value
    if not value or len(value) > VALUE_MAX:
        return False
    if asked.options:
        return any(option.key == value for option in asked.options)
    if asked.kind is QuestionKind.NUMBER:
        return read_number(value) is not None
    if asked.kind is QuestionKind.DATE:
        return read_date(value) is not None
    return True
