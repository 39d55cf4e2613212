"""Hostile files and a student wanted twice: on the page, in words, and nothing typed is lost."""

from __future__ import annotations

import io
import zipfile

import pytest

from eventhub.competitions import service as competitions
from eventhub.competitions.service import RequirementDraft
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from tests.factories import (
    make_competition,
    make_confirmation,
    make_entry,
    make_pdf,
    make_person,
    make_university,
)
from tests.factories.files import make_zip

PDF = make_pdf()
HEAD, REST = PDF.split(b"\n", 1)
HOSTILE = {
    "bomb": (make_zip({f"{n}.txt": b"\0" * 60_000_000 for n in range(2)}), "解压后过大"),
    "archive behind a PDF": (PDF + make_zip({"a.class": b"\xca\xfe\xba\xbe" * 40}), "混有另一种"),
    "page at the head of a PDF": (HEAD + b"\n%<html>\n" + REST, "混有另一种"),
    "path that leaves the archive": (make_zip({"../../etc/cron.d/x": "x"}), "不正常的文件路径"),
    "archive in an archive": (make_zip({"inner.zip": make_zip({"a": "x"})}), "压缩包里还有压缩包"),
    "program": (b"MZ\x90\x00" + b"\0" * 400, "的内容不是"),
}


def reread(entry):
    db.session.expire_all()
    return queries.get_entry(entry.id)


@pytest.fixture
def entry(olga, tia):
    """Tia's draft, of which a plan and proofs are asked."""
    competition = make_competition(by=olga)
    formats = ["pdf", "zip"]
    drafts = [RequirementDraft("证明", formats, 50_000_000, is_required=False, naming="{project}")]
    competitions.save_requirements(competition.rounds[0].id, drafts=drafts, by=olga)
    return make_entry(competition, captain=tia, state=EntryState.DRAFT)


def save_with(browser, entry, content: bytes, *, name: str, status: int):
    """Save the whole page, with a file in it."""
    requirement = service.list_slots(entry)[0].requirement
    values = {
        "summary": "还没有存过的简介",
        f"document_{requirement.id.hex}": (io.BytesIO(content), name),
        "op": "save",
    }
    return browser.submit(f"/entries/{entry.id}", values, form="#entry-form", status=status)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_the_text_kept(browser, tia, entry, kind):
    content, words = HOSTILE[kind]

    page = save_with(browser.sign_in(tia), entry, content, name="证明.pdf", status=422)

    assert words in page.text
    assert page.select_one("#summary").text.strip() == "还没有存过的简介"
    assert reread(entry).documents == []


@pytest.mark.parametrize("name", ["../../../etc/证明.pdf", "/etc/证明.pdf"])
def test_a_path_in_a_file_s_name_leads_nowhere(browser, new_browser, tia, olga, entry, name):
    save_with(browser.sign_in(tia), entry, PDF, name=name, status=303)

    kept = reread(entry).documents[0]
    assert kept.file.name == "证明.pdf"
    answer = browser.get(f"/entries/{entry.id}/documents/{kept.id}/content").response
    assert answer.data == PDF
    answer.close()
    assert "etc" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    service.submit_entry(entry.id, by=tia)
    service.approve_entry(entry.id, by=olga)
    round_ = entry.competition.rounds[0]
    packed = new_browser().sign_in(olga)
    path = f"/manage/competitions/{entry.competition_id}/rounds/{round_.id}/documents.zip"
    with zipfile.ZipFile(io.BytesIO(packed.get(path).response.data)) as archive:
        assert not [each for each in archive.namelist() if ".." in each or each.startswith("/")]
        assert any(each.endswith("智巡山城.pdf") for each in archive.namelist())


def test_a_student_of_another_team_is_told_so_and_keeps_what_was_typed(browser, olga, tia):
    """Two captains want one student: the second link says no, in words."""
    competition = make_competition(by=olga)
    with transaction():
        competition.is_one_project = True
    student = make_person("吉克·阿呷", university=make_university())
    rival = make_person("对手", university=make_university())
    entries = [make_entry(competition, captain=c, is_complete=False) for c in (tia, rival)]
    first, second = [service.issue_team_link(entry.id, by=entry.captain) for entry in entries]
    service.join_team(first, given=make_confirmation(student), by=student)

    page = browser.sign_in(student).submit(
        f"/join/{second}",
        {"student_number": "2024229911", "degree": "bachelor", "agrees": "y"},
        status=409,
    )

    assert "吉克·阿呷" in page.select_one("[data-error-summary]").text
    assert page.select_one("#student_number")["value"] == "2024229911"
    assert [member.name for member in reread(entries[1]).members] == ["对手"]
