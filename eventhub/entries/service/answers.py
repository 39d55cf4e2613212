"""What a team answers in its group's form.

An answer keeps the version of the form that it was given to. While the entry is being written it
moves on to the newest version, with everything that still fits; once it is handed in it stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from eventhub import clock
from eventhub.competitions.enums import CompetitionState, RoundState
from eventhub.db import db
from eventhub.domain.questionnaire.answers import (
    Problem,
    ProblemCode,
    check_answers,
)
from eventhub.domain.questionnaire.questions import Question, QuestionKind, questions_of
from eventhub.domain.questionnaire.versions import Change, carry_over, list_changes
from eventhub.entries.enums import EDITABLE, EntryState, LockedPart
from eventhub.entries.models import Answer, Entry
from eventhub.entries.queries.answers import find_answer, list_answers
from eventhub.entries.service.window import locked_parts
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.models import StoredFile
from eventhub.i18n import locale_code
from eventhub.questionnaires.filling import Reading, read_answers
from eventhub.questionnaires.models import QuestionnaireVersion
from eventhub.questionnaires.queries import find_newest
from eventhub.questionnaires.wording import problem_words


class Missing(NamedTuple):
    """A question to answer: its words, its control, and what is wrong if it was answered."""

    key: str
    label: str
    anchor: str
    note: str


@dataclass(frozen=True)
class FormState:
    """An entry's form as it stands, without having written anything.

    ``version`` is the one that counts for the entry, None where there is none. ``moved_from``:
    the version that was answered, if the answers had to be carried over from it; ``lost`` are
    then the answers that did not fit whole, as they were. ``locked`` can be read only.
    """

    version: QuestionnaireVersion | None
    questions: tuple[Question, ...]
    values: dict[str, Any]
    answer: Answer | None
    moved_from: QuestionnaireVersion | None
    lost: tuple[Reading, ...]
    locked: frozenset[str]

    @property
    def revision(self) -> int:
        """What the next save must have seen: 0 before the first."""
        return self.answer.revision if self.answer else 0

    @property
    def may_edit(self) -> bool:
        """Whether anything can be changed."""
        return any(q.asks and q.key not in self.locked for q in self.questions)


_NOTHING = FormState(None, (), {}, None, None, (), frozenset())


def form_of(entry: Entry) -> FormState:
    """The form that counts for an entry, with its answers carried over where that is due."""
    if entry.state in EDITABLE and entry.group.questionnaire_id is None:
        return _NOTHING
    answer = find_answer(entry.id)
    version = _version_of(entry, answer)
    if version is None:
        return _NOTHING
    questions = questions_of(version.questions)
    locked = _locked(entry, questions)
    if answer is None or answer.version_id == version.id:
        values = dict(answer.values) if answer else {}
        return FormState(version, questions, values, answer, None, (), locked)
    old = questions_of(answer.version.questions)
    carried = carry_over(answer.values, old, questions)
    lost = list_readings(old, answer.values, carried.lost)
    return FormState(version, questions, carried.values, answer, answer.version, lost, locked)


def list_readings(
    questions: Sequence[Question], values: Mapping[str, Any], keys: Collection[str]
) -> tuple[Reading, ...]:
    """Some of the answers, in words."""
    return tuple(line for line in read_answers(questions, values) if line.key in keys)


def _version_of(entry: Entry, answer: Answer | None) -> QuestionnaireVersion | None:
    """The newest while the entry is written, else the one that was answered."""
    wanted = entry.group.questionnaire_id
    if answer is not None and entry.state not in EDITABLE:
        return answer.version
    if wanted is None or entry.state in {EntryState.SUBMITTED, EntryState.WITHDRAWN}:
        return None
    return find_newest(wanted)


def _locked(entry: Entry, questions: Sequence[Question]) -> frozenset[str]:
    """What cannot be changed now.

    Nothing while the entry is written and its form is not locked; then all but what is due before
    a round that has not begun.
    """
    if entry.state in EDITABLE and LockedPart.ANSWERS not in locked_parts(entry, clock.now()):
        return frozenset()
    ahead: set[int] = set()
    if (
        entry.state in {EntryState.APPROVED, EntryState.RETURNED}
        and entry.competition.state is not CompetitionState.FINISHED
    ):
        ahead = {
            round_.position
            for round_ in entry.competition.rounds
            if round_.position > 1 and round_.state is RoundState.DRAFT
        }
    return frozenset(q.key for q in questions if not (q.is_required and q.required_from in ahead))


def changes_of(state: FormState) -> list[Change]:
    """What is new in the form since it was answered."""
    if state.moved_from is None:
        return []
    return list_changes(questions_of(state.moved_from.questions), state.questions)


def write_answer(entry: Entry, state: FormState, values: dict[str, Any]) -> Answer:
    """Store values in the version that counts; inside the caller's transaction."""
    assert state.version is not None
    answer = state.answer
    if answer is None:
        answer = Answer(entry_id=entry.id, revision=0)
        db.session.add(answer)
    answer.version_id, answer.version = state.version.id, state.version
    answer.values = values
    answer.revision = (answer.revision or 0) + 1
    answer.saved_at = clock.now()
    db.session.flush()
    return answer


