"""Groups, hosts, rules of entry, and the next edition."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.competitions import permissions, queries, service
from eventhub.competitions.enums import (
    CompetitionState,
    PassageKind,
    PersonalField,
    RoundMode,
    RoundState,
    RubricStatus,
)
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    EditionFixedError,
    GroupInUseError,
    GroupPresentError,
    GroupsFixedError,
    HostsMissingError,
    LastGroupError,
    UnknownGroupError,
)
from eventhub.competitions.models import Competition, SchoolQuota
from eventhub.competitions.service import EntryRules, PassageDraft, QuotaDraft
from eventhub.db import db
from eventhub.errors import ForbiddenError
from eventhub.events.enums import EventState, HostRole
from eventhub.questionnaires import service as questionnaires
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_round,
    make_university,
)


def actions(subject_id) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(AuditEntry.seq)))


def fresh(competition: Competition) -> Competition:
    db.session.expire_all()
    return queries.get_competition(competition.id)


def keys(competition: Competition) -> list[str]:
    return [group.key for group in fresh(competition).groups]


def finished(olga) -> Competition:
    round_ = make_round(by=olga)
    service.close_entries(round_.competition_id, by=olga)
    service.close_round(round_.id, by=olga)
    service.publish_round(round_.id, by=olga)
    return service.finish(round_.competition_id, by=olga)


# Groups


def test_a_group_of_the_template_comes_with_its_rubrics(app, olga):
    competition = make_competition(by=olga, round_keys=["school", "province"], is_open=False)

    service.add_template_group(competition.id, group_key="red-charity", by=olga)

    assert keys(competition) == ["ug-creative", "red-charity"]
    for round_ in queries.load_rubrics(competition):
        rubric = round_.rubrics[1]
        assert (rubric.group.key, rubric.total) == ("red-charity", 100)
        assert rubric.status is RubricStatus.EARLIER_EDITION
    with pytest.raises(GroupPresentError):
        service.add_template_group(competition.id, group_key="red-charity", by=olga)
    with pytest.raises(UnknownGroupError):
        service.add_template_group(competition.id, group_key="no-such", by=olga)
    absent = service.list_absent_groups(fresh(competition), queries.template_of(competition))
    assert len(absent) == 10


def test_a_blank_group_has_an_empty_rubric_in_each_round(app, olga):
    competition = make_competition(by=olga, round_keys=["school", "province"], is_open=False)

    service.add_blank_group(competition.id, track_name="校内赛道", name="留学生组", by=olga)
    service.add_blank_group(competition.id, track_name="校内赛道", name="校友组", by=olga)

    assert keys(competition) == ["ug-creative", "own-1", "own-2"]
    for round_ in queries.load_rubrics(competition):
        assert [r.status for r in round_.rubrics[1:]] == [RubricStatus.MISSING] * 2
    assert actions(competition.id).count("competition.group_added") == 2


def test_groups_change_places(app, olga):
    competition = make_competition(
        by=olga, groups=["ug-creative", "ug-startup", "red-charity"], is_open=False
    )
    last = competition.groups[2]

    service.move_group(last.id, up=True, by=olga)
    service.move_group(last.id, up=True, by=olga)
    service.move_group(last.id, up=True, by=olga)

    assert keys(competition) == ["red-charity", "ug-creative", "ug-startup"]
    service.move_group(last.id, up=False, by=olga)
    assert keys(competition) == ["ug-creative", "red-charity", "ug-startup"]
    assert [group.position for group in fresh(competition).groups] == [0, 1, 2]


def test_a_group_goes_while_nothing_hangs_on_it(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "ug-startup"], is_open=False)

    service.remove_group(competition.groups[0].id, by=olga)

    assert keys(competition) == ["ug-startup"]
    (round_,) = queries.load_rubrics(competition)
    assert [rubric.group.key for rubric in round_.rubrics] == ["ug-startup"]
    with pytest.raises(LastGroupError):
        service.remove_group(fresh(competition).groups[0].id, by=olga)


def test_a_group_with_an_entry_stays(app, olga, tia):
    competition = make_competition(by=olga, groups=["ug-creative", "ug-startup"])
    make_entry(competition, captain=tia, is_complete=False)
    group = next(g for g in competition.groups if g.key == "ug-creative")

    with pytest.raises(GroupInUseError):
        service.remove_group(group.id, by=olga)

    assert len(keys(competition)) == 2


@pytest.mark.parametrize("what", ["school", "way"])
def test_a_group_with_places_set_aside_stays(app, olga, what):
    competition = make_competition(
        by=olga,
        groups=["ug-creative", "ug-startup"],
        round_keys=["school", "province"],
        is_open=False,
    )
    group = competition.groups[0]
    if what == "school":
        db.session.add(SchoolQuota(competition_id=competition.id, group_id=group.id, places=1))
        db.session.commit()
    else:
        first, second = competition.rounds
        draft = PassageDraft(second.id, quotas=[QuotaDraft(1, group_id=group.id)])
        service.save_passage(first.id, kind=PassageKind.BEST, draft=draft, by=olga)

    with pytest.raises(GroupInUseError):
        service.remove_group(group.id, by=olga)


def test_no_group_comes_or_goes_once_a_round_has_begun(app, olga):
    round_ = make_round(by=olga, groups=["ug-creative", "ug-startup"])
    competition = round_.competition

    for attempt in (
        lambda: service.add_template_group(competition.id, group_key="pg-startup", by=olga),
        lambda: service.add_blank_group(competition.id, track_name="甲", name="乙", by=olga),
        lambda: service.remove_group(competition.groups[0].id, by=olga),
    ):
        with pytest.raises(GroupsFixedError):
            attempt()
    assert service.are_groups_fixed(competition)


# Rules of entry


def test_rules_of_entry_are_set_and_noted(app, olga):
    competition = make_competition(by=olga, is_open=False)
    assert competition.edition_key == "cicic-2026"

    service.set_entry_rules(
        competition.id,
        rules=EntryRules(
            edition_key="cqupt-2026",
            is_one_project=True,
            needs_consent=True,
            needs_recommendation=True,
            personal_fields=(PersonalField.PHONE, PersonalField.ID_NUMBER, PersonalField.PHONE),
            retention_days=30,
        ),
        by=olga,
    )

    assert competition.personal_fields == ["id_number", "phone"]
    assert (competition.is_one_project, competition.retention_days) == (True, 30)
    noted = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "competition.entry_rules_changed")
    ).one()
    assert noted.before["edition_key"] == "cicic-2026"


@pytest.mark.parametrize(
    ("changes", "field"), [({"edition_key": "x"}, "edition_key"), ({"is_one_project": True}, None)]
)
def test_what_claims_rest_on_is_fixed_once_announced(app, olga, changes, field):
    competition = make_competition(by=olga)
    facts = {"edition_key": competition.edition_key, "needs_consent": True, **changes}

    with pytest.raises(EditionFixedError) as refusal:
        service.set_entry_rules(competition.id, rules=EntryRules(**facts), by=olga)

    assert refusal.value.field == (field or "is_one_project")
    service.set_entry_rules(
        competition.id,
        rules=EntryRules(edition_key=competition.edition_key, needs_consent=True),
        by=olga,
    )
    assert competition.needs_consent
    with pytest.raises(CompetitionFinishedError):
        service.set_entry_rules(finished(olga).id, rules=EntryRules(), by=olga)


def settings_of(competition, **changes):
    event = competition.event
    names = "title summary description venue address starts_at ends_at"
    facts = {name: getattr(event, name) for name in names.split()}
    names = "edition theme entries_open_at entries_close_at"
    return facts | {name: getattr(competition, name) for name in names.split()} | changes


def test_the_key_of_a_draft_follows_its_edition_until_somebody_chooses_one(app, olga):
    competition = make_competition(by=olga, is_open=False)

    service.update_competition(competition.id, **settings_of(competition, edition="2027"), by=olga)
    assert competition.edition_key == "cicic-2027"

    service.set_entry_rules(competition.id, rules=EntryRules("own-key"), by=olga)
    service.update_competition(competition.id, **settings_of(competition, edition="2028"), by=olga)
    assert competition.edition_key == "own-key"
    announced = make_competition(by=olga)
    service.update_competition(announced.id, **settings_of(announced, edition="2027"), by=olga)
    assert announced.edition_key == "cicic-2026"


# Hosts


def shared(olga, role: HostRole):
    """A competition of Olga's circle, hosted with another; an organiser of that one."""
    competition = make_competition(by=olga, is_open=False)
    other = make_circle("swu", university="西南大学")
    partner = make_organiser("孟晓", circle=other)
    owner = competition.event.circle_id
    hosts = {owner: HostRole.LEAD, other.id: role}
    service.set_hosts(competition.id, hosts=hosts, by=olga)
    return competition, partner, other


