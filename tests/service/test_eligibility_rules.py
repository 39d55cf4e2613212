"""The rules of a group as data: edited, settled, ticked and waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.conditions import describe, list_rules, read_rules, sentences
from eventhub.competitions.errors import (
    ChangedMeanwhileError,
    RuleParameterError,
    TooManyRulesError,
)
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.service.groups import conditions_stamp, group_stamp
from eventhub.db import db, transaction
from eventhub.domain.eligibility import (
    COMPANY_KINDS,
    CompanyRule,
    CompanyRuleKind,
    Rule,
    RuleKind,
    parse_share,
)
from eventhub.entries import queries as entry_queries
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState, IdKind
from eventhub.entries.errors import (
    AlreadyWaivedError,
    IncompleteEntryError,
    RuleKeptError,
    RuleUnknownError,
    TooManyMembersError,
    WaiverReasonError,
)
from eventhub.entries.models import Entry
from eventhub.entries.service import draft_of, waivers
from eventhub.errors import ForbiddenError
from tests.factories import make_circle, make_competition, make_entry, make_organiser


def update(group: Group, by: Any, **changes: Any) -> Group:
    """Save the group's page with what stands there, but for the changes."""
    company = group.rules.get("company")
    born = group.rules.get("born_on_or_after")
    facts: dict[str, Any] = {
        "name": group.name,
        "track_name": group.track_name,
        "categories": group.categories,
        "member_min": group.member_min,
        "member_max": group.member_max,
        "adviser_min": group.adviser_min,
        "adviser_max": group.adviser_max,
        "born_on_or_after": date.fromisoformat(born) if born else None,
        "company": CompanyRule(CompanyRuleKind(company["kind"]), date.fromisoformat(company["on"]))
        if company
        else None,
        "rules": read_rules(group.rules),
        "by": by,
    } | changes
    return service.update_group(group.id, **facts)


def by_key(group: Group) -> dict[str, Rule]:
    return {rule.key: rule for rule in list_rules(group)}


def lines(entry: Entry) -> dict[str, entries.ChecklistItem]:
    entry = entry_queries.get_entry(entry.id)
    items = entries.list_checks(entry, entries.list_slots(entry))
    return {item.rule_key: item for item in items if item.rule_key}


def save(entry: Entry, **changes: Any) -> Entry:
    entry = entry_queries.get_entry(entry.id)
    draft = replace(draft_of(entry), **changes)
    return entries.save_entry(entry.id, version=entry.version, draft=draft, by=entry.captain)


# --- settled


@pytest.mark.parametrize("key", catalogue.KEYS)
def test_every_group_of_every_template_settles_its_rules(app, olga, key):
    competition = make_competition(by=olga, template=key, groups=None)

    for group in competition.groups:
        rules = queries.team_rules(group).rules
        keys = [rule.key for rule in rules]
        assert len(keys) == len(set(keys)), group.key
        for rule in rules:
            rule.check()
            assert describe(rule)
            assert "日期未填" not in describe(rule), (group.key, rule)


def test_the_group_says_its_numbers_and_the_rules_their_words(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "ug-startup"])
    creative, startup = competition.groups
    size = by_key(creative)["team-size"]

    assert (size.minimum, size.maximum) == (3, 15)
    assert size.text.startswith("团队 3—15 人")
    assert "autoC" in size.source
    assert by_key(creative)["no-company"].on == date(2026, 7, 20)
    assert by_key(startup)["company"].kind is RuleKind.COMPANY_BEFORE
    assert by_key(startup)["team-share"].share == parse_share("1/3")
    assert describe(by_key(startup)["legal-share"]) == "法定代表人持股不低于 10%"


def test_a_groups_rule_replaces_the_common_one_of_its_key(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "ug-startup"])
    creative, startup = competition.groups

    assert by_key(creative)["status"].kind is RuleKind.STATUS_ON
    assert by_key(startup)["status"].kind is RuleKind.NOTICE


def test_a_year_is_counted_from_the_events(app, olga):
    competition = make_competition(by=olga, template="cxcyds", groups=["startup", "growth"])
    year = competition.event.starts_at.year
    startup, growth = competition.groups

    assert by_key(startup)["company"].on == date(year - 1, 1, 1)
    assert by_key(startup)["company"].kind is RuleKind.COMPANY_ON_OR_AFTER
    assert by_key(growth)["company"].on == date(year - 1, 1, 1)
    assert queries.team_rules(growth).asks_company


