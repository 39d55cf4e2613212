"""Documents through the browser: tus over HTTP, previews, removal, archives, blind copies."""

from __future__ import annotations

import base64
import io
import uuid
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from eventhub.competitions import service as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.service import RequirementDraft
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.entries.service import blind_copies
from eventhub.files.models import Upload
from tests.browser import Browser, Page
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_pdf,
    make_person,
    make_university,
)
from tests.factories.files import make_chinese_pdf, make_mp4, make_picture, make_zip
from tests.factories.judging import make_judge, make_panel

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def host(app):
    return make_organiser(circle=make_circle(), email="host@eventhub.test")


@pytest.fixture
def competition(host):
    made = make_competition(by=host)
    competitions.save_requirements(
        made.rounds[0].id,
        drafts=[
            RequirementDraft("项目计划书", ["pdf"], 5_000_000, is_required=True),
            RequirementDraft("视频", ["mp4"], 100_000_000, is_required=False),
            RequirementDraft(
                "证明", ["pdf", "jpg", "zip"], 5_000_000, False, is_for_judges=False, files_max=2
            ),
        ],
        by=host,
    )
    return made


@pytest.fixture
def entry(competition, tia):
    return make_entry(competition, captain=tia, state=EntryState.DRAFT)


def requirement(entry: Entry, name: str) -> uuid.UUID:
    slots = service.list_slots(queries.get_entry(entry.id))
    return next(s.requirement.id for s in slots if s.requirement.name == name)


def add(entry: Entry, name: str, content: bytes, called: str = "文件.pdf"):
    return service.add_document(
        entry.id,
        requirement_id=requirement(entry, name),
        content=io.BytesIO(content),
        name=called,
        by=queries.get_entry(entry.id).captain,
    )


