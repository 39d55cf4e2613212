"""The rules of a competition or a group, as rows of a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, Length, NumberRange, Optional, ValidationError

from eventhub.competitions.conditions import DEGREE_NAMES, RULE_KIND_LABELS, WHO_LABELS
from eventhub.competitions.forms.base import CheckboxesField, RowForm
from eventhub.competitions.models import NOTE_MAX, SOURCE_MAX
from eventhub.domain.eligibility import (
    PARAMS,
    InvalidRuleError,
    InvalidShareError,
    Rule,
    RuleKind,
    Who,
    parse_share,
    write_share,
)
from eventhub.i18n import _, lazy
from eventhub.web.forms import FieldList

SHARE_MAX = 20
KEY_MAX = 60
_ALLOWED = {"yes": True, "no": False}
_ORDER = re.compile(r"rule-(add|up|down|remove)(?:-(\d{1,3}))?")
_CELL = re.compile(r"rules-(\d{1,3})-(\w+)")
_NAME = re.compile(r"rules-(\d{1,3})-(\w+)")
# made by the house from a setting: nobody adds them by hand
_NOT_OFFERED = {RuleKind.MEMBERS_CONFIRMED}


class RuleRow(RowForm):
    """A rule of one kind with its parameters; those of other kinds are not shown."""

    key = HiddenField(filters=[lambda key: (key or "")[:KEY_MAX]])
    kind = HiddenField(validators=[AnyOf([kind.value for kind in RuleKind])])
    year_offset = HiddenField()
    text = TextAreaField(
        lazy("规则原文"),
        [Length(max=NOTE_MAX)],
        description=lazy("按通知照录，团队可以展开查看。"),
    )
    source = StringField(
        lazy("出处"), [Length(max=SOURCE_MAX)], description=lazy("文件名、文号或网址。")
    )
    on = DateField(lazy("日期"), [Optional()])
    years = IntegerField(lazy("年数"), [Optional(), NumberRange(1, 100)])
    year = IntegerField(
        lazy("最早毕业年份"),
        [Optional(), NumberRange(1950, 2100)],
        description=lazy("留空则按活动年份减去年数计算。"),
    )
    share = StringField(
        lazy("比例"),
        [Length(max=SHARE_MAX)],
        description=lazy("百分数，如 10%；或分数，如 1/3。"),
    )
    degrees = CheckboxesField(
        lazy("学历层次"),
        choices=[SelectChoice(key, label) for key, label in DEGREE_NAMES.items()],
    )
    who = SelectField(
        lazy("要求谁满足"),
        choices=[SelectChoice(who.value, label) for who, label in WHO_LABELS.items()],
        default=Who.ALL.value,
    )
    is_allowed = SelectField(
        lazy("能否跨校组队"),
        choices=[SelectChoice("yes", lazy("可以")), SelectChoice("no", lazy("不可以"))],
        default="yes",
    )

    def validate_share(self, field: Any) -> None:
        """A share that can be read."""
        if field.data:
            try:
                parse_share(field.data)
            except InvalidShareError as error:
                raise ValidationError(_("请填写百分数，如 10%%，或分数，如 1/3。")) from error

    @property
    def rule_kind(self) -> RuleKind:
        """What the row is about."""
        return RuleKind(self.kind.data) if self.kind.data in {*RuleKind} else RuleKind.STATEMENT

    @property
    def shown(self) -> list[Any]:
        """The fields of this kind's parameters."""
        return [self[name] for name in PARAMS.get(self.rule_kind, ()) if name != "year_offset"]

    def to_rule(self) -> Rule:
        """The row as a rule; what its kind does not ask is left out."""
        offset = str(self.year_offset.data or "")
        given: dict[str, Any] = {
            "on": self.on.data,
            "year_offset": int(offset) if re.fullmatch(r"-?\d{1,2}", offset) else None,
            "years": self.years.data,
            "year": self.year.data,
            "share": parse_share(self.share.data) if self.share.data else None,
            "degrees": frozenset(self.degrees.data or ()),
            "who": Who(self.who.data),
            "is_allowed": _ALLOWED.get(self.is_allowed.data or "", True),
        }
        if given["on"] is not None:
            given["year_offset"] = None
        kind = self.rule_kind
        return Rule(
            key=self.key.data or "",
            kind=kind,
            text=" ".join((self.text.data or "").split()),
            source=self.source.data or "",
            **{name: given[name] for name in PARAMS.get(kind, ())},
        )


