"""``make run`` itself: started, asked, ended, killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from eventhub.launch.cluster import Cluster
from eventhub.launch.network import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
OWN = ("DATABASE_URL", "MAIL_SERVER", "PUBLIC_URL", "EVENTHUB_ENV")


class Run:
    """A launcher in its own process, and what it wrote."""

    def __init__(self, instance: Path, port: int, tls_port: int) -> None:
        self.instance = instance
        self.written = instance.parent / f"output-{time.monotonic_ns()}"
        environment = {name: value for name, value in os.environ.items() if name not in OWN}
        command = [sys.executable, "-m", "eventhub.launch", "--host", "127.0.0.1"]
        with self.written.open("w") as output:
            self.process = subprocess.Popen(
                [*command, "--port", str(port), "--tls-port", str(tls_port)],
                cwd=ROOT,
                env=environment | {"EVENTHUB_INSTANCE": str(instance)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.written.read_text(encoding="utf-8")

    def until_ready(self) -> Run:
        deadline = time.monotonic() + PATIENCE
        while not re.search(r"ready in \d+\.\d s", self.text()):
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.05)
        return self

    def until_ended(self) -> int:
        status = self.process.wait(PATIENCE)
        assert not left_behind(self.instance), self.text()
        return status


def left_behind(instance: Path, *, seconds: float = 20) -> list[str]:
    """Processes of this instance that still run after a while."""
    deadline = time.monotonic() + seconds
    while found := _of(instance):
        if time.monotonic() > deadline:
            return [str(process) for process in found]
        time.sleep(0.1)
    return []


def _of(instance: Path) -> list[psutil.Process]:
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _belongs(p, instance)]


def _belongs(process: psutil.Process, instance: Path) -> bool:
    with suppress(psutil.Error):
        if process.status() != psutil.STATUS_ZOMBIE:
            named = str(instance) in " ".join(process.cmdline())
            return named or _environment(process) == str(instance)
    return False


def _environment(process: psutil.Process) -> str | None:
    with suppress(psutil.Error):
        return process.environ().get("EVENTHUB_INSTANCE")
    return None


def health(url: str, context: ssl.SSLContext | None = None) -> object:
    with urllib.request.urlopen(f"{url}/healthz", timeout=20, context=context) as answer:
        return json.load(answer)


@pytest.fixture
def instance() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="eventhub-house-"))
    yield made / "instance"
    for process in _of(made / "instance"):  # only after a failure
        process.kill()
    shutil.rmtree(made, ignore_errors=True)


def test_the_house_starts_answers_keeps_its_data_and_leaves_nothing_behind(instance):
    port, tls_port = free_port(), free_port()

    first = Run(instance, port, tls_port).until_ready()
    assert health(f"http://127.0.0.1:{port}") == {"status": "ok"}
    trusted = ssl.create_default_context(cafile=str(instance / "tls" / "certificate.pem"))
    assert health(f"https://127.0.0.1:{tls_port}", trusted) == {"status": "ok"}
    assert f"http://localhost:{port}" in first.text()
    assert "Password" in first.text()  # one sign-in a role

    second = Run(instance, port, free_port())
    assert second.process.wait(PATIENCE) == 1
    (line,) = second.text().splitlines()
    assert line.startswith(f"EventHub: Port {port} is in use.")
    assert health(f"http://127.0.0.1:{port}") == {"status": "ok"}

    with Cluster(instance / "postgres").connect("eventhub") as connection:
        people = connection.execute("SELECT count(*) FROM people").fetchone()
    assert people is not None
    assert people[0] > 0

    first.process.send_signal(signal.SIGINT)
    assert first.until_ended() == 0
    assert not (instance / "postgres" / "data" / "postmaster.pid").exists()

    third = Run(instance, port, tls_port).until_ready()
    with Cluster(instance / "postgres").connect("eventhub") as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == people
    child = psutil.Process(third.process.pid).children()[-1]
    child.send_signal(signal.SIGKILL)
    assert third.until_ended() == 1
    assert re.search(r"EventHub: .* ended by SIGKILL, so everything stops", third.text())

    fourth = Run(instance, port, tls_port).until_ready()
    fourth.process.send_signal(signal.SIGKILL)
    fourth.process.wait(PATIENCE)
    if sys.platform == "linux":
        assert not left_behind(instance)


def test_production_is_not_started_this_way(instance):
    done = subprocess.run(
        [sys.executable, "-m", "eventhub.launch", "--port", str(free_port())],
        cwd=ROOT,
        env=os.environ | {"EVENTHUB_ENV": "production", "EVENTHUB_INSTANCE": str(instance)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert done.returncode == 1
    assert "make run is for development" in done.stderr
    assert "Traceback" not in done.stderr
