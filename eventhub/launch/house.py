"""One run of the whole house on one machine."""

from __future__ import annotations

import http.client
import importlib
import os
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
from eventhub.launch.migration import is_migrated
from eventhub.launch.network import EVERYWHERE, address_for_phones, check_port, local_addresses
from eventhub.launch.postgres import is_running, leave
from eventhub.launch.processes import Household
from eventhub.launch.python import FORKS
from eventhub.launch.welcome import SignIn, Welcome, read_sign_ins, say

WEB, QUEUE, MAIL = 1, 2, 3
"""The order of stopping: no new requests, then no new work, then no more mail."""

THREADS = 4


@dataclass(frozen=True)
class Options:
    """Where to listen; ``mail_port`` is 0 when mail goes to a server of one's own."""

    host: str
    port: int
    tls_port: int
    mail_port: int


class Launch:
    """One run of the house."""

    def __init__(self, options: Options) -> None:
        """Note where to listen."""
        self.options = options
        self.phone_address = address_for_phones(options.host)
        self.house = Household()

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
        try:
            url = self._database()
            self._load(url)
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

    def _load(self, url: str) -> None:
        """Tell the application where it stands, and load it for every process to come."""
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("LOG_LEVEL", "WARNING")  # the terminal is for what a person does next
        if not config.Config.PUBLIC_URL:
            os.environ["PUBLIC_URL"] = self.phones or self.here
        if FORKS:
            importlib.import_module("wsgi")

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
        return self.house.run(name, "flask", *command)

    def _start(self, certificate: Certificate) -> None:
        options, house = self.options, self.house
        if options.mail_port:
            mails = str(config.INSTANCE / "mail")
            house.start(
                "The mailbox", "eventhub.launch.mailbox", str(options.mail_port), mails, rank=MAIL
            )
        files = ["--ssl-certificate", str(certificate.certificate)]
        files += ["--ssl-keyfile", str(certificate.key), "--ssl-protocol-min", "tls1.2"]
        self._listen("The web server", options.port)
        self._listen("The https server", options.tls_port, *files)
        house.start("The worker", "flask", "worker", rank=QUEUE)
        house.start("The clock", "flask", "clock", rank=QUEUE)
        sign_ins = self._sign_ins()
        house.wait_for(lambda: self._answers(None), what="The web server")
        house.wait_for(lambda: self._answers(certificate), what="The https server")
        self._welcome(sign_ins)

    def _listen(self, name: str, port: int, *more: str) -> None:
        where = ("--host", self.options.host, "--port", str(port))
        size = ("--workers", "1", "--blocking-threads", str(THREADS))
        fixed = ("--interface", "wsgi", "--no-ws", "--log-level", "error")
        self.house.start(name, "granian", *fixed, *where, *size, *more, "wsgi:app", rank=WEB)

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
            mail_folder=_near(config.INSTANCE / "mail") if self.options.mail_port else None,
            sign_ins=sign_ins,
        )
        say("\n" + welcome.text(colours=sys.stdout.isatty()))


def _near(path: Path) -> Path:
    return path.relative_to(config.ROOT) if path.is_relative_to(config.ROOT) else path
