"""A real PostgreSQL for a test run: one server, one template, one copy for each worker.

The first worker starts an embedded server without durability, under the temporary folder; all
workers of the run share it; with the last one it goes, folder included, also after Ctrl-C or a
kill. A session of tests opens it once:

    with open_databases(os.environ.get("PYTEST_XDIST_TESTRUNUID")) as databases:
        template = databases.template("main", migrate)     # migrate(url) runs once a run
        url = databases.copy(template)                     # a database of one's own, in ~50 ms
        emptier = Emptier(databases, url)
        ...
        emptier.empty()                                    # after each test, in ~2 ms

With TEST_DATABASE_URL (a superuser's address) an outside server is used instead; each worker
drops its own databases there, and the last one the templates.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from eventhub.launch.cluster import ROLE, SUPERUSER, Cluster
from eventhub.launch.locks import FileLock

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "256MB",
    "autovacuum_naptime": "10min",
    "jit": "off",
}
KEPT_TABLES = frozenset({"alembic_version"})


class Databases:
    """The databases of one test run on one server."""

    def __init__(self, folder: Path, server: URL, *, owner: str) -> None:
        """Use ``open_databases``."""
        self._folder = folder
        self._server = server
        self._owner = owner
        self._made: list[str] = []

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Make a template once a run, whichever worker comes first; the others wait for it.

        ``fill`` gets the address of an empty database and leaves it as every copy shall begin.
        """
        whole = f"eventhub_test_{self._folder.name.rsplit('-', 1)[-1]}_{name}"
        with FileLock(self._folder / f"{name}.lock"), self.connect() as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s AND NOT datallowconn"
            if connection.execute(known, [whole]).fetchone() is None:
                connection.execute(_about("DROP DATABASE IF EXISTS {} WITH (FORCE)", whole))
                connection.execute(_about("CREATE DATABASE {} OWNER {}", whole, self._owner))
                fill(self.url(whole))
                closing = _about("ALTER DATABASE {} ALLOW_CONNECTIONS false", whole)
                connection.execute(closing)
                ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                connection.execute(ending, [whole])
        return whole

    def copy(self, template: str) -> str:
        """Make a database from a template; return its address. It lives until ``drop``."""
        name = f"eventhub_test_{secrets.token_hex(6)}"
        with self.connect() as connection:
            making = "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy"
            connection.execute(_about(making, name, self._owner, template))
        self._made.append(name)
        return self.url(name)

    @contextmanager
    def fresh_database(self, template: str) -> Iterator[str]:
        """A database of one test's own; yields its address and drops it afterwards."""
        url = self.copy(template)
        try:
            yield url
        finally:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Drop a copy, whoever is still connected."""
        name = str(make_url(url).database)
        with self.connect() as connection:
            connection.execute(_about("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
        if name in self._made:
            self._made.remove(name)

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database, as its owner."""
        address = self._server.set(database=database, username=self._owner)
        return address.render_as_string(hide_password=False)

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection:
        """A connection in autocommit mode, as the superuser."""
        address = self._server.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def drop_all(self, *, templates: bool) -> None:
        """Drop this worker's copies and, if asked, the templates of the run."""
        for name in list(self._made):
            self.drop(self.url(name))
        if templates:
            prefix = f"eventhub_test_{self._folder.name.rsplit('-', 1)[-1]}_"
            with self.connect() as connection:
                known = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
                for (name,) in connection.execute(known, [prefix]).fetchall():
                    connection.execute(_about("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


class Emptier:
    """Empties a database's tables between tests, fast: only those that hold rows are touched."""

    def __init__(self, databases: Databases, url: str) -> None:
        """Connect as the superuser, so that triggers against deletion stay asleep."""
        self._connection = databases.connect(str(make_url(url).database))
        self._connection.execute("SET session_replication_role = replica")
        found = self._connection.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        self._tables = sorted({str(row[0]) for row in found} - KEPT_TABLES)
        self._question = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {0} WHERE EXISTS (SELECT 1 FROM {1})").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in self._tables
        )

    def empty(self) -> list[str]:
        """Delete every row of every table but ``alembic_version``; return the tables that had any.

        Sequences go on counting. No other session may hold a transaction open: what it has
        changed and not committed stays, and what it has locked is waited for, 10 seconds at most.
        """
        if not self._tables:
            return []
        full = [str(row[0]) for row in self._connection.execute(self._question)]
        if full:
            orders: list[sql.Composable] = [sql.SQL("SET LOCAL lock_timeout = '10s'")]
            orders += [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in full]
            with self._connection.transaction():
                self._connection.execute(sql.SQL("; ").join(orders))
        return full

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()


@contextmanager
def open_databases(run: str | None) -> Iterator[Databases]:
    """The databases of the run that xdist calls ``run``, or of a run of this process alone."""
    run = (run or secrets.token_hex(8))[:12]
    folder = Path(tempfile.gettempdir()) / f"eventhub-tests-{run}"
    outside = os.environ.get("TEST_DATABASE_URL")
    with _outside(folder, outside) if outside else _embedded(folder) as databases:
        yield databases


@contextmanager
def _embedded(folder: Path) -> Iterator[Databases]:
    cluster = Cluster(folder, FAST, delete_after=True, sync=False)
    cluster.hold()
    server = make_url(cluster.url(SUPERUSER, role=SUPERUSER))
    try:
        yield Databases(folder, server, owner=ROLE)
    finally:
        cluster.release()


@contextmanager
def _outside(folder: Path, address: str) -> Iterator[Databases]:
    server = make_url(address).set(drivername="postgresql+psycopg")
    folder.mkdir(mode=0o700, exist_ok=True)
    users = FileLock(folder / "users.lock")
    users.acquire(shared=True)
    databases = Databases(folder, server, owner=str(server.username))
    try:
        yield databases
    finally:
        users.close()
        is_last = users.acquire(wait=False)
        databases.drop_all(templates=is_last)
        if is_last:
            shutil.rmtree(folder, ignore_errors=True)
        users.close()


def _about(order: str, *names: str) -> sql.Composed:
    return sql.SQL(order).format(*map(sql.Identifier, names))
