"""A real SMTP server for tests: it takes mails, and on order refuses, throttles or hangs."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived, and how the server shall answer.

    ``answer`` replaces the yes to each mail; ``refuse`` answers for single recipients; while
    ``hang`` is set the server is silent once it has the mail.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer: str | None = None
        self.refuse: dict[str, str] = {}
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
            await asyncio.sleep(0.05)
        if self.answer is not None:
            return self.answer
        with self.lock:
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails of one recipient, in the order of their arrival."""
        return [m for m in self.messages if address in str(m["To"])]


@contextmanager
def smtp_server() -> Iterator[tuple[str, int, Mailbox]]:
    """A server on a free port of the loopback address: host, port, mailbox."""
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    controller = Controller(mailbox, hostname=host, port=port)
    controller.start()
    try:
        yield host, port, mailbox
    finally:
        mailbox.hang.clear()
        controller.stop()
