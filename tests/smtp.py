"""A real SMTP server for tests: it takes mails, and on order refuses, throttles or hangs."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

ACCOUNT = ("hub", "s3cret")


class Mailbox:
    """What arrived, and how the server shall answer.

    ``answer`` replaces the yes to each mail; ``refuse`` answers for single recipients; while
    ``hang`` is set the server is silent once it has the mail; ``farewell`` replaces the answer
    to QUIT. ``bodies`` are the mails as they came over the wire.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.bodies: list[bytes] = []
        self.answer: str | None = None
        self.refuse: dict[str, str] = {}
        self.farewell = "221 Bye"
        self.hang = threading.Event()
        self.lock = threading.Lock()

    # aiosmtpd finds its hooks by these names
    async def handle_RCPT(self, _s: Any, _se: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        while self.hang.is_set():
            await asyncio.sleep(0.02)
        if self.answer is not None:
            return self.answer
        with self.lock:
            self.bodies.append(envelope.content)
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.farewell

    def to(self, address: str) -> list[EmailMessage]:
        """The mails of one recipient, in the order of their arrival."""
        return [m for m in self.messages if address in str(m["To"])]

    def only(self) -> EmailMessage:
        """The one mail that arrived."""
        assert len(self.messages) == 1, [str(m["Subject"]) for m in self.messages]
        return self.messages[0]


def body_of(message: EmailMessage, kind: str) -> str:
    """The text of a mail: ``plain``, ``html`` or ``calendar``."""
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}":
            return str(part.get_content())
    raise AssertionError(f"no text/{kind}")


def free_port() -> int:
    """A port of the loopback address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_account(_s: Any, _se: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    given = (data.login.decode(), data.password.decode())
    return AuthResult(success=given == ACCOUNT, handled=False)


@contextmanager
def smtp_server(*, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, int, Mailbox]]:
    """A server on a free port of the loopback address: host, port, mailbox.

    With ``tls`` it insists on STARTTLS and on signing in as ``ACCOUNT``.
    """
    mailbox = Mailbox()
    strict: dict[str, Any] = {}
    if tls is not None:
        strict = {"tls_context": tls, "require_starttls": True, "auth_required": True}
        strict["authenticator"] = _check_account
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **strict)
    controller.start()
    try:
        yield controller.hostname, controller.port, mailbox
    finally:
        mailbox.hang.clear()
        controller.stop()
