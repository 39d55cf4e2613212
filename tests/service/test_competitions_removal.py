"""Taking away a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventhub.audit.models import AuditEntry
from eventhub.competitions import queries, service
from eventhub.competitions.errors import CompetitionInUseError, CompetitionStateError
from eventhub.competitions.models import Competition, Group, Round, Rubric
from eventhub.db import db
from eventhub.entries.service.group_forms import set_form
from eventhub.errors import ForbiddenError
from eventhub.events.enums import HostRole
from eventhub.events.models import Event
from eventhub.questionnaires.models import Questionnaire
from eventhub.reminders import service as reminders
from eventhub.reminders.enums import Anchor
from tests.factories import make_circle, make_competition, make_organiser
from tests.factories.judging import make_panel


def count(*models: type) -> int:
    """How many rows there are of all of them."""
    return sum(db.session.scalar(select(func.count()).select_from(model)) for model in models)


def test_a_draft_goes_with_all_that_is_its_own_and_the_log_stays(app, olga):
    competition = make_competition(by=olga, is_open=False)

    service.remove_competition(competition.id, by=olga)

    assert count(Competition, Event, Group, Round, Rubric) == 0
    query = select(AuditEntry).where(AuditEntry.action == "competition.removed")
    (deed,) = db.session.scalars(query)
    assert deed.before == {"title": "重庆邮电大学创新大赛校级初赛", "edition": "2026"}
    assert deed.actor_id == olga.id


def test_an_announced_competition_stays(app, olga):
    competition = make_competition(by=olga)

    with pytest.raises(CompetitionStateError):
        service.remove_competition(competition.id, by=olga)

    assert count(Competition, Event) == 2


def test_a_draft_with_judges_or_reminders_stays_whole(app, olga):
    judged, reminded = (make_competition(by=olga, is_open=False) for _each in range(2))
    make_panel(judged.rounds[0], by=olga)
    reminders.add_rule(reminded.id, anchor=Anchor.ENTRY_DEADLINE, lead=timedelta(days=1), by=olga)

    for competition in (judged, reminded):
        with pytest.raises(CompetitionInUseError):
            service.remove_competition(competition.id, by=olga)

    assert count(Competition, Event, Round) == 6


def test_only_the_owning_circle_takes_it_away(app, olga):
    competition = make_competition(by=olga, is_open=False)
    other = make_circle("swu", university="西南大学")
    partner = make_organiser("孟晓", circle=other)
    hosts = {competition.event.circle_id: HostRole.LEAD, other.id: HostRole.LEAD}
    service.set_hosts(competition.id, hosts=hosts, by=olga)

    with pytest.raises(ForbiddenError):
        service.remove_competition(competition.id, by=partner)

    assert count(Competition) == 1


def test_a_copy_outlives_what_it_was_copied_from(app, olga):
    source = make_competition(by=olga, is_open=False)
    copy = service.clone_competition(source.id, title="下一届", edition="2027", days=364, by=olga)

    service.remove_competition(source.id, by=olga)

    assert queries.get_competition(copy.id).cloned_from_id is None


def test_a_form_goes_too_unless_it_was_published_or_serves_others(app, olga):
    competition, other = (make_competition(by=olga, is_open=False) for _each in range(2))
    mine = set_form(competition.id, source="blank", group_ids=[competition.groups[0].id], by=olga)
    service.set_questionnaire(other.groups[0].id, questionnaire_id=mine.id, name=mine.name, by=olga)

    service.remove_competition(competition.id, by=olga)
    assert count(Questionnaire) == 1
    service.remove_competition(other.id, by=olga)

    assert count(Questionnaire) == 0
