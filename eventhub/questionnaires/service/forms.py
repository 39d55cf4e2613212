"""Whole forms: made, copied, named, published."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.permissions import can_organise
from eventhub.db import db, transaction
from eventhub.domain.questionnaire.definition import check_definition
from eventhub.domain.questionnaire.questions import Question, questions_of, to_json
from eventhub.domain.questionnaire.versions import Change, list_changes
from eventhub.errors import ForbiddenError
from eventhub.questionnaires import queries
from eventhub.questionnaires.errors import DraftChangedError, EmptyFormError, FaultsError
from eventhub.questionnaires.models import NAME_MAX, Questionnaire, QuestionnaireVersion
from eventhub.questionnaires.permissions import can_edit

log = logging.getLogger(__name__)


def create_questionnaire(
    circle_id: uuid.UUID, *, name: str, questions: Sequence[Question] = (), by: Person
) -> Questionnaire:
    """Begin a form, empty or with these questions. Who may is the caller's to ask.

    Raises:
        FaultsError: the questions make no sound form.

    """
    faults = check_definition(questions)
    if faults:
        raise FaultsError(faults)
    with transaction():
        made = Questionnaire(
            circle_id=circle_id,
            name=name[:NAME_MAX],
            draft=[to_json(question) for question in questions],
        )
        db.session.add(made)
        db.session.flush()
        _record("created", made, by, after={"name": made.name, "count": len(made.draft)})
    return made


def copy_questionnaire(
    questionnaire_id: uuid.UUID, *, circle_id: uuid.UUID, by: Person, name: str = ""
) -> Questionnaire:
    """A form of one's own out of another: its questions as they are now, with their keys.

    Since the keys stay, answers can be carried from the one to the other. What was published
    is not taken along.

    Raises:
        NotFoundError: no such form.
        ForbiddenError: ``by`` may neither edit it nor organise for the circle that it goes to.

    """
    with transaction():
        source = queries.get_questionnaire(questionnaire_id)
        if not (can_edit(by, source) or can_organise(by, circle_id)):
            raise ForbiddenError
        made = Questionnaire(
            circle_id=circle_id, name=(name or source.name)[:NAME_MAX], draft=[*source.draft]
        )
        db.session.add(made)
        db.session.flush()
        _record("created", made, by, after={"name": made.name, "from": source.name})
    return made


def rename_questionnaire(questionnaire_id: uuid.UUID, *, name: str, by: Person) -> Questionnaire:
    """Call a form something else.

    Raises:
        ForbiddenError: ``by`` may not edit it.

    """
    with transaction():
        found = get_editable(questionnaire_id, by)
        if name and name != found.name:
            before, found.name = found.name, name[:NAME_MAX]
            _record("renamed", found, by, before={"name": before}, after={"name": found.name})
    return found


def publish_questionnaire(
    questionnaire_id: uuid.UUID, *, revision: int, by: Person
) -> QuestionnaireVersion:
    """Make the draft the version that counts from now on.

    ``revision`` is that of the draft which was looked at. A draft that is published already
    makes no further version.

    Raises:
        ForbiddenError: ``by`` may not edit it.
        EmptyFormError: there is nothing to answer.
        FaultsError: it is not sound.
        DraftChangedError: somebody changed it meanwhile.

    """
    with transaction():
        found = get_editable(questionnaire_id, by)
        questions = questions_of(found.draft)
        if not any(question.asks for question in questions):
            raise EmptyFormError
        faults = check_definition(questions)
        if faults:
            raise FaultsError(faults)
        newest = queries.find_newest(found.id)
        if newest is not None and questions_of(newest.questions) == questions:
            return newest
        if found.revision != revision:
            raise DraftChangedError
        number = newest.number + 1 if newest else 1
        version = QuestionnaireVersion(
            questionnaire_id=found.id,
            number=number,
            questions=[*found.draft],
            published_by_id=by.id,
        )
        db.session.add(version)
        db.session.flush()
        told = list_changes(questions_of(newest.questions) if newest else (), questions)
        _record("published", found, by, after={"version": number, "changes": _told(told)})
    log.info("form published", extra={"questionnaire_id": str(questionnaire_id), "version": number})
    return version


def _told(changes: Sequence[Change]) -> list[list[Any]]:
    return [
        [change.kind.value, change.question.label.zh, [aspect.value for aspect in change.aspects]]
        for change in changes
    ]


def changes_of(questionnaire: Questionnaire) -> list[Change]:
    """What of the draft is not published yet."""
    newest = queries.find_newest(questionnaire.id)
    old = questions_of(newest.questions) if newest else ()
    return list_changes(old, questions_of(questionnaire.draft))


def discard_questionnaire(questionnaire_id: uuid.UUID, *, by: Person) -> bool:
    """Delete a form that was never published; False leaves one that was.

    Raises:
        ForbiddenError: ``by`` may not edit it.

    """
    with transaction():
        found = get_editable(questionnaire_id, by)
        published = select(func.count()).where(
            QuestionnaireVersion.questionnaire_id == questionnaire_id
        )
        if db.session.scalar(published):
            return False
        _record("removed", found, by, before={"name": found.name})
        db.session.flush()
        db.session.execute(delete(Questionnaire).where(Questionnaire.id == found.id))
        db.session.expunge(found)
    return True


def get_editable(questionnaire_id: uuid.UUID, by: Person) -> Questionnaire:
    """A form, its row held.

    Raises:
        NotFoundError: no such form.
        ForbiddenError: ``by`` may not edit it.

    """
    found = queries.get_questionnaire(questionnaire_id, lock=True)
    if not can_edit(by, found):
        raise ForbiddenError
    return found


def _record(
    action: str,
    questionnaire: Questionnaire,
    by: Person,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        f"form.{action}",
        questionnaire,
        by=by,
        circle_id=questionnaire.circle_id,
        before=before,
        after=after,
    )
