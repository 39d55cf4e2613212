"""Mail over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from flask import current_app

from eventhub.notifications.models import Delivery

TIMEOUT = 20  # seconds


class NoMailServerError(OSError):
    """MAIL_SERVER is not set, so there is no one to hand a mail to."""


def send(delivery: Delivery) -> None:
    """Hand one mail to the server.

    Raises:
        OSError, smtplib.SMTPException: it was not taken; ``is_final`` tells whether to retry.

    """
    settings = current_app.config
    if not settings["MAIL_SERVER"]:
        raise NoMailServerError("MAIL_SERVER is not set")
    kind = smtplib.SMTP_SSL if settings["MAIL_TLS"] == "implicit" else smtplib.SMTP
    with kind(settings["MAIL_SERVER"], settings["MAIL_PORT"], timeout=TIMEOUT) as server:
        if settings["MAIL_TLS"] == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings["MAIL_USERNAME"]:
            server.login(settings["MAIL_USERNAME"], settings["MAIL_PASSWORD"])
        server.send_message(build(delivery))


def build(delivery: Delivery) -> EmailMessage:
    """The mail: plain text, HTML beside it, the appointment attached."""
    sender = current_app.config["MAIL_SENDER"]
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(delivery.recipient_name, addr_spec=delivery.address)
    message["Subject"] = delivery.title
    message["Date"] = formatdate(delivery.created_at.timestamp())
    message["Message-ID"] = f"<{delivery.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.text)
    if delivery.html:
        message.add_alternative(delivery.html, subtype="html")
    if delivery.calendar:
        message.add_attachment(
            delivery.calendar,
            subtype="calendar",
            filename="eventhub.ics",
            params={"method": delivery.calendar_method or "PUBLISH"},
        )
    return message


def is_final(failure: Exception) -> bool:
    """Whether the server refused for good: a 5xx answer other than to the sign-in."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in failure.recipients.values())
    return isinstance(failure, smtplib.SMTPResponseException) and failure.smtp_code >= 500


def explain(failure: Exception) -> str:
    """What went wrong, without addresses."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{c} {w!r}" for c, w in failure.recipients.values())[:300]
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{failure.smtp_code} {failure.smtp_error!r}"[:300]
    return f"{type(failure).__name__}: {failure}"[:300]
