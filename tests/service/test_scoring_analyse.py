"""``flask scoring analyse``: the file in, JSON or a table out."""

from __future__ import annotations

import json

import pytest

from eventhub.judging.marks_file import MarksFileError, read_marks

GOOD = "entry,judge,score\na,J1,80\na,J2,90\nb,J1,70\nb,J2,84.5\nc,J1,60\nc,J2,75\n"


@pytest.fixture
def analyse(app, tmp_path):
    """Run the command on a file's content."""

    def run(content: str | bytes, *options: str):
        path = tmp_path / "marks.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return app.test_cli_runner().invoke(args=["scoring", "analyse", str(path), *options])

    return run


@pytest.mark.parametrize("method", ["mean", "trimmed", "standard", "mixed", "corrected"])
def test_the_answer_as_json(analyse, method):
    result = analyse(GOOD, "--method", method, "--format", "json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["method"] == method
    assert [entry["entry"] for entry in told["entries"]] == ["a", "b", "c"]
    assert [entry["rank"] for entry in told["entries"]] == [1, 2, 3]
    assert {"score", "standard_error", "rank_interval"} < told["entries"][0].keys()
    assert [judge["n"] for judge in told["judges"]] == [3, 3]
    assert {"judge", "severity", "scale"} < told["judges"][0].keys()
    assert told["variance"].keys() == {"entry", "judge", "residual"}
    assert isinstance(told["reml_criterion"], float)
    assert told["reliability"]["icc"]["ICC(2,1)"].keys() == {"value", "low", "high"}
    assert told["advice"].endswith("。")


def test_what_has_no_answer_is_null(analyse):
    rows = [("a", 59, 19), ("b", 25, 99), ("c", 54, 78), ("d", 68, 12)]
    lines = "".join(f"{entry},J1,{one}\n{entry},J2,{two}\n" for entry, one, two in rows)

    told = json.loads(analyse("entry,judge,score\n" + lines, "--method", "mean").stdout)

    assert told["reliability"]["icc"]["ICC(2,k)"]["value"] is None
    assert told["reliability"]["icc"]["ICC(2,1)"]["value"] < -1


def test_drop(analyse):
    four = "entry,judge,score\n" + "".join(f"a,J{at},{mark}\n" for at, mark in enumerate("1259"))

    scores = [
        json.loads(analyse(four, "--method", "trimmed", "--drop", drop).stdout)["entries"][0]
        for drop in ("0", "1")
    ]
    assert [each["score"] for each in scores] == [4.25, 3.5]


def test_a_table_for_people(analyse):
    result = analyse(GOOD, "--format", "table")

    assert result.exit_code == 0, result.output
    assert "名次区间" in result.stdout
    line = next(line for line in result.stdout.splitlines() if line.startswith("1"))
    assert line.split()[1] == "a"


def test_criteria_are_added_up(analyse):
    lines = "entry,judge,criterion,score\na,J1,创新,27.5\na,J1,团队,12\nb,J1,创新,20\nb,J1,团队,9\n"

    told = json.loads(analyse(lines, "--method", "mean").stdout)

    assert [each["score"] for each in told["entries"]] == [39.5, 29]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace("a,", "智巡桥梁,").encode("gbk"),
        GOOD.replace(",", ";").replace(".", ",").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n\r\n").encode(),
        GOOD.replace("entry,judge,score", " Entry ,JUDGE,Score").encode(),
        GOOD.replace("a,J1", '"a","J1"').encode(),
    ],
)
def test_files_as_programs_write_them(app, content):
    marks = read_marks(content)

    assert [float(mark) for *_, mark in marks] == [80, 90, 70, 84.5, 60, 75]
    assert marks[0][0] in {"a", "智巡桥梁"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "空的"),
        ("  \n\n", "空的"),
        ("entry,judge,score\n", "没有分数"),
        ("entry,judge\na,J1\n", "缺少“score”列"),
        ("entry,judge,score,score\na,J1,1,2\n", "出现了两次"),
        ("entry,judge,score\na,J1,good\n", "第 2 行的分数“good”不是数字"),
        ("entry,judge,score\na,J1,NaN\n", "不是数字"),
        ("entry,judge,score\na,J1,inf\n", "不是数字"),
        ("entry,judge,score\na,J1,1e5\n", "不是数字"),
        ("entry,judge,score\na,J1,８０\n", "不是数字"),
        ("entry,judge,score\na,J1,80." + "0" * 100 + "\n", "100 位小数"),
        ("entry,judge,score\na,J1,12345678901\n", "太大"),
        ("entry,judge,score\na,J1,80\nb,,80\n", "第 3 行没有填“judge”"),
        ("entry,judge,score\na,J1\n", "没有填“score”"),
        ("entry,judge,score\na,J1,80\na,J1,81\n", "第 3 行重复"),
        ("entry,judge,score,criterion\na,J1,8,x\na,J1,8,y\nb,J1,8,x\n", "没有给项目“b”的“y”打分"),
        (b"entry,judge,score\n\x00\x01\x02\xff\xfe,J1,80\n", "编码"),
        (b"\xff\xfe\x00", "编码"),
    ],
)
def test_what_is_no_table_of_marks_is_told_where(analyse, content, words):
    result = analyse(content)

    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_cell_too_long_for_the_reader(app):
    with pytest.raises(MarksFileError) as caught:
        read_marks(b"entry,judge,score\n" + b"a" * 200_000 + b",J1,80\n")
    assert "第 2 行" in str(caught.value.message)


@pytest.mark.parametrize(
    ("rows", "verdict", "words"),
    [
        ("a,J1,80\nb,J1,70\n", "impossible", "只有一位评委"),
        ("a,J1,85\na,J2,85\nb,J1,85\nb,J2,85\n", "impossible", "都相同"),
        ("a,J1,80\n", "impossible", "只有一个项目"),
        (
            "a,J1,80\na,J2,81\nb,J1,70\nb,J2,73\nc,J3,80\nc,J4,84\nd,J3,60\nd,J4,63\n",
            "unwise",
            "分成 2 组",
        ),
        (GOOD.partition("\n")[2] + "c,J3,70\n", "unwise", "只评了一个项目"),
    ],
)
def test_what_cannot_be_corrected_is_said_in_a_sentence(analyse, rows, verdict, words):
    for method in ("standard", "corrected"):
        result = analyse("entry,judge,score\n" + rows, "--method", method)

        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert told["verdict"] == verdict
        assert words in told["advice"]
