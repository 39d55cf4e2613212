"""``flask files``: looking after what is kept."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from eventhub.errors import EventHubError
from eventhub.files import queries
from eventhub.files.errors import FileLostError
from eventhub.files.service.keeping import incoming
from eventhub.files.storage import BLOCK, Storage, current_storage, make_storage

files = AppGroup("files", help="Look after the files that are kept.")


@files.command("check")
def check() -> None:
    """Read every file and compare it with its sha-256; ends with 1 when one is lost or wrong."""
    storage = current_storage()
    known = queries.list_contents()
    lost = wrong = 0
    for sha256, size in known.items():
        fault = _fault(storage, sha256, size)
        if fault:
            click.echo(f"{fault}: {sha256}")
        lost += fault == "lost"
        wrong += fault == "wrong"
    spare = sum(1 for key in storage.list_keys() if key not in known)
    click.echo(f"{len(known)} files in {storage.name}: {lost} lost, {wrong} wrong; {spare} unnamed")
    sys.exit(1 if lost or wrong else 0)


def _fault(storage: Storage, sha256: str, size: int) -> str:
    try:
        with storage.open(sha256) as content:
            digest, count = hashlib.sha256(), 0
            while block := content.read(BLOCK):
                digest.update(block)
                count += len(block)
    except FileLostError:
        return "lost"
    return "" if digest.hexdigest() == sha256 and count == size else "wrong"


@files.command("move")
@click.option("--to", "name", type=click.Choice(["local", "s3"]), required=True)
def move(name: str) -> None:
    """Copy every file into another storage, before FILES_STORAGE names it; nothing is deleted.

    May be run again, and while the house runs: what is there already is left alone. Run it once
    more after the change, for what came in meanwhile.
    """
    other = "local" if name == "s3" else "s3"
    source = make_storage(other, current_app)
    target = make_storage(name, current_app)
    moved = failed = 0
    for sha256, size in queries.list_contents().items():
        try:
            if target.size(sha256) == size:
                continue
            _copy(source, target, sha256)
            moved += 1
        except EventHubError as error:
            click.echo(f"{error.code}: {sha256}")
            failed += 1
    click.echo(f"{moved} files copied from {other} to {name}, {failed} failed")
    sys.exit(1 if failed else 0)


def _copy(source: Storage, target: Storage, sha256: str) -> None:
    with tempfile.NamedTemporaryFile(dir=incoming(), delete=False) as copy:
        path = Path(copy.name)
        try:
            with source.open(sha256) as content:
                shutil.copyfileobj(content, copy, BLOCK)
            copy.flush()
            with path.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                    raise FileLostError
            target.put(path, sha256)
        finally:
            path.unlink(missing_ok=True)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(files)
