import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.eligibility import (
    DEGREES,
    PARAMS,
    STATEMENT_KINDS,
    Check,
    CheckKey,
    CheckStatus,
    CompanyFacts,
    InvalidRuleError,
    InvalidRulesError,
    InvalidShareError,
    MemberFacts,
    Rule,
    RuleKind,
    Shareholder,
    TeamFacts,
    TeamRules,
    Who,
    check_team,
    derive_key,
    is_complete,
    is_declarable,
    judge_rule,
    parse_share,
    read_rule,
    round_share,
    write_rule,
    write_share,
)

TEMPLATES = Path(__file__).parents[2] / "eventhub/competitions/templates"
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
            is_enrolled=True,
            degree="bachelor",
        )
        for n in range(1, count + 1)
    ]


AGE = Rule("age", RuleKind.BORN_ON_OR_AFTER, on=date(1991, 3, 1))
NO_COMPANY = Rule("no-company", RuleKind.COMPANY_NONE_BEFORE, on=NOTICE)
STARTUP = Rule("company", RuleKind.COMPANY_BEFORE, on=NOTICE)
INTEGRITY = Rule("integrity", RuleKind.INTEGRITY, "违反“十不准”任何一条即一票否决。")
SIZE = Rule("size", RuleKind.TEAM_SIZE, minimum=3, maximum=15)

# 中国国际大学生创新大赛 2026, 高教主赛道 创意组
RULES = TeamRules(
    member_min=3,
    member_max=15,
    adviser_min=1,
    adviser_max=3,
    required_documents=("plan", "deck"),
    rules=(
        SIZE,
        Rule("advisers", RuleKind.ADVISER_COUNT, minimum=1, maximum=3),
        AGE,
        NO_COMPANY,
        INTEGRITY,
    ),
)
TEAM = TeamFacts(
    project_name="山地果园巡检机器人",
    summary="为坡地果园提供自动巡检。",
    category="新工科",
    members=members(3),
    adviser_names=["周明远"],
    documents=frozenset({"plan", "deck"}),
    company=CompanyFacts(is_registered=False),
    declared=frozenset({"integrity"}),
)


def find(checks: list[Check], key: CheckKey) -> Check:
    [found] = [check for check in checks if check.key is key]
    return found


def status(facts: TeamFacts, key: CheckKey, rules: TeamRules = RULES) -> CheckStatus:
    return find(check_team(facts, rules), key).status


def judge(rule: Rule, facts: TeamFacts = TEAM, *settled: RuleKind) -> CheckStatus:
    verdict = judge_rule(rule, facts, frozenset(settled))
    assert verdict is not None
    return verdict[0]


def params(rule: Rule, facts: TeamFacts = TEAM) -> dict[str, object]:
    verdict = judge_rule(rule, facts)
    assert verdict is not None
    return dict(verdict[1])


def with_member(at: int, **changes: object) -> TeamFacts:
    team = members(3)
    team[at - 1] = replace(team[at - 1], **changes)
    return replace(TEAM, members=team)


def test_a_whole_team_meets_everything() -> None:
    checks = check_team(TEAM, RULES)

    assert {check.status for check in checks} == {MET}
    assert is_complete(checks)
    assert {check.key for check in checks} == set(CheckKey)


def test_an_empty_draft_is_told_what_is_missing() -> None:
    checks = check_team(TeamFacts("", "", "", members=[]), RULES)

    assert [
        check.rule.key if check.rule else check.key for check in checks if check.status is UNMET
    ] == [
        CheckKey.PROJECT_NAME,
        CheckKey.SUMMARY,
        CheckKey.CATEGORY,
        CheckKey.CAPTAIN,
        CheckKey.DOCUMENT,
        CheckKey.DOCUMENT,
        "size",
        "advisers",
        "age",
        "no-company",
        "integrity",
    ]
    assert not is_complete(checks)


def test_a_waived_rule_holds_nothing_back_and_a_form_cannot_be_waived() -> None:
    checks = check_team(replace(TEAM, members=members(2)), RULES)

    assert not is_complete(checks)
    assert is_complete(checks, frozenset({"size"}))
    nameless = check_team(replace(TEAM, project_name=""), RULES)
    assert not is_complete(nameless, frozenset({"project_name", "size"}))