class Line:
    """A client of the protocol, with the token of a page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.token = browser.csrf_token("/profile")

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] = TUS, body: bytes | None = None
    ) -> Page:
        sent = {"X-CSRFToken": self.token, "Accept": "application/json", **headers}
        return self.browser._open(path, method=method, headers=sent, data=body)

    def create(self, entry: Entry, name: str, size: int, **more: Any) -> Page:
        facts = {
            "filename": more.pop("called", "文件.pdf"),
            "purpose": "entry_document",
            "subject": str(entry.id),
            "part": str(requirement(entry, name)),
            "ordinal": "0",
            **more.pop("facts", {}),
        }
        told = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in facts.items())
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
        return self.ask("POST", "/uploads", {**headers, **more.pop("headers", {})}, **more)


@pytest.fixture
def line(browser, tia):
    return Line(browser.sign_in(tia))


# tus


def test_a_server_says_what_it_speaks(browser):
    told = browser._open("/uploads", method="OPTIONS").response

    assert told.status_code == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert "creation-with-upload" in told.headers["Tus-Extension"]


def test_a_file_goes_up_in_pieces(line, entry):
    content = make_pdf(6)
    made = line.create(entry, "项目计划书", len(content)).response
    assert made.status_code == 201
    assert made.headers["Tus-Resumable"] == "1.0.0"
    assert made.headers["Upload-Expires"].endswith("GMT")
    path = made.headers["Location"]

    first = line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, content[:400]).response
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "400")
    head = line.ask("HEAD", path).response
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, "400")
    assert head.headers["Upload-Length"] == str(len(content))
    assert head.headers["Cache-Control"] == "no-store"
    last = line.ask("PATCH", path, {**PIECE, "Upload-Offset": "400"}, content[400:]).response
    assert last.status_code == 204

    assert line.ask("GET", path).json["state"] == "done"
    newest = service.list_newest(queries.get_entry(entry.id))
    assert [(d.version, d.file.name, d.file.size) for d in newest] == [
        (2, "文件.pdf", len(content))
    ]
    shown = line.ask("GET", f"/entries/{entry.id}/papers/{newest[0].requirement_id}").json
    assert "第 2 版" in shown["versions_html"]
    assert "checklist" in shown["checklist_html"]


def test_the_first_piece_may_come_with_the_beginning(line, entry):
    content = make_pdf()
    headers = {"Content-Type": "application/offset+octet-stream"}
    made = line.create(entry, "证明", len(content), headers=headers, body=content).response

    assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(content)))
    assert len(service.list_newest(queries.get_entry(entry.id))) == 2


def test_what_lets_no_patch_pass_may_be_gone_round(line, entry):
    content = make_pdf()
    path = line.create(entry, "证明", len(content)).response.headers["Location"]
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    assert line.ask("POST", path, headers, content).status == 204
    assert line.ask("POST", path, {**TUS, "X-HTTP-Method-Override": "DELETE"}).status == 204
    assert line.ask("GET", path).status == 404
    assert line.ask("POST", path).status in {404, 405}


def test_each_mistake_has_its_status_and_its_words(line, entry):
    content = make_pdf(3)
    assert line.create(entry, "证明", 5_000_001).status == 413
    assert line.create(entry, "证明", 0).status == 422
    assert line.create(entry, "证明", 10, facts={"purpose": "nothing"}).status == 404
    assert line.create(entry, "证明", 10, facts={"part": "no key"}).status == 422
    assert line.create(entry, "证明", 10, facts={"subject": str(uuid.uuid4())}).status == 404
    assert line.ask("POST", "/uploads", {**TUS, "Upload-Length": "-1"}).status == 422
    assert line.ask("POST", "/uploads", {**TUS, "Upload-Metadata": "a !!!"}).status == 422
    path = line.create(entry, "证明", len(content)).response.headers["Location"]
    assert line.ask("PATCH", path, {**TUS, "Upload-Offset": "0"}, content).status == 415
    assert line.ask("PATCH", path, {**PIECE, "Upload-Offset": "9"}, content).status == 409
    assert line.ask("PATCH", path, {**PIECE, "Upload-Offset": "x"}, content).status == 422
    assert line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, content + b"x").status == 413
    old = line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0", "Tus-Resumable": "0.2.2"}, b"")
    assert (old.status, old.response.headers["Tus-Version"]) == (412, "1.0.0")
    large = line.create(entry, "视频", 20_000_000, called="a.mp4").response.headers["Location"]
    piece = line.ask("PATCH", large, {**PIECE, "Upload-Offset": "0"}, b"\0" * (9 << 20))
    assert piece.status == 413
    assert piece.json["error"]["message"]


def test_a_refusal_comes_with_the_last_piece_and_can_be_asked_for_again(line, entry):
    path = line.create(entry, "证明", 9).response.headers["Location"]
    told = line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"MZ no pdf")

    assert told.status == 422
    assert "的内容不是 PDF" in told.json["error"]["message"]
    assert told.json["error"]["message"] == line.ask("GET", path).json["refusal"]
    assert line.ask("GET", path).json["state"] == "refused"


def test_a_deadline_that_passes_while_a_file_goes_up_refuses_it(line, entry, competition, time):
    content = make_pdf(4)
    path = line.create(entry, "证明", len(content)).response.headers["Location"]
    line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, content[:300])
    time.set(competition.entries_close_at)
    with transaction():
        db.session.query(Upload).one().expires_at = competition.entries_close_at.replace(year=2100)

    told = line.ask("PATCH", path, {**PIECE, "Upload-Offset": "300"}, content[300:])

    assert told.status == 409
    assert "截止" in told.json["error"]["message"]
    assert len(service.list_newest(queries.get_entry(entry.id))) == 1
    assert line.create(entry, "证明", 100).status == 409


def test_nobody_else_s_upload_is_there(line, entry, nell, new_browser):
    path = line.create(entry, "证明", 100).response.headers["Location"]
    other = Line(new_browser().sign_in(nell))

    for method in ("HEAD", "GET", "DELETE"):
        assert other.ask(method, path).status == 404
    assert other.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"x").status == 404
    assert other.create(entry, "证明", 100).status == 404


def test_no_piece_passes_without_its_token(line, entry):
    path = line.create(entry, "证明", 100).response.headers["Location"]
    line.token = ""

    assert line.ask("PATCH", path, {**PIECE, "Upload-Offset": "0"}, b"x").status == 400
    assert line.ask("DELETE", path).status == 400


# the team's page


def test_the_page_says_what_is_asked_what_is_there_and_until_when(browser, entry, tia):
    add(entry, "证明", make_picture("JPEG"), "奖.jpg")
    page = browser.sign_in(tia).get(f"/entries/{entry.id}")
    papers = page.select("[data-paper]")

    assert [p.h3.get_text(" ", strip=True).split()[0] for p in papers] == [
        "项目计划书",
        "视频",
        "证明",
    ]
    plan, film, proof = (" ".join(p.get_text(" ").split()) for p in papers)
    assert "第 1 版" in plan
    assert "田佳" in plan
    assert "北京时间" in plan
    assert "100 MB" in film
    assert "尚未上传" in film
    assert "最多 2 份" in proof
    assert "奖.jpg" in proof


def test_without_a_script_the_form_takes_files_too(browser, entry, tia):
    browser.sign_in(tia)
    field = f"document_{requirement(entry, '证明').hex}"
    values = {"op": "save", field: (io.BytesIO(make_pdf(2)), "证明.pdf")}

    browser.submit(f"/entries/{entry.id}", values)
    browser.submit(f"/entries/{entry.id}", {**values, field: (io.BytesIO(make_pdf(3)), "二.pdf")})
    refused = browser.submit(
        f"/entries/{entry.id}",
        {**values, field: (io.BytesIO(make_pdf(4)), "三.pdf"), "summary": "写好的简介"},
        status=409,
    )

    assert "最多 2 份" in refused.text
    assert refused.select_one("#summary").text.strip() == "写好的简介", "nothing typed is lost"
    newest = service.list_newest(queries.get_entry(entry.id))
    assert [d.file.name for d in newest if d.requirement.name == "证明"] == ["证明.pdf", "二.pdf"]


def test_a_file_is_taken_back_after_asking(browser, entry, tia, nell, new_browser):
    document = service.list_newest(entry)[0]
    path = f"/entries/{entry.id}/documents/{document.id}/remove"
    new_browser().sign_in(nell).get(path, status=404)
    browser.sign_in(tia)
    assert document.file.name in browser.get(path).text

    browser.submit(path, {})

    page = browser.get(f"/entries/{entry.id}")
    assert "尚未上传" in page.select_one("[data-paper]").text
    assert "移除" in page.select_one(".versions__old").text
    browser.get(f"/entries/{entry.id}/documents/{document.id}").response.close()


def test_a_submitted_entry_shows_its_papers_and_why_none_can_be_added(browser, entry, tia):
    service.submit_entry(entry.id, by=tia)
    page = browser.sign_in(tia).get(f"/entries/{entry.id}")

    assert not page.has("[data-paper-add]")
    assert "项目当前不能修改" in page.select_one(".paper__closed").text
    document = service.list_newest(queries.get_entry(entry.id))[0]
    form = f"/entries/{entry.id}/documents/{document.id}/remove"
    refused = browser.submit(form, {}, status=409)
    assert "项目当前不能修改" in refused.text


# looking


def pages_of(page: Page) -> list[str]:
    return [str(image["src"]) for image in page.select(".viewer__page img")]


def test_a_plan_is_looked_through_in_the_page(browser, entry, tia, host, mei, nell, new_browser):
    document = add(entry, "项目计划书", make_pdf(3), "计划书.pdf")
    path = f"/entries/{entry.id}/documents/{document.id}/preview"
    page = browser.sign_in(tia).get(path)

    assert len(pages_of(page)) == 3
    assert "共 3 页" in page.text
    drawn = browser.get(pages_of(page)[1]).response
    assert drawn.mimetype == "image/webp"
    assert drawn.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert drawn.headers["Cache-Control"].startswith("private")
    with Image.open(io.BytesIO(drawn.data)) as picture:
        assert picture.width == 800
        assert picture.format == "WEBP"
    again = browser._open(
        pages_of(page)[1], method="GET", headers={"If-None-Match": drawn.headers["ETag"]}
    )
    assert again.status == 304
    browser.get(path.replace("preview", "pages/4.webp"), status=404)
    browser.get(path.replace("preview", "pages/0.webp"), status=404)
    new_browser().sign_in(host).get(path)
    for stranger in (nell, mei):
        for end in ("preview", "pages/1.webp", "content"):
            new_browser().sign_in(stranger).get(path.replace("preview", end), status=404)


def test_a_picture_is_drawn_and_an_archive_is_only_downloaded(browser, entry, tia):
    picture = add(entry, "证明", make_picture("JPEG", (1200, 600)), "奖.jpg")
    archive = add(entry, "证明", make_zip({"a.txt": "x"}), "合集.zip")
    browser.sign_in(tia)
    page = browser.get(f"/entries/{entry.id}/documents/{picture.id}/preview")
    assert len(pages_of(page)) == 1
    assert browser.get(pages_of(page)[0]).response.mimetype == "image/webp"

    browser.get(f"/entries/{entry.id}/documents/{archive.id}/preview", status=422)
    download = browser.get(f"/entries/{entry.id}/documents/{archive.id}").response
    assert download.headers["Content-Disposition"].startswith("attachment")
    download.close()
    inline = browser.get(f"/entries/{entry.id}/documents/{archive.id}/content").response
    assert inline.headers["Content-Disposition"].startswith("attachment"), "never in the page"
    inline.close()


def test_a_film_plays_from_wherever_one_winds_to(browser, entry, tia):
    content = make_mp4(bytes(range(256)) * 400)
    document = add(entry, "视频", content, "展示.mp4")
    browser.sign_in(tia)
    page = browser.get(f"/entries/{entry.id}/documents/{document.id}/preview")
    source = str(page.select_one("video")["src"])

    part = browser._open(source, method="GET", headers={"Range": "bytes=1000-1999"}).response
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(content)}"
    assert part.data == content[1000:2000]
    assert part.mimetype == "video/mp4"
    assert part.headers["Content-Disposition"].startswith("inline")
    assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    part.close()
    beyond = browser._open(source, method="GET", headers={"Range": f"bytes={len(content)}-"})
    assert beyond.status == 416


# the organiser's side


def test_an_organiser_sees_what_came_in_and_takes_all_of_it(
    browser, competition, entry, host, tia, nell, mei, new_browser
):
    add(entry, "证明", make_pdf(2), "证明.pdf")
    service.approve_entry(service.submit_entry(entry.id, by=tia).id, by=host)
    make_entry(competition, by=host)
    browser.sign_in(host)
    page = browser.get(f"/manage/competitions/{competition.id}/papers")
    assert "2 / 2" in page.text
    assert "1 / 2" in page.text

    path = f"/manage/competitions/{competition.id}/rounds/{competition.rounds[0].id}/documents.zip"
    got = browser.get(path).response
    assert got.mimetype == "application/zip"
    assert "attachment" in got.headers["Content-Disposition"]
    assert got.headers["Content-Disposition"].isascii()
    assert int(got.headers["Content-Length"]) == len(got.data)
    names = zipfile.ZipFile(io.BytesIO(got.data)).namelist()
    assert len(names) == 4
    one = browser.get(f"{path}?requirement={requirement(entry, '证明')}").response
    assert len(zipfile.ZipFile(io.BytesIO(one.data)).namelist()) == 2
    for stranger in (nell, mei, tia):
        new_browser().sign_in(stranger).get(path, status=404)
    browser.get(path.replace(str(competition.rounds[0].id), str(uuid.uuid4())), status=404)


def test_the_papers_page_costs_the_same_however_many_entries(
    browser, competition, host, count_statements
):
    browser.sign_in(host)
    path = f"/manage/competitions/{competition.id}/papers"
    make_entry(competition, by=host)
    browser.get(path)
    with count_statements() as few:
        browser.get(path)
    for _more in range(2):
        make_entry(competition, by=host)
    with count_statements() as many:
        browser.get(path)

    assert len(few) == len(many)


def test_an_organiser_sets_what_a_round_asks_for(browser, host):
    competition = make_competition(by=host)
    browser.sign_in(host)
    path = f"/manage/rounds/{competition.rounds[0].id}/documents"
    assert "{order}" in browser.get(path).select_one("[name=documents-0-naming]")["value"]
    wrong = browser.submit(
        path,
        {"documents-0-naming": "{顺序}+{project}", "documents-0-name": "改过的名字"},
        status=422,
    )
    assert "没有“{顺序}”这个占位符" in wrong.text
    assert wrong.select_one("[name=documents-0-name]")["value"] == "改过的名字"
    browser.submit(path, {"documents-0-megabytes": "600"}, status=422)

    browser.submit(
        path,
        {
            "documents-0-naming": "{code}-{document}-{number}",
            "documents-0-kind": "proof",
            "documents-0-files_max": "5",
            "documents-0-megabytes": "500",
        },
    )

    made = db.session.get_one(Round, competition.rounds[0].id).requirements[0]
    assert (made.naming, made.kind.value) == ("{code}-{document}-{number}", "proof")
    assert (made.files_max, made.bytes_max) == (5, 500_000_000)


@pytest.fixture
def blind(competition):
    """The first round, blind; its videos are none of the judges' business."""
    with transaction():
        db.session.get_one(Round, competition.rounds[0].id).is_blind = True
    return competition.rounds[0]


