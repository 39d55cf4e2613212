"""Every word of the interface has its English, with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "eventhub" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every message of code and templates."""
    target = tmp_path_factory.mktemp("words") / "messages.pot"
    command = ["-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    keywords = ["-k", "lazy", "-k", "ngettext:1,2"]
    subprocess.run(
        [sys.executable, *command, *keywords, "-o", str(target), "."], cwd=ROOT, check=True
    )
    with target.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def test_every_message_has_its_english(used, english):
    missing = sorted(used - {str(m.id) for m in english if m.string})

    assert missing == [], "run `make translations` and fill in what is missing"


def test_no_message_is_left_over(used, english):
    assert sorted({str(m.id) for m in english if m.id} - used) == []


def test_placeholders_are_the_same(english):
    broken = [
        m.id
        for m in english
        if m.id
        and sorted(PLACEHOLDER.findall(str(m.id))) != sorted(PLACEHOLDER.findall(str(m.string)))
    ]

    assert broken == []


def test_english_is_english(english):
    assert [m.id for m in english if m.id and CHINESE.search(str(m.string))] == []


def test_nothing_is_fuzzy(english):
    assert [m.id for m in english if m.fuzzy and m.id] == []