@pytest.mark.parametrize(("count", "expected"), [(2, UNMET), (3, MET), (15, MET), (16, UNMET)])
def test_members_are_counted_with_the_captain(count: int, expected: CheckStatus) -> None:
    assert judge(SIZE, replace(TEAM, members=members(count))) is expected


def test_a_count_comes_with_the_numbers_of_its_sentence() -> None:
    assert params(SIZE, replace(TEAM, members=members(1)))["missing_count"] == 2
    assert params(SIZE, replace(TEAM, members=members(17)))["excess_count"] == 2


def test_advisers_are_counted_and_named() -> None:
    four = replace(TEAM, adviser_names=["周明远", " ", "李青", ""])

    assert judge(Rule("a", RuleKind.ADVISER_COUNT, minimum=1, maximum=3), four) is UNMET
    assert find(check_team(four, RULES), CheckKey.ADVISER_DETAILS).params == {"positions": [2, 4]}


def test_what_the_rules_do_not_ask_is_not_listed() -> None:
    rules = TeamRules(needs_summary=False, needs_category=False)
    checks = check_team(TeamFacts("项目", "", "", members=members(1)), rules)

    assert is_complete(checks)
    assert {check.key for check in checks} == {
        CheckKey.PROJECT_NAME,
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


# --- each member


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(1991, 3, 1), MET),  # 35 to the day
        (date(1991, 2, 28), UNMET),
        (date(2004, 1, 1), MET),
    ],
)
def test_age_is_exact_to_the_day(born_on: date, expected: CheckStatus) -> None:
    check = judge_rule(AGE, with_member(2, born_on=born_on))

    assert check == (expected, {"positions": [] if expected is MET else [2]})


def test_an_unknown_birthday_is_the_captains_word_unless_it_is_asked_of_the_member() -> None:
    unknown = with_member(2, born_on=None)
    declared = replace(unknown, declared=frozenset({"age"}))

    assert judge(AGE, unknown) is UNMET
    assert judge(AGE, declared) is MET
    assert judge(AGE, declared, RuleKind.BORN_ON_OR_AFTER) is NEEDS_PROOF
    # a date outweighs any word
    assert (
        judge(AGE, replace(with_member(2, born_on=date(1980, 1, 1)), declared=frozenset({"age"})))
        is UNMET
    )


def test_one_who_is_too_old_outweighs_one_who_is_unknown() -> None:
    one, two, three = members(3)
    team = [one, replace(two, born_on=None), replace(three, born_on=date(1980, 1, 1))]

    assert judge_rule(AGE, replace(TEAM, members=team)) == (UNMET, {"positions": [3]})


@pytest.mark.parametrize(
    ("born_on", "on", "expected"),
    [
        (date(2010, 6, 1), date(2026, 6, 1), MET),  # the birthday itself
        (date(2010, 6, 2), date(2026, 6, 1), UNMET),
        (date(2008, 2, 29), date(2026, 2, 28), MET),  # 18 already
        (date(2010, 2, 28), date(2026, 2, 28), MET),
        (date(2012, 2, 29), date(2028, 2, 29), MET),
    ],
)
def test_sixteen_is_reached_on_the_birthday(born_on: date, on: date, expected: CheckStatus) -> None:
    rule = Rule("age", RuleKind.AGE_MIN, years=16, on=on)

    assert judge(rule, with_member(2, born_on=born_on)) is expected


def test_who_was_born_on_the_29th_of_february_is_older_on_the_1st_of_march() -> None:
    team = with_member(2, born_on=date(2008, 2, 29))

    assert judge(Rule("age", RuleKind.AGE_MIN, years=17, on=date(2025, 2, 28)), team) is UNMET
    assert judge(Rule("age", RuleKind.AGE_MIN, years=17, on=date(2025, 3, 1)), team) is MET


def test_student_status_is_each_members_own_word() -> None:
    rule = Rule("status", RuleKind.STATUS_ON, on=date(2026, 4, 30))

    assert judge(rule) is MET
    assert judge_rule(rule, with_member(3, is_enrolled=False)) == (UNMET, {"positions": [3]})
    assert judge(rule, with_member(3, is_enrolled=None)) is UNMET  # nobody has said
    captain_only = replace(rule, who=Who.CAPTAIN)
    assert judge(captain_only, with_member(3, is_enrolled=False)) is MET
    assert judge(captain_only, with_member(1, is_enrolled=False)) is UNMET