def test_what_has_no_words_is_listed_by_its_numbers(app, olga):
    group = make_competition(by=olga).groups[0]
    with transaction():
        group.competition.rules = {}
        group.competition.needs_consent = group.competition.is_one_project = True
        group.rules = {
            "born_on_or_after": "1991-03-01",
            "company": {"kind": "before", "on": "2026-07-20"},
        }

    assert {rule.kind for rule in list_rules(group)} == {
        RuleKind.TEAM_SIZE,
        RuleKind.ADVISER_COUNT,
        RuleKind.MEMBERS_CONFIRMED,
        RuleKind.ONE_PROJECT,
        RuleKind.BORN_ON_OR_AFTER,
        RuleKind.COMPANY_BEFORE,
    }


def test_a_day_that_the_group_gives_up_is_asked_no_more(app, olga):
    group = update(make_competition(by=olga).groups[0], olga, born_on_or_after=None, company=None)

    assert RuleKind.BORN_ON_OR_AFTER not in {rule.kind for rule in list_rules(group)}
    assert not queries.team_rules(group).asks_company


def test_older_rows_of_bare_words_are_declared(app, olga):
    group = make_competition(by=olga).groups[0]
    with transaction():
        group.rules = {"rules": [{"text": "须为本校学生。", "source": "校内通知"}]}
    entry = make_entry(group.competition, state=EntryState.DRAFT, statements=frozenset())
    [key] = [rule.key for rule in read_rules(group.rules)]

    assert lines(entry)[key].state == "missing"
    save(entry, statements=draft_of(entry).statements | {key})
    assert (lines(entry)[key].state, lines(entry)[key].source) == ("met", "校内通知")


# --- edited


def test_a_rule_that_stays_keeps_its_source_and_what_changes_is_marked(app, olga):
    group = make_competition(by=olga).groups[0]
    one, two, three = read_rules(group.rules)
    mine = Rule("", RuleKind.STATEMENT, "须为本校学生。")

    update(group, olga, rules=[three, mine, replace(one, text="参赛成员须为全日制本科在校生。")])

    stored = read_rules(group.rules)
    assert [(rule.key, rule.is_changed) for rule in stored] == [
        (three.key, False),
        ("own-1", True),
        (one.key, True),
    ]
    assert stored[0].source == three.source
    assert two.key not in {rule.key for rule in stored}
    deed = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "competition.group_changed")
    ).one()
    assert [rule["key"] for rule in deed.after["rules"]] == [three.key, "own-1", one.key]


def test_a_number_set_otherwise_marks_the_rule_for_this_group_alone(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "pg-creative"])
    one, other = competition.groups

    update(
        one, olga, member_min=2, company=CompanyRule(CompanyRuleKind.NONE_BEFORE, date(2026, 8, 1))
    )

    rules = by_key(one)
    assert (rules["team-size"].minimum, rules["team-size"].is_changed) == (2, True)
    assert (rules["no-company"].on, rules["no-company"].is_changed) == (date(2026, 8, 1), True)
    assert not rules["age"].is_changed
    assert not by_key(other)["team-size"].is_changed


def test_saving_what_stands_there_changes_nothing(app, olga):
    group = make_competition(by=olga).groups[0]
    before = group.rules

    update(group, olga)

    assert group.rules == before
    assert not db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "competition.group_changed")
    ).all()


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("", RuleKind.TEAM_SHARE_MIN, "持股。"), "rules-0-share"),
        (Rule("", RuleKind.DEGREE_IN), "rules-0-degrees"),
        (Rule("", RuleKind.AGE_MIN), "rules-0-years"),
        (Rule("", RuleKind.STATEMENT), "rules-0-text"),
        (Rule("", RuleKind.STATEMENT, "很" * 401), "rules-0-text"),
        (Rule("", RuleKind.STATEMENT, "好", "源" * 1001), "rules-0-source"),
    ],
)
def test_a_rule_that_says_nothing_is_refused_with_its_place(app, olga, rule, field):
    group = make_competition(by=olga).groups[0]

    with pytest.raises(RuleParameterError) as refusal:
        update(group, olga, rules=[rule])

    assert refusal.value.field == field


def test_rules_are_bounded_and_their_keys_are_their_own(app, olga):
    group = make_competition(by=olga).groups[0]
    same = Rule("twice", RuleKind.STATEMENT, "一。")

    with pytest.raises(TooManyRulesError):
        update(group, olga, rules=[same] * 41)
    update(group, olga, rules=[same, same])

    assert len({rule.key for rule in read_rules(group.rules)}) == 2


def test_of_two_organisers_the_second_is_told_what_the_first_changed(app, olga):
    group = make_competition(by=olga).groups[0]
    seen = group_stamp(group)
    update(
        group,
        olga,
        member_max=9,
        rules=[*read_rules(group.rules), Rule("", RuleKind.STATEMENT, "须为本校学生。")],
        seen=seen,
    )

    with pytest.raises(ChangedMeanwhileError) as refusal:
        update(group, olga, member_max=7, seen=seen)

    assert "团队人数" in str(refusal.value.message)
    assert "须为本校学生。" in str(refusal.value.message)
    assert group.member_max == 9


