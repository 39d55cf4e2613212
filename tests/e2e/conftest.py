"""A running house and real Chromiums: phones and desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright

from eventhub.accounts.queries import find_person_by_email
from eventhub.accounts.sessions import start_session
from eventhub.worker import run_worker
from tests.chromium import need_chromium
from tests.e2e.camera import SIZE, write_film
from tests.e2e.server import served
from tests.postgres import Emptier
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
    """A server on a free port, and the mails that it sent."""

    app: Flask
    url: str
    mailbox: Mailbox

    def work(self) -> None:
        """Do what is queued and due, in a thread: Playwright's own loop runs in this one."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run_worker, self.app, until_empty=True).result(timeout=60)

    def session_of(self, email: str) -> Any:
        """The cookie of someone who has signed in; the sign-in page has tests of its own."""
        with self.app.test_request_context(self.url):
            person = find_person_by_email(email)
            assert person is not None
            start_session(person)
            answer = self.app.process_response(Response())
        name, _, rest = answer.headers["Set-Cookie"].partition("=")
        return {"name": name, "value": rest.partition(";")[0], "url": self.url}


@pytest.fixture
def house(
    _app: Flask,
    _database: tuple[str, Emptier],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The application of all tests, served over real sockets; its tables are emptied afterwards."""
    with smtp_server() as (host, port, mailbox), served(_app) as url:
        settings = {
            "PUBLIC_URL": url,
            "FILES_DIR": str(tmp_path / "files"),
            "MAIL_SERVER": host,
            "MAIL_PORT": port,
        }
        for name, value in settings.items():
            monkeypatch.setitem(_app.config, name, value)
        yield House(_app, url, mailbox)
    _database[1].empty()


@pytest.fixture(scope="session")
def _film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("camera") / "film.mjpeg"


@pytest.fixture(scope="session")
def chromium(_film: Path) -> Iterator[Chromium]:
    """One Chromium for all tests of a worker; its camera shows a film."""
    path = need_chromium()
    seen_by_camera = f"--use-file-for-fake-video-capture={_film}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, seen_by_camera]
        )
        yield browser
        browser.close()


@pytest.fixture
def film(_film: Path) -> Iterator[Path]:
    """Where to write what the camera shall show; nothing is before it unless told."""
    nothing = Image.new("RGB", SIZE, "grey")
    yield write_film(_film, [nothing])
    write_film(_film, [nothing])


@pytest.fixture
def visitor(house: House, chromium: Chromium, film: Path) -> Iterator[Callable[..., Page]]:
    """``visitor(phone=True)``: a page of a new visitor. A script error fails the test.

    ``visitor("tia@eventhub.test", "/desk")`` is signed in already, and there.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        email: str | None = None,
        path: str | None = None,
        *,
        phone: bool = False,
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            base_url=house.url,
            reduced_motion="reduce",  # half the drawing, and nothing to wait for
            permissions=["camera", "clipboard-read", "clipboard-write"],
            **{"locale": "zh-CN", **options},
        )
        contexts.append(context)
        if email is not None:
            context.add_cookies([house.session_of(email)])
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
        if path is not None:
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait, as the page goes on, until something holds."""
    for _look in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came true")
