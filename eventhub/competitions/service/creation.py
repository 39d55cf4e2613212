"""Making a competition from a template."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise
from eventhub.competitions import queries
from eventhub.competitions.catalogue import ContestTemplate, GroupTemplate, RoundTemplate
from eventhub.competitions.enums import PersonalField
from eventhub.competitions.errors import NoGroupsError, NoRoundsError, UnknownTemplateError
from eventhub.competitions.models import Competition
from eventhub.competitions.service import making
from eventhub.competitions.service.competitions import check_times, record
from eventhub.competitions.service.entry_rules import plain_fields
from eventhub.db import db, transaction
from eventhub.events import service as events
from eventhub.events.enums import EventKind, HostRole
from eventhub.questionnaires import queries as forms
from eventhub.questionnaires import service as questionnaires

log = logging.getLogger(__name__)


def create_from_template(
    template_key: str,
    *,
    circle_id: uuid.UUID,
    title: str,
    edition: str,
    entries_open_at: datetime | None,
    entries_close_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
    venue: str,
    by: Person,
    group_keys: Sequence[str] | None = None,
    round_keys: Sequence[str] | None = None,
    round_name: str | None = None,
    theme: str | None = None,
    address: str = "",
    summary: str = "",
    description: str = "",
    timezone: str = "Asia/Shanghai",
    co_hosts: Sequence[tuple[uuid.UUID, HostRole]] = (),
    edition_key: str | None = None,
    is_one_project: bool = False,
    needs_consent: bool = False,
    needs_recommendation: bool = False,
    personal_fields: Sequence[PersonalField] = (),
    retention_days: int = 365,
) -> Competition:
    """Make a draft competition: its event, groups, rounds, rubrics and documents.

    ``group_keys`` None takes every group of the template, ``round_keys`` None its first round.
    ``round_name`` renames the first round; ``theme`` None takes the template's; ``edition_key``
    None is made of template and edition. Everything may be changed afterwards.

    Raises:
        UnknownTemplateError: no such template, or one of a circle that ``by`` does not run.
        NoGroupsError, NoRoundsError: no group or no round of the template was named.
        EntryWindowError, CompetitionTimesError: the times contradict each other.
        ForbiddenError: ``by`` does not organise for the circle.

    """
    template = usable_template(template_key, by)
    groups, rounds = _choose(template, group_keys, round_keys)
    check_times(entries_open_at, entries_close_at, starts_at, ends_at)
    with transaction():
        event = events.create_event(
            circle_id=circle_id,
            kind=EventKind.CONTEST,
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=venue,
            address=address,
            summary=summary,
            description=description,
            timezone=timezone,
            co_hosts=co_hosts,
            by=by,
        )
        competition = Competition(
            event=event,
            template_key=template.key,
            edition=edition,
            theme=template.theme if theme is None else theme,
            source=template.source_text(template.facts["source"]),
            rules=making.competition_rules(template),
            entries_open_at=entries_open_at,
            entries_close_at=entries_close_at,
            edition_key=template.edition_key(edition) if edition_key is None else edition_key,
            is_one_project=is_one_project,
            needs_consent=needs_consent,
            needs_recommendation=needs_recommendation,
            personal_fields=plain_fields(personal_fields),
            retention_days=retention_days,
        )
        fill(competition, template, groups, rounds, by=by)
        if round_name:
            competition.rounds[0].name = round_name
        record(
            "created",
            competition,
            by,
            after={
                "template": template.key,
                "groups": [group.key for group in groups],
                "rounds": [each.key for each in rounds],
            },
        )
    log.info("competition created", extra={"competition_id": str(competition.id)})
    return competition


def usable_template(key: str, by: Person) -> ContestTemplate:
    """The template of this key, for someone who may use it.

    Raises:
        UnknownTemplateError: no such template, or one of a circle that ``by`` does not run.

    """
    own = queries.find_own_template(key)
    if own is not None and not can_organise(by, own.circle_id):
        raise UnknownTemplateError
    template = queries.find_template(key)
    if template is None:
        raise UnknownTemplateError
    return template


class Settings(TypedDict):
    """The rules of entry that a new competition begins with."""

    is_one_project: bool
    needs_consent: bool
    needs_recommendation: bool
    personal_fields: list[PersonalField]
    retention_days: int


def usual_settings(template: ContestTemplate) -> Settings:
    """The rules of entry that a template suggests; a shipped one asks every member to consent."""
    facts = template.facts["settings"]
    return {
        "is_one_project": facts["is_one_project"],
        "needs_consent": facts["needs_consent"],
        "needs_recommendation": facts["needs_recommendation"],
        "personal_fields": [PersonalField(name) for name in facts["personal_fields"]],
        "retention_days": facts["retention_days"],
    }


def _choose(
    template: ContestTemplate, group_keys: Sequence[str] | None, round_keys: Sequence[str] | None
) -> tuple[list[GroupTemplate], list[RoundTemplate]]:
    groups = [g for g in template.groups if group_keys is None or g.key in group_keys]
    if not groups:
        raise NoGroupsError
    wanted = [template.rounds[0].key] if round_keys is None else round_keys
    rounds = [each for each in template.rounds if each.key in wanted]
    if not rounds:
        raise NoRoundsError
    return groups, rounds


def fill(
    competition: Competition,
    template: ContestTemplate,
    groups: Sequence[GroupTemplate],
    rounds: Sequence[RoundTemplate],
    *,
    by: Person,
) -> None:
    """Give a new competition its groups, rounds, forms and the schools' quotas, and write it."""
    competition.groups = [
        making.group_of(template, group, position) for position, group in enumerate(groups)
    ]
    competition.rounds = making.rounds_of(template, rounds, competition.groups)
    db.session.add(competition)
    db.session.flush()
    _copy_forms(competition, groups, by)
    quotas = making.school_quotas_of(template, competition.groups, competition.id)
    db.session.add_all(quotas)
    db.session.flush()


def _copy_forms(competition: Competition, groups: Sequence[GroupTemplate], by: Person) -> None:
    """Give each group a form of its own out of the one that the template names, if it is left."""
    circle_id = competition.event.circle_id
    named = {key: uuid.UUID(key) for group in groups if (key := group.facts.get("questionnaire"))}
    present = forms.name_questionnaires([*named.values()])
    copies = {
        key: questionnaires.copy_questionnaire(form_id, circle_id=circle_id, by=by).id
        for key, form_id in named.items()
        if form_id in present
    }
    for group, made in zip(groups, competition.groups, strict=True):
        made.questionnaire_id = copies.get(group.facts.get("questionnaire") or "")
