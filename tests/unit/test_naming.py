"""Names of files by a rule: safe on every system, and none twice."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain import naming
from eventhub.domain.naming import NamingFault

FACTS = {
    "order": "03",
    "code": "K7M2QX",
    "project": "智巡山城",
    "school": "重庆邮电大学",
    "captain": "田佳",
    "group": "本科生创意组",
    "document": "项目计划书",
    "number": "2",
}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("{order}+{project}", "03+智巡山城.pdf"),
        ("{code}-{document}-{number}", "K7M2QX-项目计划书-2.pdf"),
        ("【{school}】{captain}_{group}", "【重庆邮电大学】田佳_本科生创意组.pdf"),
        ("{order}{order}", "0303.pdf"),
    ],
)
def test_a_rule_makes_a_name(rule, name):
    assert naming.check_rule(rule) is None
    assert naming.file_name(rule, FACTS, "pdf") == name


@pytest.mark.parametrize(
    ("rule", "fault", "part"),
    [
        ("", NamingFault.EMPTY, ""),
        ("   ", NamingFault.EMPTY, ""),
        ("{顺序}+{project}", NamingFault.UNKNOWN, "{顺序}"),
        ("{project.name}", NamingFault.UNKNOWN, "{project.name}"),
        ("{}", NamingFault.UNKNOWN, "{}"),
        ("{project", NamingFault.BRACES, ""),
        ("project}", NamingFault.BRACES, ""),
        ("{{project}}", NamingFault.BRACES, ""),
        ("{order}/{project}", NamingFault.UNSAFE, "/"),
        ("{order}:{project}", NamingFault.UNSAFE, ":"),
        ("计划书", NamingFault.SAME, ""),
        ("{school}-{document}", NamingFault.SAME, ""),
    ],
)
def test_a_rule_that_makes_no_names_is_told(rule, fault, part):
    assert naming.check_rule(rule) == (fault, part)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\r\n\tb", "ab"),
        ("  两  个 空格  ", "两 个 空格"),
        (" . ", "_"),
        ("", "_"),
        ("𠮷田·阿呷🚀", "𠮷田·阿呷🚀"),
        ("e\u0301", "\u00e9"),
        ("名" * 100, "名" * 60),
    ],
)
def test_a_name_is_safe_on_every_system(text, name):
    assert naming.safe_name(text) == name


def test_names_that_fall_together_are_numbered():
    names = ["a.pdf", "A.pdf", "a.pdf", "a (2).pdf", "b", "b"]

    assert naming.distinct(names) == [
        "a.pdf",
        "A (2).pdf",
        "a (3).pdf",
        "a (2) (2).pdf",
        "b",
        "b (2)",
    ]


@given(st.text())
def test_no_name_leaves_its_folder_or_is_too_long(text):
    name = naming.safe_name(text)

    assert name
    assert len(name.encode()) <= naming.BYTES_MAX + 1
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert name == name.strip(" ")
    assert not name.endswith(".")
    assert name not in {".", ".."}
    assert naming.safe_name(name).lstrip("_") == name.lstrip("_")


@given(st.lists(st.text(string.ascii_letters + "().2 ", max_size=4), max_size=12))
def test_no_two_names_are_the_same_on_any_system(names):
    found = naming.distinct(names)

    assert len(found) == len(names)
    assert len({name.casefold() for name in found}) == len(found)
    assert all(a == b for a, b in zip(found[:1], names[:1], strict=True))


@given(st.text(alphabet="{}abcorderpoject/:+ ", max_size=20))
def test_whatever_passes_the_check_makes_a_name(rule):
    if naming.check_rule(rule) is None:
        assert "{" not in naming.file_name(rule, FACTS, "pdf")
