"""Filling in a group's form: saving what is typed, and the files."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import transaction
from eventhub.domain.questionnaire.answers import PREFIX, InvalidAnswersError, normalise
from eventhub.domain.questionnaire.questions import Question, QuestionKind, questions_of
from eventhub.domain.questionnaire.versions import carry_over
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, LockedPart
from eventhub.entries.errors import (
    AnswersTooLargeError,
    EditedElsewhereError,
    EntryLockedError,
    FormReplacedError,
    TooManyFilesError,
    UnreadableAnswerError,
)
from eventhub.entries.models import Entry
from eventhub.entries.permissions import is_captain
from eventhub.entries.service.answers import FormState, form_of, list_readings, write_answer
from eventhub.entries.service.window import refuse_locked
from eventhub.errors import EventHubError, NotFoundError
from eventhub.files import service as files
from eventhub.files.models import StoredFile
from eventhub.questionnaires.models import QuestionnaireVersion
from eventhub.questionnaires.queries import find_version

log = logging.getLogger(__name__)

TOTAL_MAX = 300_000  # characters of all answers together


def save_answers(
    entry_id: uuid.UUID,
    *,
    version_id: uuid.UUID,
    revision: int,
    values: Mapping[str, Any],
    by: Person,
) -> FormState:
    """Keep what was filled in, complete or not, right or wrong.

    ``version_id`` is the version that the page was showing. If a newer one was published
    meanwhile, the answers are carried over to it and ``moved_from`` of the result is set.
    ``values`` as ``domain.questionnaire.fields`` reads them: files are not among them and stay.
    What is stored already is no change, so a repeated request is safe.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError, PartLockedError: nothing of it can be changed now.
        FormReplacedError: the group asks for another form now.
        EditedElsewhereError: another window has saved since.
        UnreadableAnswerError, AnswersTooLargeError: cannot be kept; with the field at fault.

    """
    with transaction():
        entry, state = _open(entry_id, by)
        shown = _shown_version(state, version_id)
        typed = _normal(questions_of(shown.questions), values)
        new, dropped = _merge(state, shown, typed)
        if state.answer is not None and state.moved_from is None and new == state.values:
            return state
        if state.revision != revision:
            raise EditedElsewhereError
        answer = write_answer(entry, state, new)
    moved_from = shown if shown is not state.version else None
    lost = list_readings(questions_of(shown.questions), typed, dropped)
    return replace(state, values=new, answer=answer, moved_from=moved_from, lost=lost)


def _open(entry_id: uuid.UUID, by: Person) -> tuple[Entry, FormState]:
    entry = queries.get_entry(entry_id, lock=True)
    if not is_captain(by, entry):
        raise NotFoundError
    state = form_of(entry)
    if state.version is None:
        raise NotFoundError
    if not state.may_edit:
        if entry.state in EDITABLE:
            refuse_locked(entry, {LockedPart.ANSWERS}, clock.now())
        raise EntryLockedError
    return entry, state


def _shown_version(state: FormState, version_id: uuid.UUID) -> QuestionnaireVersion:
    """The version that the page was showing, if it is one of the same form."""
    assert state.version is not None
    if version_id == state.version.id:
        return state.version
    shown = find_version(version_id)
    if shown is None or shown.questionnaire_id != state.version.questionnaire_id:
        raise FormReplacedError
    return shown


def _normal(questions: Sequence[Question], values: Mapping[str, Any]) -> dict[str, Any]:
    asked = {q.key for q in questions if q.kind is QuestionKind.FILE}
    try:
        typed = normalise(questions, {k: v for k, v in values.items() if k not in asked})
    except InvalidAnswersError as error:
        raise UnreadableAnswerError(field=error.control) from error
    if len(json.dumps(typed, ensure_ascii=False)) > TOTAL_MAX:
        raise AnswersTooLargeError
    return typed


def _merge(
    state: FormState, shown: QuestionnaireVersion, typed: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is stored next, and the keys of what the newest version cannot take.

    What was typed, but for files, for what is locked, and for what the page did not show.
    """
    lost: tuple[str, ...] = ()
    asked = questions_of(shown.questions)
    if shown is not state.version:
        carried = carry_over(typed, asked, state.questions)
        typed, lost = carried.values, carried.lost
    on_page = {q.key for q in asked if q.kind is not QuestionKind.FILE} - state.locked
    kept = {key: value for key, value in state.values.items() if key not in on_page}
    return {**kept, **{k: v for k, v in typed.items() if k in on_page}}, lost


def add_file(
    entry_id: uuid.UUID, *, key: str, content: BinaryIO, name: str, by: Person
) -> StoredFile:
    """Keep a file as an answer. What the content is decides, not its name.

    Raises:
        NotFoundError: no such entry or question, or somebody else's.
        EntryLockedError, PartLockedError: it cannot be changed now.
        TooManyFilesError: there are as many as may be.
        EmptyFileError, FileTooLargeError, WrongFormatError: see ``files.service.store``.

    """
    with transaction():
        _entry, state = _open(entry_id, by)
        question = _file_question(state, key)
        if len(state.values.get(key, [])) >= question.limits.files_max:
            raise TooManyFilesError(field=PREFIX + key)
    formats = question.limits.formats or ("pdf",)
    try:
        kept = files.keep(content, name=name, formats=formats, bytes_max=question.bytes_max)
    except EventHubError as refusal:  # whoever refuses knows no fields
        refusal.field = PREFIX + key
        raise
    with transaction():
        entry, state = _open(entry_id, by)
        held = state.values.get(key, [])
        if len(held) >= _file_question(state, key).limits.files_max:
            raise TooManyFilesError(field=PREFIX + key)
        stored = files.record(kept, by=by)
        line = {"id": str(stored.id), "name": stored.name, "size": stored.size}
        write_answer(entry, state, {**state.values, key: [*held, line]})
    log.info("answer file added", extra={"entry_id": str(entry_id)})
    return stored


def drop_file(entry_id: uuid.UUID, *, key: str, file_id: str, by: Person) -> None:
    """Take a file out of an answer. One that is gone already is no error.

    Raises:
        NotFoundError: no such entry or question, or somebody else's.
        EntryLockedError, PartLockedError: it cannot be changed now.

    """
    with transaction():
        entry, state = _open(entry_id, by)
        _file_question(state, key)
        held = state.values.get(key, [])
        left = [file for file in held if file["id"] != file_id]
        if left != held:
            values = {k: v for k, v in state.values.items() if k != key}
            write_answer(entry, state, {**values, key: left} if left else values)


def _file_question(state: FormState, key: str) -> Question:
    for question in state.questions:
        if question.key == key and question.kind is QuestionKind.FILE:
            if key in state.locked:
                raise EntryLockedError
            return question
    raise NotFoundError
