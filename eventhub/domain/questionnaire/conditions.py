"""Which questions are shown, given the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eventhub.domain.questionnaire.parsing import read_date, read_number
from eventhub.domain.questionnaire.questions import Condition, Operator, Question, QuestionKind


def visible_keys(questions: Sequence[Question], values: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the questions that are shown.

    The answer to a hidden question counts as none, so that what depends on it hides as well.
    The order of the questions does not matter. There must be no cycle.
    """
    known = {question.key: question for question in questions}
    found: dict[str, bool] = {}

    def is_visible(key: str) -> bool:
        if key not in found:
            shown = known[key].visible_if
            told = [holds(line) for line in shown.conditions]
            found[key] = not told or (any(told) if shown.is_any else all(told))
        return found[key]

    def holds(condition: Condition) -> bool:
        asked = known.get(condition.question)
        if asked is None or not is_visible(asked.key):
            return False
        return _holds(condition, asked, values.get(asked.key))

    return frozenset(key for key in known if is_visible(key))


def is_filled(question: Question, value: Any) -> bool:
    """Whether there is an answer: a table has one with any cell that is filled."""
    if question.has_rows:
        return any(any(row.values()) for row in value or ())
    return bool(value)


def _holds(condition: Condition, asked: Question, value: Any) -> bool:
    if not is_filled(asked, value):
        return False
    if condition.operator is Operator.FILLED:
        return True
    if condition.operator is Operator.CONTAINS:
        # part of a text, or one of several choices
        if isinstance(value, str):
            return condition.value.casefold() in value.casefold()
        return condition.value in value
    order = _compare(asked, value, condition.value)
    if order is None:
        return False
    return {
        Operator.IS: order == 0,
        Operator.IS_NOT: order != 0,
        Operator.AT_LEAST: order >= 0,
        Operator.AT_MOST: order <= 0,
    }[condition.operator]


def _compare(asked: Question, value: str, wanted: str) -> int | None:
    """-1, 0 or 1; None where something is no number or date."""
    one: Any
    other: Any
    if asked.kind is QuestionKind.NUMBER:
        one, other = read_number(value), read_number(wanted)
    elif asked.kind is QuestionKind.DATE:
        one, other = read_date(value), read_date(wanted)
    else:
        one, other = value, wanted
    if one is None or other is None:
        return None
    return int(one > other) - int(one < other)


def find_cycle(questions: Sequence[Question]) -> tuple[str, ...]:
    """The keys along a circle of questions that wait for one another; empty if there is none."""
    known = {question.key: question for question in questions}
    done: set[str] = set()

    def walk(key: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if key in path:
            return path[path.index(key) :]
        if key in done:
            return ()
        for condition in known[key].visible_if.conditions:
            if condition.question in known and condition.question != key:
                found = walk(condition.question, (*path, key))
                if found:
                    return found
        done.add(key)
        return ()

    return next(filter(None, (walk(key, ()) for key in known)), ())


def dependents(questions: Sequence[Question], key: str) -> list[Question]:
    """The questions whose conditions ask this one."""
    return [
        question
        for question in questions
        if any(condition.question == key for condition in question.visible_if.conditions)
    ]