class RulesMixin:
    """The list of rules in a form, with buttons that need no script."""

    rules = FieldList(FormField(RuleRow), label=lazy("规则"))
    add_kind = SelectField(
        lazy("增加一条"),
        choices=[
            SelectChoice(kind.value, label)
            for kind, label in RULE_KIND_LABELS.items()
            if kind not in _NOT_OFFERED
        ],
        default=RuleKind.STATEMENT.value,
    )

    def to_rules(self) -> list[Rule]:
        """The rules in the order of the page."""
        return [row.form.to_rule() for row in self.rules]

    def previews(self, describe: Callable[[Rule], str]) -> list[str]:
        """What the team would read of each row; "" where the row says nothing yet."""
        return [_preview(row.form, describe) for row in self.rules]

    def accepted_by(self, use_case: Callable[[], object]) -> bool:
        """As every form; what is wrong in a row is said in that row."""
        if super().accepted_by(use_case):  # type: ignore[misc]  # of the form beside it
            return True
        refused = self.refused  # type: ignore[attr-defined]
        match = _CELL.fullmatch((refused.field or "") if refused else "")
        if match and int(match[1]) < len(self.rules):
            row = self.rules[int(match[1])].form
            cell = row._fields.get(match[2])
            if cell is not None:
                words = self.form_errors.pop()  # type: ignore[attr-defined]
                cell.errors = [*cell.errors, words]
                self.rules.errors = [row.errors for row in self.rules]
        return False


def _preview(row: RuleRow, describe: Callable[[Rule], str]) -> str:
    try:
        rule = row.to_rule()
        rule.check() if rule.key else None
        return describe(rule)
    except (InvalidRuleError, InvalidShareError, ValueError, TypeError):
        return ""


def rule_rows(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Rules as the rows hold them, for a page that is opened.

    A page that is sent brings its own: what its rows leave out is not filled in from others.
    """
    if request.method == "POST":
        return []
    return [
        {
            "key": rule.key,
            "kind": rule.kind.value,
            "text": rule.text,
            "source": rule.source,
            "on": rule.on,
            "year_offset": "" if rule.year_offset is None else str(rule.year_offset),
            "years": rule.years,
            "year": rule.year,
            "share": write_share(rule.share) if rule.share is not None else "",
            "degrees": sorted(rule.degrees),
            "who": rule.who.value,
            "is_allowed": "yes" if rule.is_allowed else "no",
        }
        for rule in rules
    ]


def rearranged() -> MultiDict[str, str] | None:
    """The request's fields after what a row's button says; None where no such button was pressed.

    ``rule-add`` adds a row of the chosen kind at the end; ``rule-up-2``, ``rule-down-0`` and
    ``rule-remove-1`` count from 0. What was typed goes along, valid or not.
    """
    match = _ORDER.fullmatch(request.form.get("op", "")) if request.method == "POST" else None
    if match is None:
        return None
    rows, others = _split(request.form)
    verb, at = match[1], int(match[2] or 0)
    if verb == "add":
        kind = request.form.get("add_kind", "")
        rows.append([("kind", kind if kind in {*RuleKind} else RuleKind.STATEMENT.value)])
    elif at < len(rows):
        row = rows.pop(at)
        if verb != "remove":
            rows.insert(max(0, at - 1) if verb == "up" else at + 1, row)
    for number, row in enumerate(rows):
        for name, value in row:
            others.add(f"rules-{number}-{name}", value)
    return others


def _split(sent: MultiDict[str, str]) -> tuple[list[list[tuple[str, str]]], MultiDict[str, str]]:
    rows: dict[int, list[tuple[str, str]]] = {}
    others: MultiDict[str, str] = MultiDict()
    for name, value in sent.items(multi=True):
        if match := _NAME.fullmatch(name):
            rows.setdefault(int(match[1]), []).append((match[2], value))
        else:
            others.add(name, value)
    return [rows[number] for number in sorted(rows)], others
