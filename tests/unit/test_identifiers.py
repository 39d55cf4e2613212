import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.identifiers import (
    Fault,
    InvalidIdentifierError,
    find_resident_id_fault,
    find_uscc_fault,
    get_birth_date,
    is_mobile,
    is_resident_id,
    is_uscc,
    normalise_mobile,
    normalise_resident_id,
    normalise_uscc,
)
from eventhub.domain.identity import (
    PaperKind,
    find_birth_date,
    find_paper_fault,
    normalise_paper,
)

VECTORS = json.loads((Path(__file__).parent / "vectors/identifiers.json").read_text("utf-8"))
RESIDENT, USCC = VECTORS["resident_id"], VECTORS["uscc"]


@pytest.mark.parametrize("resident_id", RESIDENT["valid"])
def test_valid_resident_ids(resident_id: str) -> None:
    assert find_resident_id_fault(resident_id) is None


@pytest.mark.parametrize("resident_id", [vector[0] for vector in RESIDENT["invalid"]])
def test_invalid_resident_ids(resident_id: str) -> None:
    assert not is_resident_id(resident_id)


@pytest.mark.parametrize(
    ("resident_id", "fault"),
    [
        ("50010620040229001", Fault.LENGTH),
        ("", Fault.LENGTH),
        ("11010519491231002x", Fault.CHARACTER),
        ("X1010519491231002X", Fault.CHARACTER),
        ("1101051949123١002X", Fault.CHARACTER),
        ("010105194912310026", Fault.CHARACTER),
        ("500106200506310013", Fault.DATE),
        ("500106200302290011", Fault.DATE),
        ("500106000001010011", Fault.DATE),
        ("110105194912310020", Fault.CHECKSUM),
    ],
)
def test_the_fault_of_a_resident_id_is_told(resident_id: str, fault: Fault) -> None:
    assert find_resident_id_fault(resident_id) is fault


def test_the_birth_date_is_read_from_a_valid_id_only() -> None:
    assert get_birth_date("500106200402290011") == date(2004, 2, 29)
    with pytest.raises(InvalidIdentifierError):
        get_birth_date("500106200402290012")


@given(
    st.integers(100000, 999999),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.integers(0, 999),
    st.data(),
)
def test_a_wrong_digit_in_a_resident_id_shows(
    region: int, born_on: date, sequence: int, data: st.DataObject
) -> None:
    body = f"{region}{born_on:%Y%m%d}{sequence:03}"
    weighted = sum(w * int(d) for w, d in zip(RESIDENT["weights"], body, strict=True))
    good = body + RESIDENT["map"][weighted % 11]
    place = data.draw(st.integers(0, 16))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != good[place]))

    assert is_resident_id(good)
    assert get_birth_date(good) == born_on
    assert not is_resident_id(good[:place] + wrong + good[place + 1 :])


@pytest.mark.parametrize("uscc", USCC["valid"] + USCC["valid_outer_inner_fails"])
def test_valid_credit_codes(uscc: str) -> None:
    assert find_uscc_fault(uscc) is None


@pytest.mark.parametrize("uscc", [vector[0] for vector in USCC["invalid"]])
def test_invalid_credit_codes(uscc: str) -> None:
    assert not is_uscc(uscc)


@pytest.mark.parametrize(
    ("uscc", "fault"),
    [
        ("9111000060003734", Fault.LENGTH),
        ("91110000600037341I", Fault.CHARACTER),
        ("91110000600037341l", Fault.CHARACTER),
        ("91110000600037341M", Fault.CHECKSUM),
    ],
)
def test_the_fault_of_a_credit_code_is_told(uscc: str, fault: Fault) -> None:
    assert find_uscc_fault(uscc) is fault


@given(st.text(USCC["alphabet"], min_size=17, max_size=17), st.data())
def test_a_wrong_character_in_a_credit_code_shows(body: str, data: st.DataObject) -> None:
    fitting = [body + check for check in USCC["alphabet"] if is_uscc(body + check)]
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from(USCC["alphabet"]).filter(lambda c: c != fitting[0][place]))

    assert len(fitting) == 1
    assert not is_uscc(fitting[0][:place] + wrong + fitting[0][place + 1 :])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("110105 19491231 002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105-19491231-002X\u200b", "11010519491231002X"),
    ],
)
def test_resident_ids_are_cleaned(typed: str, expected: str) -> None:
    assert normalise_resident_id(typed) == expected