def test_the_common_rules_are_edited_for_all_groups(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "pg-creative"])
    seen = conditions_stamp(competition)
    rules = [r for r in read_rules(competition.rules) if r.key != "integrity"]

    service.update_conditions(competition.id, rules=rules, seen=seen, by=olga)

    assert all("integrity" not in by_key(group) for group in competition.groups)
    assert competition.rules["dates"]  # what else stands there stays
    with pytest.raises(ChangedMeanwhileError, match="changed_meanwhile"):
        service.update_conditions(competition.id, rules=[], seen=seen, by=olga)
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))
    with pytest.raises(ForbiddenError):
        service.update_conditions(competition.id, rules=[], by=stranger)


# --- ticked


def test_each_statement_is_ticked_by_itself(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)

    save(entry, statements=draft_of(entry).statements - {"integrity"})

    assert lines(entry)["integrity"].state == "missing"
    assert lines(entry)["no-earlier-award"].state == "met"
    with pytest.raises(IncompleteEntryError):
        entries.submit_entry(entry.id, by=tia)
    save(entry, statements=draft_of(entry).statements | {"integrity", "of-no-rule"})
    assert "of-no-rule" not in entry_queries.get_entry(entry.id).statements
    entries.submit_entry(entry.id, by=tia)


def test_a_rule_that_was_changed_is_to_be_ticked_again(tia, olga):
    competition = make_competition(by=olga)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    rules = [
        replace(rule, text=rule.text + "含校级奖项。") if rule.key == "no-earlier-award" else rule
        for rule in read_rules(competition.rules)
    ]

    service.update_conditions(competition.id, rules=rules, by=olga)

    line = lines(entry)["no-earlier-award"]
    assert (line.state, line.is_changed) == ("missing", True)
    assert lines(entry)["integrity"].state == "met"


def test_a_birth_date_outweighs_the_captains_word(tia, olga):
    competition = make_competition(by=olga, groups=["ug-creative"])
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    assert lines(entry)["age"].state == "met"  # by the captain's word

    with transaction():
        competition.personal_fields = ["born_on", "id_number"]
    assert lines(entry)["age"].state == "proof"
    assert "第 1、2、3 位" in lines(entry)["age"].note

    with transaction():
        one, two, three = entry_queries.get_entry(entry.id).members
        one.born_on, two.born_on = "2004-01-01", "1991-02-28"
        three.id_kind, three.id_number = IdKind.RESIDENT, "500106199912319990"
    line = lines(entry)["age"]
    assert (line.state, line.note) == ("missing", "第 2 位成员的出生日期早于规定")


def test_a_whole_entry_proves_what_it_can(tia):
    """Every line that stands for a rule has its words, its place and a sound state."""
    entry = make_entry(captain=tia, state=EntryState.DRAFT)

    for line in lines(entry).values():
        assert line.state == "met", line
        assert line.text, line
        assert line.source, line


# --- waived


def organiser_of(competition: Competition) -> Any:
    from eventhub.circles.queries import get_circle

    return make_organiser(circle=get_circle(competition.event.circle_id))


def small_team(tia: Any) -> Entry:
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    return save(entry, members=draft_of(entry).members[:2])


def test_a_waived_rule_holds_one_entry_back_no_more(tia):
    entry = small_team(tia)
    by = organiser_of(entry.competition)
    with pytest.raises(IncompleteEntryError):
        entries.submit_entry(entry.id, by=tia)

    waivers.waive_rule(
        entry.id, rule_key="team-size", reason="一名成员因病退出，经评审会同意。", by=by
    )

    line = lines(entry)["team-size"]
    assert (line.state, line.reason) == ("waived", "一名成员因病退出，经评审会同意。")
    deed = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "entry.rule_waived")
    ).one()
    assert deed.after == {
        "rule": "团队 3–15 人（含负责人）",
        "reason": "一名成员因病退出，经评审会同意。",
    }
    assert deed.subject_id == entry.id
    entries.submit_entry(entry.id, by=tia)


def test_a_waiver_is_for_one_entry_and_one_rule(tia, jun):
    first = small_team(tia)
    second = make_entry(first.competition, captain=jun, state=EntryState.DRAFT)
    save(second, members=draft_of(second).members[:2])
    waivers.waive_rule(
        first.id, rule_key="team-size", reason="同意。", by=organiser_of(first.competition)
    )

    assert lines(second)["team-size"].state == "missing"


