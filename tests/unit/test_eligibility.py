from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.eligibility import (
    Check,
    CheckKey,
    CheckStatus,
    CompanyFacts,
    CompanyRule,
    CompanyRuleKind,
    InvalidRulesError,
    MemberFacts,
    TeamFacts,
    TeamRules,
    check_team,
    is_complete,
)

MET, UNMET, NEEDS_PROOF = CheckStatus.MET, CheckStatus.UNMET, CheckStatus.NEEDS_PROOF
NOTICE = date(2026, 7, 20)
SCHOOL = "重庆邮电大学"
BORN = date(2004, 5, 1)


def members(count: int) -> list[MemberFacts]:
    return [
        MemberFacts(
            position=n,
            name=f"成员{n}",
            school=SCHOOL,
            is_captain=n == 1,
            student_number=f"2023{n:04}",
            born_on=BORN,
        )
        for n in range(1, count + 1)
    ]


# 中国国际大学生创新大赛 2026, 高教主赛道 创意组
RULES = TeamRules(
    member_min=3,
    member_max=15,
    adviser_min=1,
    adviser_max=3,
    required_documents=("plan", "deck"),
    born_on_or_after=date(1991, 3, 1),
    company=CompanyRule(CompanyRuleKind.NONE_BEFORE, NOTICE),
)
TEAM = TeamFacts(
    project_name="山地果园巡检机器人",
    summary="为坡地果园提供自动巡检。",
    category="新工科",
    members=members(3),
    adviser_names=["周明远"],
    documents=frozenset({"plan", "deck"}),
    company=CompanyFacts(is_registered=False),
)


def find(checks: list[Check], key: CheckKey) -> Check:
    [found] = [check for check in checks if check.key is key]
    return found


def status(facts: TeamFacts, key: CheckKey, rules: TeamRules = RULES) -> CheckStatus:
    return find(check_team(facts, rules), key).status


def test_a_whole_team_meets_everything() -> None:
    checks = check_team(TEAM, RULES)

    assert {check.status for check in checks} == {MET}
    assert is_complete(checks)
    assert {check.key for check in checks} == set(CheckKey)


def test_an_empty_draft_is_told_what_is_missing() -> None:
    checks = check_team(TeamFacts("", "", "", members=[]), RULES)

    assert [check.key for check in checks if check.status is UNMET] == [
        CheckKey.PROJECT_NAME,
        CheckKey.SUMMARY,
        CheckKey.CATEGORY,
        CheckKey.MEMBER_MIN,
        CheckKey.CAPTAIN,
        CheckKey.ADVISER_MIN,
        CheckKey.DOCUMENT,
        CheckKey.DOCUMENT,
    ]
    assert not is_complete(checks)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(2, UNMET, MET), (3, MET, MET), (15, MET, MET), (16, MET, UNMET)],
)
def test_members_are_counted_with_the_captain(
    count: int, low: CheckStatus, high: CheckStatus
) -> None:
    team = replace(TEAM, members=members(count))

    assert status(team, CheckKey.MEMBER_MIN) is low
    assert status(team, CheckKey.MEMBER_MAX) is high


def test_a_count_comes_with_the_numbers_of_its_sentence() -> None:
    short = check_team(replace(TEAM, members=members(1)), RULES)
    long = check_team(replace(TEAM, members=members(17)), RULES)

    assert find(short, CheckKey.MEMBER_MIN).params == {"count": 1, "minimum": 3, "missing_count": 2}
    assert find(long, CheckKey.MEMBER_MAX).params == {"count": 17, "maximum": 15, "excess_count": 2}


def test_advisers_are_counted_and_named() -> None:
    four = replace(TEAM, adviser_names=["周明远", " ", "李青", ""])

    assert status(four, CheckKey.ADVISER_MAX) is UNMET
    assert find(check_team(four, RULES), CheckKey.ADVISER_DETAILS).params == {"positions": [2, 4]}


def test_what_the_rules_do_not_ask_is_not_listed() -> None:
    rules = TeamRules(needs_summary=False, needs_category=False)
    checks = check_team(TeamFacts("项目", "", "", members=members(1)), rules)

    assert is_complete(checks)
    assert {check.key for check in checks} == {
        CheckKey.PROJECT_NAME,
        CheckKey.MEMBER_MIN,
        CheckKey.MEMBER_DETAILS,
        CheckKey.MEMBER_ORDER,
        CheckKey.CAPTAIN,
        CheckKey.DUPLICATE_MEMBERS,
    }


def test_blank_is_not_filled() -> None:
    team = replace(TEAM, project_name=" \u3000", summary="\n", category="\t")

    assert status(team, CheckKey.PROJECT_NAME) is UNMET
    assert status(team, CheckKey.SUMMARY) is UNMET
    assert status(team, CheckKey.CATEGORY) is UNMET


def test_each_member_has_name_and_school() -> None:
    one, two, three = members(3)
    team = replace(TEAM, members=[one, replace(two, name=" "), replace(three, school="")])

    assert find(check_team(team, RULES), CheckKey.MEMBER_DETAILS).params == {"positions": [2, 3]}


@pytest.mark.parametrize("positions", [(1, 2, 4), (1, 1, 2), (0, 1, 2)])
def test_positions_are_contiguous_from_one(positions: tuple[int, ...]) -> None:
    moved = [replace(m, position=p) for m, p in zip(members(3), positions, strict=True)]

    assert status(replace(TEAM, members=moved), CheckKey.MEMBER_ORDER) is UNMET


