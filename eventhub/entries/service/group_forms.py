"""Forms of groups: set, shared, copied, taken off again."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from eventhub.accounts.models import Person
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.queries import get_competition, get_group
from eventhub.db import transaction
from eventhub.entries.errors import FormSourceError, FormTakenError
from eventhub.entries.queries.answers import list_groups_using
from eventhub.errors import ForbiddenError
from eventhub.questionnaires import presets
from eventhub.questionnaires import service as questionnaires
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.permissions import can_edit
from eventhub.questionnaires.queries import get_questionnaire

BLANK = "blank"


def set_form(
    competition_id: uuid.UUID, *, source: str, group_ids: Collection[uuid.UUID], by: Person
) -> Questionnaire:
    """Give groups of a competition one form that they share.

    ``source``: ``blank``, ``preset:<key>``, ``copy:<form>``, or ``share:<form>`` for the very
    form that another group of the competition has.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        FormTakenError: a group has a form already.
        FormSourceError: no such source, or none of these groups.
        CompetitionFinishedError: it is over.

    """
    with transaction():
        competition = get_competition(competition_id, lock=True)
        if not can_manage(by, competition):
            raise ForbiddenError
        groups = [group for group in competition.groups if group.id in group_ids]
        if not groups or len(groups) != len(set(group_ids)):
            raise FormSourceError(field="groups")
        if any(group.questionnaire_id is not None for group in groups):
            raise FormTakenError
        form = _make(competition, groups, source, by)
        for group in groups:
            competitions.set_questionnaire(
                group.id, questionnaire_id=form.id, name=form.name, by=by
            )
    return form


def _make(
    competition: Competition, groups: Collection[Group], source: str, by: Person
) -> Questionnaire:
    circle_id = competition.event.circle_id
    names = "、".join(dict.fromkeys(group.name for group in groups))
    name = f"{names}报名表 {competition.edition}".strip()  # not translated: a name, to be changed
    kind, _colon, value = source.partition(":")
    if source == BLANK:
        return questionnaires.create_questionnaire(circle_id, name=name, by=by)
    preset = presets.find_form(value) if kind == "preset" else None
    if preset is not None:
        return questionnaires.create_questionnaire(
            circle_id, name=name, questions=preset.questions, by=by
        )
    if kind not in {"copy", "share"}:
        raise FormSourceError
    form = _read_form(value)
    if kind == "share":
        if form.id not in {group.questionnaire_id for group in competition.groups}:
            raise FormSourceError
        return form
    if not can_edit(by, form):
        raise FormSourceError
    return questionnaires.copy_questionnaire(form.id, circle_id=circle_id, name=name, by=by)


def _read_form(text: str) -> Questionnaire:
    try:
        return get_questionnaire(uuid.UUID(text))
    except ValueError:
        raise FormSourceError from None


def take_off_form(group_id: uuid.UUID, *, by: Person) -> Group:
    """Ask the entries of a group for no form any more; what they answered stays.

    A form that was never published and that nobody else uses is deleted.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.

    """
    with transaction():
        group = get_group(group_id)
        form_id = group.questionnaire_id
        if form_id is None:
            return group
        form = get_questionnaire(form_id)
        may_discard = can_edit(by, form)
        competitions.set_questionnaire(group_id, questionnaire_id=None, name=form.name, by=by)
        if may_discard and not list_groups_using(form_id) and can_edit(by, form):
            questionnaires.discard_questionnaire(form_id, by=by)
    return group