def test_a_waiver_may_be_revoked_and_given_again(tia):
    entry = small_team(tia)
    by = organiser_of(entry.competition)
    waiver = waivers.waive_rule(entry.id, rule_key="team-size", reason="同意。", by=by)

    for _twice in range(2):
        waivers.revoke_waiver(waiver.id, by=by)
    assert lines(entry)["team-size"].state == "missing"
    assert (
        len(
            db.session.scalars(
                select(AuditEntry).where(AuditEntry.action == "entry.waiver_revoked")
            ).all()
        )
        == 1
    )

    waivers.waive_rule(entry.id, rule_key="team-size", reason="再次同意。", by=by)
    assert lines(entry)["team-size"].reason == "再次同意。"


def test_a_rule_that_is_met_is_met_waived_or_not(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    waivers.waive_rule(
        entry.id, rule_key="team-size", reason="同意。", by=organiser_of(entry.competition)
    )

    assert lines(entry)["team-size"].state == "met"


@pytest.mark.parametrize(
    ("rule_key", "reason", "refusal"),
    [
        ("of-no-rule", "同意。", RuleUnknownError),
        ("lock", "同意。", RuleUnknownError),  # a notice asks nothing
        ("team-size", " ", WaiverReasonError),
        ("one-project", "同意。", RuleKeptError),
    ],
)
def test_what_cannot_be_waived(tia, rule_key, reason, refusal):
    entry = small_team(tia)
    with transaction():
        entry.competition.is_one_project = True

    with pytest.raises(refusal):
        waivers.waive_rule(
            entry.id, rule_key=rule_key, reason=reason, by=organiser_of(entry.competition)
        )


def test_only_organisers_of_the_competition_waive(tia):
    entry = small_team(tia)
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))
    waiver = waivers.waive_rule(
        entry.id, rule_key="team-size", reason="同意。", by=organiser_of(entry.competition)
    )

    for someone in (tia, stranger):
        with pytest.raises(ForbiddenError):
            waivers.waive_rule(entry.id, rule_key="age", reason="我同意。", by=someone)
        with pytest.raises(ForbiddenError):
            waivers.revoke_waiver(waiver.id, by=someone)


@pytest.mark.race
def test_two_organisers_waive_one_rule_at_once_and_one_waiver_stands(tia, at_once):
    entry = small_team(tia)
    by = organiser_of(entry.competition)
    entry_id, person_id = entry.id, by.id

    def waive() -> Any:
        from eventhub.accounts.models import Person

        person = db.session.get_one(Person, person_id)
        return waivers.waive_rule(entry_id, rule_key="team-size", reason="同意。", by=person).id

    results = at_once(waive, waive)

    assert sum(isinstance(result, AlreadyWaivedError) for result in results) == 1
    assert len(waivers.list_standing(entry_queries.get_entry(entry.id))) == 1


def test_the_checklist_asks_as_often_for_many_members_as_for_few(app, tia, jun, count_statements):
    competition = make_competition()
    with transaction():
        competition.is_one_project = True
    small = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    large = make_entry(competition, captain=jun, state=EntryState.DRAFT)
    many = [entries.MemberDraft(f"成员{n}", tia.university_id, f"20242200{n}") for n in range(12)]
    save(large, members=(*draft_of(large).members, *many), university_id=tia.university_id)
    counts = []
    for entry_id in (small.id, large.id):
        db.session.expire_all()
        db.session.expunge_all()
        with count_statements() as seen:
            entry = entry_queries.get_entry(entry_id)
            entries.list_checks(entry, entries.list_slots(entry))
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_company_rules_are_those_that_the_company_page_lists(app, olga):
    competition = make_competition(by=olga, groups=["ug-startup"])
    kinds = {rule.kind for rule in list_rules(competition.groups[0])}

    assert kinds & COMPANY_KINDS == {
        RuleKind.COMPANY_BEFORE,
        RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE,
        RuleKind.LEGAL_REP_SHARE_MIN,
        RuleKind.TEAM_SHARE_MIN,
    }


def test_a_waived_size_lets_a_larger_team_be_written(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    more = [
        entries.MemberDraft(f"成员{n}", tia.university_id, f"20242200{n:02}") for n in range(13)
    ]
    with pytest.raises(TooManyMembersError):
        save(entry, members=(*draft_of(entry).members, *more))

    waivers.waive_rule(
        entry.id, rule_key="team-size", reason="同意。", by=organiser_of(entry.competition)
    )

    save(entry, members=(*draft_of(entry).members, *more))
    assert len(entry_queries.get_entry(entry.id).members) == 16
    assert lines(entry)["team-size"].state == "waived"


def test_words_are_found_where_a_rule_has_none_of_its_own(app, olga):
    group = make_competition(by=olga).groups[0]
    update(group, olga, rules=[Rule("", RuleKind.BORN_ON_OR_AFTER, on=date(2000, 1, 1))])

    assert sentences(group.rules, group) == ["成员均在 2000年1月1日 及以后出生"]
