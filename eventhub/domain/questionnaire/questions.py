"""What a question is, and how it is written as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

QUESTIONS_MAX = 100
OPTIONS_MAX = 60
COLUMNS_MAX = 12
CONDITIONS_MAX = 6
LABEL_MAX = 120
HELP_MAX = 600
OPTION_MAX = 80
UNIT_MAX = 12
VALUE_MAX = 200
KEY_MAX = 40

TEXT_DEFAULT, LONG_TEXT_DEFAULT, CELL_DEFAULT = 200, 2000, 200
TEXT_MAX = 10_000
ROWS_MAX = 50
FILES_MAX = 10
BYTES_MAX = 20_000_000
DECIMALS_MAX = 6
NUMBER_MAX = Decimal(10) ** 15
STAGES_MAX = 9


class QuestionKind(StrEnum):
    """What is asked for."""

    SECTION = "section"  # a heading with an explanation; nothing is answered
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    FILE = "file"
    TABLE = "table"
    PEOPLE = "people"


class Operator(StrEnum):
    """How a condition compares. Of an empty answer none holds."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    FILLED = "filled"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class ColumnKind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"


Q = QuestionKind
_ORDERED = (Operator.IS, Operator.IS_NOT, Operator.AT_LEAST, Operator.AT_MOST, Operator.FILLED)
_WORDED = (Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.FILLED)
OPERATORS: dict[QuestionKind, tuple[Operator, ...]] = {
    Q.SECTION: (),
    Q.TEXT: _WORDED,
    Q.LONG_TEXT: _WORDED,
    Q.NUMBER: _ORDERED,
    Q.DATE: _ORDERED,
    Q.CHOICE: (Operator.IS, Operator.IS_NOT, Operator.FILLED),
    Q.CHOICES: (Operator.CONTAINS, Operator.FILLED),
    Q.FILE: (Operator.FILLED,),
    Q.TABLE: (Operator.FILLED,),
    Q.PEOPLE: (Operator.FILLED,),
}


@dataclass(frozen=True)
class Words:
    """Words in both languages; English may be empty."""

    zh: str = ""
    en: str = ""

    def of(self, locale: str) -> str:
        """In a language, else in Chinese."""
        return self.en if locale == "en" and self.en else self.zh

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.zh or self.en)


@dataclass(frozen=True)
class Option:
    """One of the answers on offer; ``key`` stays when its words change."""

    key: str
    label: Words


@dataclass(frozen=True)
class Limits:
    """What an answer must keep to; None is the kind's own bound.

    ``rows_min`` counts only where the question is required or has rows.
    """

    length_max: int | None = None
    number_min: Decimal | None = None
    number_max: Decimal | None = None
    decimals: int = 0
    unit: Words = Words()
    date_min: date | None = None
    date_max: date | None = None
    choices_max: int | None = None
    rows_min: int = 0
    rows_max: int | None = None
    formats: tuple[str, ...] = ()
    bytes_max: int | None = None
    files_max: int = 1


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    key: str
    label: Words
    kind: ColumnKind = ColumnKind.TEXT
    is_required: bool = False
    options: tuple[Option, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True)
class Condition:
    """That another question is answered so. ``value`` is text; of a choice, the option's key."""

    question: str
    operator: Operator
    value: str = ""


@dataclass(frozen=True)
class VisibleIf:
    """When a question is shown: all of the conditions hold, or any. Without conditions, always."""

    conditions: tuple[Condition, ...] = ()
    is_any: bool = False

    def __bool__(self) -> bool:
        """Whether there is a condition at all."""
        return bool(self.conditions)


