"""Take the pictures that the README shows: python -m tests.e2e.screenshots [NAME …]

A house of its own with the demonstration world, a real Chromium, desk and phone. The files go
to docs/pictures/, reduced to a palette.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

from eventhub.app import create_app
from eventhub.db import db
from eventhub.demo import service as demo
from tests.chromium import find_chromium
from tests.e2e.conftest import ARGUMENTS, DESK, PHONE
from tests.e2e.test_story import camera_that_sees, open_camera
from tests.postgres import open_databases

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """One picture: who looks at what, on which screen."""

    name: str
    who: str | None
    path: str
    phone: bool = False
    dark: bool = False
    whole: bool = False
    act: Callable[[Page], None] | None = None


@dataclass(frozen=True)
class Facts:
    """Keys and codes of the demonstration world that addresses are made of."""

    open_code: str
    open_id: str
    stage_code: str
    stage_id: str
    stage_event: str
    done_code: str
    rubric: str
    door: str
    ticket: str
    draft: str
    round: str
    judged: str


def look_up() -> Facts:
    """Ask the database which things the pictures show."""

    def one(query: str) -> str:
        return str(db.session.execute(text(query)).scalar_one())

    contest = "FROM competitions c JOIN events e ON e.id = c.event_id"
    on_stage = f"(SELECT c.id {contest} WHERE c.state = 'closed' LIMIT 1)"
    return Facts(
        open_code=one(f"SELECT e.code {contest} WHERE c.state = 'open' LIMIT 1"),
        open_id=one(f"SELECT c.id {contest} WHERE c.state = 'open' LIMIT 1"),
        stage_code=one(f"SELECT e.code {contest} WHERE c.state = 'closed' LIMIT 1"),
        stage_id=one(f"SELECT c.id {contest} WHERE c.state = 'closed' LIMIT 1"),
        stage_event=one(f"SELECT e.id {contest} WHERE c.state = 'closed' LIMIT 1"),
        done_code=one(f"SELECT e.code {contest} WHERE c.state = 'finished' LIMIT 1"),
        rubric=one(
            "SELECT b.id FROM rubrics b JOIN rounds r ON r.id = b.round_id"
            " JOIN competitions c ON c.id = r.competition_id WHERE c.state = 'open' LIMIT 1"
        ),
        door=one(
            "SELECT k.id FROM checkpoints k JOIN competitions c ON c.event_id = k.event_id"
            " WHERE c.state = 'closed' LIMIT 1"
        ),
        ticket=one(
            "SELECT t.code FROM tickets t JOIN registrations r ON r.id = t.registration_id"
            " JOIN competitions c ON c.event_id = r.event_id WHERE c.state = 'closed'"
            " AND NOT EXISTS (SELECT FROM admissions a WHERE a.ticket_id = t.id)"
            " ORDER BY t.code LIMIT 1"
        ),
        draft=one(
            "SELECT n.id FROM entries n JOIN people p ON p.id = n.captain_id"
            " WHERE p.email = 'tia@example.com' AND n.state = 'draft' LIMIT 1"
        ),
        round=one(f"SELECT id FROM rounds WHERE competition_id = {on_stage} LIMIT 1"),
        judged=one(
            "SELECT s.entry_id FROM scoresheets s JOIN people p ON p.id = s.judge_id"
            " WHERE p.email = 'jun@example.com' AND s.state = 'draft' LIMIT 1"
        ),
    )


def scan(page: Page) -> None:
    """Scan the ticket that the film shows."""
    open_camera(page)
    page.locator(".answer--green").wait_for(timeout=30_000)
    time.sleep(0.8)


def pictures(facts: Facts) -> list[Picture]:
    """Every picture of the README, in the order of its tour."""
    stage = f"/manage/competitions/{facts.stage_id}"
    return [
        Picture("front", None, "/"),
        Picture("front-phone-dark", None, "/", phone=True, dark=True),
        Picture("competition-phone", None, f"/c/{facts.open_code}", phone=True),
        Picture("captain-workspace", "tia", f"/entries/{facts.draft}"),
        Picture("captain-phone", "tia", f"/entries/{facts.draft}", phone=True),
        Picture("ticket-phone", None, f"/t/{facts.ticket}", phone=True),
        Picture("organiser-overview", "olga", f"/manage/competitions/{facts.open_id}"),
        Picture("organiser-rubric", "olga", f"/manage/rubrics/{facts.rubric}"),
        Picture("organiser-entries", "olga", f"/manage/competitions/{facts.open_id}/entries"),
        Picture("organiser-roadshow", "olga", f"{stage}/roadshow"),
        Picture("organiser-results", "olga", f"{stage}/results"),
        Picture("organiser-reminders", "olga", f"/manage/competitions/{facts.open_id}/reminders"),
        Picture("timetable-phone", None, f"/c/{facts.stage_code}/timetable", phone=True),
        Picture("draw", None, f"/c/{facts.stage_code}/draw"),
        Picture("judge-list-phone", "jun", f"/judging/{facts.round}", phone=True),
        Picture(
            "judge-sheet-phone", "jun", f"/judging/{facts.round}/{facts.judged}", phone=True
        ),
        Picture("door-phone-dark", "sam", f"/door/{facts.door}", phone=True, dark=True,
                act=scan),
        Picture("attendance", "olga", f"/manage/events/{facts.stage_event}/attendance"),
        Picture("statistics", "mei", "/statistics"),
        Picture("results", None, f"/c/{facts.done_code}/results"),
    ]  # fmt: skip


@contextmanager
def demonstration() -> Iterator[tuple[Flask, str, Path]]:
    """A house with the world in it, served on a free port."""
    with tempfile.TemporaryDirectory() as folder, open_databases(None) as databases:

        def fill(url: str) -> None:
            app = create_app({"SQLALCHEMY_DATABASE_URI": url, "FILES_DIR": f"{folder}/files"})
            with app.app_context():
                upgrade()
                demo.load()
                db.engine.dispose()

        with databases.fresh_database(databases.template("demonstration", fill)) as url:
            app = create_app({"SQLALCHEMY_DATABASE_URI": url, "FILES_DIR": f"{folder}/files"})
            server = make_server("127.0.0.1", 0, app, threaded=True)
            address = f"http://127.0.0.1:{server.server_port}"
            app.config["PUBLIC_URL"] = address
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield app, address, Path(folder)
            finally:
                server.shutdown()
                server.server_close()
                with app.app_context():
                    db.engine.dispose()


def take(browser: Browser, base: str, picture: Picture) -> None:
    """Open the page as the person, and keep what is seen."""
    context = browser.new_context(
        viewport=PHONE if picture.phone else DESK,
        device_scale_factor=2 if picture.phone else 1,
        is_mobile=picture.phone,
        has_touch=picture.phone,
        color_scheme="dark" if picture.dark else "light",
        locale="zh-CN",
        base_url=base,
        permissions=["camera"],
    )
    page = context.new_page()
    if picture.who:
        page.goto("/sign-in")
        page.get_by_label("邮箱").fill(f"{picture.who}@example.com")
        page.get_by_label("密码").fill(demo.SIGN_INS[0].password)
        page.locator("main").get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state()
    page.goto(picture.path)
    page.wait_for_load_state("networkidle")
    if picture.act:
        picture.act(page)
    time.sleep(0.5)
    target = PICTURES / f"{picture.name}.png"
    page.screenshot(path=target, full_page=picture.whole)
    context.close()
    Image.open(target).convert("RGB").quantize(192).save(target, optimize=True)
    print(target.name, target.stat().st_size // 1000, "kB")


def main() -> None:
    """Take those named, or all."""
    path = find_chromium()
    if path is None:
        raise SystemExit("no Chromium: run make test once, or name one in CHROMIUM")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demonstration() as (app, base, folder), sync_playwright() as playwright:
        with app.app_context():
            facts = look_up()
        answer = app.test_client().get(f"/t/{facts.ticket}.png")
        film = camera_that_sees(answer.data, folder / "ticket.mjpeg")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"],
        )
        for picture in pictures(facts):
            if not sys.argv[1:] or picture.name in sys.argv[1:]:
                take(browser, base, picture)
        browser.close()


if __name__ == "__main__":
    main()
