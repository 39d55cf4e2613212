"""Reads of forms."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.questionnaires.models import Questionnaire, QuestionnaireVersion


def get_questionnaire(questionnaire_id: uuid.UUID, *, lock: bool = False) -> Questionnaire:
    """One form. ``lock`` keeps others from changing it, and reads it afresh.

    Raises:
        NotFoundError: no such form.

    """
    query = select(Questionnaire).where(Questionnaire.id == questionnaire_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def list_versions(questionnaire_id: uuid.UUID) -> Sequence[QuestionnaireVersion]:
    """What was published, newest first, with who did it."""
    query = (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
        .options(joinedload(QuestionnaireVersion.published_by))
        .order_by(QuestionnaireVersion.number.desc())
    )
    return db.session.scalars(query).all()


def find_newest(questionnaire_id: uuid.UUID) -> QuestionnaireVersion | None:
    """The version that counts now; None before the first."""
    query = (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def get_version(questionnaire_id: uuid.UUID, number: int) -> QuestionnaireVersion:
    """One published version.

    Raises:
        NotFoundError: there is none of this number.

    """
    for version in list_versions(questionnaire_id):
        if version.number == number:
            return version
    raise NotFoundError


def find_version(version_id: uuid.UUID) -> QuestionnaireVersion | None:
    """A version by its key."""
    return db.session.get(QuestionnaireVersion, version_id)


def list_newest(
    questionnaire_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, QuestionnaireVersion]:
    """The newest version of each; a form never published is left out."""
    other = aliased(QuestionnaireVersion)
    last = (
        select(func.max(other.number))
        .where(other.questionnaire_id == QuestionnaireVersion.questionnaire_id)
        .scalar_subquery()
    )
    query = select(QuestionnaireVersion).where(
        QuestionnaireVersion.questionnaire_id.in_(questionnaire_ids),
        QuestionnaireVersion.number == last,
    )
    return {version.questionnaire_id: version for version in db.session.scalars(query)}


def list_of_circles(circle_ids: Collection[uuid.UUID], *, limit: int) -> Sequence[Questionnaire]:
    """Forms of these circles, newest first."""
    query = (
        select(Questionnaire)
        .where(Questionnaire.circle_id.in_(circle_ids))
        .order_by(Questionnaire.created_at.desc(), Questionnaire.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def name_questionnaires(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of forms."""
    query = select(Questionnaire.id, Questionnaire.name).where(Questionnaire.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
