"""What tests of services can ask for beside the common."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from eventhub.worker import run_worker
from tests.processes import start_process
from tests.smtp import Mailbox, smtp_server


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server to which the application sends."""
    with smtp_server() as (host, port, mailbox):
        monkeypatch.setitem(app.config, "MAIL_SERVER", host)
        monkeypatch.setitem(app.config, "MAIL_PORT", port)
        yield mailbox


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Let a worker do everything that is due."""
    return lambda: run_worker(app, until_empty=True)


@pytest.fixture
def spawn(app: Flask, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start real processes of the product: ``spawn("worker")``; they end with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> subprocess.Popen[bytes]:
        running.append(start_process(app, tmp_path, *command))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
