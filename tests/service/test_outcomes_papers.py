"""Fonts that know rare names, lines that break as Chinese does, and sheets of paper."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from eventhub.outcomes.enums import NoticeKind
from eventhub.outcomes.papers import certificate, notice
from eventhub.outcomes.papers.certificate import CertificateFacts
from eventhub.outcomes.papers.notice import NoticeFacts
from eventhub.outcomes.papers.typeface import FONTS, break_lines, chinese_date, tokens_of

MANIFEST = json.loads((FONTS / "manifest.json").read_text())["fonts"]
FACTS = CertificateFacts(
    number="7K3M-9QX2-4F7T",
    competition="“渝创渝新”创新大赛",
    stage="决赛",
    group="高教主赛道 本科生创意组",
    project="智巡山城",
    award="金奖",
    school="重庆邮电大学",
    members=("田佳", "吉克·阿呷", "𠮷田晓"),
    advisers=("万俟洛",),
    hosts=("环重庆邮电大学创新创业生态圈",),
    day=date(2026, 11, 23),
    address="https://eventhub.test/verify/7K3M9QX24F7T",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fonts")


def words_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return [page.extract_text().replace("\n", "").replace(" ", "") for page in pages]


@pytest.mark.parametrize("use", ["text", "heading"])
def test_fonts_are_what_the_manifest_says_and_bear_no_reserved_name(use):
    facts = MANIFEST[use]
    packed = (FONTS / facts["file"]).read_bytes()

    assert hashlib.sha256(packed).hexdigest() == facts["sha256"]
    assert (FONTS / facts["licence_file"]).exists()
    with TTFont(io.BytesIO(lzma.decompress(packed)), lazy=True) as font:
        assert len(font.getBestCmap()) == facts["characters"]
        names = " ".join(str(font["name"].getDebugName(at)) for at in (1, 4, 6))
    assert "LXGW" not in names
    assert "Source" not in names


def test_the_font_of_text_knows_rare_characters():
    with TTFont(io.BytesIO(lzma.decompress((FONTS / MANIFEST["text"]["file"]).read_bytes()))) as f:
        known = f.getBestCmap()

    assert {ord(c) for c in "𠮷·㛃䶮犇ÆøÅéü“”（）"} <= set(known)


def test_a_certificate_is_one_sheet_with_every_fact(folder):
    pages = words_of(certificate.draw(FACTS, folder=folder))

    assert len(pages) == 1
    for word in ("吉克·阿呷", "𠮷田晓", "万俟洛", "智巡山城", "7K3M-9QX2-4F7T", "二〇二六年十一月"):
        assert word in pages[0], word


def test_a_round_that_the_title_names_is_told_once():
    assert certificate.named("重庆大学校级决赛", "校级决赛") == "重庆大学校级决赛"
    assert certificate.named("创新大赛", "决赛") == "创新大赛决赛"


@pytest.mark.parametrize("count", [1, 15])
def test_whatever_fits_the_forms_fits_the_sheet(folder, count):
    facts = replace(
        FACTS,
        project="山" * 60,
        award="创新潜力与乡村振兴特别贡献奖" * 3,
        members=tuple(f"古丽米热·阿卜杜热合曼·{at:02}" for at in range(count)),
        advisers=tuple(f"Prof. Jean-Luc Bérenger {at}" for at in range(5)),
        hosts=tuple(f"环第{at}大学创新创业生态圈" for at in range(5)),
    )

    pages = words_of(certificate.draw(facts, folder=folder))

    assert len(pages) == 1
    assert f"古丽米热·阿卜杜热合曼·{count - 1:02}" in pages[0]
    assert "Prof.Jean-LucBérenger4" in pages[0]


def test_a_notice_fills_pages_and_numbers_them(folder):
    rows = [
        {"name": f"项目{at}", "group": "本科生创意组", "school": "重庆大学", "captain": "张*"}
        for at in range(1, 61)
    ]
    facts = NoticeFacts(
        kind=NoticeKind.ENTRIES,
        title="关于参赛项目的公示",
        basis="经资格审核，现予公示。\n请相互转告。",
        period="2026年11月23日 09:00 至 2026年11月27日 18:00",
        zone="北京时间（UTC+8）",
        contact="大赛办公室，023-62460000",
        signed_by="环重庆邮电大学创新创业生态圈",
        published_at=datetime(2026, 11, 23, tzinfo=UTC),
        zone_key="Asia/Shanghai",
        rows=rows,
    )

    pages = words_of(notice.draw(facts, folder=folder))

    assert len(pages) > 1
    for at, words in enumerate(pages, 1):
        assert f"—{at}—" in words
        assert "项目名称" in words
    assert "项目60" in pages[-1]
    assert "2026年11月23日" in pages[-1]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "二〇二六年十一月二十三日"),
        (date(2030, 10, 10), "二〇三〇年十月十日"),
        (date(2026, 1, 31), "二〇二六年一月三十一日"),
    ],
)
def test_days_are_written_in_chinese_numerals(day, words):
    assert chinese_date(day.year, day.month, day.day) == words


def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one():
    lines = break_lines(tokens_of("你们的项目“智巡山城”（重庆邮电大学）荣获金奖。"), 7, len)

    assert "".join(lines) == "你们的项目“智巡山城”（重庆邮电大学）荣获金奖。"
    assert not any(line[0] in "”）。" or line[-1] in "“（" for line in lines)


@given(st.text(alphabet="山城智巡，。“”（）abc 12", max_size=60), st.integers(4, 20))
def test_breaking_loses_nothing_but_spaces(text, width):
    lines = break_lines(tokens_of(text), width, len)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= width for line in lines)
