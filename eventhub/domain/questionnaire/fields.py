"""Answers as the controls of a page: flat names and texts.

``q-<key>`` holds a text; ``q-<key>-<option>`` a ticked box; ``q-<key>-<row>-<column>`` a cell.
Files do not go this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eventhub.domain.questionnaire.answers import PREFIX, InvalidAnswersError
from eventhub.domain.questionnaire.questions import Question, QuestionKind

_NAME = re.compile(rf"{PREFIX}([a-z][a-z0-9_]*)(?:-([0-9]{{1,4}}))?(?:-([a-z][a-z0-9_]*))?")


def from_fields(questions: Sequence[Question], fields: Mapping[str, str]) -> dict[str, Any]:
    """The values that the controls hold, as typed; ``normalise`` tidies them.

    Every question but those for files has a value, perhaps empty, so that what was emptied
    counts. Names without the prefix are somebody else's.

    Raises:
        InvalidAnswersError: a control that the form does not have.

    """
    known = {question.key: question for question in questions}
    values: dict[str, Any] = {
        q.key: "" for q in questions if q.asks and q.kind is not QuestionKind.FILE
    }
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for question in questions:
        if question.kind is QuestionKind.CHOICES:
            values[question.key] = []
        elif question.has_rows:
            rows[question.key] = {}
    for name, text in fields.items():
        if not name.startswith(PREFIX):
            continue
        match = _NAME.fullmatch(name)
        asked = known.get(match[1]) if match else None
        if match is None or asked is None or asked.key not in values:
            raise InvalidAnswersError(name)
        at, part = match[2], match[3]
        if asked.has_rows and at is not None and part is not None:
            rows[asked.key].setdefault(int(at), {})[part] = text
        elif asked.kind is QuestionKind.CHOICES and at is None and part is not None:
            values[asked.key].append(part)
        elif asked.has_rows or asked.kind is QuestionKind.CHOICES or at or part:
            raise InvalidAnswersError(name)
        else:
            values[asked.key] = text
    values |= {key: [found[at] for at in sorted(found)] for key, found in rows.items()}
    return values


def to_fields(questions: Sequence[Question], values: Mapping[str, Any]) -> dict[str, str]:
    """Values by the names of the controls, without those that are empty."""
    flat: dict[str, str] = {}
    for question in questions:
        value = values.get(question.key)
        name = PREFIX + question.key
        if not value or question.kind is QuestionKind.FILE:
            continue
        if question.has_rows:
            for at, row in enumerate(value):
                flat |= {f"{name}-{at}-{key}": text for key, text in row.items()}
        elif question.kind is QuestionKind.CHOICES:
            flat |= {f"{name}-{key}": "y" for key in value}
        else:
            flat[name] = value
    return flat