@pytest.mark.parametrize(
    ("degrees", "allowed", "expected"),
    [
        (("vocational", "vocational"), {"vocational"}, MET),
        (("vocational", "bachelor"), {"vocational"}, UNMET),
        (("vocational", "bachelor"), {"bachelor"}, MET),
        (("bachelor", "doctor"), {"master", "doctor"}, MET),
        (("vocational", "vocational"), {"bachelor"}, UNMET),
        (("", "master"), {"bachelor"}, UNMET),  # whatever the other is
        (("", "bachelor"), {"bachelor"}, NEEDS_PROOF),
        (("", "vocational"), {"bachelor"}, NEEDS_PROOF),
    ],
)
def test_the_group_is_that_of_the_highest_degree(
    degrees: tuple[str, str], allowed: set[str], expected: CheckStatus
) -> None:
    team = [replace(m, degree=d) for m, d in zip(members(2), degrees, strict=True)]
    rule = Rule("degree", RuleKind.DEGREE_IN, degrees=frozenset(allowed), who=Who.HIGHEST)

    assert judge(rule, replace(TEAM, members=team), RuleKind.DEGREE_IN) is expected
    word = replace(TEAM, members=team, declared=frozenset({"degree"}))
    assert judge(rule, word) is (MET if expected is NEEDS_PROOF else expected)


def test_a_degree_may_be_asked_of_everyone() -> None:
    rule = Rule("degree", RuleKind.DEGREE_IN, degrees=frozenset({"bachelor"}))

    assert judge(rule) is MET
    assert judge_rule(rule, with_member(2, degree="master")) == (UNMET, {"positions": [2]})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_enrolled": True}, MET),
        ({"is_enrolled": False, "graduation_year": 2021}, MET),  # the earliest year itself
        ({"is_enrolled": False, "graduation_year": 2020}, UNMET),
        ({"is_enrolled": None, "graduation_year": 2027}, MET),
    ],
)
def test_the_captain_may_have_graduated_in_the_earliest_year(
    facts: dict[str, object], expected: CheckStatus
) -> None:
    rule = Rule("graduated", RuleKind.GRADUATED_WITHIN, year=2021, who=Who.CAPTAIN)

    assert judge(rule, with_member(1, **facts)) is expected


def test_members_confirm_for_themselves_and_so_does_the_captain() -> None:
    rule = Rule("confirmed", RuleKind.MEMBERS_CONFIRMED)

    assert judge_rule(rule, TEAM) == (UNMET, {"positions": [1, 2, 3]})
    others = replace(TEAM, members=[replace(m, is_confirmed=m.position > 1) for m in members(3)])
    assert judge_rule(rule, others) == (UNMET, {"positions": [1]})
    everyone = replace(TEAM, members=[replace(m, is_confirmed=True) for m in members(3)])
    assert judge(rule, everyone) is MET


def test_schools() -> None:
    mixed = with_member(2, school="重庆大学")

    assert judge(Rule("s", RuleKind.CROSS_SCHOOL), mixed) is MET
    assert judge_rule(Rule("s", RuleKind.CROSS_SCHOOL, is_allowed=False), mixed) == (
        UNMET,
        {"positions": [2]},
    )
    assert (
        judge(
            Rule("s", RuleKind.CROSS_SCHOOL, is_allowed=False),
            with_member(2, school="重庆 邮电大学"),
        )
        is MET
    )
    assert judge(Rule("r", RuleKind.SCHOOL_OF_RECORD)) is MET
    assert judge(Rule("r", RuleKind.SCHOOL_OF_RECORD), with_member(1, school="")) is UNMET


def test_one_project_is_told_by_the_claims_or_by_the_captain() -> None:
    rule = Rule("one", RuleKind.ONE_PROJECT)
    taken = replace(TEAM, taken=frozenset({3, 2}))

    assert judge_rule(rule, taken) == (UNMET, {"positions": [2, 3]})
    assert judge(rule, TEAM, RuleKind.ONE_PROJECT) is MET
    assert judge(rule, TEAM) is UNMET  # nothing keeps it but the captain's word
    assert judge(rule, replace(TEAM, declared=frozenset({"one"}))) is MET


# --- statements


@pytest.mark.parametrize("kind", sorted(STATEMENT_KINDS))
def test_a_statement_stands_once_it_is_ticked_by_itself(kind: RuleKind) -> None:
    rule = Rule("it", kind, "一句话。")

    assert judge(rule, replace(TEAM, declared=frozenset({"another"}))) is UNMET
    assert judge(rule, replace(TEAM, declared=frozenset({"it"}))) is MET


