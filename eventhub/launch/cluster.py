"""One embedded PostgreSQL server in one folder, shared by every process that wants it.

It listens on a Unix socket alone, in a folder that only its own account (and root) can enter,
so nobody else on the machine or the network reaches it. The first process that wants it starts
it; the last one that leaves stops it, however it leaves (see keeper.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from eventhub.launch.account import Account, binaries, open_the_way, server_account
from eventhub.launch.errors import PostgresError
from eventhub.launch.locks import FileLock

ROLE = "eventhub"
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LARGEST_LOG = 8 * 1024 * 1024


# A keeper outlives the process that started it, so nobody waits for it; held here, its handle is
# not collected while it runs, which Python would take for a mistake.
_keepers: list[subprocess.Popen[bytes]] = []


@dataclass
class Cluster:
    """One embedded server in one folder.

    ``options`` are settings of postgresql.conf; they hold for the run of the server, so all its
    users must pass the same. ``delete_after`` removes the folder with the last user.
    """

    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)
    delete_after: bool = False
    sync: bool = True
    _users: FileLock | None = field(default=None, init=False, repr=False)
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _holder: int = field(default=0, init=False, repr=False)

    @cached_property
    def socket_folder(self) -> Path:
        """Where the socket lies: beside the data, or in a temporary folder if that is too deep."""
        near = self.folder / "socket"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return near
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"eventhub-{os.geteuid()}-{digest}"

    def url(self, database: str = ROLE, *, role: str = ROLE) -> str:
        """The SQLAlchemy address of a database on this server."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket_folder))}"

    def connect(self, database: str = SUPERUSER, *, role: str = SUPERUSER) -> psycopg.Connection:
        """A connection in autocommit mode, as the superuser unless told otherwise."""
        return psycopg.connect(
            host=str(self.socket_folder),
            dbname=database,
            user=role,
            autocommit=True,
            connect_timeout=10,
        )

    def hold(self) -> None:
        """Make the server run for as long as this process lives, or until ``release``.

        Safe to call from several processes at once, and twice from one.

        Raises:
            PostgresError: the server did not start.
        """
        if self._users is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        users = FileLock(self.folder / "users.lock")
        users.acquire(shared=True)  # waits while a keeper is stopping the server
        try:
            with FileLock(self.folder / "start.lock"):
                if not self._answers():
                    self._start()
                    self._furnish()
        except BaseException:
            users.close()
            raise
        self._users, self._holder = users, os.getpid()

    def release(self) -> bool:
        """Leave the server; if nobody else uses it, wait until it has stopped.

        Returns whether it has stopped.
        """
        if self._users is None or self._holder != os.getpid():
            return False
        self._users.close()
        self._users = None
        stopped = self._wait_until_stopped()
        if self._keeper is not None and stopped:
            self._keeper.wait(STOP_SECONDS)
        return stopped

    def is_running(self) -> bool:
        """Whether the server still has its keeper, and so still runs."""
        probe = FileLock(self.folder / "keeper.lock")
        if probe.acquire(wait=False):
            probe.close()
            return False
        return True

    def _wait_until_stopped(self) -> bool:
        started = time.monotonic()
        while self.folder.exists():
            if not self.is_running():
                return True
            waited = time.monotonic() - started
            others = FileLock(self.folder / "users.lock")
            # no file: the keeper, which had it, is deleting the folder
            if waited > 1 and others.path.exists() and others.acquire(shared=True, wait=False):
                others.close()  # the keeper does not have it: somebody else is still here
                return False
            if waited > STOP_SECONDS:
                return False
            time.sleep(0.02)
        return True

    def _answers(self) -> bool:
        """Whether the server runs and has the product's database."""
        if not (self.socket_folder / SOCKET_NAME).exists():
            return False
        try:
            self.connect(ROLE, role=ROLE).close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self) -> None:
        account = server_account()
        programs = binaries()
        if account.uid >= 0:
            open_the_way(self.folder / "data", programs)
        self._make_data(account, programs)
        self._own(self.socket_folder, account)
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        start = log.stat().st_size if log.exists() else 0
        self._stop_a_stray(account, programs)
        command = [
            *(sys.executable, "-m", "eventhub.launch.keeper", str(self.folder)),
            *(str(programs / "postgres"), str(account.uid), str(account.gid)),
            "delete" if self.delete_after else "keep",
            *self._server_options(),
        ]
        with log.open("ab") as output:
            self._keeper = subprocess.Popen(
                command,
                cwd=Path(__file__).resolve().parents[2],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )
        _keepers.append(self._keeper)
        self._wait_until_ready(log, start)

    def _server_options(self) -> Sequence[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            **self.options,
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _make_data(self, account: Account, programs: Path) -> None:
        """Create the cluster beside its place and move it there whole."""
        data = self.folder / "data"
        version = data / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip(), programs)
            return
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft, account)
        made = subprocess.run(
            [
                *(
                    str(programs / "initdb"),
                    "-D",
                    str(draft),
                    "-U",
                    SUPERUSER,
                    "--auth=trust",
                ),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--no-instructions"),
                *(() if self.sync else ("--no-sync",)),
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **account.options,
        )
        if made.returncode:
            raise PostgresError(f"PostgreSQL could not create its data:\n{made.stderr.strip()}")
        draft.rename(data)

    @staticmethod
    def _check_version(found: str, programs: Path) -> None:
        told = subprocess.run(
            [str(programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        wanted = told.stdout.split()[-1].split(".")[0]
        if found != wanted:
            raise PostgresError(
                f"The data is PostgreSQL {found}'s, this is PostgreSQL {wanted}:"
                " move it as docs/operations.md says under Upgrades."
            )

    @staticmethod
    def _own(folder: Path, account: Account) -> None:
        """Make a folder that nobody but the server's account may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {
            os.geteuid(),
            account.uid,
        }:
            raise PostgresError(f"{folder} belongs to another user.")
        if account.uid >= 0:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)

    def _stop_a_stray(self, account: Account, programs: Path) -> None:
        """Stop a server whose keeper was killed; on Linux it has stopped by itself."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return
        subprocess.run(
            [
                str(programs / "pg_ctl"),
                "-D",
                str(self.folder / "data"),
                "-m",
                "fast",
                "-w",
                "stop",
            ],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **account.options,
        )

    def _wait_until_ready(self, log: Path, start: int) -> None:
        assert self._keeper is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if (self.socket_folder / SOCKET_NAME).exists():
                try:
                    self.connect().close()
                except psycopg.OperationalError:
                    pass
                else:
                    return
            if self._keeper.poll() is not None:
                break
            time.sleep(0.02)
        said = log.read_bytes()[start:].decode(errors="replace").strip() if log.exists() else ""
        raise PostgresError(f"PostgreSQL did not start ({log}):\n{said}")

    def _furnish(self) -> None:
        """Make the role and its database on a new server."""
        role = sql.Identifier(ROLE)
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not known.fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if not known.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))