def test_credit_codes_are_cleaned() -> None:
    assert normalise_uscc(" 91500106 ma5abcd19f\u3000") == "91500106MA5ABCD19F"


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "+86 138 1234 5678",
        "+86-138-1234-5678",
        "(+86) 13812345678",
        "0086 13812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "138\u00a01234\u20115678",
    ],
)
def test_mobile_numbers_are_cleaned(typed: str) -> None:
    assert normalise_mobile(typed) == "13812345678"


@pytest.mark.parametrize("number", ["12812345678", "1381234567", "138123456789", "", "02362460000"])
def test_other_numbers_are_no_mobile_numbers(number: str) -> None:
    assert not is_mobile(normalise_mobile(number))


@given(st.text("0123456789+- ", max_size=16))
def test_mobile_numbers_have_the_standard_form(typed: str) -> None:
    cleaned = normalise_mobile(typed)

    assert is_mobile(cleaned) == bool(re.fullmatch(VECTORS["mobile"]["regex"], cleaned))
    assert normalise_mobile(cleaned) == cleaned or not is_mobile(cleaned)


@pytest.mark.parametrize("resident_id", RESIDENT["valid"])
def test_a_resident_id_passes_as_such_and_tells_the_birth_date(resident_id: str) -> None:
    assert find_paper_fault(PaperKind.RESIDENT, resident_id) is None
    assert find_birth_date(PaperKind.RESIDENT, resident_id) == date(
        int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14])
    )


@pytest.mark.parametrize(
    ("resident_id", "fault"),
    [
        ("50010620040229001", Fault.LENGTH),
        ("5001062004022900O1", Fault.CHARACTER),
        ("500106200506310013", Fault.DATE),
        ("110105194912310020", Fault.CHECKSUM),
    ],
)
def test_a_wrong_resident_id_is_refused_and_tells_no_birth_date(
    resident_id: str, fault: Fault
) -> None:
    assert find_paper_fault(PaperKind.RESIDENT, resident_id) is fault
    assert find_birth_date(PaperKind.RESIDENT, resident_id) is None


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (PaperKind.PASSPORT, "E12345678"),
        (PaperKind.PASSPORT, "g 1234 5678"),
        (PaperKind.HK_MACAO, "H01234567"),
        (PaperKind.HK_MACAO, "m0123456701"),
        (PaperKind.HK_MACAO, "810000199408230021"),  # would fail the checksum
        (PaperKind.TAIWAN, "01234567"),
        (PaperKind.TAIWAN, "0012345601(B)"),
        (PaperKind.TAIWAN, "830000199201300022"),
        (PaperKind.FOREIGN_RESIDENT, "CAN110078120101"),
        (PaperKind.FOREIGN_RESIDENT, "911124198108030027"),
    ],
)
def test_other_papers_pass_by_their_own_form(kind: PaperKind, typed: str) -> None:
    number = normalise_paper(typed)

    assert find_paper_fault(kind, number) is None
    assert find_birth_date(kind, number) is None


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (PaperKind.PASSPORT, "E123"),
        (PaperKind.PASSPORT, "护照12345"),
        (PaperKind.HK_MACAO, "A12345678"),
        (PaperKind.HK_MACAO, "H1234567"),
        (PaperKind.TAIWAN, "1234567"),
        (PaperKind.FOREIGN_RESIDENT, "CAN11007812010"),
        (PaperKind.TAIWAN, ""),
    ],
)
def test_other_papers_of_another_form_are_refused(kind: PaperKind, number: str) -> None:
    assert find_paper_fault(kind, number) is Fault.FORM


@given(st.sampled_from([kind for kind in PaperKind if kind is not PaperKind.RESIDENT]), st.text())
def test_papers_other_than_the_residents_are_never_summed(kind: PaperKind, typed: str) -> None:
    assert find_paper_fault(kind, normalise_paper(typed)) in {None, Fault.FORM}
