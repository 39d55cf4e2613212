"""Run the whole house on one machine: ``python -m eventhub.launch``, or ``make run``.

Starts PostgreSQL, migrates it, fills an empty database with the demonstration, then runs the web
listeners, the worker and the clock until Ctrl-C, and ends them in order, the database last.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from eventhub.launch.errors import LaunchError
from eventhub.launch.keeper import die_with_parent
from eventhub.launch.network import free_port


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="make run", description="Run EventHub on this machine.")
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - phones of the local network
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--tls-port", type=int, help="default: the port + 443")
    parser.add_argument("--end-with-parent", action="store_true", help="Linux: stop when it dies")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run until asked to stop; 1 when something went wrong, with a line that says what."""
    given = parse(arguments)
    bind = die_with_parent(signal.SIGTERM)
    if given.end_with_parent and bind:
        bind()
    mail_port = 0
    if not os.environ.get("MAIL_SERVER"):
        mail_port = free_port()
        os.environ |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_port), "MAIL_TLS": ""}
    from eventhub.launch.house import Launch, Options  # noqa: PLC0415 - settings are read on import

    tls_port = given.tls_port or given.port + 443
    try:
        Launch(Options(given.host, given.port, tls_port, mail_port)).run()
    except LaunchError as problem:
        print(f"EventHub: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
