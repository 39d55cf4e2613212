"""What a form can begin with: whole forms and single tables, copied once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eventhub.domain.questionnaire.questions import Question, Words, question_of, questions_of

FILE = Path(__file__).parent / "presets.json"


@dataclass(frozen=True)
class FormPreset:
    """A form to begin with."""

    key: str
    name: Words
    about: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class QuestionPreset:
    """A question to begin with."""

    key: str
    name: Words
    question: Question


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def list_forms() -> list[FormPreset]:
    """The forms on offer."""
    return [
        FormPreset(
            line["key"],
            Words(**line["name"]),
            Words(**line["about"]),
            questions_of(line["questions"]),
        )
        for line in _data()["forms"]
    ]


def list_questions() -> list[QuestionPreset]:
    """The single questions on offer."""
    return [
        QuestionPreset(line["key"], Words(**line["name"]), question_of(line["question"]))
        for line in _data()["questions"]
    ]


def find_form(key: str) -> FormPreset | None:
    """One of the forms."""
    return next((preset for preset in list_forms() if preset.key == key), None)


def find_question(key: str) -> Question | None:
    """One of the questions."""
    return next((preset.question for preset in list_questions() if preset.key == key), None)
