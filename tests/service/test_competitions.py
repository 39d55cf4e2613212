"""Templates, the course of a competition, its groups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.enums import CompetitionState, EntryPhase, RubricStatus
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    CompetitionStateError,
    CompetitionTimesError,
    EntriesNotDatedError,
    EntriesOverError,
    EntryWindowError,
    NoGroupsError,
    RoundsUnfinishedError,
    TeamSizeError,
    UnknownTemplateError,
)
from eventhub.competitions.models import SOURCE_MAX
from eventhub.db import db
from eventhub.domain.eligibility import CompanyRule, CompanyRuleKind
from eventhub.errors import ForbiddenError
from eventhub.events.enums import EventState, HostRole
from tests.factories import make_circle, make_competition, make_organiser


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_every_template_is_whole():
    for template in catalogue.list_templates():
        assert template.groups
        assert template.round_names
        assert len({group.key for group in template.groups}) == len(template.groups)
        for group in template.groups:
            points = sum(Decimal(line["points"]) for line in group.rubric["criteria"])
            assert points == (0 if group.status is RubricStatus.MISSING else 100)
            assert len(template.source_text(group.rubric["source"])) < SOURCE_MAX
            assert template.rules(group.facts["rules"]) is not None


def test_a_template_becomes_a_competition(app, olga):
    competition = make_competition(by=olga, is_open=False)

    group = competition.groups[0]
    assert (group.track_name, group.name) == ("高教主赛道", "本科生创意组")
    assert (group.member_min, group.member_max) == (3, 15)
    assert (group.adviser_min, group.adviser_max) == (1, 3)
    assert group.categories[0] == "新工科"
    rules = queries.team_rules(group, required_documents=["plan"])
    assert rules.born_on_or_after == date(1991, 3, 1)
    assert rules.company == CompanyRule(CompanyRuleKind.NONE_BEFORE, date(2026, 7, 20))
    round_ = competition.rounds[0]
    assert (round_.name, round_.pitch_seconds, round_.qa_seconds) == ("校级初赛", 480, 420)
    assert queries.required_documents(round_) == ("plan",)
    rubric = round_.rubrics[0]
    assert [int(line.points_max) for line in rubric.criteria] == [30, 30, 25, 15]
    assert rubric.status is RubricStatus.SOURCED
    assert "教高函〔2026〕26号" in rubric.source
    assert [gate.name for gate in rubric.gates] == ["必要条件"]
    assert competition.theme == "我敢闯，我会创"
    assert [host.role for host in competition.event.hosts] == [HostRole.LEAD]
    assert "competition.created" in actions()


def test_all_groups_come_when_none_is_named(app, olga):
    competition = make_competition(by=olga, groups=None, is_open=False)

    assert len(competition.groups) == 12
    assert {rubric.status for rubric in competition.rounds[0].rubrics} == {
        RubricStatus.SOURCED,
        RubricStatus.EARLIER_EDITION,
        RubricStatus.MISSING,
    }


def test_what_cannot_become_a_competition(app, olga):
    now = clock.now()
    with pytest.raises(UnknownTemplateError):
        make_competition(by=olga, template="no-such")
    with pytest.raises(NoGroupsError):
        make_competition(by=olga, groups=["no-such"])
    with pytest.raises(EntryWindowError):
        make_competition(by=olga, entries_close_at=now - timedelta(hours=1))
    with pytest.raises(CompetitionTimesError):
        make_competition(by=olga, ends_at=now)
    with pytest.raises(ForbiddenError):
        make_competition(by=make_organiser(circle=make_circle("swu", university="西南大学")))


def test_opening_entries_publishes_the_event(app, olga):
    competition = make_competition(by=olga, is_open=False)
    assert competition.entry_phase(clock.now()) is EntryPhase.NOT_ANNOUNCED

    service.open_entries(competition.id, by=olga)
    service.open_entries(competition.id, by=olga)

    assert competition.state is CompetitionState.OPEN
    assert competition.event.state is EventState.PUBLISHED
    assert queries.takes_entries(competition, clock.now())
    assert actions().count("competition.open") == 1


def test_the_window_is_half_open(app, olga):
    competition = make_competition(by=olga)
    opens, closes = competition.entries_open_at, competition.entries_close_at

    assert not queries.takes_entries(competition, opens - timedelta(microseconds=1))
    assert queries.takes_entries(competition, opens)
    assert not queries.takes_entries(competition, closes)


def test_entries_open_only_with_a_window_ahead(app, olga, time):
    dateless = make_competition(by=olga, is_open=False, entries_open_at=None, entries_close_at=None)
    late = make_competition(by=olga, is_open=False)
    time.move(days=11)

    with pytest.raises(EntriesNotDatedError):
        service.open_entries(dateless.id, by=olga)
    with pytest.raises(EntriesOverError):
        service.open_entries(late.id, by=olga)


def test_a_competition_goes_its_course(app, olga):
    competition = make_competition(by=olga)
    with pytest.raises(CompetitionStateError):
        service.close_entries(make_competition(by=olga, is_open=False).id, by=olga)

    service.close_entries(competition.id, by=olga)
    with pytest.raises(RoundsUnfinishedError):
        service.finish(competition.id, by=olga)
    round_ = competition.rounds[0]
    service.open_round(round_.id, by=olga)
    service.close_round(round_.id, by=olga)
    with pytest.raises(RoundsUnfinishedError):
        service.finish(competition.id, by=olga)
    service.publish_round(round_.id, by=olga)
    service.finish(competition.id, by=olga)

    assert competition.state is CompetitionState.FINISHED
    with pytest.raises(CompetitionStateError):
        service.open_entries(competition.id, by=olga)
    with pytest.raises(CompetitionFinishedError):
        service.add_round(competition.id, name="决赛", mode=round_.mode, by=olga)


def settings_of(competition, **changes):
    event = competition.event
    facts = {
        name: getattr(event, name)
        for name in (
            "title",
            "summary",
            "description",
            "venue",
            "address",
            "starts_at",
            "ends_at",
        )
    }
    facts |= {
        name: getattr(competition, name)
        for name in ("edition", "theme", "entries_open_at", "entries_close_at")
    }
    return facts | changes


def test_settings_change_event_and_competition_and_are_noted(app, olga):
    competition = make_competition(by=olga)
    later = competition.entries_close_at + timedelta(days=3)

    service.update_competition(
        competition.id, **settings_of(competition, title="新名称", entries_close_at=later), by=olga
    )

    assert competition.event.title == "新名称"
    assert competition.entries_close_at == later
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "competition.changed"))
    assert entry.one().after == {"entries_close_at": later.isoformat()}
    with pytest.raises(EntriesNotDatedError):
        service.update_competition(
            competition.id, **settings_of(competition, entries_close_at=None), by=olga
        )


def test_a_group_refuses_a_maximum_below_its_minimum(app, olga):
    group = make_competition(by=olga).groups[0]

    with pytest.raises(TeamSizeError) as refusal:
        service.update_group(
            group.id,
            name="甲",
            track_name="乙",
            categories=[],
            member_min=5,
            member_max=3,
            adviser_min=0,
            adviser_max=0,
            born_on_or_after=None,
            company=None,
            rules=[],
            by=olga,
        )
    assert refusal.value.field == "member_max"


def test_another_circles_organiser_changes_nothing(app, olga):
    competition = make_competition(by=olga)
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))
    round_ = competition.rounds[0]
    rubric = round_.rubrics[0]

    for attempt in (
        lambda: service.close_entries(competition.id, by=stranger),
        lambda: service.open_round(round_.id, by=stranger),
        lambda: service.save_rubric(rubric.id, criteria=[], gates=[], by=stranger),
        lambda: service.confirm_rubric(rubric.id, by=stranger),
        lambda: service.save_requirements(round_.id, drafts=[], by=stranger),
        lambda: service.update_competition(competition.id, **settings_of(competition), by=stranger),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_open_competitions_are_listed_by_deadline(app, olga, time):
    second = make_competition(by=olga, title="乙")
    first = make_competition(by=olga, title="甲", entries_close_at=clock.now() + timedelta(days=2))
    make_competition(by=olga, title="草稿", is_open=False)

    assert [c.id for c in queries.list_open(clock.now(), limit=5)] == [first.id, second.id]
    time.move(days=3)
    assert [c.id for c in queries.list_open(clock.now(), limit=5)] == [second.id]


def test_the_code_in_an_address_may_be_typed_carelessly(app, olga):
    competition = make_competition(by=olga)
    code = competition.event.code

    assert queries.get_competition_by_code(f" {code[:3].lower()}-{code[3:]} ").id == competition.id