@pytest.mark.parametrize("role", [HostRole.LEAD, HostRole.ORGANISER])
def test_who_hosts_runs_it_as_well(app, olga, role):
    competition, partner, other = shared(olga, role)
    event = competition.event
    assert permissions.can_manage(partner, competition)
    assert permissions.can_see(partner, competition)
    assert not permissions.can_own(partner, competition)

    service.update_competition(
        competition.id,
        title="合办的一场",
        edition="2026",
        theme="",
        summary="",
        description="",
        venue="西南大学",
        address="",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        entries_open_at=competition.entries_open_at,
        entries_close_at=competition.entries_close_at,
        by=partner,
    )
    service.add_round(competition.id, name="决赛", mode=RoundMode.ONLINE, by=partner)
    service.open_entries(competition.id, by=partner)

    assert (competition.state, event.state) == (CompetitionState.OPEN, EventState.PUBLISHED)
    listed = queries.select_competitions(circle_ids=[other.id], roles=[role])
    assert [c.id for c in db.session.scalars(listed)] == [competition.id]


def test_who_only_joins_is_named_and_runs_nothing(app, olga):
    competition, partner, other = shared(olga, HostRole.JOINT)

    assert not permissions.can_manage(partner, competition)
    with pytest.raises(ForbiddenError):
        service.open_entries(competition.id, by=partner)
    running = queries.select_competitions(
        circle_ids=[other.id], roles=[HostRole.LEAD, HostRole.ORGANISER]
    )
    assert db.session.scalars(running).all() == []
    named = queries.select_competitions(circle_ids=[other.id])
    assert len(db.session.scalars(named).all()) == 1