def find_file(entry: Entry, file_id: uuid.UUID) -> StoredFile:
    """A file that this entry answered with.

    Raises:
        NotFoundError: it did not.

    """
    answer = find_answer(entry.id)
    held = (
        [
            file["id"]
            for question in questions_of(answer.version.questions)
            if question.kind is QuestionKind.FILE
            for file in answer.values.get(question.key, ())
        ]
        if answer
        else []
    )
    if str(file_id) not in held:
        raise NotFoundError
    return files.get_file(file_id)


def list_problems(state: FormState, *, stage: int = 0) -> list[Problem]:
    """What is wrong with the answers, and from ``stage`` 1 on what is missing."""
    return check_answers(state.questions, state.values, stage=stage)


def list_missing(entry: Entry, *, stage: int = 1) -> list[Missing]:
    """What of the form keeps an entry from going on: 1 is the submission, n before round n."""
    return missing_in(form_of(entry), stage=stage)


def missing_in(state: FormState, *, stage: int = 1) -> list[Missing]:
    """The same of a form that is at hand: a question each, with the first thing to mend."""
    labels = {question.key: question.label.of(locale_code()) for question in state.questions}
    found: dict[str, Missing] = {}
    for problem in list_problems(state, stage=stage):
        if problem.key not in found:
            words = "" if problem.code is ProblemCode.REQUIRED else problem_words(problem)
            found[problem.key] = Missing(problem.key, labels[problem.key], problem.control, words)
    return list(found.values())


def settle(entry: Entry) -> None:
    """Fix the version of the form as the entry is handed in; inside the caller's transaction."""
    state = form_of(entry)
    if state.version is not None and (state.answer is None or state.moved_from is not None):
        write_answer(entry, state, state.values)


def answer_rows(entry: Entry) -> list[Reading]:
    """The questions that concern the entry, each with its answer in words; for reading and export.

    Only what was stored counts, in the version that it was given to. With ``Entry.answer`` and its
    version loaded along, this asks the database for nothing.
    """
    answer = entry.answer
    if answer is None:
        return []
    return read_answers(questions_of(answer.version.questions), answer.values)


def strip_contacts(competition_id: uuid.UUID) -> int:
    """Delete for good the numbers and phones of the people whom answers list; how many answers.

    Inside the caller's transaction; again changes nothing.
    """
    changed = 0
    for answer in list_answers(competition_id):
        answer.purged_at = answer.purged_at or clock.now()
        lists = {
            question.key
            for question in questions_of(answer.version.questions)
            if question.kind is QuestionKind.PEOPLE
        }
        stripped = {
            key: [_without_contacts(row) for row in value] if key in lists else value
            for key, value in answer.values.items()
        }
        if stripped != answer.values:
            answer.values = stripped
            changed += 1
    return changed


def _without_contacts(row: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in row.items() if key not in {"number", "phone"}}
