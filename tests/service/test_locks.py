"""What the closing moment locks, part by part, and what an unlock or a return opens of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventhub.db import db
from eventhub.entries import queries, service
from eventhub.entries.enums import MENDABLE, EntryState, LockedPart
from eventhub.entries.errors import PartLockedError
from eventhub.entries.models import Entry
from eventhub.entries.service import answers, companies
from eventhub.entries.service.answering import save_answers
from eventhub.notifications.models import Delivery
from tests.factories import make_circle, make_competition, make_entry, make_form, make_pdf


@pytest.fixture
def entry(olga, tia) -> Entry:
    """Handed in, in a group that asks for a form."""
    competition = make_competition(by=olga, circle=make_circle())
    form = make_form(competition, by=olga)
    draft = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    state = answers.form_of(reread(draft))
    assert state.version is not None
    assert form.id == draft.group.questionnaire_id
    values = {"registered": "no"}
    save_answers(draft.id, version_id=state.version.id, revision=0, values=values, by=tia)
    return service.submit_entry(draft.id, by=tia)


def reread(entry: Entry) -> Entry:
    db.session.expire_all()
    return queries.get_entry(entry.id)


def change_summary(entry: Entry) -> None:
    draft = replace(service.draft_of(entry), summary="改过的简介")
    service.save_entry(entry.id, version=entry.version, draft=draft, by=entry.captain)


def change_name(entry: Entry) -> None:
    draft = replace(service.draft_of(entry), name=f"{entry.name}改")
    service.save_entry(entry.id, version=entry.version, draft=draft, by=entry.captain)


def change_answers(entry: Entry) -> None:
    state = answers.form_of(entry)
    assert state.version is not None
    save_answers(
        entry.id,
        version_id=state.version.id,
        revision=state.revision,
        values={"registered": "yes", "company": "新公司"},
        by=entry.captain,
    )


def change_company(entry: Entry) -> None:
    seen = companies.fingerprint(companies.draft_of(entry.company))
    draft = companies.CompanyDraft(is_registered=False)
    companies.save_company(entry.id, seen=seen, draft=draft, by=entry.captain)


def add_document(entry: Entry) -> None:
    slot = next(slot for slot in service.list_slots(entry) if slot.is_due)
    service.add_document(
        entry.id,
        requirement_id=slot.requirement.id,
        content=io.BytesIO(make_pdf(2)),
        name="第二版.pdf",
        by=entry.captain,
    )


def take_document_back(entry: Entry) -> None:
    service.remove_document(service.list_newest(entry)[0].id, by=entry.captain)


WRITERS: dict[LockedPart, tuple[Callable[[Entry], None], ...]] = {
    LockedPart.NAME: (change_name,),
    LockedPart.SUMMARY: (change_summary,),
    LockedPart.ANSWERS: (change_answers,),
    LockedPart.COMPANY: (change_company,),
    LockedPart.DOCUMENTS: (add_document, take_document_back),
}


def open_to(entry: Entry) -> set[LockedPart]:
    """The parts that its captain can really change now."""
    found = set()
    for part, writers in WRITERS.items():
        for write in writers:
            try:
                write(reread(entry))
            except PartLockedError:
                continue
            found.add(part)
    return found


def unlock(entry, olga, time, *parts, **terms):
    given = {"reason": "名称有误。", "ends_at": time.now() + timedelta(days=2), **terms}
    return service.unlock_entry(entry.id, parts=parts, by=olga, **given)


@pytest.mark.parametrize("part", [*WRITERS])
def test_an_unlock_opens_its_own_part_and_no_other(entry, olga, time, part):
    time.set(entry.competition.entries_close_at + timedelta(hours=1))

    unlock(entry, olga, time, part, gives_back=True)

    assert open_to(entry) == {part}


def test_a_return_after_the_closing_moment_opens_what_can_be_mended(entry, olga, time):
    time.set(entry.competition.entries_close_at + timedelta(hours=1))

    service.return_entry(entry.id, reason="附件打不开。", by=olga)

    assert open_to(entry) == MENDABLE
    assert service.locked_parts(reread(entry), time.now()) == frozenset(LockedPart) - MENDABLE


def test_an_unlock_adds_to_what_a_return_has_opened(entry, olga, time):
    time.set(entry.competition.entries_close_at + timedelta(hours=1))
    service.return_entry(entry.id, reason="附件打不开。", by=olga)

    unlock(entry, olga, time, LockedPart.NAME)

    assert open_to(entry) == {*MENDABLE, LockedPart.NAME}


def test_a_draft_that_came_too_late_is_locked_whole(olga, tia, time):
    draft = make_entry(captain=tia, state=EntryState.DRAFT)
    time.set(draft.competition.entries_close_at)

    for write in (change_summary, change_company):
        with pytest.raises(PartLockedError):
            write(reread(draft))


def test_what_was_given_back_is_handed_in_even_after_its_unlock_has_ended(entry, olga, tia, time):
    time.set(entry.competition.entries_close_at + timedelta(hours=1))
    granted = unlock(entry, olga, time, LockedPart.NAME, gives_back=True)
    change_name(reread(entry))
    time.set(granted.ends_at)

    assert open_to(entry) == set()
    assert service.submit_entry(entry.id, by=tia).state is EntryState.SUBMITTED


def test_giving_back_with_an_unlock_is_one_letter(entry, olga, time):
    time.set(entry.competition.entries_close_at + timedelta(hours=1))

    unlock(entry, olga, time, LockedPart.NAME, gives_back=True)

    kinds = ["entries.returned", "entries.unlocked"]
    query = select(Delivery.kind, func.count()).where(Delivery.kind.in_(kinds))
    assert dict(db.session.execute(query.group_by(Delivery.kind)).all()) == {"entries.unlocked": 1}