def test_only_the_owner_names_hosts_and_ends_it(app, olga):
    competition, partner, other = shared(olga, HostRole.LEAD)
    owner = competition.event.circle_id
    with pytest.raises(ForbiddenError):
        service.set_hosts(competition.id, hosts={owner: HostRole.LEAD}, by=partner)
    for hosts in ({other.id: HostRole.LEAD}, {owner: HostRole.ORGANISER}, {}):
        with pytest.raises(HostsMissingError):
            service.set_hosts(competition.id, hosts=hosts, by=olga)
    service.open_entries(competition.id, by=olga)
    service.close_entries(competition.id, by=partner)
    (round_,) = competition.rounds
    service.open_round(round_.id, by=partner)
    service.close_round(round_.id, by=partner)
    service.publish_round(round_.id, by=partner)

    with pytest.raises(ForbiddenError):
        service.finish(competition.id, by=partner)
    service.finish(competition.id, by=olga)
    with pytest.raises(CompetitionFinishedError):
        service.set_hosts(competition.id, hosts={owner: HostRole.LEAD}, by=olga)


def test_who_no_longer_hosts_runs_it_no_longer(app, olga):
    competition, partner, _other = shared(olga, HostRole.ORGANISER)
    owner = competition.event.circle_id

    service.set_hosts(competition.id, hosts={owner: HostRole.LEAD}, by=olga)

    assert not permissions.can_manage(partner, fresh(competition))


# The next edition


def rich(olga) -> Competition:
    """One with hosts, dates, forms, places and quotas, its first round under way."""
    competition = make_competition(
        by=olga,
        title="中国国际大学生创新大赛（2026）校赛",
        groups=["ug-creative", "voc-creative"],
        round_keys=["cq-school", "cq-gold", "cq-revival", "cq-champion"],
        co_hosts=[(make_circle("swu", university="西南大学").id, HostRole.ORGANISER)],
        is_one_project=True,
        personal_fields=[PersonalField.PHONE],
        retention_days=99,
        summary="一句话",
    )
    circle_id = competition.event.circle_id
    form = questionnaires.create_questionnaire(circle_id=circle_id, name="报名表", by=olga)
    for group in competition.groups:
        group.questionnaire_id = form.id
    first, gold = queries.load_rubrics(competition)[:2]
    first.marks_due_at = clock.now() + timedelta(days=21)
    gold.documents_due_at = clock.now() + timedelta(days=35)
    school = make_university("重庆邮电大学")
    db.session.add_all(
        [
            SchoolQuota(competition_id=competition.id, places=7),
            SchoolQuota(
                competition_id=competition.id,
                university_id=school.id,
                group_id=competition.groups[1].id,
                places=3,
            ),
        ]
    )
    db.session.commit()
    draft = PassageDraft(
        gold.id, places=12, quotas=[QuotaDraft(4, competition.groups[0].track_name)]
    )
    service.save_passage(first.id, kind=PassageKind.BEST, draft=draft, by=olga)
    return fresh(competition)