def test_an_organiser_looks_blind_copies_over(
    browser, competition, entry, host, tia, blind, nell, new_browser
):
    document = add(entry, "项目计划书", make_chinese_pdf("重庆邮电大学 田佳"))
    service.approve_entry(service.submit_entry(entry.id, by=tia).id, by=host)
    browser.sign_in(host)
    index = f"/manage/competitions/{competition.id}/rounds/{blind.id}/blind"
    assert "制作缺少的 1 份" in browser.get(index).text
    browser.submit(index, {})
    assert "正在制作" in browser.get(index).text
    blind_copies.make(document.id)

    one = f"/manage/blind-copies/{document.id}"
    page = browser.get(one)
    assert "田佳" in page.select_one(".findings").text
    drawn = browser.get(str(page.select_one(".blind__pages img")["src"]))
    assert drawn.response.mimetype == "image/webp"
    assert browser.submit(one, {}, action=None).response.location.endswith("/blind")
    assert "已核对，评委可见" in browser.get(index).text
    zipped = browser.get(index.replace("/blind", "/documents.zip?blind=1")).response
    assert len(zipfile.ZipFile(io.BytesIO(zipped.data)).namelist()) == 2
    browser.submit(one, {}, action=f"{one}/remake")
    assert "正在制作" in browser.get(index).text
    for path in (index, one, f"{one}/pages/1.webp", f"{one}/content"):
        new_browser().sign_in(nell).get(path, status=404)


