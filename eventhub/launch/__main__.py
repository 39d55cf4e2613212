"""Run the whole house on one machine: ``python -m eventhub.launch``, or ``make run``.

Starts PostgreSQL, migrates it, fills an empty database with the demonstration, then runs the web
listeners, the worker and the clock until Ctrl-C, and ends them in order, the database last.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import ssl
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

import config
from eventhub.launch.certificate import Certificate, ensure_certificate
from eventhub.launch.errors import LaunchError, ProcessEndedError, StoppedError
from eventhub.launch.keeper import die_with_parent
from eventhub.launch.migration import is_migrated
from eventhub.launch.network import (
    EVERYWHERE,
    address_for_phones,
    check_port,
    free_port,
    local_addresses,
)
from eventhub.launch.postgres import is_running, leave
from eventhub.launch.processes import Household
from eventhub.launch.welcome import SignIn, Welcome, read_sign_ins, say

WEB, QUEUE, MAIL = 1, 2, 3
"""The order of stopping: no new requests, then no new work, then no more mail."""

THREADS = 8


@dataclass(frozen=True)
class Options:
    """Where to listen."""

    host: str
    port: int
    tls_port: int


def parse(arguments: list[str]) -> tuple[Options, bool]:
    """The options, and whether to end with the process that started this one."""
    parser = argparse.ArgumentParser(prog="make run", description="Run EventHub on this machine.")
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - phones of the local network
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--tls-port", type=int, help="default: the port + 443")
    parser.add_argument("--end-with-parent", action="store_true", help="Linux: stop when it dies")
    given = parser.parse_args(arguments)
    return Options(
        given.host, given.port, given.tls_port or given.port + 443
    ), given.end_with_parent


class Launch:
    """One run of the house."""

    def __init__(self, options: Options) -> None:
        """Note where to listen."""
        self.options = options
        self.phone_address = address_for_phones(options.host)
        self.own_mail = not config.Config.MAIL_SERVER
        self.mail_port = free_port()
        self.house = Household(config.ROOT, {})

    def run(self) -> None:
        """Start everything and watch it until somebody asks to stop.

        Raises:
            LaunchError: the house cannot start, or a part of it ended.
        """
        options = self.options
        self.house.listen_to_signals()
        check_port(options.host, options.port, setting="PORT")
        check_port(options.host, options.tls_port, setting="TLS_PORT")
        certificate = ensure_certificate(
            config.INSTANCE / "tls",
            names=["localhost", socket.gethostname()],
            addresses=local_addresses(),
        )
        url = self._database()
        self.house.environment = self._environment(url)
        try:
            self._fill(url)
            self._start(certificate)
            while is_running():
                self.house.wait(1.0)
            raise ProcessEndedError("PostgreSQL ended, so everything stops; see its server.log.")
        except StoppedError:
            say("\nStopping …")
        finally:
            self.house.stop()
            leave()

    def _database(self) -> str:
        """The database's address; an embedded server starts by being asked for it."""
        if config.current() is not config.DevelopmentConfig:
            raise LaunchError(
                "make run is for development and demonstrations: unset EVENTHUB_ENV,"
                " or start web, worker and clock as docs/operations.md says."
            )
        return str(config.DevelopmentConfig.load()["SQLALCHEMY_DATABASE_URI"])

    def _environment(self, url: str) -> dict[str, str]:
        made = {"DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        if not config.Config.PUBLIC_URL:
            made["PUBLIC_URL"] = self.phones or self.here
        if self.own_mail:
            made |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.mail_port)}
        return os.environ | made

    @property
    def here(self) -> str:
        """The address for a browser on this machine."""
        local = self.phone_address is None or self.options.host in EVERYWHERE
        return f"http://{'localhost' if local else self.options.host}:{self.options.port}"

    @property
    def phones(self) -> str | None:
        """The address for other devices of the local network, if there is one."""
        return self.phone_address and f"https://{self.phone_address}:{self.options.tls_port}"

    def _fill(self, url: str) -> None:
        """Bring the schema up to date; if it was not, perhaps there is no data either."""
        if not is_migrated(url, config.ROOT / "migrations" / "versions"):
            say("Preparing the database …")
            self._flask("The migration", "db", "upgrade")
            self._flask("Loading the demonstration", "demo", "load", "--if-empty")

    def _sign_ins(self) -> list[SignIn]:
        """The demonstration's people, loaded now if an earlier start was interrupted before."""
        list_them = ["demo", "sign-ins", "--json"]
        found = read_sign_ins(self._flask("Listing the sign-ins", *list_them))
        if not found:
            self._flask("Loading the demonstration", "demo", "load", "--if-empty")
            found = read_sign_ins(self._flask("Listing the sign-ins", *list_them))
        return found

    def _flask(self, name: str, *command: str) -> str:
        """Run a command of the product; return what it wrote."""
        return self.house.finish(self.house.start_task(name, ["-m", "flask", *command]))

    def _start(self, certificate: Certificate) -> None:
        options, house = self.options, self.house
        if self.own_mail:
            mails = str(config.INSTANCE / "mail")
            mailbox = ["-m", "eventhub.launch.mailbox", str(self.mail_port), mails]
            house.start("The mailbox", mailbox, rank=MAIL)
        house.start("The web server", self._granian(options.port), rank=WEB)
        files = ["--ssl-certificate", str(certificate.certificate)]
        files += ["--ssl-keyfile", str(certificate.key), "--ssl-protocol-min", "tls1.2"]
        house.start("The https server", [*self._granian(options.tls_port), *files], rank=WEB)
        house.start("The worker", ["-m", "flask", "worker"], rank=QUEUE)
        house.start("The clock", ["-m", "flask", "clock"], rank=QUEUE)
        sign_ins = self._sign_ins()
        house.wait_for(lambda: self._answers(None), what="The web server")
        house.wait_for(lambda: self._answers(certificate), what="The https server")
        self._welcome(sign_ins)

    def _granian(self, port: int) -> list[str]:
        listen = ["-m", "granian", "--interface", "wsgi", "--host", self.options.host]
        size = ["--port", str(port), "--workers", "1", "--blocking-threads", str(THREADS)]
        return [*listen, *size, "--no-ws", "--log-level", "error", "wsgi:app"]

    def _answers(self, certificate: Certificate | None) -> bool:
        """Whether a listener answers for real, database included."""
        host = "127.0.0.1" if self.options.host in EVERYWHERE else self.options.host
        connection = http.client.HTTPConnection(host, self.options.port, timeout=10)
        if certificate:
            context = ssl.create_default_context(cafile=str(certificate.certificate))
            connection = http.client.HTTPSConnection(
                host, self.options.tls_port, timeout=10, context=context
            )
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self, sign_ins: list[SignIn]) -> None:
        welcome = Welcome(
            seconds=time.time() - psutil.Process().create_time(),
            here=self.here,
            phones=self.phones,
            mail_folder=_near(config.INSTANCE / "mail") if self.own_mail else None,
            sign_ins=sign_ins,
        )
        say("\n" + welcome.text(colours=sys.stdout.isatty()))


def _near(path: Path) -> Path:
    return path.relative_to(config.ROOT) if path.is_relative_to(config.ROOT) else path


def main(arguments: list[str]) -> int:
    """Run until asked to stop; 1 when something went wrong, with a line that says what."""
    options, end_with_parent = parse(arguments)
    bind = die_with_parent(signal.SIGTERM)
    if end_with_parent and bind:
        bind()
    try:
        Launch(options).run()
    except LaunchError as problem:
        print(f"EventHub: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