def test_the_next_edition_takes_everything_but_what_happened(app, olga, tia):
    present = rich(olga)
    make_entry(present, captain=tia, is_complete=False)

    copy = service.clone_competition(
        present.id, title="2027 校赛", edition="2027", days=364, by=olga
    )

    copy = fresh(copy)
    event = copy.event
    assert (copy.state, event.state) == (CompetitionState.DRAFT, EventState.DRAFT)
    assert copy.cloned_from_id == present.id
    assert copy.edition_key == "cicic-2027"
    assert (copy.is_one_project, copy.personal_fields) == (True, ["phone"])
    assert copy.retention_days == 99
    assert copy.source == present.source
    assert copy.rules == present.rules
    assert [h.role for h in event.hosts] == [h.role for h in present.event.hosts]
    assert [g.key for g in copy.groups] == [g.key for g in present.groups]
    assert [g.rules for g in copy.groups] == [g.rules for g in present.groups]
    old, new = queries.load_rubrics(present), queries.load_rubrics(copy)
    assert [r.name for r in new] == [r.name for r in old]
    assert {r.state for r in new} == {RoundState.DRAFT}
    assert new[0].passages[0].places == 12
    assert [q.places for q in new[0].passages[0].quotas] == [4]
    quotas = queries.list_school_quotas(copy.id)
    assert [(q.places, q.group and q.group.key) for q in quotas] == [(7, None), (3, "voc-creative")]
    forms = {group.questionnaire_id for group in copy.groups}
    assert len(forms) == 1
    assert forms.isdisjoint({group.questionnaire_id for group in present.groups})
    assert "competition.cloned" in actions(copy.id)


def test_every_date_moves_by_the_same_days(app, olga):
    present = rich(olga)
    rounds = queries.load_rubrics(present)
    moves = service.list_moves(present, rounds, days=364)

    copy = service.clone_competition(present.id, title="下届", edition="2027", days=364, by=olga)

    later = timedelta(days=364)
    assert len(moves) == 6
    assert {move.after - move.before for move in moves} == {later}
    assert {move.before.weekday() - move.after.weekday() for move in moves} == {0}
    copy = fresh(copy)
    assert copy.entries_open_at == present.entries_open_at + later
    assert copy.event.ends_at == present.event.ends_at + later
    new = queries.load_rubrics(copy)
    assert new[0].marks_due_at == rounds[0].marks_due_at + later
    assert new[1].documents_due_at == rounds[1].documents_due_at + later
    assert new[2].documents_due_at is None


def test_a_date_keeps_its_hour_where_clocks_change(app):
    from eventhub.competitions.service.cloning import shift

    zone = "Europe/Berlin"
    summer = clock.now().replace(year=2026, month=8, day=1, hour=7, minute=0)

    later = shift(summer, days=120, zone=zone)

    here = ZoneInfo(zone)
    assert later.astimezone(here).hour == summer.astimezone(here).hour
    assert later - summer != timedelta(days=120)


def test_a_rubric_of_the_earlier_edition_has_to_be_confirmed_again(app, olga):
    present = rich(olga)
    first = queries.load_rubrics(present)[0]
    assert {r.status for r in first.rubrics} == {RubricStatus.SOURCED, RubricStatus.MISSING}

    copy = service.clone_competition(present.id, title="下届", edition="2027", days=364, by=olga)

    for round_ in queries.load_rubrics(fresh(copy)):
        statuses = {rubric.group.key: rubric.status for rubric in round_.rubrics}
        assert statuses == {
            "ug-creative": RubricStatus.EARLIER_EDITION,
            "voc-creative": RubricStatus.MISSING,
        }
        assert all(rubric.needs_confirmation for rubric in round_.rubrics)
        assert all(rubric.confirmed_at is None for rubric in round_.rubrics)


def test_the_next_edition_is_proposed_by_its_year(app, olga):
    competition = make_competition(by=olga, title="创新大赛（2026）第 12 届 2026 年")

    assert service.next_edition(competition) == {
        "title": "创新大赛（2027）第 12 届 2027 年",
        "edition": "2027",
        "days": 364,
    }


def test_a_partner_clones_for_their_own_circle_only(app, olga):
    competition, partner, other = shared(olga, HostRole.ORGANISER)
    with pytest.raises(ForbiddenError):
        service.clone_competition(competition.id, title="甲", edition="2027", days=1, by=partner)

    copy = service.clone_competition(
        competition.id, title="甲", edition="2027", days=1, circle_id=other.id, by=partner
    )

    assert copy.event.circle_id == other.id
    roles = {host.circle_id: host.role for host in copy.event.hosts}
    assert roles == {other.id: HostRole.LEAD, competition.event.circle_id: HostRole.LEAD}
    stranger = make_organiser("外人", circle=make_circle("cqu", university="重庆大学"))
    with pytest.raises(ForbiddenError):
        service.clone_competition(competition.id, title="甲", edition="2027", days=1, by=stranger)
