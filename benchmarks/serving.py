"""A server of the product under load: visitors, processes, what they used."""

from __future__ import annotations

import http.client
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

ROOT = Path(__file__).resolve().parents[1]
HOUSE = "wsgi:app"


@dataclass
class Figure:
    """What one run of one scenario gave."""

    rate: float
    p95: float
    cpu: float
    database_cpu: float
    failed: int


@dataclass
class Visitor:
    """A keep-alive connection with cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    line: http.client.HTTPConnection | None = None
    held: str = ""  # a CSRF token
    headers: dict[str, str] = field(default_factory=dict)  # with each request

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request; the connection is made anew when the server closed it."""
        sent = {"Accept-Language": "zh-CN", **self.headers, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        for attempt in (1, 2):
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                self.line.request(method, path, body, sent)
                answer = self.line.getresponse()
                content = answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.line.close()
                self.line = None
                if attempt == 2:
                    raise
                continue
            for header in answer.headers.get_all("Set-Cookie") or []:
                name, _, rest = header.partition("=")
                self.cookies[name] = rest.split(";")[0]
            return answer.status, content
        raise AssertionError

    def token(self, path: str) -> str:
        """The CSRF token of a page."""
        _status, content = self.ask("GET", path)
        found = re.search(rb'name="csrf-token" content="([^"]+)"', content)
        if found is None:
            raise RuntimeError(f"no token on {path}")
        return found[1].decode()

    def sign_in(self, email: str, password: str) -> None:
        """Through the page, as everybody."""
        values = {"csrf_token": self.token("/sign-in"), "email": email, "password": password}
        status, _content = self.ask(
            "POST",
            "/sign-in",
            urlencode(values),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if status != 303:
            raise RuntimeError(f"sign-in answered {status}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


SERVERS: dict[str, Callable[[str, int], list[str]]] = {
    "granian 2×4": lambda app, port: [
        *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "error"),
        app,
    ],
    "gunicorn 2×4": lambda app, port: [
        *("gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
        *("--keep-alive", "30", "--log-level", "error", app),
    ],
}


@contextmanager
def serving(server: str, app: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run a server; yield its port and process id."""
    port = free_port()
    binaries = Path(sys.executable).parent
    name, *arguments = SERVERS[server](app, port)
    process = subprocess.Popen(
        [str(binaries / name), *arguments], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu_of(pid: int) -> float:
    """Seconds that a process and its children have used."""
    total = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def database_cpu(environment: dict[str, str]) -> float:
    """Seconds that this run's PostgreSQL has used."""
    folder = environment["EVENTHUB_INSTANCE"]
    pids = [
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if any(folder in part for part in p.info["cmdline"] or ()) and "postgres" in p.name()
    ]
    return sum(cpu_of(pid) for pid in pids)


def measure(
    port: int,
    pid: int,
    scenario: Callable[[Visitor, int], bool],
    prepare: Callable[[Visitor], None],
    *,
    seconds: float,
    connections: int,
    environment: dict[str, str],
) -> Figure:
    """Ask from several connections for some seconds."""
    visitors = [Visitor(port) for _ in range(connections)]
    for visitor in visitors:
        prepare(visitor)
    times: list[float] = []
    failed = [0]
    started, before = time.perf_counter(), (cpu_of(pid), database_cpu(environment))

    def work(number: int, visitor: Visitor) -> None:
        at = 0
        while (begin := time.perf_counter()) < started + seconds:
            good = scenario(visitor, number * 1_000_000 + at)
            times.append(time.perf_counter() - begin)
            failed[0] += not good
            at += 1

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    after = (cpu_of(pid), database_cpu(environment))
    count = max(1, len(times))
    return Figure(
        rate=count / spent,
        p95=statistics.quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else 0.0,
        cpu=(after[0] - before[0]) / count * 1000,
        database_cpu=(after[1] - before[1]) / count * 1000,
        failed=failed[0],
    )


@contextmanager
def holding_database(environment: dict[str, str]) -> Iterator[None]:
    """Keep the embedded database up from one server to the next."""
    from eventhub.launch.cluster import Cluster  # noqa: PLC0415  # after the settings are chosen

    cluster = Cluster(Path(environment["EVENTHUB_INSTANCE"]).resolve() / "postgres")
    cluster.hold()
    try:
        yield
    finally:
        cluster.release()
