"""Mails on their way: what they look like on the wire, and what a bad server does to them."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from eventhub import clock
from eventhub.db import db
from eventhub.launch.certificate import ensure_certificate
from eventhub.notifications import mail, queries, service
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.messages import Action, CalendarEntry, Message, Recipient
from eventhub.notifications.models import Delivery
from tests.smtp import ACCOUNT, body_of, free_port, smtp_server

SNAPSHOTS = Path(__file__).parent / "snapshots"
WORDS = Message(
    title="出场提醒：2026年9月25日 周五 09:00，智慧渝农 🎉 𠮷田·阿卜杜拉",
    paragraphs=("您好！<b>您的团队</b>将参加路演。", "第二段。"),
    facts=(("时间", "09:00–09:15"), ("地点", "报告厅 & 第一会场")),
    points_title="请带好",
    points=("电子票", "学生证"),
    action=Action("查看安排", "accounts.sign_in", {"next": "/desk?a=1&b=2"}),
)


def queue(
    address: str | None = "tia@eventhub.test",
    name: str = "田佳",
    message: Message = WORDS,
    calendar_entry: CalendarEntry | None = None,
) -> Delivery:
    made = service.notify(
        Recipient(name, address),
        key=str(uuid.uuid4()),
        kind="test",
        compose=lambda: message,
        calendar_entry=calendar_entry,
    )
    assert made is not None
    return queries.get_delivery(made)


def fresh(delivery: Delivery) -> Delivery:
    db.session.expire_all()
    return queries.get_delivery(delivery.id)


def waiting_jobs(delivery: Delivery) -> list[float]:
    """In how many seconds the jobs of a message run, the soonest first."""
    query = """
        SELECT extract(epoch FROM coalesce(scheduled_at, now()) - now())
        FROM procrastinate_jobs WHERE status = 'todo' AND args ->> 'delivery_id' = :key
        ORDER BY 1
    """
    found = db.session.execute(db.text(query), {"key": str(delivery.id)})
    return [float(row[0]) for row in found]


def test_a_mail_says_everything_twice_and_survives_the_wire(mailbox):
    assert service.deliver(queue().id)

    mail_ = mailbox.only()
    assert mail_["Subject"] == WORDS.title
    assert mail_["To"].addresses[0].display_name == "田佳"
    assert mail_["Auto-Submitted"] == "auto-generated"
    text, html = body_of(mail_, "plain"), body_of(mail_, "html")
    for words in ("您的团队", "第二段。", "09:00–09:15", "请带好", "学生证", "查看安排"):
        assert words in text
        assert words in html
    assert "<b>您的团队</b>" in text
    assert "&lt;b&gt;您的团队&lt;/b&gt;" in html
    assert "https://eventhub.test/sign-in?next=/desk?a%3D1%26b%3D2" in text
    assert all(byte < 128 for byte in mailbox.bodies[0])
    assert max(map(len, mailbox.bodies[0].splitlines())) <= 998


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_looks_as_it_was_approved(mailbox, kind):
    """After a wanted change look at the mail, then write it anew with UPDATE_SNAPSHOTS=1."""
    service.deliver(queue().id)

    written = body_of(mailbox.only(), kind)
    path = SNAPSHOTS / f"mail.{kind}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written)
    assert written == path.read_text()


def test_a_mail_in_english_speaks_english(mailbox):
    made = service.notify(
        Recipient("Tia", "tia@eventhub.test", locale="en"),
        key="en",
        kind="test",
        compose=lambda: Message("Hello", ("One.",)),
    )

    service.deliver(made)

    html = body_of(mailbox.only(), "html")
    assert '<html lang="en">' in html


def test_an_appointment_comes_as_a_calendar_file(mailbox):
    starts = clock.now().replace(microsecond=0)
    entry = CalendarEntry(
        uid="slot-1@eventhub",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=15),
        title="路演：智慧渝农" * 8,
        location="报告厅 · 第一会场",
        sequence=3,
    )

    service.deliver(queue(calendar_entry=entry).id)

    attached = next(mailbox.only().iter_attachments())
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "eventhub.ics"
    assert attached.get_param("method") == "PUBLISH"
    raw = attached.get_payload(decode=True)
    assert raw.count(b"\n") == raw.count(b"\r\n") > 8
    event = Calendar.from_ical(raw).walk("VEVENT")[0]
    assert event["uid"] == "slot-1@eventhub"
    assert event["sequence"] == 3
    assert event["dtstart"].dt == starts
    assert str(event["summary"]) == "路演：智慧渝农" * 8


@pytest.mark.parametrize(
    "name", ["单\r\nBcc: x@y.test", '"引号"', "Jörg <a@b.test>", "𠮷" * 50, "a,b;c", ""]
)
def test_no_name_breaks_or_bends_a_mail(mailbox, name):
    delivery = queue(name=name)

    assert service.deliver(delivery.id)

    mail_ = mailbox.only()
    assert [str(a.addr_spec) for a in mail_["To"].addresses] == ["tia@eventhub.test"]
    assert mail_["Bcc"] is None


@pytest.mark.parametrize("address", ["not an address", "a@@b.test", "田佳", "a@b.test\r\nX: y"])
def test_an_address_that_is_none_fails_once_and_for_all(mailbox, address):
    delivery = queue(address)

    assert not service.deliver(delivery.id)

    delivery = fresh(delivery)
    assert delivery.state is DeliveryState.FAILED
    assert delivery.attempts == 1
    assert mailbox.messages == []


def test_a_busy_server_is_asked_again_after_growing_pauses(mailbox):
    mailbox.answer = "421 try later"
    delivery = queue()
    pauses = []

    for attempt in range(service.ATTEMPTS_MAX):
        before = waiting_jobs(delivery)
        assert not service.deliver(delivery.id)
        delivery = fresh(delivery)
        assert delivery.attempts == attempt + 1
        added = waiting_jobs(delivery)[len(before) :]
        pauses += [round(seconds / 60) for seconds in added]

    assert pauses == [1, 5, 20, 60, 240]
    assert delivery.state is DeliveryState.FAILED
    assert delivery.last_error == "421 try later"


def test_a_server_that_recovers_gets_the_mail(mailbox):
    mailbox.answer = "451 busy"
    delivery = queue()
    service.deliver(delivery.id)
    assert fresh(delivery).is_retried
    mailbox.answer = None

    assert service.deliver(delivery.id)

    delivery = fresh(delivery)
    assert delivery.state is DeliveryState.SENT
    assert delivery.sent_at is not None
    assert delivery.last_error is None


def test_an_unknown_mailbox_is_not_asked_again_and_its_address_not_noted(mailbox):
    mailbox.refuse["tia@eventhub.test"] = "550 5.1.1 <tia@eventhub.test>: no such user"
    delivery = queue()

    assert not service.deliver(delivery.id)

    delivery = fresh(delivery)
    assert delivery.state is DeliveryState.FAILED
    assert delivery.attempts == 1
    assert delivery.last_error == "550 5.1.1 <…>: no such user"


def test_a_refused_mail_is_not_sent_again(mailbox):
    mailbox.answer = "554 looks like spam"
    delivery = queue()

    service.deliver(delivery.id)

    assert fresh(delivery).state is DeliveryState.FAILED


def test_a_server_that_is_not_there_is_waited_for(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    delivery = queue()

    assert not service.deliver(delivery.id)

    delivery = fresh(delivery)
    assert delivery.state is DeliveryState.QUEUED
    assert delivery.last_error.startswith("ConnectionRefusedError")
    assert delivery.due_at > clock.now()


def test_without_a_server_the_page_can_say_so(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_SERVER", "")
    delivery = queue()

    service.deliver(delivery.id)

    assert fresh(delivery).last_error.startswith("NoMailServerError")


def test_a_server_that_falls_silent_does_not_hold_the_worker(mailbox, monkeypatch):
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    mailbox.hang.set()
    delivery = queue()

    assert not service.deliver(delivery.id)

    assert fresh(delivery).is_retried
    mailbox.hang.clear()
    assert service.deliver(delivery.id)
    ids = {message["Message-ID"] for message in mailbox.messages}
    assert len(ids) == 1, "whatever arrives twice must be recognisable as one mail"


@pytest.mark.parametrize("farewell", ["421 closing", "500 what?"])
def test_a_rude_goodbye_does_not_send_the_mail_again(mailbox, farewell):
    mailbox.farewell = farewell
    delivery = queue()

    assert service.deliver(delivery.id)

    assert fresh(delivery).state is DeliveryState.SENT
    assert len(mailbox.messages) == 1


def test_the_server_is_signed_in_to_over_tls_that_is_checked(app, monkeypatch, tmp_path):
    files = ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with smtp_server(tls=context) as (host, port, mailbox):
        settings = {"MAIL_SERVER": host, "MAIL_PORT": port, "MAIL_TLS": "starttls"}
        settings |= {"MAIL_USERNAME": ACCOUNT[0], "MAIL_PASSWORD": ACCOUNT[1]}
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        delivery = queue()

        assert not service.deliver(delivery.id)
        assert "certificate verify failed" in fresh(delivery).last_error
        monkeypatch.setenv("SSL_CERT_FILE", str(files.certificate))
        assert service.deliver(delivery.id)
        monkeypatch.setitem(app.config, "MAIL_PASSWORD", "wrong")
        other = queue()
        assert not service.deliver(other.id)
        assert fresh(other).is_retried, "a wrong password can be mended"

    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(
    ("failure", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.test": (550, b"no")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b.test": (450, b"later")}), False),
        (smtplib.SMTPDataError(552, b"full"), True),
        (smtplib.SMTPDataError(452, b"full"), False),
        (smtplib.SMTPConnectError(554, b"blocked"), False),
        (smtplib.SMTPSenderRefused(550, b"who are you", "x@y.test"), False),
        (smtplib.SMTPAuthenticationError(535, b"wrong"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("timed out"), False),
    ],
)
def test_what_is_final_is_what_was_said_of_this_recipient_or_mail(failure, final):
    assert mail.is_final(failure) is final


def test_an_explanation_never_holds_an_address():
    words = mail.explain(
        smtplib.SMTPDataError(554, "拒收 <tia@eventhub.test>, 'x@y.example'".encode())
    )

    assert not re.search(r"tia|x@y", words)
    assert "拒收" in words
