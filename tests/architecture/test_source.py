"""Rules of the house that a reader of the source can check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted((ROOT / "eventhub").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = [p for p in TEMPLATES if p.suffix == ".html" and "emails" not in p.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_down():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def occurrences(pattern: str, *, outside: set[str]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name(path)}:{at}"
        for path in PYTHON
        if name(path) not in outside and "launch" not in path.parts
        for at, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]


def test_one_module_commits():
    assert occurrences(r"\.commit\(", outside={"eventhub/db.py"}) == []


def test_one_module_looks_at_the_clock():
    pattern = r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\("

    assert occurrences(pattern, outside={"eventhub/clock.py"}) == []


def test_one_module_reads_the_environment():
    assert occurrences(r"os\.environ|os\.getenv", outside=set()) == []


def test_nothing_is_left_to_do():
    assert occurrences(r"\b(TODO|FIXME|XXX|NotImplementedError)\b", outside=set()) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_templates_hold_nothing_inline_and_nothing_unescaped(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)

    assert not re.search(r"\sstyle=|<style|\son\w+=[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\|\s*safe\b", text)
    assert "http://" not in text.replace("http://www.w3.org", "")


def without_code(text: str) -> str:
    text = re.sub(r"{#.*?#}", "", text, flags=re.S)
    text = re.sub(r"{%.*?%}", "", text, flags=re.S).replace("EventHub 创赛汇", "")  # the brand
    return re.sub(r"{{.*?}}", "", text, flags=re.S)


@pytest.mark.parametrize("path", [p for p in PAGES if p.name != "styleguide.html"], ids=name)
def test_every_word_of_a_template_can_be_translated(path):
    left = [w for w in without_code(path.read_text()).splitlines() if CHINESE.search(w)]

    assert left == [], "Chinese outside _()"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_speak_through_the_page(path):
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(), flags=re.S)

    assert not CHINESE.search(code), "words belong into the template, as data attributes"
    assert not re.search(r"\beval\(|new Function\(|\.innerHTML\s*=", code)


WORDLESS = {"demo", "launch", "domain"}


@pytest.mark.parametrize("path", [p for p in PYTHON if not WORDLESS & set(p.parts)], ids=name)
def test_every_word_of_the_code_can_be_translated(path):
    tree = ast.parse(path.read_text())
    fine: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "lazy", "ngettext"}:
            fine |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            fine.add(id(node.value))  # a docstring
    bare = [
        f"{name(path)}:{node.lineno} {node.value[:30]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in fine
        and "# not translated" not in path.read_text().splitlines()[node.lineno - 1]
    ]

    assert bare == []


def test_views_are_thin():
    """Goal 15 lines, limit 25, not counting decorators and docstring."""
    fat = []
    for path in PYTHON:
        if path.name != "views.py" and "views" not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if length > 25:
                    fat.append(f"{name(path)}:{node.name} {length}")

    assert fat == []


def test_views_ask_no_database():
    pattern = re.compile(r"\bselect\(|db\.session|\btransaction\(")
    asking = [
        f"{name(path)}:{at}"
        for path in PYTHON
        if path.name == "views.py" and name(path) != "eventhub/web/views.py"
        for at, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]

    assert asking == []
