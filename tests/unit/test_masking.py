import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.masking import (
    SHOWN,
    STAR,
    OutputKind,
    Treatment,
    mask_birth_date,
    mask_identity,
    mask_mail,
    mask_name,
    mask_phone,
    mask_student_number,
)

NOTICE, REVIEW = OutputKind.PUBLIC_NOTICE, OutputKind.REVIEW
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("𠮷𡈼")
LATIN = st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张三", "张*"),
        ("李晓明", "李*明"),
        ("欧阳娜娜", "欧**娜"),
        ("诸葛亮", "诸*亮"),
        ("𠮷田", "𠮷*"),
        ("𠮷田一", "𠮷*一"),
        ("吉克·阿呷", "吉*·*呷"),
        ("买买提·艾力", "买**·*力"),
        ("王 小 明", "王 * 明"),
        ("John Smith", "J*** ***h"),
        ("Alexander", "A***r"),
        ("O'Neil", "O'***l"),
        ("Jo", "J***"),
        ("é", "***"),
        ("e\u0301\u0323van", "e\u0301\u0323***n"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("张", "*"),
        ("𠮷", "*"),
        ("·", "*"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_names_on_a_notice(name: str, expected: str) -> None:
    assert mask_name(name, NOTICE) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (OutputKind.PUBLIC_NOTICE, "欧**娜"),
        (OutputKind.ATTENDANCE_WALL, "欧**娜"),
        (OutputKind.AWARD_LIST, "欧阳娜娜"),
        (OutputKind.CERTIFICATE, "欧阳娜娜"),
        (OutputKind.OFFICE_EXPORT, "欧阳娜娜"),
        (OutputKind.REVIEW, "欧阳娜娜"),
        (OutputKind.JUDGE, "欧阳娜娜"),
        (OutputKind.BLIND, ""),
    ],
)
def test_each_output_shows_what_it_needs_of_a_name(kind: OutputKind, expected: str) -> None:
    assert mask_name("欧阳娜娜", kind) == expected


def test_no_output_shows_papers_or_birth_dates_in_full() -> None:
    assert SHOWN.keys() == set(OutputKind)
    for shown in SHOWN.values():
        assert shown.identity is not Treatment.FULL
        assert shown.birth_date is not Treatment.FULL


def test_what_anybody_can_read_holds_no_number_to_reach_or_impersonate_someone() -> None:
    for kind in (
        OutputKind.PUBLIC_NOTICE,
        OutputKind.AWARD_LIST,
        OutputKind.CERTIFICATE,
        OutputKind.ATTENDANCE_WALL,
        OutputKind.JUDGE,
        OutputKind.BLIND,
    ):
        assert mask_phone("13800000011", kind) == ""
        assert mask_mail("tia@example.com", kind) == ""
        assert mask_identity("500106200402290011", kind) == ""
        assert mask_birth_date(date(2004, 2, 29), kind) == ""


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("13800000011", "138****0011"),
        ("+86 138-0000-0011", "138****0011"),
        ("023-65112233", "****2233"),
        ("+852 5123 4567", "****4567"),
        ("651122", "****22"),
        ("12345", "****"),
        (None, ""),
    ],
)
def test_phones_on_the_review_page(phone: str | None, expected: str) -> None:
    assert mask_phone(phone, REVIEW) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tia@example.com", "t***@example.com"),
        ("t@example.com", "***@example.com"),
        ("no address", "***"),
        (None, ""),
    ],
)
def test_mail_addresses_on_the_review_page(address: str | None, expected: str) -> None:
    assert mask_mail(address, REVIEW) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("500106200402290011", "500106********0011"),
        ("E12345678", "E******78"),
        ("H1234", "*****"),
        (None, ""),
    ],
)
def test_papers_on_the_review_page(number: str | None, expected: str) -> None:
    assert mask_identity(number, REVIEW) == expected


def test_a_birth_date_keeps_its_year() -> None:
    assert mask_birth_date(date(2004, 2, 29), REVIEW) == "2004-**-**"
    assert mask_birth_date(None, REVIEW) == ""


def test_a_student_number_tells_namesakes_apart_on_a_notice() -> None:
    assert mask_student_number("2024210001", NOTICE) == "20******01"
    assert mask_student_number("1234567", NOTICE) == "*******"


def clusters(name: str) -> list[str]:
    """Letters with their marks, told apart without the code under test."""
    found: list[str] = []
    for character in name:
        if found and unicodedata.combining(character):
            found[-1] += character
        else:
            found.append(character)
    return found


@given(st.lists(HAN, min_size=1, max_size=8).map("".join))
def test_a_chinese_name_keeps_its_ends_at_most(name: str) -> None:
    masked = mask_name(name, NOTICE)

    kept = {1: "", 2: name[:1]}.get(len(name), name[0] + name[-1])
    assert masked.replace(STAR, "") == kept
    assert len(masked) == len(name)


@given(
    st.lists(
        st.tuples(LATIN, st.sampled_from(["", "\u0301", "\u0323\u0302"])).map("".join),
        min_size=1,
        max_size=12,
    )
)
def test_a_latin_name_keeps_two_letters_at_most_and_tells_no_length(letters: list[str]) -> None:
    masked = mask_name("".join(letters), NOTICE)

    ends = {1: [], 2: letters[:1]}.get(len(letters), [letters[0], letters[-1]])
    assert clusters(masked.replace(STAR, "")) == clusters("".join(ends))
    assert masked.count(STAR) == 3


@given(st.text(max_size=40))
def test_any_text_at_all_loses_its_middle(name: str) -> None:
    masked = mask_name(name, NOTICE)

    letters = [c for c in name.strip() if unicodedata.category(c)[0] in "LN"]
    shown = [c for c in masked if unicodedata.category(c)[0] in "LN"]
    assert len(shown) <= 2 + name.count("\u200d")
    if len(letters) == 1 and len(name.strip()) == 1:
        assert not shown
    assert set(shown) <= set(letters)


@given(st.text("0123456789X", min_size=0, max_size=30))
def test_numbers_never_show_more_than_their_ends(number: str) -> None:
    phone = mask_phone(number, REVIEW)
    identity = mask_identity(number, REVIEW)
    student = mask_student_number(number, NOTICE)

    assert sum(c != STAR for c in phone) <= 7
    assert sum(c != STAR for c in identity) <= (10 if len(number) == 18 else 3)
    assert sum(c != STAR for c in student) <= 4
    for masked in (identity, student):
        assert len(masked) == len(number)
        assert not number or masked.count(STAR) >= min(4, len(number))