def test_a_notice_asks_nothing() -> None:
    rule = Rule("lock", RuleKind.NOTICE, "报名截止后不得再改。")

    assert judge_rule(rule, TEAM) is None
    assert not check_team(TEAM, TeamRules(rules=(rule,)))[-1].rule
    assert TeamRules(rules=(rule, INTEGRITY, AGE, STARTUP)).statements == (INTEGRITY, AGE)


# --- the company


@pytest.mark.parametrize(
    ("company", "none_before", "before"),
    [
        (CompanyFacts(False), MET, UNMET),
        (CompanyFacts(True, date(2026, 7, 19)), UNMET, MET),
        (CompanyFacts(True, NOTICE), MET, UNMET),  # registered on the very day
        (CompanyFacts(None, date(2026, 7, 19)), UNMET, MET),
        (CompanyFacts(True), NEEDS_PROOF, NEEDS_PROOF),
        (CompanyFacts(), NEEDS_PROOF, UNMET),
    ],
)
def test_company_by_group(
    company: CompanyFacts, none_before: CheckStatus, before: CheckStatus
) -> None:
    team = replace(TEAM, company=company)
    after = replace(STARTUP, kind=RuleKind.COMPANY_ON_OR_AFTER)
    word = replace(team, declared=frozenset({"no-company"}))

    assert judge(STARTUP, team) is before
    # where it is not known, the captain's word stands in
    assert judge(NO_COMPANY, team) is (UNMET if none_before is NEEDS_PROOF else none_before)
    assert judge(NO_COMPANY, word) is (MET if none_before is NEEDS_PROOF else none_before)
    if company.registered_on:
        assert judge(after, team) is none_before


def test_a_missing_proof_does_not_hold_an_entry_back() -> None:
    rules = replace(RULES, rules=(STARTUP,))
    checks = check_team(replace(TEAM, company=CompanyFacts(True)), rules)

    assert NEEDS_PROOF in {check.status for check in checks}
    assert is_complete(checks)


def company(representative: str, *shares: tuple[str, Fraction | None]) -> TeamFacts:
    rows = tuple(Shareholder(name, share) for name, share in shares)
    return replace(TEAM, company=CompanyFacts(True, date(2025, 1, 1), representative, rows))


@pytest.mark.parametrize(
    ("representative", "captain", "member"),
    [
        ("成员1", MET, MET),
        ("成员 １", MET, MET),
        ("成员2", UNMET, MET),
        ("外人", UNMET, UNMET),
        ("", NEEDS_PROOF, NEEDS_PROOF),
    ],
)
def test_who_stands_for_the_company(
    representative: str, captain: CheckStatus, member: CheckStatus
) -> None:
    team = company(representative)

    assert judge(Rule("c", RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE), team) is captain
    assert judge(Rule("m", RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER), team) is member


def test_without_a_company_only_a_rule_of_founders_is_broken() -> None:
    assert judge(Rule("c", RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE)) is UNMET
    assert judge(Rule("m", RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER)) is MET
    assert judge(Rule("s", RuleKind.TEAM_SHARE_MIN, share=Fraction(1, 3))) is UNMET


TENTH = Rule("legal", RuleKind.LEGAL_REP_SHARE_MIN, share=Fraction(1, 10))
THIRD = Rule("team", RuleKind.TEAM_SHARE_MIN, share=Fraction(1, 3))


@pytest.mark.parametrize(
    ("share", "expected"),
    [("10", MET), ("9.999999", UNMET), ("10.000001", MET), ("1/10", MET)],
)
def test_exactly_ten_percent_is_enough(share: str, expected: CheckStatus) -> None:
    own = parse_share(share)

    assert judge(TENTH, company("成员1", ("成员1", own), ("基金", 1 - own))) is expected


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (("1/3", "0"), MET),  # exactly a third
        (("33.333333", "0"), UNMET),
        (("33.33", "0.01"), MET),  # together 33.34
        (("1/6", "1/6"), MET),
        (("20", "13.3333"), UNMET),
    ],
)
def test_exactly_a_third_is_enough(shares: tuple[str, str], expected: CheckStatus) -> None:
    one, two = map(parse_share, shares)
    team = company("成员1", ("成员1", one), ("成员2", two), ("其他人", 1 - one - two))

    assert judge(THIRD, team) is expected


