"""Messages: queued with the deed, sent once, lost never."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.circles.models import Circle
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.i18n import _
from eventhub.notifications import mail, queries, service
from eventhub.notifications.enums import TRANSITIONS, DeliveryState
from eventhub.notifications.errors import NotResendableError
from eventhub.notifications.messages import Message, Recipient
from eventhub.notifications.models import Delivery
from eventhub.notifications.reasons import reason
from tests.factories import make_circle, make_organiser, make_person
from tests.smtp import body_of


def notify(key: str = "one", *, to: Recipient | None = None, circle: Circle | None = None):
    return service.notify(
        to or Recipient("田佳", "tia@eventhub.test"),
        key=key,
        kind="test",
        compose=lambda: Message("您好", (_("请先登录。"),)),
        circle_id=circle.id if circle else None,
    )


def put(delivery_id: uuid.UUID, **values: object) -> None:
    with transaction():
        db.session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


def state_of(delivery_id: uuid.UUID) -> DeliveryState:
    db.session.expire_all()
    return queries.get_delivery(delivery_id).state


def count_jobs(delivery_id: uuid.UUID) -> int:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'delivery_id' = :key"
    return int(db.session.scalar(text(query), {"key": str(delivery_id)}))


def drop_jobs() -> None:
    with transaction():
        db.session.execute(text("DELETE FROM procrastinate_jobs"))


def test_the_same_key_is_the_same_message(app, work, mailbox):
    first, second = notify("same"), notify("same")

    assert first == second
    work()
    assert len(mailbox.messages) == 1


def test_someone_without_an_address_gets_none(app):
    assert notify(to=Recipient("无邮箱", None)) is None
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_nobody_hears_of_what_did_not_happen(app, work, mailbox):
    def deed() -> None:
        with transaction():
            notify("undone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()

    work()
    assert mailbox.messages == []
    assert queries.find_delivery("undone") is None


def test_words_are_in_the_recipients_language_whoever_asks(app):
    made = notify(to=Recipient("Tia", "tia@eventhub.test", locale="en"))

    assert '<html lang="en">' in queries.get_delivery(made).html


def test_addresses_and_texts_are_not_readable_in_the_database(app):
    notify()

    row = db.session.execute(text("SELECT address, text, html FROM deliveries")).one()
    assert not any("tia@" in column or "您好" in column for column in row)


@pytest.mark.race
def test_of_many_workers_one_sends(app, at_once, mailbox):
    made = notify()

    answers = at_once(*[lambda: service.deliver(made)] * 6)

    assert sorted(answers) == [False] * 5 + [True]
    assert len(mailbox.messages) == 1


@pytest.mark.race
def test_without_the_claim_many_workers_send_many(app, at_once, mailbox, monkeypatch):
    made = notify()
    monkeypatch.setattr(service, "_claim", lambda key: db.session.get(Delivery, key))

    at_once(*[lambda: service.deliver(made)] * 6)

    assert len(mailbox.messages) == 6


@pytest.mark.race
def test_of_many_at_once_one_queues(app, at_once, work, mailbox):
    keys = at_once(*[lambda: notify("same")] * 6)

    assert len(set(keys)) == 1
    work()
    assert len(mailbox.messages) == 1


def test_a_worker_that_died_with_a_message_in_hand_is_relieved(app, mailbox, work, time):
    made = notify()
    assert service._claim(made) is not None
    drop_jobs()

    time.move(minutes=4)
    assert service.retry_stuck() == 0, "it may still be at it"
    time.move(minutes=2)
    assert service.retry_stuck() == 1
    assert service.retry_stuck() == 0

    work()
    assert state_of(made) is DeliveryState.SENT
    assert len(mailbox.messages) == 1


def test_a_message_that_kills_every_worker_is_given_up(app, time):
    made = notify()
    for _attempt in range(service.ATTEMPTS_MAX):
        assert service._claim(made) is not None
        time.move(minutes=6)
        service.retry_stuck()

    delivery = queries.get_delivery(made)
    assert state_of(made) is DeliveryState.FAILED
    assert str(reason(delivery.last_error)) == "发送多次中断，没有得到邮件服务器的答复。"


def test_a_worker_that_wakes_up_late_disturbs_nobody(app, mailbox, monkeypatch, time):
    made = notify()

    def sleep_through_relief(_delivery: Delivery) -> None:
        time.move(minutes=6)
        assert service.retry_stuck() == 1
        assert service._claim(made) is not None  # another worker is at it now
        raise TimeoutError

    monkeypatch.setattr(mail, "send", sleep_through_relief)
    jobs = count_jobs(made)

    assert not service.deliver(made)

    delivery = queries.get_delivery(made)
    assert state_of(made) is DeliveryState.SENDING
    assert delivery.attempts == 2
    assert count_jobs(made) == jobs + 1, "the relief's, and no third"


def test_a_message_that_lost_its_job_gets_another(app, mailbox, work, time):
    made = notify()
    drop_jobs()
    work()
    assert state_of(made) is DeliveryState.QUEUED

    time.move(minutes=11)
    assert service.retry_stuck() == 1
    assert service.retry_stuck() == 0

    work()
    assert len(mailbox.messages) == 1


def test_a_message_that_waits_for_its_pause_is_left_alone(app, mailbox, time):
    mailbox.answer = "421 later"
    made = notify()
    for _attempt in range(4):
        service.deliver(made)

    time.move(minutes=59)

    assert service.retry_stuck() == 0


def test_a_failed_message_is_sent_again_by_its_organiser(app, mailbox, work, olga):
    mailbox.answer = "554 no"
    made = notify(circle=make_circle())
    work()
    assert state_of(made) is DeliveryState.FAILED
    mailbox.answer = None

    service.resend(made, by=olga)

    assert queries.get_delivery(made).attempts == 0
    work()
    assert state_of(made) is DeliveryState.SENT
    with pytest.raises(NotResendableError):
        service.resend(made, by=olga)


def test_only_the_circles_organisers_send_again(app, mailbox, olga, sam, nell):
    mailbox.answer = "554 no"
    made, personal = notify(circle=make_circle()), notify("two")
    service.deliver(made)
    service.deliver(personal)
    stranger = make_organiser("外人", circle=make_circle("cqu", university="重庆大学"))

    for person in (sam, nell, stranger):
        with pytest.raises(ForbiddenError):
            service.resend(made, by=person)
        with pytest.raises(ForbiddenError):
            service.resend_failed([make_circle().id], by=person)
    with pytest.raises(ForbiddenError):
        service.resend(personal, by=olga)
    with pytest.raises(NotFoundError):
        service.resend(uuid.uuid4(), by=olga)
    assert state_of(made) is DeliveryState.FAILED


def test_all_failed_messages_of_a_circle_are_sent_again_and_no_others(app, mailbox, work, olga):
    mailbox.answer = "554 no"
    mine, other = make_circle(), make_circle("cqu", university="重庆大学")
    failed = [notify(f"m{at}", circle=mine) for at in range(3)]
    foreign = notify("f", circle=other)
    work()
    mailbox.answer = None

    assert service.resend_failed([mine.id], by=olga) == 3

    work()
    assert {state_of(made) for made in failed} == {DeliveryState.SENT}
    assert state_of(foreign) is DeliveryState.FAILED
    assert service.resend_failed([mine.id], by=olga) == 0


@pytest.mark.race
def test_two_organisers_send_again_at_once_and_one_mail_goes(app, at_once, mailbox, work, olga):
    mailbox.answer = "554 no"
    made = notify(circle=make_circle())
    work()
    mailbox.answer = None
    by = olga.id

    answers = at_once(*[lambda: service.resend(made, by=db.session.get(Person, by))] * 3)

    assert [type(a) for a in answers].count(NotResendableError) == 2
    work()
    assert len(mailbox.messages) == 1


def test_states_move_by_the_table_alone(app):
    made = notify()
    for start in DeliveryState:
        for goal in DeliveryState:
            put(
                made,
                state=start,
                attempts=1,
                sent_at=clock.now() if start is DeliveryState.SENT else None,
            )
            values = {"sent_at": clock.now()} if goal is DeliveryState.SENT else {}
            with transaction():
                moved = service._move(made, goal, 1, **values)
            assert moved is (goal in TRANSITIONS[start]), (start, goal)


def test_a_masked_address_cannot_be_written_to():
    delivery = Delivery(address="tianjia2023@stu.cqupt.edu.cn")

    assert delivery.masked_address == "t***@stu.cqupt.edu.cn"


def test_a_forgotten_password_is_mailed_and_the_link_works_once(app, mailbox, work, browser):
    person = make_person("田佳", email="tia@eventhub.test")

    accounts.request_reset("TIA@eventhub.test")
    accounts.request_reset("nobody@eventhub.test")
    work()

    link = next(
        line for line in body_of(mailbox.only(), "plain").split() if line.startswith("https://")
    )
    path = link.removeprefix("https://eventhub.test")
    browser.submit(path, {"password": "a new one 9"})
    assert accounts.check_credentials("tia@eventhub.test", password="a new one 9").id == person.id
    assert "已过期" in browser.get(path, status=410).text
    key = db.session.scalars(select(Delivery.key)).one()
    assert path.rsplit("/", 1)[-1] not in key


def test_the_mail_for_a_new_password_says_how_long_it_holds(app, mailbox, work):
    make_person("田佳", email="tia@eventhub.test")

    accounts.request_reset("tia@eventhub.test")
    work()

    assert "2 小时" in body_of(mailbox.only(), "html")


def test_sent_messages_can_be_forgotten_without_harm(app, mailbox, work):
    made = notify()
    with transaction():
        db.session.execute(delete(Delivery).where(Delivery.id == made))

    work()

    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("550 5.1.1 no such user", "拒收"),
        ("452 full", "暂时"),
        ("552 quota", "已满"),
        ("535 wrong", "登录"),
        ("ConnectionRefusedError: [Errno 111]", "连不上"),
        ("gaierror: Name or service not known", "连不上"),
        ("TimeoutError: timed out", "没有回应"),
        ("UnsendableError: the address is not valid", "无效"),
        ("NoMailServerError: MAIL_SERVER is not set", "没有配置"),
    ],
)
def test_a_failure_has_a_sentence_to_act_on(app, words, said):
    assert said in str(reason(words))


def test_a_pause_is_never_shorter_than_the_one_before():
    assert list(service.PAUSES) == sorted(service.PAUSES)
    assert timedelta(seconds=mail.TIMEOUT * 10) < service.CLAIM_LIFE