def test_positions_may_come_in_any_order() -> None:
    assert status(replace(TEAM, members=members(4)[::-1]), CheckKey.MEMBER_ORDER) is MET


@pytest.mark.parametrize("captains", [(), (2,), (1, 2)])
def test_exactly_the_first_is_captain(captains: tuple[int, ...]) -> None:
    team = [replace(m, is_captain=m.position in captains) for m in members(3)]
    check = find(check_team(replace(TEAM, members=team), RULES), CheckKey.CAPTAIN)

    assert check.status is UNMET
    assert check.params == {"captain_count": len(captains)}


def test_the_same_student_twice_is_found_however_typed() -> None:
    one, two, three = members(3)
    team = [
        replace(one, student_number="s2023001"),
        replace(two, school="重庆大学", student_number="S2023001"),
        replace(three, school="重庆 邮电大学", student_number=" Ｓ2023001"),
    ]

    check = find(check_team(replace(TEAM, members=team), RULES), CheckKey.DUPLICATE_MEMBERS)

    assert check.status is UNMET
    assert check.params == {"positions": [1, 3]}


def test_the_same_student_is_found_at_the_same_position_too() -> None:
    one = members(1)[0]
    check = find(check_team(replace(TEAM, members=[one, one]), RULES), CheckKey.DUPLICATE_MEMBERS)

    assert check.params == {"positions": [1, 1]}


def test_members_without_student_number_are_not_each_other() -> None:
    team = [replace(m, student_number="") for m in members(3)]

    assert status(replace(TEAM, members=team), CheckKey.DUPLICATE_MEMBERS) is MET


def test_each_document_is_checked_by_itself() -> None:
    checks = check_team(replace(TEAM, documents=frozenset({"deck", "video"})), RULES)

    assert [(c.params["document"], c.status) for c in checks if c.key is CheckKey.DOCUMENT] == [
        ("plan", UNMET),
        ("deck", MET),
    ]


@pytest.mark.parametrize(
    ("born_on", "declares", "expected"),
    [
        (date(1991, 3, 1), None, MET),
        (date(1991, 2, 28), None, UNMET),
        (date(1991, 2, 28), True, UNMET),
        (date(2004, 1, 1), False, MET),
        (None, True, MET),
        (None, False, UNMET),
        (None, None, NEEDS_PROOF),
    ],
)
def test_age_by_date_or_by_declaration(
    born_on: date | None, declares: bool | None, expected: CheckStatus
) -> None:
    one, two, three = members(3)
    team = replace(TEAM, members=[one, replace(two, born_on=born_on, declares_age=declares), three])
    check = find(check_team(team, RULES), CheckKey.BORN_ON_OR_AFTER)

    assert check.status is expected
    assert check.params["positions"] == ([] if expected is MET else [2])


def test_one_who_is_too_old_outweighs_one_who_is_unknown() -> None:
    one, two, three = members(3)
    team = [one, replace(two, born_on=None), replace(three, born_on=date(1980, 1, 1))]
    check = find(check_team(replace(TEAM, members=team), RULES), CheckKey.BORN_ON_OR_AFTER)

    assert check.status is UNMET
    assert check.params["positions"] == [3]


@pytest.mark.parametrize(
    ("company", "none_before", "before"),
    [
        (CompanyFacts(False), MET, UNMET),
        (CompanyFacts(True, date(2026, 7, 19)), UNMET, MET),
        (CompanyFacts(True, NOTICE), MET, UNMET),
        (CompanyFacts(None, date(2026, 7, 19)), UNMET, MET),
        (CompanyFacts(True), NEEDS_PROOF, NEEDS_PROOF),
        (CompanyFacts(), NEEDS_PROOF, NEEDS_PROOF),
    ],
)
def test_company_by_group(
    company: CompanyFacts, none_before: CheckStatus, before: CheckStatus
) -> None:
    team = replace(TEAM, company=company)
    startup = replace(RULES, company=CompanyRule(CompanyRuleKind.BEFORE, NOTICE))

    assert status(team, CheckKey.COMPANY_REGISTERED) is none_before
    assert status(team, CheckKey.COMPANY_REGISTERED, startup) is before


def test_a_missing_proof_does_not_hold_an_entry_back() -> None:
    checks = check_team(replace(TEAM, company=CompanyFacts()), RULES)

    assert NEEDS_PROOF in {check.status for check in checks}
    assert is_complete(checks)


def test_rules_that_nobody_can_meet_are_refused() -> None:
    with pytest.raises(InvalidRulesError):
        TeamRules(member_min=4, member_max=3)
    with pytest.raises(InvalidRulesError):
        TeamRules(adviser_min=-1)


@given(st.integers(0, 20), st.integers(0, 8), st.integers(0, 8))
def test_the_count_alone_decides_between_minimum_and_maximum(
    count: int, minimum: int, span: int
) -> None:
    rules = TeamRules(member_min=minimum, member_max=minimum + span)
    checks = check_team(replace(TEAM, members=members(count)), rules)
    counted = [c.status for c in checks if c.key in {CheckKey.MEMBER_MIN, CheckKey.MEMBER_MAX}]

    assert (UNMET not in counted) == (minimum <= count <= minimum + span)
