"""Large files in a real Chromium: a line that breaks, a page that is loaded anew, a refusal."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from eventhub.competitions import service as competitions
from eventhub.competitions.service import RequirementDraft
from eventhub.entries import queries, service
from eventhub.files import service as files
from tests.e2e.conftest import until
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_pdf,
    make_person,
    make_university,
)
from tests.factories.files import make_mp4

pytestmark = pytest.mark.e2e

MEGABYTE = 1 << 20


@pytest.fixture
def entry(house):
    """An entry of which a plan, a film and proofs are asked: its key."""
    with house.app.app_context():
        circle = make_circle()
        olga = make_organiser(circle=circle)
        competition = make_competition(by=olga, circle=circle)
        competitions.save_requirements(
            competition.rounds[0].id,
            drafts=[
                RequirementDraft("计划书", ["pdf"], 5_000_000, is_required=True),
                RequirementDraft("视频", ["mp4"], 200_000_000, is_required=False),
                RequirementDraft("证明", ["pdf"], 5_000_000, is_required=False, files_max=2),
            ],
            by=olga,
        )
        tia = make_person("田佳", email="tia@eventhub.test", university=make_university())
        return make_entry(competition, captain=tia, is_complete=False).id


@pytest.fixture
def page(visitor, entry) -> Page:
    """Tia's window with the entry open."""
    return visitor("tia@eventhub.test", f"/entries/{entry}")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of 18 MB, which no two pieces of are alike."""
    path = tmp_path / "展示视频.mp4"
    path.write_bytes(make_mp4(random.Random(7).randbytes(18 * MEGABYTE)))
    return path


def paper(page: Page, name: str):
    return page.locator("[data-paper]").filter(has=page.get_by_role("heading", name=name))


def choose(page: Page, name: str, path: Path) -> None:
    paper(page, name).locator("input[type=file][data-upload]").set_input_files(path)


def standing(house, entry_id) -> list[tuple[str, int, str]]:
    with house.app.app_context():
        found = service.list_newest(queries.get_entry(entry_id))
        return [(d.requirement.name, d.ordinal, d.file.sha256) for d in found]


def content(house, sha256: str) -> bytes:
    with house.app.app_context(), files.local_copy(sha256) as path:
        return path.read_bytes()


def open_uploads(house, entry_id) -> list[object]:
    with house.app.app_context():
        return files.list_open_uploads(queries.get_entry(entry_id).captain_id)


def test_a_broken_line_and_a_new_page_go_on_where_the_upload_was(house, entry, page, film):
    sent: list[int] = []

    def cut(route: Route) -> None:
        """Two pieces pass, then the line is dead."""
        sent.append(int(route.request.headers["upload-offset"]))
        if len(sent) > 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", lambda r: cut(r) if r.request.method == "PATCH" else r.continue_())
    choose(page, "视频", film)
    row = paper(page, "视频").locator(".transfer")
    expect(row.locator("[data-transfer-said]")).to_contain_text(re.compile(r"\d+%"))
    until(page, lambda: len(sent) > 3)
    assert sent[:3] == [0, 4 * MEGABYTE, 8 * MEGABYTE]

    page.on("dialog", lambda dialog: dialog.accept())  # leaving while a file is on its way
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    again = paper(page, "视频").locator(".transfer")
    expect(again).to_contain_text("上次传到 44%")
    offsets: list[int] = []
    page.on(
        "request",
        lambda r: offsets.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None,
    )
    choose(page, "视频", film)

    expect(paper(page, "视频").locator("[data-versions]")).to_contain_text(
        "第 1 版", timeout=30_000
    )
    expect(page.locator("[data-upload-said]")).to_contain_text("已上传")
    expect(paper(page, "视频").locator(".transfer")).to_have_count(0)
    assert offsets[0] == 8 * MEGABYTE, "what was there is not sent again"
    ((_name, _ordinal, sha256),) = standing(house, entry)
    assert sha256 == hashlib.sha256(film.read_bytes()).hexdigest()
    assert content(house, sha256) == film.read_bytes()


def test_a_line_that_comes_back_by_itself_needs_nobody(house, entry, page, film):
    failures = iter([True, False, True, True])

    def shake(route: Route) -> None:
        if route.request.method == "PATCH" and next(failures, False):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", shake)
    choose(page, "视频", film)

    expect(paper(page, "视频").locator("[data-versions]")).to_contain_text(
        "第 1 版", timeout=40_000
    )
    ((_name, _ordinal, sha256),) = standing(house, entry)
    assert content(house, sha256) == film.read_bytes()


def test_a_lost_last_answer_makes_no_second_document(house, entry, page, tmp_path):
    """The server has the file and the page does not know: it asks instead of sending again."""
    plan = tmp_path / "计划书.pdf"
    plan.write_bytes(make_pdf(3))

    def lose(route: Route) -> None:
        if route.request.method == "PATCH":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", lose)
    choose(page, "计划书", plan)

    expect(paper(page, "计划书").locator("[data-versions]")).to_contain_text("第 1 版")
    assert len(standing(house, entry)) == 1


def test_a_refusal_is_told_beside_the_file_and_the_next_one_goes_on(house, entry, page, tmp_path):
    wrong, right = tmp_path / "计划书.pdf", tmp_path / "计划书2.pdf"
    wrong.write_bytes(b"MZ no pdf")
    right.write_bytes(make_pdf())
    choose(page, "计划书", wrong)
    row = paper(page, "计划书").locator(".transfer")
    expect(row).to_contain_text("的内容不是 PDF")
    row.get_by_role("button", name="取消").click()
    expect(row).to_have_count(0)

    choose(page, "计划书", right)

    expect(paper(page, "计划书").locator("[data-versions]")).to_contain_text("计划书2.pdf")
    expect(page.locator("[data-checklist]")).to_contain_text("计划书")


def test_several_files_one_replaced_and_one_cancelled(house, entry, page, tmp_path, film):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.pdf").write_bytes(make_pdf(number))
    proofs = paper(page, "证明")
    choose(page, "证明", tmp_path / "1.pdf")
    expect(proofs.locator("[data-versions]")).to_contain_text("1.pdf")
    choose(page, "证明", tmp_path / "2.pdf")
    expect(proofs.locator("[data-versions]")).to_contain_text("2.pdf")
    expect(proofs.locator("[data-paper-full]")).to_be_visible()
    expect(proofs.locator("[data-paper-add]")).to_be_hidden()

    with page.expect_file_chooser() as chooser:
        proofs.get_by_role("button", name="换一版").nth(1).click()
    chooser.value.set_files(tmp_path / "3.pdf")
    expect(proofs.locator("[data-versions]")).to_contain_text("3.pdf")
    expect(proofs.locator("[data-versions]")).to_contain_text("第 2 版")
    assert [(name, at) for name, at, _sha in standing(house, entry)] == [("证明", 1), ("证明", 2)]

    page.route("**/uploads/*", lambda r: None if r.request.method == "PATCH" else r.continue_())
    choose(page, "视频", film)
    row = paper(page, "视频").locator(".transfer")
    expect(row).to_be_visible()
    page.wait_for_timeout(300)
    row.get_by_role("button", name="取消").click()
    expect(row).to_have_count(0)
    expect(page.locator("[data-upload-said]")).to_contain_text("已取消上传")
    page.unroute_all(behavior="ignoreErrors")
    until(page, lambda: open_uploads(house, entry) == [])


def test_pages_turn_by_key_by_number_and_by_button(house, entry, page, tmp_path):
    plan = tmp_path / "计划书.pdf"
    plan.write_bytes(make_pdf(6))
    choose(page, "计划书", plan)
    link = paper(page, "计划书").locator(".versions a").first
    expect(link).to_have_text("计划书.pdf")
    link.click()

    page.emulate_media(reduced_motion="reduce")
    number = page.locator("[data-viewer-number]")
    expect(page.locator("[data-page='1'] img")).to_have_js_property("naturalWidth", 960)
    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("2")
    page.get_by_role("button", name="下一页").click()
    expect(number).to_have_value("3")
    number.fill("6")
    number.press("Enter")
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    page.keyboard.press("Home")
    expect(number).to_have_value("1")
    before = page.locator("[data-page='1']").bounding_box()["width"]
    page.keyboard.press("+")
    expect(page.locator("[data-viewer-percent]")).to_have_text("125%")
    assert page.locator("[data-page='1']").bounding_box()["width"] > before * 1.2
