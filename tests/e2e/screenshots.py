"""Take the pictures that the README shows: python -m tests.e2e.screenshots [NAME …]

A house of its own with the demonstration world, a real Chromium, desk and phone. The files go
to docs/pictures/, reduced to a palette.
"""

from __future__ import annotations

import io
import sys
import tempfile
import threading
import time
import uuid
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
from eventhub.files import service as files
from eventhub.outcomes import service as outcomes
from eventhub.outcomes.queries import certificates
from tests.chromium import find_chromium
from tests.e2e.camera import camera_that_sees, wait_for_camera
from tests.e2e.conftest import ARGUMENTS, DESK, PHONE
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

    open_id: str
    course_id: str
    school: str
    form: str
    notice: str
    door: str
    ticket: str
    draft: str
    certificate: str
    round: str
    judged: str


ON_STAGE = (
    "SELECT c.event_id FROM competitions c JOIN checkpoints k ON k.event_id = c.event_id"
    " WHERE c.state = 'closed'"
)
LED_BY_TIA = "JOIN people p ON p.id = n.captain_id WHERE p.email = 'tia@example.com'"


def look_up() -> Facts:
    """Ask the database which things the pictures show."""

    def one(query: str) -> str:
        return str(db.session.execute(text(f"{query} LIMIT 1")).scalar_one())

    return Facts(
        open_id=one("SELECT id FROM competitions WHERE state = 'open'"),
        course_id=one("SELECT competition_id FROM rounds WHERE kind = 'revival'"),
        school=one(
            "SELECT m.university_id FROM university_memberships m"
            " JOIN people p ON p.id = m.person_id WHERE p.email = 'sue@example.com'"
        ),
        form=one("SELECT id FROM questionnaires"),
        notice=one("SELECT code FROM public_notices ORDER BY opens_at DESC"),
        door=one(f"SELECT id FROM checkpoints WHERE event_id = ({ON_STAGE})"),
        ticket=one(
            "SELECT t.code FROM tickets t JOIN registrations r ON r.id = t.registration_id"
            f" WHERE r.event_id = ({ON_STAGE})"
            " AND NOT EXISTS (SELECT FROM admissions a WHERE a.ticket_id = t.id)"
            " ORDER BY t.code"
        ),
        draft=one(f"SELECT n.id FROM entries n {LED_BY_TIA} AND n.state = 'draft'"),
        certificate=one(
            "SELECT f.id FROM certificates f JOIN awards a ON a.id = f.award_id"
            f" JOIN entries n ON n.id = a.entry_id {LED_BY_TIA}"
        ),
        round=one(
            "SELECT r.id FROM rounds r JOIN competitions c ON c.id = r.competition_id"
            f" WHERE c.event_id = ({ON_STAGE})"
        ),
        judged=one(
            "SELECT s.entry_id FROM scoresheets s JOIN people p ON p.id = s.judge_id"
            " WHERE p.email = 'jun@example.com' AND s.state = 'draft'"
        ),
    )


def scan(page: Page) -> None:
    """Scan the ticket that the film shows."""
    wait_for_camera(page)
    page.locator(".answer--green").wait_for(timeout=30_000)
    time.sleep(0.8)


def scroll_to(words: str) -> Callable[[Page], None]:
    """Bring what begins with these words to the top."""

    def act(page: Page) -> None:
        place = page.locator("main").get_by_text(words).first
        top = place.evaluate("e => e.getBoundingClientRect().top + scrollY")
        page.evaluate("top => scrollTo({top: top - 100, behavior: 'instant'})", top)

    return act


def issue_link(page: Page) -> None:
    """Make the link by which members join, and show its code."""
    page.get_by_role("button", name="生成").first.click()
    page.wait_for_load_state("networkidle")
    scroll_to("邀请链接")(page)


def pictures(facts: Facts) -> list[Picture]:
    """Every picture of the README taken from a page, in the order of its tour."""
    opened = f"/manage/competitions/{facts.open_id}"
    draft = f"/entries/{facts.draft}"
    return [
        Picture("front", None, "/"),
        Picture("captain-workspace", "tia", draft),
        Picture("captain-phone", "tia", f"{draft}/form", phone=True, act=scroll_to("目前进展")),
        Picture("team-phone", "tia", f"{draft}/team", phone=True, act=issue_link),
        Picture("school-ranking", "sue", f"/school/{facts.school}/{facts.open_id}"),
        Picture("form-builder", "olga", f"/manage/forms/{facts.form}"),
        Picture("entries", "olga", f"{opened}/entries", act=scroll_to("项目、成员")),
        Picture("advancement", "olga", f"/manage/competitions/{facts.course_id}/outcomes",
                act=scroll_to("按名次晋级")),
        Picture("notice", None, f"/notices/{facts.notice}", act=scroll_to("公示至")),
        Picture(
            "judge-phone", "jun", f"/judging/{facts.round}/{facts.judged}", phone=True
        ),
        Picture("door-phone-dark", "sam", f"/door/{facts.door}", phone=True, dark=True,
                act=scan),
        Picture("statistics-dark", "mei", "/statistics", dark=True),
    ]  # fmt: skip


def take_certificate(certificate_id: str) -> None:
    """Draw the winner's certificate and keep its sheet as a picture."""
    key = uuid.UUID(certificate_id)
    outcomes.draw_one(key)
    file = certificates.get_certificate(key).file
    assert file is not None
    drawn = files.draw(file, page=1, width=1200)
    keep(Image.open(drawn), "certificate")


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
    shot = Image.open(io.BytesIO(page.screenshot(full_page=picture.whole)))
    context.close()
    keep(shot, picture.name)


def keep(image: Image.Image, name: str) -> None:
    """Write a picture with a palette: these are flat colours, and git keeps each version."""
    target = PICTURES / f"{name}.png"
    image.convert("RGB").quantize(192).save(target, optimize=True)
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
        if not sys.argv[1:] or "certificate" in sys.argv[1:]:
            app.config["PUBLIC_URL"] = "https://eventhub.example.com"
            with app.test_request_context():
                take_certificate(facts.certificate)
            app.config["PUBLIC_URL"] = base
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
