"""From a school's competition to the city's: the same project, as a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventhub import clock
from eventhub.db import db, transaction
from eventhub.entries import queries as entries
from eventhub.entries import service as entry_service
from eventhub.entries.enums import EntryState, MemberState
from eventhub.entries.models import Company, Entry
from eventhub.errors import ForbiddenError
from eventhub.judging import service as judging
from eventhub.notifications.models import Delivery
from eventhub.outcomes import service
from eventhub.outcomes.errors import NoTargetError, NothingConfirmedError
from tests.factories import make_circle, make_competition, make_entry, make_organiser, make_round
from tests.factories.judging import make_judge, make_panel, make_sheet
from tests.factories.outcomes import make_awarding

EDITION = "cicic-2026"


@pytest.fixture
def ora(app, olga):
    """Another organiser of the same circle."""
    return make_organiser("欧阳菁")


@pytest.fixture
def school(olga, tia):
    """A school's round that is closed, with one whole entry, and one project a student."""
    round_ = make_round(by=olga)
    with transaction():
        round_.sheets_min, round_.drop_count = 1, 0
        round_.competition.edition_key, round_.competition.is_one_project = EDITION, True
    entry = make_entry(round_.competition, captain=tia, by=olga)
    make_sheet(make_judge(make_panel(round_, by=olga), by=olga), entry)
    judging.close_round(round_.id, by=olga)
    return round_


@pytest.fixture
def city(app):
    """The city's competition of the same edition."""
    circle = make_circle("swu", university="西南大学")
    competition = make_competition(circle=circle, title="重庆市市赛")
    with transaction():
        competition.edition_key, competition.is_one_project = EDITION, True
    return competition


def entry_of(round_):
    return entries.list_approved(round_.competition_id)[0]


def carried(school, city, olga):
    return service.carry_entries(
        school.competition_id, entry_ids=[entry_of(school).id], target_id=city.id, by=olga
    )


def test_a_winner_goes_along_as_a_draft_of_the_same_project(school, city, olga, ora, tia):
    make_awarding(school, by=olga, confirmed_by=ora)
    source = entry_of(school)
    with transaction():
        source.company = Company(is_registered=True, name="智巡科技有限公司")

    result = carried(school, city, olga)

    copy = entries.get_entry(result.made[0].id)
    assert copy.state is EntryState.DRAFT
    assert (copy.origin_id, copy.project_id) == (source.id, source.project_id)
    assert [m.name for m in copy.members] == [m.name for m in source.members]
    assert {m.state for m in copy.members} == {MemberState.LISTED}
    assert [a.name for a in copy.advisers] == [a.name for a in source.advisers]
    assert {d.file_id for d in copy.documents} == {d.file_id for d in source.documents}
    assert copy.company.name == "智巡科技有限公司"
    told = db.session.scalars(select(Delivery.address).where(Delivery.kind == "outcomes.carried"))
    assert told.all() == [tia.email]


def test_the_same_student_may_hand_in_the_same_project_in_both(school, city, olga, ora, tia):
    make_awarding(school, by=olga, confirmed_by=ora)
    copy = carried(school, city, olga).made[0]
    with transaction():  # the captain looks it over and stands in for it anew
        draft = entries.get_entry(copy.id)
        draft.declared_at, draft.statements = clock.now(), entry_of(school).statements

    submitted = entry_service.submit_entry(copy.id, by=tia)

    assert submitted.state is EntryState.SUBMITTED


def test_again_makes_nothing_new(school, city, olga, ora):
    make_awarding(school, by=olga, confirmed_by=ora)
    carried(school, city, olga)

    result = carried(school, city, olga)

    assert (len(result.made), len(result.known)) == (0, 1)
    count = select(func.count()).where(Entry.competition_id == city.id)
    assert db.session.scalar(count) == 1


def test_without_a_matching_group_it_stays(school, city, olga, ora):
    make_awarding(school, by=olga, confirmed_by=ora)
    with transaction():
        city.groups[0].key, city.groups[0].name = "other", "别的组"

    assert [entry.name for entry in carried(school, city, olga).homeless] == ["智巡山城"]


def test_only_what_two_people_confirmed_goes(school, city, olga):
    make_awarding(school, by=olga)

    with pytest.raises(NothingConfirmedError):
        carried(school, city, olga)


def test_only_into_an_open_competition_of_the_edition(school, city, olga, ora, nell):
    make_awarding(school, by=olga, confirmed_by=ora)
    with pytest.raises(ForbiddenError):
        carried(school, city, nell)
    with transaction():
        city.edition_key = "cicic-2025"
    with pytest.raises(NoTargetError):
        carried(school, city, olga)
    with transaction():
        city.edition_key = EDITION
        city.entries_close_at = clock.now() - timedelta(minutes=1)
    with pytest.raises(NoTargetError):
        carried(school, city, olga)
