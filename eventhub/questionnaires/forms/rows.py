"""Rows of the form of a question: options, columns, conditions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from eventhub.domain.questionnaire.questions import (
    DECIMALS_MAX,
    OPTION_MAX,
    UNIT_MAX,
    VALUE_MAX,
    Column,
    ColumnKind,
    Condition,
    Limits,
    Operator,
    Option,
    Question,
    Words,
)
from eventhub.i18n import lazy
from eventhub.questionnaires.enums import COLUMN_KIND_LABELS, OPERATOR_LABELS
from eventhub.web.forms import HubForm


class _RowForm(Form):
    """A row: its token is the whole form's."""

    class Meta(HubForm.Meta):
        """As the whole form, without a token of its own."""

        csrf = False


class OptionForm(_RowForm):
    """One of the answers on offer."""

    key = HiddenField(default="")
    zh = StringField(lazy("选项（中文）"), [Length(max=OPTION_MAX)])
    en = StringField(lazy("选项（英文）"), [Length(max=OPTION_MAX)])


class ColumnForm(_RowForm):
    """A column of a table."""

    key = HiddenField(default="")
    zh = StringField(lazy("列名（中文）"), [Length(max=OPTION_MAX)])
    en = StringField(lazy("列名（英文）"), [Length(max=OPTION_MAX)])
    kind = SelectField(
        lazy("填写什么"),
        choices=[SelectChoice(kind.value, label) for kind, label in COLUMN_KIND_LABELS.items()],
        default=ColumnKind.TEXT.value,
    )
    is_required = BooleanField(lazy("每行必填"))
    options = TextAreaField(
        lazy("选项"),
        description=lazy("单选列用：每行一个选项；需要英文时写成“中文 | English”。"),
    )
    unit = StringField(
        lazy("单位"), [Length(max=UNIT_MAX)], description=lazy("数字列用，如“万元”。")
    )
    decimals = SelectField(
        lazy("小数位"),
        choices=[SelectChoice(str(n), str(n)) for n in range(DECIMALS_MAX + 1)],
        default="0",
    )


class ConditionForm(_RowForm):
    """That another question is answered so."""

    question = SelectField(lazy("哪道题"), [Optional()], default="")
    operator = SelectField(
        lazy("怎样"),
        choices=[
            SelectChoice(operator.value, label) for operator, label in OPERATOR_LABELS.items()
        ],
        default=Operator.IS.value,
    )
    value = StringField(lazy("什么回答"), [Length(max=VALUE_MAX)])


def option_data(options: Sequence[Option]) -> list[dict[str, str]]:
    """Options as the rows hold them."""
    return [{"key": o.key, "zh": o.label.zh, "en": o.label.en} for o in options]


def read_options(rows: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Options out of the rows; new ones get a fresh key."""
    keys = free_keys([str(row["key"] or "") for row in rows], "o")
    return tuple(
        Option(key, Words(row["zh"] or "", row["en"] or ""))
        for key, row in zip(keys, rows, strict=True)
    )


def free_keys(wanted: Sequence[str], letter: str) -> list[str]:
    """A key for each row: its own, or a fresh one that no earlier option or column ever had."""
    keys: list[str] = []
    for key in wanted:
        known = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) and key not in keys
        keys.append(key if known else f"{letter}{secrets.token_hex(4)}")
    return keys


def column_data(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Columns as the rows hold them."""
    return [
        {
            "key": column.key,
            "zh": column.label.zh,
            "en": column.label.en,
            "kind": column.kind.value,
            "is_required": column.is_required,
            "options": "\n".join(
                f"{o.label.zh} | {o.label.en}" if o.label.en else o.label.zh for o in column.options
            ),
            "unit": column.limits.unit.zh,
            "decimals": str(column.limits.decimals),
        }
        for column in columns
    ]


def read_columns(rows: Sequence[Mapping[str, Any]], old: Sequence[Column]) -> tuple[Column, ...]:
    """Columns out of the rows; what the rows do not show stays as it was."""
    keys = free_keys([str(row["key"] or "") for row in rows], "c")
    known = {column.key: column for column in old}
    return tuple(_column(key, row, known.get(key)) for key, row in zip(keys, rows, strict=True))


def _column(key: str, row: Mapping[str, Any], was: Column | None) -> Column:
    kind = ColumnKind(row["kind"])
    same = was if was is not None and was.kind is kind else None
    limits = same.limits if same else Limits()
    if kind is ColumnKind.NUMBER:
        unit = row["unit"] or ""
        english = limits.unit.en if unit == limits.unit.zh else ""
        limits = Limits(
            number_min=limits.number_min,
            number_max=limits.number_max,
            decimals=int(row["decimals"] or 0),
            unit=Words(unit, english),
        )
    options = (
        _listed_options(row["options"] or "", same.options if same else ())
        if kind is ColumnKind.CHOICE
        else ()
    )
    label = Words(row["zh"] or "", row["en"] or "")
    return Column(key, label, kind, bool(row["is_required"]), options, limits)


def _listed_options(text: str, old: Sequence[Option]) -> tuple[Option, ...]:
    """Options written one a line. A line keeps the key of the option that it names.

    Where as many lines as before name nothing known, they are the old ones under new names.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    words = [_both(line) for line in lines]
    by_name = {option.label.zh: option.key for option in old}
    wanted = [by_name.get(label.zh, "") for label in words]
    lost = [option.key for option in old if option.key not in wanted]
    if lost and len(lost) == wanted.count(""):
        renamed = iter(lost)
        wanted = [key or next(renamed) for key in wanted]
    keys = free_keys(wanted, "o")
    return tuple(Option(key, label) for key, label in zip(keys, words, strict=True))


def _both(line: str) -> Words:
    zh, _bar, en = line.partition("|")
    return Words(zh.strip(), en.strip())


def condition_data(
    conditions: Sequence[Condition], known: Mapping[str, Question]
) -> list[dict[str, str]]:
    """Conditions as the rows hold them: an option by its name."""
    return [
        {
            "question": line.question,
            "operator": line.operator.value,
            "value": _named(line, known.get(line.question)),
        }
        for line in conditions
    ]


def _named(line: Condition, asked: Question | None) -> str:
    options = asked.options if asked else ()
    return next((o.label.zh for o in options if o.key == line.value), line.value)


def read_conditions(
    rows: Sequence[Mapping[str, Any]], known: Mapping[str, Question]
) -> tuple[Condition, ...]:
    """Conditions out of the rows; an option may be written by its name in either language."""
    return tuple(
        Condition(
            row["question"] or "",
            Operator(row["operator"]),
            ""
            if row["operator"] == Operator.FILLED
            else _keyed(row["value"] or "", known.get(row["question"] or "")),
        )
        for row in rows
    )


def _keyed(text: str, asked: Question | None) -> str:
    for option in asked.options if asked else ():
        if text in {option.key, option.label.zh, option.label.en} and text:
            return option.key
    return text
