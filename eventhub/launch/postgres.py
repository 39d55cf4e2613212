"""The development database: what there is when no DATABASE_URL is set."""

from __future__ import annotations

import atexit
from pathlib import Path

from config import INSTANCE
from eventhub.launch.cluster import Cluster

_development: dict[Path, Cluster] = {}


def development_cluster() -> Cluster:
    """The server of this working copy, held by this process until it ends."""
    folder = INSTANCE.resolve() / "postgres"
    if folder not in _development:
        cluster = Cluster(folder)
        cluster.hold()
        atexit.register(cluster.release)
        _development[folder] = cluster
    return _development[folder]


def development_url() -> str:
    """The SQLAlchemy address of this working copy's database, under instance/postgres.

    Starts the server if it does not run. It runs on until the last process that asked ends.

    Raises:
        PostgresError: the server cannot be had.
    """
    return development_cluster().url()


def is_running() -> bool:
    """Whether the embedded server that this process uses is alive; True if it uses none."""
    return all(cluster.is_running() for cluster in _development.values())


def leave() -> None:
    """Stop using the development database now, and wait for its end if nobody else uses it."""
    while _development:
        _development.popitem()[1].release()
