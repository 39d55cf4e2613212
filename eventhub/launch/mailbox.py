"""Where mail ends on a machine without a mail server: an SMTP server that writes files.

Each mail becomes an .eml file that any mail program opens, newest last. The product sends through
SMTP here as it does in production. Run as ``python -m eventhub.launch.mailbox PORT FOLDER``.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from eventhub import clock

KEPT = 1000
PATIENCE = 2.0  # seconds in which mails are counted together


class Mailbox:
    """Writes every mail into a folder and keeps the newest ``KEPT``."""

    def __init__(self, folder: Path) -> None:
        """Make the folder; mails hold sign-in links, so it is for its owner alone."""
        self.folder = folder
        self.fresh: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one mail; called by the SMTP server."""
        content = envelope.content or b""
        path = self.folder / f"{clock.now():%Y%m%dT%H%M%S.%fZ}.eml"
        draft = path.with_suffix(".new")
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        draft.replace(path)
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        if not self.fresh:
            asyncio.get_running_loop().call_later(PATIENCE, self.tell)
        self.fresh.append(path)
        return "250 kept"

    def tell(self) -> None:
        """Say what arrived, in one line however much it was."""
        if len(self.fresh) == 1:
            print(f"A mail arrived: {self.fresh[0]}", flush=True)
        else:
            print(f"{len(self.fresh)} mails arrived in {self.folder}", flush=True)
        self.fresh.clear()


async def serve(port: int, folder: Path) -> None:
    """Receive mail on the loopback interface until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    mailbox = Mailbox(folder)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