def test_shares_that_are_not_listed_yet_could_be_theirs() -> None:
    some = company("成员1", ("成员1", Fraction(1, 5)), ("其他人", Fraction(1, 2)))

    assert judge(THIRD, some) is NEEDS_PROOF
    assert params(THIRD, some) == {
        "held": Fraction(1, 5),
        "total": Fraction(7, 10),
        "reason": "not_all_listed",
    }
    assert (
        judge(THIRD, company("成员1", ("成员1", Fraction(1, 5)), ("其他人", Fraction(7, 10))))
        is UNMET
    )
    assert judge(THIRD, company("成员1", ("成员1", None))) is NEEDS_PROOF


SHARES = st.fractions(min_value=0, max_value=1, max_denominator=1000)


@given(st.lists(st.tuples(st.sampled_from(["成员1", "成员2", "外人"]), SHARES), max_size=5), SHARES)
def test_listing_a_shareholder_never_contradicts_what_was_told(
    rows: list[tuple[str, Fraction]], least: Fraction
) -> None:
    """Met stays met, unmet stays unmet, as long as no more than the whole is listed."""
    rule = Rule("t", RuleKind.TEAM_SHARE_MIN, share=least or Fraction(1, 1000))
    kept = []
    before = NEEDS_PROOF
    for name, share in rows:
        if sum((s for _n, s in kept), Fraction(0)) + share > 1:
            break
        kept.append((name, share))
        now = judge(rule, company("成员1", *kept))
        assert before is NEEDS_PROOF or now is before
        before = now


@given(st.dates(date(1950, 1, 1), date(2020, 1, 1)), st.dates(date(1950, 1, 1), date(2020, 1, 1)))
def test_age_is_decided_by_the_day_alone(born_on: date, on: date) -> None:
    rule = Rule("age", RuleKind.BORN_ON_OR_AFTER, on=on, who=Who.CAPTAIN)

    assert (judge(rule, with_member(1, born_on=born_on)) is MET) == (born_on >= on)
    assert judge(rule, with_member(1, born_on=on)) is MET
    assert judge(rule, with_member(1, born_on=on - timedelta(days=1))) is UNMET


@given(
    st.dates(date(1990, 1, 1), date(2026, 12, 31)), st.dates(date(1990, 1, 1), date(2026, 12, 31))
)
def test_a_company_is_either_before_or_not(registered: date, on: date) -> None:
    team = replace(TEAM, company=CompanyFacts(True, registered))
    kinds = (RuleKind.COMPANY_BEFORE, RuleKind.COMPANY_NONE_BEFORE)
    told = {judge(Rule("c", kind, on=on), team) for kind in kinds}

    assert told == {MET, UNMET}


# --- shares in words


@given(st.fractions(min_value=0, max_value=1, max_denominator=999_999))
def test_a_share_is_read_as_it_was_written(share: Fraction) -> None:
    assert parse_share(write_share(share)) == share


@pytest.mark.parametrize(
    ("typed", "share"),
    [
        ("33.4", Fraction(167, 500)),
        (" 33.4 % ", Fraction(167, 500)),
        ("１０％", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("100", Fraction(1)),
        ("0", Fraction(0)),
    ],
)
def test_a_share_is_a_percentage_or_a_part(typed: str, share: Fraction) -> None:
    assert parse_share(typed) == share


@pytest.mark.parametrize(
    "typed", ["", "abc", "-1", "101", "4/3", "1/0", "1e2", "nan", "0.1.2", "33,3", "9" * 40]
)
def test_anything_else_is_no_share(typed: str) -> None:
    with pytest.raises(InvalidShareError):
        parse_share(typed)


# --- rules as data


def test_bare_words_become_a_statement_with_a_key_of_their_own() -> None:
    rule = read_rule({"text": "须为本校学生。", "source": "通知"})

    assert (rule.kind, rule.text, rule.source) == (RuleKind.STATEMENT, "须为本校学生。", "通知")
    assert rule.key == derive_key("须为本校学生。") == "s-" + rule.key[2:]
    assert read_rule({"text": "须为本校学生。"}).key == rule.key
    assert read_rule({"text": "须为他校学生。"}).key != rule.key


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "of_the_future"},
        {"kind": "team_share_min"},
        {"kind": "team_share_min", "share": "a lot"},
        {"kind": "age_min", "years": 0},
        {"kind": "degree_in", "degrees": ["wizard"]},
        {"kind": "degree_in", "degrees": []},
        {"kind": "status_on", "on": "2026-02-30"},
        {"kind": "status_on", "who": "highest"},
        {"kind": "graduated_within"},
        {"kind": None},
    ],
)
def test_what_cannot_be_read_is_left_to_people(data: dict[str, object]) -> None:
    rule = read_rule({"key": "it", "text": "一句话。", **data})

    assert rule == Rule("it", RuleKind.STATEMENT, "一句话。")


