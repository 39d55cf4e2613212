"""Chinese words as they are typed in Latin letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.pinyin import SURNAMES, fold, romanise_name, spell, spell_name


def test_a_project_is_found_by_its_syllables_and_by_their_initials():
    assert spell("智巡山城") == {"zhixunshancheng", "zxsc"}


def test_latin_letters_and_digits_stand_in_both():
    assert spell("智巡5号ＡＩ") == {"zhixun5haoai", "zx5hai"}


def test_a_place_keeps_its_reading_in_a_longer_word():
    assert "chongqingyinhang" in spell("重庆银行")
    assert "cqyd" in spell("重庆邮电")


@pytest.mark.parametrize(("surname", "reading"), SURNAMES.items())
def test_a_surname_is_read_as_one_and_as_the_common_word(surname, reading):
    found = spell_name(surname + "明")

    assert f"{reading}ming" in found
    assert f"{reading[0]}m" in found


def test_the_common_reading_of_a_surname_is_found_too():
    assert {"shanming", "sm", "danming", "dm"} <= spell_name("单明")


@pytest.mark.parametrize(
    ("name", "word"), [("尉迟恭", "yuchigong"), ("万俟雪", "moqixue"), ("万俟雪", "mqx")]
)
def test_compound_surnames(name, word):
    assert word in spell_name(name)


def test_a_dot_between_the_parts_of_a_name_does_not_matter():
    assert fold("吉克·阿呷") == fold("吉克阿呷")
    assert any(word.startswith("jikea") for word in spell_name("吉克·阿呷"))


def test_a_character_without_a_known_reading_stays():
    assert "𠮷tianxiao" in spell_name("𠮷田晓")


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_no_blank_and_no_capital_is_left(text):
    for word in spell(text) | spell_name(text):
        assert word == word.casefold()
        assert not any(c.isspace() for c in word)


def test_a_name_is_written_with_the_surname_first_and_last():
    assert romanise_name("张三丰") >= {"zhangsanfeng", "sanfengzhang"}
    assert romanise_name("欧阳澜") >= {"ouyanglan", "lanouyang"}
    assert romanise_name("曾明") >= {"zengming", "mingzeng"}
    assert romanise_name("John Smith") == set()
