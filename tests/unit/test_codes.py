from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eventhub.domain.codes import (
    ALPHABET,
    InvalidCodeError,
    NotEnoughRandomnessError,
    format_code,
    from_bytes,
    is_well_formed,
    normalise,
    with_check,
)

BODIES = st.text(ALPHABET, min_size=1, max_size=12)


def test_no_two_characters_look_alike() -> None:
    assert len(set(ALPHABET)) == 25
    for alike in ("0OQ", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1


def test_no_code_spells_a_word() -> None:
    assert not set("AEIOU") & set(ALPHABET)


def test_codes_are_grouped_for_the_eye() -> None:
    assert format_code("7K3M9QX2") == "7K3M-9QX2"
    assert format_code("7K3M9Q") == "7K3M-9Q"
    assert format_code("") == ""


@pytest.mark.parametrize(
    "typed",
    [
        "7k3m-9qx2",
        " 7K3M 9QX2 ",
        "７Ｋ３Ｍ－９ＱＸ２",
        "7K3M—9QX2",
        "7K3M\u20119QX2\u200b",
        "7K3M9QXZ",
    ],
)
def test_what_hands_do_to_a_code_is_undone(typed: str) -> None:
    assert normalise(typed) == "7K3M9QX2"


@pytest.mark.parametrize(
    "typed", ["7K3M9QX", "7K3M9QX22", "7K3M9QX0", "7K3M9QXO", "7K3M9QX1", "", "七"]
)
def test_what_was_never_issued_is_told(typed: str) -> None:
    assert not is_well_formed(normalise(typed), length=8)


@given(BODIES)
def test_formatting_is_undone_by_normalising(body: str) -> None:
    assert normalise(format_code(body)) == body
    assert normalise(format_code(body).lower()) == body


@given(BODIES, st.data())
def test_a_single_wrong_character_shows(body: str, data: st.DataObject) -> None:
    code = with_check(body)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET).filter(lambda c: c != code[place]))

    assert is_well_formed(code, length=len(code), checked=True)
    assert not is_well_formed(
        code[:place] + wrong + code[place + 1 :], length=len(code), checked=True
    )


@given(BODIES, st.data())
def test_swapped_neighbours_show(body: str, data: st.DataObject) -> None:
    code = with_check(body)
    place = data.draw(st.integers(0, len(code) - 2))
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert not is_well_formed(swapped, length=len(code), checked=True)


def test_an_unchecked_length_is_not_enough() -> None:
    code = with_check("7K3M9QX")
    slip = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % 25]

    assert is_well_formed(slip, length=8)
    assert not is_well_formed(slip, length=8, checked=True)


@given(st.binary(min_size=64, max_size=64), st.integers(2, 12), st.booleans())
def test_codes_from_bytes_are_well_formed(random: bytes, length: int, checked: bool) -> None:
    unbiased = [byte for byte in random if byte < 250]
    assume(len(unbiased) >= length)

    code = from_bytes(random, length, checked=checked)

    assert is_well_formed(code, length=length, checked=checked)


def test_every_character_is_equally_likely() -> None:
    counts = Counter(from_bytes(bytes([byte]), 1) for byte in range(250))

    assert set(counts) == set(ALPHABET)
    assert set(counts.values()) == {10}
    for byte in range(250, 256):
        with pytest.raises(NotEnoughRandomnessError):
            from_bytes(bytes([byte]), 1)


def test_skipped_bytes_are_skipped_wherever_they_stand() -> None:
    assert from_bytes(bytes([255, 0, 250, 24, 249]), 3) == "2YY"


def test_a_check_alone_is_no_code() -> None:
    with pytest.raises(InvalidCodeError):
        from_bytes(bytes(8), 1, checked=True)
    with pytest.raises(InvalidCodeError):
        with_check("")
    with pytest.raises(InvalidCodeError):
        with_check("7k3m")
