"""From the last mark to the publication: sample, signatures, deliberation, reopening."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import RoundMode, RoundState
from eventhub.competitions.errors import RoundStateError
from eventhub.errors import ForbiddenError
from eventhub.judging import service
from eventhub.judging.enums import OfficerRole, SignatureRole
from eventhub.judging.errors import (
    CannotMoveEntryError,
    DeliberationOpenError,
    LaterRoundBegunError,
    NotInSampleError,
    NotYoursToSignError,
    RecountMissingError,
    ScrutineerFirstError,
    SignaturesMissingError,
    SignedAlreadyError,
)
from eventhub.judging.queries import seats
from eventhub.judging.queries.closing import find_closing
from eventhub.judging.queries.results import list_standings
from tests.factories.judging import make_judged_round, make_watch


@pytest.fixture
def round_(app, olga):
    """Three entries by three judges, closed, to be signed."""
    made = make_judged_round(by=olga)
    first = seats.list_seats(made.id)[0]
    service.set_chief(first.id, by=olga)
    service.set_signatures_needed(made.id, is_needed=True, by=olga)
    return service.close_round(made.id, by=olga)


@pytest.fixture
def chief(round_):
    return next(seat for seat in seats.list_seats(round_.id) if seat.is_chief).person


@pytest.fixture
def scrutineer(round_):
    return make_watch(round_, OfficerRole.SCRUTINEER)


@pytest.fixture
def supervisor(round_):
    return make_watch(round_)


def fresh(round_):
    return find_closing(competitions.get_round(round_.id))


def recount_all(round_, scrutineer) -> None:
    for each in fresh(round_).sample:
        service.recount_sheet(round_.id, each.sheet.id, total=each.sheet.total, by=scrutineer)


def sign(round_, role: SignatureRole, person, **changes):
    closing = fresh(round_)
    place = next(each for each in closing.places if each.role is role)
    panel_id = place.panel.id if place.panel else None
    options = {"digest": closing.digest, "panel_id": panel_id, **changes}
    return service.sign_results(round_.id, role=role, by=person, **options)


def sign_all(round_, scrutineer, chief, supervisor) -> None:
    recount_all(round_, scrutineer)
    sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    sign(round_, SignatureRole.CHIEF, chief)
    sign(round_, SignatureRole.SUPERVISOR, supervisor)


def ranks(round_) -> str:
    """Each entry's rank, by the order in which the marks put them."""
    found = {each.total: each.rank for each in list_standings(round_.id)}
    return " ".join(str(found[total]) for total in sorted(found, reverse=True))


def test_all_sign_in_turn_then_it_is_published(round_, scrutineer, chief, supervisor, olga):
    with pytest.raises(SignaturesMissingError) as refused:
        service.publish_results(round_.id, by=olga)
    assert "统分员" in str(refused.value.message)
    with pytest.raises(RecountMissingError):
        sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    recount_all(round_, scrutineer)
    with pytest.raises(ScrutineerFirstError):
        sign(round_, SignatureRole.SUPERVISOR, supervisor)
    sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    sign(round_, SignatureRole.SUPERVISOR, supervisor)
    with pytest.raises(SignaturesMissingError) as refused:
        service.publish_results(round_.id, by=olga)
    assert "统分员" not in str(refused.value.message)
    assert "评委组长" in str(refused.value.message)
    sign(round_, SignatureRole.CHIEF, chief)
    assert fresh(round_).is_signed
    service.publish_results(round_.id, by=olga)
    assert fresh(round_).is_signed, "what is published is what was signed"


def test_each_signs_as_what_they_are_and_once(round_, scrutineer, chief, supervisor, olga, nell):
    recount_all(round_, scrutineer)
    for person in (olga, nell, chief, supervisor):
        with pytest.raises(NotYoursToSignError):
            sign(round_, SignatureRole.SCRUTINEER, person)
    with pytest.raises(NotYoursToSignError):
        sign(round_, SignatureRole.CHIEF, chief, panel_id=None)
    sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    with pytest.raises(SignedAlreadyError):
        sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    with pytest.raises(RoundStateError):
        sign(round_, SignatureRole.CHIEF, chief, digest="0" * 64)