def every_rule() -> list[dict[str, object]]:
    found = []
    for path in sorted(TEMPLATES.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict) and "tracks" in facts:
            found += facts["rules"]
            found += [r for t in facts["tracks"] for g in t["groups"] for r in g["rules"]]
    return found


def test_every_shipped_rule_has_key_kind_words_and_source() -> None:
    rules = every_rule()

    assert len(rules) > 50
    for data in rules:
        rule = read_rule({**data, "source": "somewhere"})
        assert data["key"] == rule.key, data
        assert data["kind"] == rule.kind.value, data
        assert rule.text, data
        assert data["source"], data
        assert set(data) - {"key", "kind", "text", "source"} <= set(PARAMS.get(rule.kind, ())), data


def test_every_shipped_rule_is_written_as_it_was_read() -> None:
    for data in every_rule():
        rule = read_rule({**data, "source": "somewhere"})
        assert read_rule(json.loads(json.dumps(write_rule(rule)))) == rule


@given(
    st.sampled_from(list(RuleKind)),
    st.dates(),
    st.integers(1, 99),
    SHARES,
    st.sets(st.sampled_from(DEGREES), min_size=1),
    st.booleans(),
)
def test_a_rule_is_read_as_it_was_written(
    kind: RuleKind, on: date, years: int, share: Fraction, degrees: set[str], flag: bool
) -> None:
    given_ = {
        "on": on,
        "years": years,
        "share": share or Fraction(1, 2),
        "degrees": frozenset(degrees),
        "is_allowed": flag,
    }
    rule = Rule(
        "k",
        kind,
        "词",
        "源",
        flag,
        **{n: v for n, v in given_.items() if n in PARAMS.get(kind, ())},
    )

    assert read_rule(json.loads(json.dumps(write_rule(rule)))) == rule


@given(st.sampled_from(list(RuleKind)))
def test_every_kind_is_judged_on_nothing_at_all(kind: RuleKind) -> None:
    """A draft just begun breaks no check."""
    rule = Rule(
        "k",
        kind,
        on=NOTICE,
        share=Fraction(1, 3),
        degrees=frozenset({"bachelor"}),
        years=5,
        year=2021,
    )
    verdict = judge_rule(rule, TeamFacts("", "", "", members=[]))

    assert (verdict is None) == (kind is RuleKind.NOTICE)
    assert not (is_declarable(kind) and verdict and verdict[0] is NEEDS_PROOF)


def test_a_rule_that_says_nothing_is_refused() -> None:
    with pytest.raises(InvalidRuleError, match="share"):
        Rule("k", RuleKind.TEAM_SHARE_MIN).check()
    with pytest.raises(InvalidRuleError, match="key"):
        Rule("Two Words", RuleKind.STATEMENT).check()


def test_rules_that_nobody_can_meet_are_refused() -> None:
    with pytest.raises(InvalidRulesError):
        TeamRules(member_min=4, member_max=3)
    with pytest.raises(InvalidRulesError):
        TeamRules(adviser_min=-1)


@given(st.integers(0, 20), st.integers(0, 8), st.integers(0, 8))
def test_the_count_alone_decides_between_minimum_and_maximum(
    count: int, minimum: int, span: int
) -> None:
    rule = Rule("size", RuleKind.TEAM_SIZE, minimum=minimum, maximum=minimum + span)
    met = judge(rule, replace(TEAM, members=members(count))) is MET

    assert met == (minimum <= count <= minimum + span)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(1, 3), "33.33%"),
        (Fraction(2, 3), "66.67%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(0), "0%"),
        (Fraction(5, 4), "125%"),
        (Fraction(12345, 10**6), "1.23%"),
        (Fraction(12350, 10**6), "1.24%"),
    ],
)
def test_a_share_to_be_read_is_rounded_half_up(share: Fraction, words: str) -> None:
    assert round_share(share) == words
