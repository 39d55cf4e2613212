"""Sentences about forms: what is wrong, when a question is shown, what an answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_decimal

from eventhub.domain.questionnaire.answers import Problem, ProblemCode
from eventhub.domain.questionnaire.definition import Fault, FaultCode
from eventhub.domain.questionnaire.parsing import read_date, read_number
from eventhub.domain.questionnaire.questions import (
    BYTES_MAX,
    ColumnKind,
    Condition,
    Operator,
    Option,
    Question,
    QuestionKind,
)
from eventhub.i18n import LazyString, _, join_words, lazy, locale_code
from eventhub.questionnaires.enums import COLUMN_KIND_LABELS
from eventhub.web.jinja import show_filesize

_PROBLEMS: dict[ProblemCode, LazyString] = {
    ProblemCode.REQUIRED: lazy("这一项必填。"),
    ProblemCode.TOO_LONG: lazy("最多 %(limit)s 字，现在有 %(count)s 字。"),
    ProblemCode.NOT_NUMBER: lazy("请填写数字，例如 12 或 12.5，不要带单位和公式。"),
    ProblemCode.TOO_MANY_DECIMALS: lazy("最多保留 %(decimals)s 位小数。"),
    ProblemCode.TOO_SMALL: lazy("不能小于 %(minimum)s。"),
    ProblemCode.TOO_LARGE: lazy("不能大于 %(maximum)s。"),
    ProblemCode.NOT_DATE: lazy("请填写日期，例如 2026-07-20。"),
    ProblemCode.TOO_EARLY: lazy("不能早于 %(earliest)s。"),
    ProblemCode.TOO_LATE: lazy("不能晚于 %(latest)s。"),
    ProblemCode.UNKNOWN_OPTION: lazy("请从列表中选择。"),
    ProblemCode.TOO_MANY_CHOICES: lazy("最多选 %(limit)s 项。"),
    ProblemCode.TOO_FEW_ROWS: lazy("至少填写 %(minimum)s 行，现在有 %(count)s 行。"),
    ProblemCode.TOO_MANY_ROWS: lazy("最多 %(limit)s 行，现在有 %(count)s 行，请删减。"),
    ProblemCode.TOO_MANY_FILES: lazy("最多 %(limit)s 个文件，请删减。"),
    ProblemCode.NOT_PHONE: lazy("请填写 11 位手机号码。"),
}


def problem_words(problem: Problem) -> str:
    """What is wrong with an answer, and how to mend it."""
    params = {key: _shown(value) for key, value in problem.params.items()}
    if problem.code is ProblemCode.TOO_MANY_DECIMALS and not problem.params["decimals"]:
        return str(_("请填写整数。"))
    return str(_PROBLEMS[problem.code]) % params


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return str(format_date(value, "long"))
    if isinstance(value, Decimal):
        return str(format_decimal(value))
    return str(value)


_FAULTS: dict[FaultCode, LazyString] = {
    FaultCode.TOO_MANY_QUESTIONS: lazy("一份表单最多 %(limit)s 道题。"),
    FaultCode.BAD_KEY: lazy("内部编号有误，请删除这一项后重新添加。"),
    FaultCode.SAME_KEY: lazy("内部编号重复，请删除这道题后重新添加。"),
    FaultCode.LABEL_MISSING: lazy("请填写题目（中文）。"),
    FaultCode.TOO_LONG: lazy("最多 %(limit)s 字，现在有 %(count)s 字。"),
    FaultCode.BAD_STAGE: lazy("请从列表中选择。"),
    FaultCode.TOO_FEW_OPTIONS: lazy("至少要有两个选项。"),
    FaultCode.TOO_MANY_OPTIONS: lazy("最多 %(limit)s 个选项。"),
    FaultCode.OPTION_MISSING: lazy("请填写这个选项，或删除它。"),
    FaultCode.SAME_OPTION: lazy("与前面的选项相同。"),
    FaultCode.NO_COLUMN: lazy("表格至少要有一列。"),
    FaultCode.TOO_MANY_COLUMNS: lazy("最多 %(limit)s 列。"),
    FaultCode.COLUMN_MISSING: lazy("请填写列名，或删除这一列。"),
    FaultCode.BAD_LIMIT: lazy("请填写 %(low)s 到 %(high)s 之间的数。"),
    FaultCode.LIMITS_CROSSED: lazy("上限不能小于下限。"),
    FaultCode.BAD_FORMAT: lazy("请从列表中选择。"),
    FaultCode.TOO_MANY_CONDITIONS: lazy("最多 %(limit)s 个条件。"),
    FaultCode.UNKNOWN_QUESTION: lazy("请选择一道题。"),
    FaultCode.OWN_ANSWER: lazy("显示条件不能取决于这道题自己。"),
    FaultCode.BAD_OPERATOR: lazy("这种题型不能这样比较，请换一种。"),
    FaultCode.BAD_VALUE: lazy("请填写那道题可能的回答。"),
    FaultCode.CYCLE: lazy("显示条件绕成了一圈：这几道题互相等待，谁也不会显示。"),
}


def fault_words(fault: Fault) -> str:
    """What is wrong with a question, and how to mend it."""
    params = fault.params
    if fault.code is FaultCode.BAD_LIMIT and params["high"] == BYTES_MAX:
        return str(_("单个文件最大 %(limit)s。", limit=show_filesize(BYTES_MAX)))
    return str(_FAULTS[fault.code]) % {key: _shown(value) for key, value in params.items()}


def condition_words(question: Question, questions: Sequence[Question]) -> str:
    """When a question is shown, in a sentence; "" when always."""
    known = {other.key: other for other in questions}
    parts = [
        _condition(line, known[line.question])
        for line in question.visible_if.conditions
        if line.question in known
    ]
    if not parts:
        return ""
    if question.visible_if.is_any and len(parts) > 1:
        return str(_("当%(conditions)s时显示", conditions=_(" 或 ").join(parts)))
    return str(_("当%(conditions)s时显示", conditions=_(" 且 ").join(parts)))


def _condition(line: Condition, asked: Question) -> str:
    names = {
        "question": asked.label.of(locale_code()),
        "value": option_words(asked.options, line.value),
    }
    sentences = {
        Operator.IS: lazy("“%(question)s”为“%(value)s”"),
        Operator.IS_NOT: lazy("“%(question)s”不为“%(value)s”"),
        Operator.CONTAINS: lazy("“%(question)s”包含“%(value)s”"),
        Operator.FILLED: lazy("“%(question)s”已填写"),
        Operator.AT_LEAST: lazy("“%(question)s”不小于 %(value)s"),
        Operator.AT_MOST: lazy("“%(question)s”不大于 %(value)s"),
    }
    if asked.kind is QuestionKind.DATE:
        sentences[Operator.AT_LEAST] = lazy("“%(question)s”不早于 %(value)s")
        sentences[Operator.AT_MOST] = lazy("“%(question)s”不晚于 %(value)s")
    return str(sentences[line.operator]) % names


def option_words(options: Sequence[Option], key: str) -> str:
    """What an option is called; a key without one stays as it is."""
    found = next((option for option in options if option.key == key), None)
    return found.label.of(locale_code()) if found else key


def limit_words(question: Question) -> list[str]:
    """What an answer must keep to, in a few words each: for a card, or under a field."""
    kind, limits = question.kind, question.limits
    if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        words = [" · ".join(option.label.of(locale_code()) for option in question.options)]
        if limits.choices_max:
            words.append(_("最多选 %(limit)s 项", limit=limits.choices_max))
        return words
    if kind in {QuestionKind.TEXT, QuestionKind.LONG_TEXT}:
        return [_("最多 %(limit)s 字", limit=question.length_max)]
    if kind is QuestionKind.NUMBER:
        return _number_words(question)
    if kind is QuestionKind.DATE:
        return _date_words(question)
    if kind is QuestionKind.FILE:
        return [file_words(question)]
    if question.has_rows:
        columns = [
            f"{column.label.of(locale_code())}（{COLUMN_KIND_LABELS[column.kind]}）"
            if column.kind in {ColumnKind.NUMBER, ColumnKind.DATE}
            else column.label.of(locale_code())
            for column in question.cells
        ]
        return [" · ".join(columns), *_row_words(question)]
    return []


def _number_words(question: Question) -> list[str]:
    limits = question.limits
    words = []
    if limits.unit:
        words.append(_("单位：%(unit)s", unit=limits.unit.of(locale_code())))
    if limits.number_min is not None:
        words.append(_("不小于 %(minimum)s", minimum=_shown(limits.number_min)))
    if limits.number_max is not None:
        words.append(_("不大于 %(maximum)s", maximum=_shown(limits.number_max)))
    if limits.decimals:
        words.append(_("最多 %(decimals)s 位小数", decimals=limits.decimals))
    else:
        words.append(_("整数"))
    return words


def _date_words(question: Question) -> list[str]:
    limits = question.limits
    words = []
    if limits.date_min:
        words.append(_("不早于 %(day)s", day=_shown(limits.date_min)))
    if limits.date_max:
        words.append(_("不晚于 %(day)s", day=_shown(limits.date_max)))
    return words


def _row_words(question: Question) -> list[str]:
    words = []
    if question.limits.rows_min:
        words.append(_("至少 %(minimum)s 行", minimum=question.limits.rows_min))
    if question.limits.rows_max:
        words.append(_("最多 %(maximum)s 行", maximum=question.limits.rows_max))
    return words


def file_words(question: Question) -> str:
    """Formats, size and count of a file, in a line."""
    formats = question.limits.formats or ("pdf",)
    return str(
        _(
            "%(formats)s，每个不超过 %(size)s，最多 %(count)s 个",
            formats=join_words(name.upper() for name in formats),
            size=show_filesize(question.bytes_max),
            count=question.limits.files_max,
        )
    )


def stage_words(question: Question, stages: Sequence[str]) -> str:
    """From when on an answer must be there; "" when never."""
    if not question.is_required or not question.asks:
        return ""
    if question.required_from == 1:
        return str(_("必填"))
    at = question.required_from - 1
    name = stages[at] if at < len(stages) else _("第 %(number)s 轮前", number=at + 1)
    return str(_("%(stage)s必填", stage=name))


def cell_words(kind: str, text: str, options: Sequence[Option], unit: str = "") -> str:
    """What a single answer says, for a reader."""
    if options:
        return option_words(options, text)
    if kind == QuestionKind.DATE and (day := read_date(text)):
        return _shown(day)
    if kind == QuestionKind.NUMBER and (number := read_number(text)) is not None:
        # a year or a count stays as it is; an amount gets its separators
        return f"{format_decimal(number, format='#,##0.############')} {unit}" if unit else text
    return text


def by_control(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """Sentences by the control at fault."""
    told: dict[str, list[str]] = {}
    for problem in problems:
        told.setdefault(problem.control, []).append(problem_words(problem))
    return told


def lost_words(keys: Sequence[str], questions: Mapping[str, Question]) -> list[str]:
    """The names of the questions whose answers a new version could not take over."""
    return [questions[key].label.of(locale_code()) for key in keys if key in questions]
