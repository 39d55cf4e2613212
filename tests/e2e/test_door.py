"""The door in a real Chromium: camera, photo, keyboard, a network that fails."""

from __future__ import annotations

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import expect

from eventhub.checkin.models import Scan
from eventhub.db import db
from tests.e2e.camera import SIZE, write_film
from tests.e2e.conftest import until
from tests.factories import make_organiser, make_staff
from tests.factories.checkin import make_checkpoint, make_gathering, make_place

pytestmark = pytest.mark.e2e

# an answer may stand for less than a look at the page takes
REMEMBER = """
window.shown = [];
document.addEventListener("DOMContentLoaded", () => {
  const name = document.querySelector("[data-answer-name]");
  new MutationObserver(() => shown.push(name.textContent)).observe(name, { childList: true });
});
"""


def draw(code: str, size: tuple[int, int], side: int) -> Image.Image:
    """A ticket's code somewhere in a picture."""
    link = qrcode.make(f"https://eventhub.test/t/{code}").convert("RGB").resize((side, side))
    picture = Image.new("RGB", size, (94, 108, 120))
    picture.paste(link, ((size[0] - side) // 2, (size[1] - side) // 3))
    return picture


@pytest.fixture
def door(house):
    """Sam's door, and the codes of two who come."""
    with house.app.app_context():
        olga = make_organiser("欧阳澜")
        make_staff("单明", email="sam@eventhub.test")
        checkpoint = make_checkpoint(make_gathering(by=olga), by=olga)
        codes = [
            make_place(checkpoint.event, name, by=olga).ticket.code for name in ("陆思源", "何苗")
        ]
        return f"/door/{checkpoint.id}", codes


@pytest.fixture
def stand(visitor, door):
    """``stand()``: Sam at the door, with his phone."""

    return lambda: visitor("sam@eventhub.test", door[0], phone=True)


def answer(page, title: str, name: str = "") -> None:
    """Wait for an answer."""
    expect(page.locator("[data-answer-title]")).to_contain_text(title)
    expect(page.locator("[data-answer-name]")).to_have_text(name)


def test_the_camera_reads_one_ticket_after_the_other(visitor, door, film):
    path, codes = door
    write_film(film, [draw(code, SIZE, 300) for code in codes], each=60)

    page = visitor("sam@eventhub.test", phone=True)
    page.add_init_script(REMEMBER)
    page.goto(path)
    expect(page.locator("[data-camera]")).to_have_attribute("data-camera-state", "on")

    until(page, lambda: {"陆思源", "何苗"} <= set(page.evaluate("shown")))
    expect(page.locator("#headcount")).to_contain_text("已到 2 / 2")
    page.locator("[data-camera-stop]").click()
    expect(page.locator("[data-camera]")).to_have_attribute("data-camera-state", "off")


def test_a_photo_is_read_where_there_is_no_camera(stand, door, tmp_path):
    _path, codes = door
    photo, blank = tmp_path / "photo.jpg", tmp_path / "blank.jpg"
    draw(codes[0], (3000, 4000), 900).rotate(8).save(photo)
    Image.new("RGB", (800, 600)).save(blank)
    page = stand()

    page.set_input_files("[data-photo]", blank)
    answer(page, "照片里没有找到二维码")
    page.set_input_files("[data-photo]", photo)
    answer(page, "请入场", "陆思源")
    page.set_input_files("[data-photo]", photo)
    answer(page, "已签到", "陆思源")


def test_a_scan_outlives_a_network_that_fails(house, stand, door):
    _path, codes = door
    page = stand()
    tries = []

    def fail_twice(route):
        tries.append(route.request.post_data_json["id"])
        if len(tries) == 1:
            route.abort()  # it never arrived
        elif len(tries) == 2:
            route.fetch()  # it arrived, and the answer was lost
            route.abort()
        else:
            route.continue_()

    page.route("**/scans", fail_twice)
    page.locator("[name=code]").fill(codes[0])
    page.locator("[name=code]").press("Enter")

    expect(page.locator("[data-answer-title]")).to_have_text("网络中断，正在重试…")
    answer(page, "请入场", "陆思源")
    assert len(tries) == 3
    assert len(set(tries)) == 1
    with house.app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 1


def test_a_person_without_a_ticket_is_found_by_name(stand):
    page = stand()

    page.get_by_text("按姓名查找").click()
    page.locator("#lookup").fill("何")
    page.get_by_role("button", name="为何苗签到").click()

    answer(page, "请入场", "何苗")
    expect(page.locator(".found__item")).to_contain_text("已签到")


def test_the_sound_stays_off(stand):
    page = stand()

    page.locator("[data-sound]").click()
    expect(page.locator("[data-sound]")).to_have_attribute("aria-pressed", "false")
    page.reload()

    expect(page.locator("[data-sound]")).to_have_attribute("aria-pressed", "false")
