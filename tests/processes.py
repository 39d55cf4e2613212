"""Real processes of the product, and waiting for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

import config
from eventhub.db import db


def start_process(app: Flask, instance: Path, *command: str) -> subprocess.Popen[bytes]:
    """Run a command of the product on the database and mail server of the test."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "DATA_KEY": app.config["DATA_KEY"],
        "EVENTHUB_INSTANCE": str(instance),
        "MAIL_SERVER": app.config["MAIL_SERVER"],
        "MAIL_PORT": str(app.config["MAIL_PORT"]),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=config.ROOT,
        env=environment,
    )


def wait_until(so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something is so, looking at the database afresh each time."""
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
        db.session.rollback()