def test_a_judge_of_a_blind_round_sees_the_copy_and_nothing_else(
    browser, competition, entry, host, tia, blind
):
    document = add(entry, "项目计划书", make_chinese_pdf("重庆邮电大学 田佳", "第二页"))
    add(entry, "证明", make_picture("JPEG"), "田佳的证明.jpg")
    service.approve_entry(service.submit_entry(entry.id, by=tia).id, by=host)
    for rubric in db.session.get_one(Round, blind.id).rubrics:
        if rubric.needs_confirmation:
            competitions.confirm_rubric(rubric.id, by=host)
    competitions.open_round(blind.id, by=host)
    judge = make_judge(make_panel(blind, by=host), university=make_university("重庆大学"), by=host)
    browser.sign_in(judge.person)
    sheet = f"/judging/{blind.id}/{entry.id}"
    path = f"{sheet}/documents/{document.id}"
    assert "盲评副本待主办方核对" in browser.get(sheet).text
    browser.get(path, status=409)
    blind_copies.make(document.id)
    service.look_over(document.id, by=host)

    page = browser.get(sheet)
    assert page.has(f'a[href="{path}/preview"]')
    assert "田佳的证明" not in page.text
    view = browser.get(f"{path}/preview")
    assert len(pages_of(view)) == 2
    assert browser.get(pages_of(view)[0]).response.mimetype == "image/webp"
    given = browser.get(path).response
    assert "田佳" not in given.headers["Content-Disposition"]
    assert document.file.sha256 not in given.headers.get("ETag", "")
    given.close()
    judges_only = [d for d in queries.get_entry(entry.id).documents if d.id != document.id]
    for other in judges_only:
        if other.requirement.name == "证明":
            browser.get(f"{sheet}/documents/{other.id}", status=404)


def test_a_judge_looks_through_the_plan_of_an_open_round(browser, competition, entry, host, tia):
    document = service.list_newest(entry)[0]
    service.approve_entry(service.submit_entry(entry.id, by=tia).id, by=host)
    round_ = competition.rounds[0]
    for rubric in db.session.get_one(Round, round_.id).rubrics:
        if rubric.needs_confirmation:
            competitions.confirm_rubric(rubric.id, by=host)
    competitions.open_round(round_.id, by=host)
    judge = make_judge(make_panel(round_, by=host), university=make_university("重庆大学"), by=host)
    browser.sign_in(judge.person)

    page = browser.get(f"/judging/{round_.id}/{entry.id}/documents/{document.id}/preview")

    assert len(pages_of(page)) == 1
    assert browser.get(pages_of(page)[0]).response.mimetype == "image/webp"
    other = make_entry(
        competition, captain=make_person("戊", university=make_university("重庆大学")), by=host
    )
    barred = other.documents[0]
    browser.get(f"/judging/{round_.id}/{other.id}/documents/{barred.id}/preview", status=403)
