"""From one version of a form to the next: what changed, and what of the answers still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eventhub.domain.questionnaire.questions import Option, Question, QuestionKind


class ChangeKind(StrEnum):
    """What became of a question."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Aspect(StrEnum):
    """What of a question changed."""

    KIND = "kind"
    LABEL = "label"
    HELP = "help"
    REQUIRED = "required"
    CONDITION = "condition"
    OPTIONS = "options"
    LIMITS = "limits"
    COLUMNS = "columns"


@dataclass(frozen=True)
class Change:
    """``question`` as it is now, or as it was if it is gone."""

    kind: ChangeKind
    question: Question
    aspects: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class CarriedOver:
    """``values`` that fit the new form; ``lost``: questions of the old whose answers do not."""

    values: dict[str, Any]
    lost: tuple[str, ...]


def list_changes(old: Sequence[Question], new: Sequence[Question]) -> list[Change]:
    """What changed, in the order of the new form; what is gone comes last."""
    before = {question.key: question for question in old}
    after = {question.key for question in new}
    stay = [question.key for question in old if question.key in after]
    moved = _moved(stay, [question.key for question in new if question.key in before])
    changes = []
    for question in new:
        was = before.get(question.key)
        if was is None:
            changes.append(Change(ChangeKind.ADDED, question))
        elif aspects := _aspects(was, question):
            changes.append(Change(ChangeKind.CHANGED, question, aspects))
        elif question.key in moved:
            changes.append(Change(ChangeKind.MOVED, question))
    return changes + [Change(ChangeKind.REMOVED, q) for q in old if q.key not in after]


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """What left its place: all but the longest run of keys that kept their order."""
    at = {key: place for place, key in enumerate(old)}
    runs: list[list[str]] = []
    for key in new:
        fitting = [run for run in runs if at[run[-1]] < at[key]]
        runs.append([*_longest(fitting), key])
    return set(new) - set(_longest(runs))


def _longest(runs: Sequence[list[str]]) -> list[str]:
    return max(runs, key=len) if runs else []


def _aspects(old: Question, new: Question) -> tuple[Aspect, ...]:
    compared = {
        Aspect.KIND: (old.kind, new.kind),
        Aspect.LABEL: (old.label, new.label),
        Aspect.HELP: (old.help, new.help),
        Aspect.REQUIRED: (
            (old.is_required, old.required_from if old.is_required else 1),
            (new.is_required, new.required_from if new.is_required else 1),
        ),
        Aspect.CONDITION: (old.visible_if, new.visible_if),
        Aspect.OPTIONS: (old.options, new.options),
        Aspect.LIMITS: (old.limits, new.limits),
        Aspect.COLUMNS: (old.columns, new.columns),
    }
    return tuple(aspect for aspect, (was, now) in compared.items() if was != now)


_TEXTS = {QuestionKind.TEXT, QuestionKind.LONG_TEXT}


def carry_over(
    values: Mapping[str, Any], old: Sequence[Question], new: Sequence[Question]
) -> CarriedOver:
    """Take answers to a form over to another that has the same keys.

    What has the same key and a kind that can hold it stays; options and columns that are gone
    take their part with them. Answers to unchanged questions stay exactly as they are.
    """
    before = {question.key: question for question in old}
    after = {question.key: question for question in new}
    kept: dict[str, Any] = {}
    lost = []
    for key, value in values.items():
        was, now = before.get(key), after.get(key)
        fitting = _fitting(value, was, now) if was and now else None
        if fitting:
            kept[key] = fitting
        if value and fitting != value:
            lost.append(key)
    return CarriedOver(kept, tuple(lost))


def _fitting(value: Any, was: Question, now: Question) -> Any:
    """The part of an answer that the question as it is now can hold."""
    if was == now:
        return value
    if was.kind is not now.kind:
        if {was.kind, now.kind} == _TEXTS:
            return value
        if was.kind is QuestionKind.CHOICE and now.kind is QuestionKind.CHOICES:
            return [value] if _offers(now.options, value) else None
        return None
    if now.kind is QuestionKind.CHOICE:
        return value if _offers(now.options, value) else None
    if now.kind is QuestionKind.CHOICES:
        return [key for key in value if _offers(now.options, key)]
    if now.kind is QuestionKind.TABLE:
        columns = {column.key: column for column in now.columns}
        same = {c.key for c in was.columns if c.key in columns and columns[c.key].kind is c.kind}
        rows = [
            {
                key: cell
                for key, cell in row.items()
                if key in same and (not columns[key].options or _offers(columns[key].options, cell))
            }
            for row in value
        ]
        while rows and not rows[-1]:
            rows.pop()
        return rows
    return value


def _offers(options: Sequence[Option], key: str) -> bool:
    return any(option.key == key for option in options)
