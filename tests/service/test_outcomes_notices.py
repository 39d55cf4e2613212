"""Notices come down by themselves; objections are raised by name and answered."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.competitions.errors import ReasonMissingError
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.entries.models import Adviser, Member
from eventhub.entries.service.retention import deletion_at
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.files.errors import WrongFormatError
from eventhub.files.models import StoredFile
from eventhub.notifications.models import Delivery
from eventhub.outcomes import service
from eventhub.outcomes.enums import NoticeKind, NoticeState, ObjectionState
from eventhub.outcomes.errors import (
    AnswerMissingError,
    ContactInvalidError,
    NothingConfirmedError,
    NoticePeriodError,
    NoticeStateError,
    ObjectionsClosedError,
    ObjectionStateError,
)
from eventhub.outcomes.models import Objection
from eventhub.outcomes.periods import default_period, working_days
from eventhub.outcomes.queries import notices
from tests.factories import make_organiser, make_pdf
from tests.factories.outcomes import (
    make_advancement,
    make_awarding,
    make_closed_round,
    make_notice,
    make_passage,
)

CHONGQING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ora(app, olga):
    """Another organiser of the same circle."""
    return make_organiser("欧阳菁")


@pytest.fixture
def round_(olga, ora):
    round_ = make_closed_round(by=olga)
    make_awarding(round_, by=olga, confirmed_by=ora)
    return round_


def test_an_award_notice_lists_full_names_and_no_number(round_, olga):
    entry = notices_entry(round_)
    with transaction():
        entry.members[0].name, entry.members[0].phone = "吉克·阿呷", "13883000002"
        entry.members[0].student_number = "2024210001"
        db.session.add(Member(entry=entry, position=2, name="𠮷田晓"))
        db.session.add(Adviser(entry=entry, position=1, name="周文渊"))

    row = make_notice(round_, by=olga).rows[0]

    assert row["members"] == ["吉克·阿呷", "𠮷田晓"]
    assert row["advisers"] == ["周文渊"]
    assert row["outcome"] == "一等奖"
    assert "13883000002" not in str(row)
    assert "2024210001" not in str(row)


def notices_entry(round_):
    from eventhub.entries import queries as entries

    return next(e for e in entries.list_approved(round_.competition_id) if e.name == "项目1")


def test_a_notice_of_entries_masks_the_captain_and_lists_no_team(round_, olga):
    rows = make_notice(round_, by=olga, kind=NoticeKind.ENTRIES).rows

    assert sorted(row["captain"] for row in rows) == ["队*1", "队*2", "队*3", "队*4"]
    assert all(row["members"] == [] for row in rows)


def test_a_notice_of_who_goes_up_needs_a_list_in_force(round_, olga, ora):
    draft = make_notice(round_, by=olga, kind=NoticeKind.ADVANCEMENT, is_published=False)
    with pytest.raises(NothingConfirmedError):
        service.publish_notice(draft.id, by=olga)

    make_advancement(make_passage(round_, by=olga), by=olga, confirmed_by=ora)
    service.publish_notice(draft.id, by=olga)

    assert [row["outcome"] for row in notices.get_notice(draft.id).rows] == ["决赛", "决赛"]


def test_what_was_published_does_not_follow_later_changes(round_, olga):
    notice = make_notice(round_, by=olga)
    with transaction():
        notices_entry(round_).name = "改名之后"

    assert "改名之后" not in str(notices.get_published(notice.code).rows)


def test_a_notice_comes_down_at_its_moment(round_, olga, time):
    notice = make_notice(round_, by=olga, days=5)
    assert notices.is_up(notice, clock.now())

    time.set(notice.closes_at - timedelta(seconds=1))
    assert notices.is_up(notice, clock.now())
    assert len(db.session.scalars(notices.select_up(clock.now())).all()) == 1
    time.set(notice.closes_at)
    assert not notices.is_up(notice, clock.now())
    assert db.session.scalars(notices.select_up(clock.now())).all() == []


def test_a_notice_is_withdrawn_with_a_reason(round_, olga, nell):
    notice = make_notice(round_, by=olga)
    with pytest.raises(ReasonMissingError):
        service.withdraw_notice(notice.id, reason=" ", by=olga)
    with pytest.raises(ForbiddenError):
        service.withdraw_notice(notice.id, reason="错了", by=nell)

    service.withdraw_notice(notice.id, reason="名单有误", by=olga)

    assert notices.get_notice(notice.id).state is NoticeState.WITHDRAWN
    with pytest.raises(NoticeStateError):
        service.publish_notice(notice.id, by=olga)


def test_a_period_ends_after_it_begins_and_in_the_future(round_, olga):
    now = clock.now()
    for period in (
        {"opens_at": now, "closes_at": now},
        {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)},
    ):
        with pytest.raises(NoticePeriodError):
            make_notice(round_, by=olga, **period)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2026-11-23", "2026-11-24 09:00", "2026-11-30 18:00"),  # a Monday
        ("2026-11-27", "2026-11-30 09:00", "2026-12-04 18:00"),  # a Friday
        ("2026-11-28", "2026-11-30 09:00", "2026-12-04 18:00"),  # a Saturday
        (
            "2026-02-11",
            "2026-02-12 09:00",
            "2026-02-25 18:00",
        ),  # before 春节, with a worked Saturday
    ],
)
def test_five_working_days_are_proposed(today, first, last):
    now = datetime.fromisoformat(f"{today} 15:00").replace(tzinfo=CHONGQING)

    opens_at, closes_at = default_period(now, "Asia/Shanghai")

    assert f"{opens_at:%Y-%m-%d %H:%M}" == first
    assert f"{closes_at:%Y-%m-%d %H:%M}" == last
    assert working_days(opens_at, closes_at, "Asia/Shanghai") == 5


# objections


def objection_to(notice, **changes):
    facts = {
        "name": "实名人",
        "contact": "someone@eventhub.test",
        "text": "该项目与往届获奖项目雷同。",
        "row": 1,
        **changes,
    }
    return service.object_to(notice.code, **facts)


def test_an_objection_is_kept_encrypted_and_answered_step_by_step(round_, olga):
    notice = make_notice(round_, by=olga)

    made = objection_to(notice, evidence=io.BytesIO(make_pdf()), evidence_name="证据.pdf")

    raw = db.session.execute(text("SELECT name, contact FROM objections")).one()
    assert "实名人" not in raw.name
    assert "someone" not in raw.contact
    assert made.entry.name == "项目1"
    assert made.evidence.media_type == "application/pdf"
    with pytest.raises(ObjectionStateError):
        service.answer_objection(made.id, state=ObjectionState.UPHELD, answer="成立", by=olga)
    service.answer_objection(made.id, state=ObjectionState.ACCEPTED, by=olga)
    with pytest.raises(AnswerMissingError):
        service.answer_objection(made.id, state=ObjectionState.REJECTED, by=olga)
    service.answer_objection(made.id, state=ObjectionState.REJECTED, answer="经核查不成立", by=olga)
    with pytest.raises(ObjectionStateError):
        service.answer_objection(made.id, state=ObjectionState.UPHELD, answer="成立", by=olga)

    told = db.session.scalars(select(Delivery).where(Delivery.kind == "outcomes.objection")).all()
    assert len(told) == 3
    assert codes.format_code(made.code) in told[0].title
    waits = select(Delivery).where(Delivery.kind == "outcomes.objection_waits")
    organisers = db.session.scalars(waits).all()
    assert {each.recipient_name for each in organisers} == {"欧阳澜", "欧阳菁"}
    assert not any("实名人" in each.text or "someone" in each.text for each in organisers)
    deeds = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    ours = [deed for deed in deeds if deed.action.startswith("objection.")]
    assert [deed.action for deed in ours] == [
        "objection.received",
        "objection.accepted",
        "objection.rejected",
    ]
    assert "实名人" not in str([(deed.before, deed.after) for deed in ours])


def test_who_objected_is_forgotten_in_time_and_what_was_answered_stays(round_, olga, time):
    notice = make_notice(round_, by=olga)
    made = objection_to(notice, evidence=io.BytesIO(make_pdf()), evidence_name="证据.pdf")
    made_id, evidence_id = made.id, made.evidence_id
    service.answer_objection(
        made.id, state=ObjectionState.INADMISSIBLE, answer="不属于受理范围", by=olga
    )
    due = deletion_at(notice.competition)
    time.set(due - timedelta(seconds=1))
    assert service.forget_objectors() == 0

    time.set(due)
    assert service.forget_objectors() == 1
    assert service.forget_objectors() == 0

    db.session.expire_all()
    kept = notices.get_objection(made_id)
    assert (kept.name, kept.contact, kept.evidence) == ("", "", None)
    assert kept.answer == "不属于受理范围"
    assert db.session.get(StoredFile, evidence_id) is None
    mails = db.session.scalars(select(Delivery).where(Delivery.recipient_id.is_(None))).all()
    assert mails
    assert not any(mail.address or mail.text or mail.html for mail in mails)
    assert not any("实名人" in mail.recipient_name for mail in mails)
    for contact in ("", "someone@eventhub.test"):
        with pytest.raises(NotFoundError):
            service.follow(kept.code, contact=contact)


def test_only_the_contact_opens_the_answer(round_, olga):
    made = objection_to(make_notice(round_, by=olga), contact="138 8300 0002")

    assert service.follow(made.code.lower(), contact="+86 138-8300-0002").id == made.id
    for contact in ("13883000003", "", "someone@eventhub.test"):
        with pytest.raises(NotFoundError):
            service.follow(made.code, contact=contact)


def test_no_objection_is_taken_before_or_after(round_, olga, time):
    notice = make_notice(round_, by=olga)
    time.set(notice.closes_at)
    with pytest.raises(ObjectionsClosedError):
        objection_to(notice)

    time.move(days=-1)
    service.withdraw_notice(notice.id, reason="名单有误", by=olga)
    with pytest.raises(ObjectionsClosedError):
        objection_to(notice)


def test_a_notice_that_ends_while_evidence_is_read_takes_no_objection(
    round_, olga, time, monkeypatch
):
    notice = make_notice(round_, by=olga)
    keep = service.objections.files.keep

    def keep_slowly(*args, **kwargs):
        kept = keep(*args, **kwargs)
        time.set(notice.closes_at)
        return kept

    monkeypatch.setattr(service.objections.files, "keep", keep_slowly)

    with pytest.raises(ObjectionsClosedError):
        objection_to(notice, evidence=io.BytesIO(make_pdf()), evidence_name="证据.pdf")
    assert db.session.scalars(select(Objection)).all() == []


def test_bad_objections_are_told(round_, olga):
    notice = make_notice(round_, by=olga)

    for contact in ("没有", "12345", "a@b"):
        with pytest.raises(ContactInvalidError):
            objection_to(notice, contact=contact)
    with pytest.raises(NotFoundError):
        objection_to(notice, row=99)
    with pytest.raises(WrongFormatError):
        objection_to(notice, evidence=io.BytesIO(b"<html>"), evidence_name="证据.pdf")
    with pytest.raises(NotFoundError):
        service.object_to(
            make_notice(round_, by=olga, is_published=False).code,
            name="实名人", contact="13883000002", text="草稿不应可见的内容。",
        )  # fmt: skip


def test_whoever_does_not_run_it_answers_nothing(round_, olga, mei):
    made = objection_to(make_notice(round_, by=olga))

    with pytest.raises(ForbiddenError):
        service.answer_objection(made.id, state=ObjectionState.ACCEPTED, by=mei)