@dataclass(frozen=True)
class Question:
    """One line of a form. ``key`` is never given to another question.

    ``required_from``: from which stage on an answer must be there, if ``is_required``: 1 is the
    submission, n from 2 on is before the n-th round.
    """

    key: str
    kind: QuestionKind
    label: Words
    help: Words = Words()
    is_required: bool = False
    required_from: int = 1
    visible_if: VisibleIf = VisibleIf()
    options: tuple[Option, ...] = ()
    limits: Limits = Limits()
    columns: tuple[Column, ...] = field(default=())

    @property
    def asks(self) -> bool:
        """Whether there is something to answer."""
        return self.kind is not QuestionKind.SECTION

    @property
    def has_rows(self) -> bool:
        """Answered by rows of cells."""
        return self.kind in {QuestionKind.TABLE, QuestionKind.PEOPLE}

    @property
    def cells(self) -> tuple[Column, ...]:
        """The columns of its rows, those of a list of people among them."""
        return PEOPLE_COLUMNS if self.kind is QuestionKind.PEOPLE else self.columns

    @property
    def length_max(self) -> int:
        """How long a text may be."""
        usual = LONG_TEXT_DEFAULT if self.kind is QuestionKind.LONG_TEXT else TEXT_DEFAULT
        return self.limits.length_max or usual

    @property
    def rows_max(self) -> int:
        """How many rows there may be."""
        return self.limits.rows_max or ROWS_MAX

    @property
    def bytes_max(self) -> int:
        """How large a file may be."""
        return self.limits.bytes_max or BYTES_MAX


PEOPLE_COLUMNS = (
    Column("name", Words("姓名", "Name"), is_required=True, limits=Limits(length_max=50)),
    Column("school", Words("学校或单位", "School or organisation"), limits=Limits(length_max=60)),
    Column("number", Words("学号或工号", "Student or staff number"), limits=Limits(length_max=30)),
    Column("duty", Words("职务或分工", "Role"), limits=Limits(length_max=60)),
    Column("phone", Words("手机", "Mobile"), ColumnKind.PHONE, limits=Limits(length_max=30)),
)

FORMATS = ("pdf", "docx", "xlsx", "pptx", "jpg", "png")


def questions_of(data: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions out of what ``to_json`` wrote."""
    return tuple(question_of(line) for line in data)


def question_of(data: Mapping[str, Any]) -> Question:
    """One question out of JSON; what is left out is as in a fresh one."""
    shown = data.get("visible_if", {})
    return Question(
        key=data["key"],
        kind=QuestionKind(data["kind"]),
        label=_words(data["label"]),
        help=_words(data.get("help", {})),
        is_required=data.get("is_required", False),
        required_from=data.get("required_from", 1),
        visible_if=VisibleIf(
            tuple(
                Condition(line["question"], Operator(line["operator"]), line.get("value", ""))
                for line in shown.get("conditions", ())
            ),
            shown.get("is_any", False),
        ),
        options=_options(data.get("options", ())),
        limits=_limits(data.get("limits", {})),
        columns=tuple(
            Column(
                line["key"],
                _words(line["label"]),
                ColumnKind(line.get("kind", "text")),
                line.get("is_required", False),
                _options(line.get("options", ())),
                _limits(line.get("limits", {})),
            )
            for line in data.get("columns", ())
        ),
    )


def _words(data: Mapping[str, str]) -> Words:
    return Words(data.get("zh", ""), data.get("en", ""))


def _options(data: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(line["key"], _words(line["label"])) for line in data)


def _limits(data: Mapping[str, Any]) -> Limits:
    facts = dict(data)
    for name in ("number_min", "number_max"):
        if facts.get(name) is not None:
            facts[name] = Decimal(facts[name])
    for name in ("date_min", "date_max"):
        if facts.get(name) is not None:
            facts[name] = date.fromisoformat(facts[name])
    if "unit" in facts:
        facts["unit"] = _words(facts["unit"])
    if "formats" in facts:
        facts["formats"] = tuple(facts["formats"])
    return Limits(**facts)


def to_json(question: Question) -> dict[str, Any]:
    """A question as JSON, without what is as in a fresh one."""
    written = _plain(question)
    assert isinstance(written, dict)
    return {"key": question.key, "kind": question.kind.value, **written}


_FRESH = {
    Question: Question("", QuestionKind.TEXT, Words()),
    Column: Column("", Words()),
    Limits: Limits(),
    VisibleIf: VisibleIf(),
    Words: Words(),
}


def _plain(value: Any) -> Any:
    """A value as JSON has it; of the records with a fresh state, only what differs from it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    fresh = _FRESH.get(type(value))
    return {
        name: _plain(getattr(value, name))
        for name in value.__dataclass_fields__
        if fresh is None or name == "label" or getattr(value, name) != getattr(fresh, name)
    }
