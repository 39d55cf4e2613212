"""The questions of a form under construction: each change by itself, checked, never lost.

Two organisers may work on a form at once: changes to different questions join, and a change to
a question that somebody else has changed since is refused once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eventhub.accounts.models import Person
from eventhub.db import transaction
from eventhub.domain.questionnaire.conditions import dependents
from eventhub.domain.questionnaire.definition import check_definition
from eventhub.domain.questionnaire.questions import (
    LABEL_MAX,
    Question,
    Words,
    questions_of,
    to_json,
)
from eventhub.errors import NotFoundError
from eventhub.i18n import _, join_words
from eventhub.questionnaires.errors import (
    FaultsError,
    OrderChangedError,
    QuestionChangedError,
    QuestionGoneError,
    QuestionInUseError,
)
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.service.forms import get_editable

REMOVED_MAX = 20


def fingerprint(question: Question) -> str:
    """A few letters that change whenever the question does."""
    text = json.dumps(to_json(question), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add_question(
    questionnaire_id: uuid.UUID, *, question: Question, after: str = "", by: Person
) -> Question:
    """Put a question after another, else at the end. An empty key is filled.

    Raises:
        FaultsError: the question does not fit into the form.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = list(questions_of(form.draft))
        taken = _known_keys(form)
        if not question.key or question.key in taken:
            question = replace(question, key=_new_key(taken))
        places = [at for at, other in enumerate(questions) if other.key == after]
        questions.insert(places[0] + 1 if places else len(questions), question)
        _write(form, questions)
    return question


def save_question(
    questionnaire_id: uuid.UUID, *, question: Question, seen: str, by: Person
) -> Question:
    """Change a question. ``seen`` is the fingerprint of what the window was showing.

    Raises:
        FaultsError: the question does not fit into the form.
        QuestionChangedError: somebody else has changed it since.
        QuestionGoneError: somebody else has taken it out.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = list(questions_of(form.draft))
        at = _find(questions, question.key)
        if at is None:
            raise QuestionGoneError
        if questions[at] == question:
            return question
        if fingerprint(questions[at]) != seen:
            raise QuestionChangedError
        questions[at] = question
        _write(form, questions)
    return question


def remove_question(questionnaire_id: uuid.UUID, *, key: str, by: Person) -> None:
    """Take a question out; it can be put back. One that is gone already is no error.

    Raises:
        QuestionInUseError: others are shown by its answer.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = list(questions_of(form.draft))
        at = _find(questions, key)
        if at is None:
            return
        waiting = dependents(questions, key)
        if waiting:
            names = join_words(f"“{question.label.zh}”" for question in waiting[:3])
            raise QuestionInUseError(
                _("%(names)s的显示条件用到了这道题，请先修改那里的条件。", names=names)
            )
        gone = {"question": to_json(questions.pop(at)), "position": at}
        form.removed = [gone, *form.removed][:REMOVED_MAX]
        _write(form, questions)


def restore_question(questionnaire_id: uuid.UUID, *, key: str, by: Person) -> None:
    """Put back what was taken out, where it was. What is there already is no error.

    Raises:
        NotFoundError: it was not taken out lately.
        FaultsError: it does not fit into the form as it is now.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = list(questions_of(form.draft))
        if _find(questions, key) is not None:
            return
        gone = next((line for line in form.removed if line["question"]["key"] == key), None)
        if gone is None:
            raise NotFoundError
        questions[gone["position"] : gone["position"]] = questions_of([gone["question"]])
        form.removed = [line for line in form.removed if line is not gone]
        _write(form, questions)


def duplicate_question(questionnaire_id: uuid.UUID, *, key: str, by: Person) -> Question:
    """Put a copy of a question behind it.

    Raises:
        NotFoundError: there is no such question.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = questions_of(form.draft)
        at = _find(questions, key)
        if at is None:
            raise NotFoundError
        label = questions[at].label
        named = Words(
            _("%(label)s（副本）", label=label.zh)[:LABEL_MAX],
            f"{label.en} (copy)"[:LABEL_MAX] if label.en else "",
        )
        copy = replace(questions[at], key="", label=named)
        return add_question(questionnaire_id, question=copy, after=key, by=by)


def move_question(questionnaire_id: uuid.UUID, *, key: str, by_places: int, by: Person) -> None:
    """Move a question up (-1) or down (1); beyond the ends it stays.

    Raises:
        NotFoundError: there is no such question.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        questions = list(questions_of(form.draft))
        at = _find(questions, key)
        if at is None:
            raise NotFoundError
        target = at + by_places
        if 0 <= target < len(questions) and target != at:
            questions.insert(target, questions.pop(at))
            _write(form, questions)


def order_questions(questionnaire_id: uuid.UUID, *, keys: Sequence[str], by: Person) -> None:
    """Put the questions into this order.

    Raises:
        OrderChangedError: the keys are not those of the form's questions.
        ForbiddenError: ``by`` may not edit the form.

    """
    with transaction():
        form = get_editable(questionnaire_id, by)
        known = {question.key: question for question in questions_of(form.draft)}
        if sorted(keys) != sorted(known):
            raise OrderChangedError
        if list(keys) != list(known):
            _write(form, [known[key] for key in keys])


def _write(form: Questionnaire, questions: Sequence[Question]) -> None:
    faults = check_definition(questions)
    if faults:
        raise FaultsError(faults)
    form.draft = [to_json(question) for question in questions]
    form.revision += 1


def _find(questions: Sequence[Question], key: str) -> int | None:
    return next((at for at, question in enumerate(questions) if question.key == key), None)


def _known_keys(form: Questionnaire) -> set[str]:
    """The keys of all questions that the form ever had, as far as an answer could know them."""
    published: list[dict[str, Any]] = [
        line for version in form.versions for line in version.questions
    ]
    gone = [line["question"] for line in form.removed]
    return {line["key"] for line in [*form.draft, *gone, *published]}


def _new_key(taken: set[str]) -> str:
    while True:
        key = f"q{secrets.token_hex(4)}"
        if key not in taken:
            return key
