import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.conflicts import (
    AdviserFacts,
    Conflict,
    ConflictKind,
    EntryFacts,
    JudgeFacts,
    find_conflicts,
    normalise_institution,
    normalise_name,
    same_institution,
)

JUN = JudgeFacts("陈俊", university="重庆大学", employer="山城创投（重庆）有限公司")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·艾力", "买买提•艾力"),
        ("买买提·艾力", "买买提・艾力"),
        ("买买提·艾力", "买买提･艾力"),
        ("阿卜杜·热合曼", "阿卜杜．热合曼"),
        ("阿卜杜·热合曼", "阿卜杜.热合曼"),
        ("张 三", "张三"),
        ("张\u3000三\u200b", "张三"),
        ("Ｌｉ Wei", "li wei"),
        ("𠮷田", "𠮷 田"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("张三", "张三丰"), ("J. Li", "J·Li"), ("王伟", "王炜")]
)
def test_names_that_differ(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


def test_institutions_are_equal_as_wholes() -> None:
    assert same_institution("重庆大学 ", ["西南大学", "重庆大学"])
    assert not same_institution("重庆大学", ["重庆大学城市科技学院", "重庆邮电大学"])
    assert normalise_institution("某学院(南岸)") == normalise_institution("某学院（南岸）")


def test_an_unknown_institution_is_nobodys() -> None:
    assert not same_institution("", ["", "重庆大学"])
    assert (
        find_conflicts(JudgeFacts(""), EntryFacts(("",), (AdviserFacts(""),), ("",), ("",))) == []
    )


def test_a_renamed_university_stays_itself() -> None:
    aliases = {"重庆科技学院": "重庆科技大学"}

    assert same_institution("重庆科技学院", ["重庆科技大学"], aliases=aliases)
    assert same_institution("重庆科技大学", ["重庆科技 学院"], aliases=aliases)
    assert not same_institution("重庆科技学院", ["重庆科技大学"])


def test_a_stranger_has_no_conflict() -> None:
    entry = EntryFacts(("西南大学",), (AdviserFacts("周明远", "西南大学"),), ("陈俊杰",), ("李四",))

    assert find_conflicts(JUN, entry) == []


def test_the_own_university_is_told_once() -> None:
    entry = EntryFacts(("西南大学", "重庆大学"), (AdviserFacts("周明远", "重庆 大学"),))

    assert find_conflicts(JUN, entry) == [Conflict(ConflictKind.OWN_UNIVERSITY, "重庆大学", True)]


def test_a_colleague_of_the_adviser_has_a_conflict() -> None:
    entry = EntryFacts(("西南大学",), (AdviserFacts("周明远", "重庆大学"),))

    assert [c.kind for c in find_conflicts(JUN, entry)] == [ConflictKind.OWN_UNIVERSITY]


def test_an_adviser_is_certain_with_the_university_only() -> None:
    same = EntryFacts(advisers=(AdviserFacts("陈 俊", "重庆大学"),))
    other = EntryFacts(advisers=(AdviserFacts("陈俊", "西南大学"),))
    unknown = EntryFacts(advisers=(AdviserFacts("陈俊"),))

    assert Conflict(ConflictKind.ADVISER, "陈 俊", True) in find_conflicts(JUN, same)
    assert find_conflicts(JUN, other) == [Conflict(ConflictKind.ADVISER, "陈俊", False)]
    assert find_conflicts(JUN, unknown) == [Conflict(ConflictKind.ADVISER, "陈俊", False)]


def test_two_unknown_universities_are_not_the_same() -> None:
    entry = EntryFacts(advisers=(AdviserFacts("陈俊"),))

    assert find_conflicts(JudgeFacts("陈俊"), entry) == [
        Conflict(ConflictKind.ADVISER, "陈俊", False)
    ]


def test_members_and_shareholders_are_found_certain_first() -> None:
    entry = EntryFacts(
        member_names=("王芳", "陈俊"), shareholders=("陈俊", "山城创投(重庆)有限公司", "王芳")
    )

    assert find_conflicts(JUN, entry) == [
        Conflict(ConflictKind.SHAREHOLDER, "山城创投(重庆)有限公司", True),
        Conflict(ConflictKind.MEMBER, "陈俊", False),
        Conflict(ConflictKind.SHAREHOLDER, "陈俊", False),
    ]


NAMES = st.text("陈俊王芳·. Ａa", max_size=5)


@given(NAMES, st.lists(NAMES, max_size=4))
def test_each_namesake_is_told_and_nobody_else(name: str, members: list[str]) -> None:
    found = find_conflicts(JudgeFacts(name), EntryFacts(member_names=tuple(members)))
    wanted = normalise_name(name)

    assert [conflict.detail for conflict in found] == [
        member for member in members if wanted and normalise_name(member) == wanted
    ]


@given(NAMES)
def test_normal_forms_stay(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)
    assert normalise_institution(normalise_institution(name)) == normalise_institution(name)
