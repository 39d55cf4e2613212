import hmac
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.draw import (
    Drawn,
    DuplicateCodeError,
    InvalidRoomCountError,
    MissingPublicTextError,
    WeakSecretError,
    assign_rooms,
    commit,
    draw,
    publication,
)

VECTOR = json.loads((Path(__file__).parent / "vectors/draw.json").read_text("utf-8"))
SECRET = bytes.fromhex(VECTOR["secret"])
TEXT = VECTOR["public_text"]
CODES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), unique=True)


def test_the_draw_is_the_one_that_openssl_computes() -> None:
    order = draw(VECTOR["codes"], secret=SECRET, public_text=TEXT)

    assert order == [Drawn(**row) for row in VECTOR["order"]]
    assert commit(SECRET) == VECTOR["commitment"]


def test_what_is_published_is_all_of_it() -> None:
    published = publication(VECTOR["codes"], secret=SECRET, public_text=TEXT)

    assert published == {key: VECTOR[key] for key in VECTOR if key != "source"}


def test_the_public_text_is_the_same_however_its_accents_are_typed() -> None:
    composed, decomposed = "Café 决赛", unicodedata.normalize("NFD", "Café 决赛")

    assert composed != decomposed
    assert draw(["a", "b"], secret=SECRET, public_text=composed) == draw(
        ["a", "b"], secret=SECRET, public_text=decomposed
    )


def test_the_normal_form_of_the_public_text_is_c() -> None:
    key = SECRET + b"|Caf\xc3\xa9"
    [drawn] = draw(["CY-001"], secret=SECRET, public_text="Cafe\u0301")

    assert drawn.digest == hmac.new(key, b"CY-001", "sha256").hexdigest()


def test_a_code_cannot_be_drawn_twice() -> None:
    with pytest.raises(DuplicateCodeError):
        draw(["a", "b", "a"], secret=SECRET, public_text=TEXT)


def test_a_guessable_secret_is_refused() -> None:
    with pytest.raises(WeakSecretError):
        commit(b"2026-11-22")
    with pytest.raises(WeakSecretError):
        draw(["a"], secret=b"", public_text=TEXT)


def test_a_draw_without_public_text_is_refused() -> None:
    with pytest.raises(MissingPublicTextError):
        draw(["a"], secret=SECRET, public_text=" \u3000")


@given(CODES, st.randoms(use_true_random=False))
def test_only_the_set_of_codes_matters(codes: list[str], random: object) -> None:
    shuffled = list(codes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    order = draw(codes, secret=SECRET, public_text=TEXT)

    assert order == draw(shuffled, secret=SECRET, public_text=TEXT)
    assert {drawn.code for drawn in order} == set(codes)
    assert [drawn.position for drawn in order] == list(range(1, len(codes) + 1))
    assert [drawn.digest for drawn in order] == sorted(drawn.digest for drawn in order)


@given(CODES, st.text(st.characters(codec="utf-8"), min_size=1, max_size=8))
def test_a_late_withdrawal_leaves_the_others_in_order(codes: list[str], gone: str) -> None:
    everyone = draw([*{*codes, gone}], secret=SECRET, public_text=TEXT)
    remaining = draw([code for code in codes if code != gone], secret=SECRET, public_text=TEXT)

    assert [d.code for d in everyone if d.code != gone] == [d.code for d in remaining]


def test_every_code_comes_first_about_as_often() -> None:
    codes = [f"CY-{number}" for number in range(6)]
    first = [draw(codes, secret=SECRET, public_text=f"draw {n}")[0].code for n in range(3000)]

    # 500 expected; the standard deviation is 20.4, so 400 to 600 is five of them.
    assert all(400 < first.count(code) < 600 for code in codes)


def test_secret_and_text_both_decide() -> None:
    codes = [f"CY-{number}" for number in range(20)]
    base = draw(codes, secret=SECRET, public_text=TEXT)

    assert draw(codes, secret=SECRET, public_text=TEXT + " ") != base
    assert draw(codes, secret=SECRET[:-1] + b"!", public_text=TEXT) != base


def test_rooms_are_dealt_like_cards() -> None:
    assert assign_rooms("1234567", 3) == [("1", "4", "7"), ("2", "5"), ("3", "6")]
    assert assign_rooms("1", 2) == [("1",), ()]


def test_no_rooms_no_deal() -> None:
    with pytest.raises(InvalidRoomCountError):
        assign_rooms("123", 0)


@given(st.lists(st.integers(), max_size=40), st.integers(1, 7))
def test_dealing_loses_nothing_and_is_even(order: list[int], room_count: int) -> None:
    rooms = assign_rooms(order, room_count)
    sizes = [len(room) for room in rooms]

    assert len(rooms) == room_count
    assert sum(sizes) == len(order)
    assert max(sizes) - min(sizes) <= 1
    assert [rooms[n % room_count][n // room_count] for n in range(len(order))] == order
