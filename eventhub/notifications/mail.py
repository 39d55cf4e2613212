"""Mail over SMTP."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import closing, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from flask import current_app

from eventhub.notifications.models import Delivery

TIMEOUT = 20.0  # seconds for each answer of the server
FAREWELL = 2.0  # the same once it has the mail
_ADDRESS = re.compile(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()]+")


class NoMailServerError(OSError):
    """MAIL_SERVER is not set, so there is no one to hand a mail to."""


class UnsendableError(ValueError):
    """No mail can be made of it: the address is none."""


def send(delivery: Delivery) -> None:
    """Hand one mail to the server. Once the server has said yes nothing more can fail.

    Raises:
        OSError, smtplib.SMTPException, UnsendableError: it was not taken; ``is_final`` tells
            whether to try again.

    """
    settings = current_app.config
    if not settings["MAIL_SERVER"]:
        raise NoMailServerError("MAIL_SERVER is not set")
    message = build(delivery)
    with closing(_connect(settings["MAIL_SERVER"], settings["MAIL_PORT"])) as server:
        if settings["MAIL_TLS"] == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings["MAIL_USERNAME"]:
            server.login(settings["MAIL_USERNAME"], settings["MAIL_PASSWORD"])
        server.send_message(message)
        with suppress(OSError, smtplib.SMTPException):
            if server.sock is not None:
                server.sock.settimeout(FAREWELL)
            server.quit()


def _connect(host: str, port: int) -> smtplib.SMTP:
    if current_app.config["MAIL_TLS"] == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, port, timeout=TIMEOUT)


def build(delivery: Delivery) -> EmailMessage:
    """The mail: plain text, HTML beside it, the appointment attached; seven bits throughout.

    Raises:
        UnsendableError: the address is none.

    """
    sender = current_app.config["MAIL_SENDER"]
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = sender
    try:
        message["To"] = Address(delivery.recipient_name, addr_spec=delivery.address)
    except (ValueError, IndexError, MessageError) as error:
        raise UnsendableError("the address is not valid") from error
    message["Subject"] = delivery.title
    message["Date"] = formatdate(delivery.created_at.timestamp())
    message["Message-ID"] = f"<{delivery.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.text, cte="base64")
    if delivery.html:
        message.add_alternative(delivery.html, subtype="html", cte="base64")
    if delivery.calendar:
        # as bytes: iCalendar lines end with CRLF, which text would lose
        message.add_attachment(
            delivery.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="eventhub.ics",
            params={"method": delivery.calendar_method or "PUBLISH", "charset": "utf-8"},
        )
    return message


def is_final(failure: Exception) -> bool:
    """Whether this recipient or this mail was refused for good.

    A refusal of ourselves (greeting, sign-in, sender) can be mended, so it is not final.
    """
    if isinstance(failure, UnsendableError):
        return True
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in failure.recipients.values())
    return isinstance(failure, smtplib.SMTPDataError) and failure.smtp_code >= 500


def explain(failure: Exception) -> str:
    """What went wrong, in the server's own words, without addresses."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        words = "; ".join(f"{code} {_text(said)}" for code, said in failure.recipients.values())
    elif isinstance(failure, smtplib.SMTPResponseException):
        words = f"{failure.smtp_code} {_text(failure.smtp_error)}"
    else:
        words = f"{type(failure).__name__}: {failure}"
    return _ADDRESS.sub("…", " ".join(words.split()))[:300]


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