def test_the_sample_is_fixed_by_the_closing_and_a_wrong_sum_stops(round_, scrutineer, chief):
    sample = fresh(round_).sample
    assert len(sample) == 3
    assert [each.sheet.id for each in sample] == [each.sheet.id for each in fresh(round_).sample]
    one = sample[0].sheet
    with pytest.raises(NotYoursToSignError):
        service.recount_sheet(round_.id, one.id, total=one.total, by=chief)
    with pytest.raises(NotInSampleError):
        service.recount_sheet(round_.id, round_.id, total=one.total, by=scrutineer)
    recount_all(round_, scrutineer)
    service.recount_sheet(round_.id, one.id, total=one.total + Decimal("0.01"), by=scrutineer)
    assert not fresh(round_).is_recounted
    with pytest.raises(RecountMissingError):
        sign(round_, SignatureRole.SCRUTINEER, scrutineer)
    service.recount_sheet(round_.id, one.id, total=one.total, by=scrutineer)
    assert fresh(round_).is_recounted


def test_a_move_needs_both_is_told_and_voids_what_was_signed(
    round_, scrutineer, chief, supervisor, olga
):
    sign_all(round_, scrutineer, chief, supervisor)
    assert ranks(round_) == "1 2 3"
    last = list_standings(round_.id)[-1]
    asked = service.propose_move(
        round_.id, last.entry_id, rank=1, reason="现场核实订单属实", by=chief
    )
    assert ranks(round_) == "1 2 3"
    with pytest.raises(SignedAlreadyError):
        service.sign_move(asked.id, by=chief)
    with pytest.raises(NotYoursToSignError):
        service.sign_move(asked.id, by=olga)
    with pytest.raises(DeliberationOpenError):
        service.publish_results(round_.id, by=olga)
    with pytest.raises(DeliberationOpenError):
        service.propose_move(round_.id, last.entry_id, rank=2, reason="再议", by=chief)
    service.sign_move(asked.id, by=supervisor)
    assert ranks(round_) == "2 3 1"
    (told,) = list_standings(round_.id)[0].details["deliberations"]
    assert (told["from"], told["to"], told["reason"]) == (3, 1, "现场核实订单属实")
    assert told["signed_by"] == [chief.name, supervisor.name]
    assert all(place.is_void for place in fresh(round_).places)
    with pytest.raises(SignaturesMissingError):
        service.publish_results(round_.id, by=olga)
    sign_all(round_, scrutineer, chief, supervisor)
    service.publish_results(round_.id, by=olga)
    with pytest.raises(RoundStateError):
        service.propose_move(round_.id, last.entry_id, rank=2, reason="又议", by=chief)


def test_what_is_no_move_and_who_has_no_say(round_, chief, supervisor, nell, olga):
    first = list_standings(round_.id)[0]
    for rank in (0, 1, 4):
        with pytest.raises(CannotMoveEntryError):
            service.propose_move(round_.id, first.entry_id, rank=rank, reason="议", by=chief)
    with pytest.raises(NotYoursToSignError):
        service.propose_move(round_.id, first.entry_id, rank=2, reason="议", by=nell)
    asked = service.propose_move(round_.id, first.entry_id, rank=2, reason="议", by=olga)
    service.refuse_move(asked.id, reason="不同意", by=supervisor)
    assert ranks(round_) == "1 2 3"


def test_reopening_forgets_sums_and_signatures_and_ends_with_the_next_round(
    round_, scrutineer, chief, supervisor, olga
):
    sign_all(round_, scrutineer, chief, supervisor)
    service.reopen_round(round_.id, reason="漏评一项", by=olga)
    service.close_round(round_.id, by=olga)
    assert not any(each.recount for each in fresh(round_).sample)
    assert not any(place.signature or place.is_void for place in fresh(round_).places)


def test_a_round_is_not_reopened_once_a_later_one_has_begun(round_, olga):
    later = courses.add_round(round_.competition_id, name="决赛", mode=RoundMode.ROADSHOW, by=olga)
    courses.open_round(later.id, by=olga)
    with pytest.raises(LaterRoundBegunError):
        service.reopen_round(round_.id, reason="漏评", by=olga)
    assert competitions.get_round(round_.id).state is RoundState.CLOSED


def test_doing_without_signatures_is_the_organisers_word(round_, chief, olga):
    with pytest.raises(ForbiddenError):
        service.set_signatures_needed(round_.id, is_needed=False, reason="省事", by=chief)
    service.set_signatures_needed(round_.id, is_needed=False, reason="校内练习赛", by=olga)
    service.publish_results(round_.id, by=olga)


def test_the_digest_is_of_everything_that_is_published(round_):
    first = fresh(round_).digest
    standing = list_standings(round_.id)[0]
    standing.total = "99.99"
    assert fresh(round_).digest != first
