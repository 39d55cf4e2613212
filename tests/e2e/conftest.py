"""A running house and real Chromiums: phones and desks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from eventhub.app import create_app
from eventhub.db import db
from eventhub.worker import run_worker
from tests.chromium import need_chromium
from tests.smtp import Mailbox, smtp_server

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class House:
    """A server on a free port with a database of its own, and the mails that it sent."""

    app: Flask
    url: str
    mailbox: Mailbox

    def work(self) -> None:
        """Do what is queued and due, in a thread: Playwright's own loop runs in this one."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run_worker, self.app, until_empty=True).result(timeout=60)


class Running:
    """The requests under way. A database goes only when the last of them has been answered."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.count = 0
        self.changed = threading.Condition()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.add(1)
        try:
            answer = self.app(environ, start_response)
        except BaseException:
            self.add(-1)
            raise
        return ClosingIterator(answer, lambda: self.add(-1))

    def add(self, number: int) -> None:
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def wait(self, *, seconds: float) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.count == 0, seconds)


@pytest.fixture
def house(databases: Any, template: str, tmp_path: Path) -> Iterator[House]:
    """A house of one's own, served over real sockets."""
    with databases.fresh_database(template) as database, smtp_server() as (host, port, mailbox):
        app = create_app(
            {
                "SQLALCHEMY_DATABASE_URI": database,
                "FILES_DIR": str(tmp_path / "files"),
                "MAIL_SERVER": host,
                "MAIL_PORT": port,
                "MAIL_SENDER": "EventHub <noreply@eventhub.test>",
            }
        )
        running = Running(app.wsgi_app)
        app.wsgi_app = running  # type: ignore[method-assign]
        server = make_server("127.0.0.1", 0, app, threaded=True)
        url = f"http://127.0.0.1:{server.server_port}"
        app.config["PUBLIC_URL"] = url
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield House(app, url, mailbox)
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
            assert running.wait(seconds=20), "a request was never answered"
            with app.app_context():
                db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[..., Chromium]]:
    """Start a Chromium, with further arguments if need be; all end with the session."""
    path = need_chromium()
    with sync_playwright() as playwright:
        started: dict[tuple[str, ...], Chromium] = {}

        def start(*more: str) -> Chromium:
            if more not in started:
                started[more] = playwright.chromium.launch(
                    executable_path=path, args=[*ARGUMENTS, *more]
                )
            return started[more]

        yield start
        for browser in started.values():
            browser.close()


@pytest.fixture
def visitor(house: House, chromium: Callable[..., Chromium]) -> Iterator[Callable[..., Page]]:
    """``visitor(phone=True)``: a page of a new visitor. A script error fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(*, phone: bool = False, arguments: tuple[str, ...] = (), **options: Any) -> Page:
        context = chromium(*arguments).new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
            base_url=house.url,
            permissions=["camera", "clipboard-read", "clipboard-write"],
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(f"{page.url}: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
