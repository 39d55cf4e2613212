"""Analysing a file of marks from the command line."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub.i18n import _, join_sentences
from eventhub.judging.marks_file import LARGEST_FILE, MarksFileError, read_marks

if TYPE_CHECKING:
    from eventhub.domain.scoring.analysis import Analysis

METHODS = ("mean", "trimmed", "standard", "mixed", "corrected")

group = AppGroup("scoring", help="The arithmetic of scores.")


class _BadInput(click.ClickException):
    exit_code = 2


@group.command("analyse")
@click.argument("source", metavar="FILE.csv", type=click.File("rb"))
@click.option("--method", type=click.Choice(METHODS), default="corrected", show_default=True)
@click.option(
    "--drop",
    type=click.IntRange(0, 10),
    default=1,
    show_default=True,
    help="How many marks at each end the method 'trimmed' leaves out.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "table"]),
    default="json",
    show_default=True,
)
def analyse(source: IO[bytes], method: str, drop: int, form: str) -> None:
    """Analyse marks: scores, errors and ranks of entries, severity of judges, agreement.

    FILE.csv, or - for standard input, has the columns entry, judge, score, and criterion where
    a sheet has several lines. Exit status 2 where it is no table of marks.
    """
    # numpy and scipy take most of a second, for which no other command should wait
    from eventhub.domain.scoring.analysis import Method, analyse  # noqa: PLC0415

    try:
        marks = read_marks(source.read(LARGEST_FILE + 1))
    except MarksFileError as error:
        raise _BadInput(str(error.message)) from error
    analysis = analyse(marks, method=Method(method), drop=drop)
    if form == "json":
        click.echo(json.dumps(to_json(analysis), ensure_ascii=False, allow_nan=False))
    else:
        click.echo("\n\n".join(_tables(analysis)))


def to_json(analysis: Analysis[str, str]) -> dict[str, Any]:
    """The analysis as plain values; what nothing tells is None."""
    from eventhub.judging.advising import advice_sentences  # noqa: PLC0415 - as above

    variance = analysis.variance
    return {
        "method": analysis.method.value,
        "entries": [
            {
                "entry": each.entry_id,
                "score": float(each.score),
                "standard_error": each.standard_error,
                "rank": each.rank,
                "rank_interval": list(each.rank_interval) if each.rank_interval else None,
                "raw": float(each.raw),
                "n": each.sheets,
            }
            for each in analysis.entries
        ],
        "judges": [
            {
                "judge": each.judge_id,
                "severity": each.severity,
                "scale": each.scale,
                "n": each.works,
                "standard_error": each.severity_error,
            }
            for each in analysis.judges
        ],
        "outliers": [
            {
                "entry": each.entry_id,
                "judge": each.judge_id,
                "score": float(each.mark),
                "residual": each.residual,
                "standardised": each.standardised,
            }
            for each in analysis.outliers
        ],
        "variance": variance
        and {
            "entry": variance.entry,
            "judge": variance.judge,
            "residual": variance.residual,
        },
        "reml_criterion": variance and variance.criterion,
        "reliability": _reliability(analysis),
        "verdict": analysis.advice.verdict.value,
        "reasons": [reason.value for reason in analysis.advice.reasons],
        "advice": join_sentences(advice_sentences(analysis.advice)),
    }


def _reliability(analysis: Analysis[str, str]) -> dict[str, Any]:
    found = analysis.agreement
    forms = {
        "ICC(1,1)": "one",
        "ICC(2,1)": "two",
        "ICC(3,1)": "three",
        "ICC(1,k)": "one_mean",
        "ICC(2,k)": "two_mean",
        "ICC(3,k)": "three_mean",
    }
    icc = {}
    for name, form in forms.items():
        interval = getattr(found.icc, form, None)
        icc[name] = interval and {
            bound: value if math.isfinite(value := getattr(interval, bound)) else None
            for bound in ("value", "low", "high")
        }
    concordance = found.concordance
    return {
        "icc": icc if found.icc else None,
        "krippendorff_alpha": {"interval": found.alpha, "ordinal": found.alpha_ordinal},
        "kendall_w": concordance
        and {
            "value": concordance.value,
            "uncorrected": concordance.uncorrected,
            "p": concordance.doubt,
        },
    }


def _tables(analysis: Analysis[str, str]) -> list[str]:
    told = to_json(analysis)
    entries = [
        [
            str(each["rank"]),
            each["entry"],
            _figure(each["score"]),
            _figure(each["standard_error"]),
            "–".join(map(str, each["rank_interval"] or ["?"])),
            _figure(each["raw"]),
            str(each["n"]),
        ]
        for each in told["entries"]
    ]
    judges = [
        [each["judge"], _figure(each["severity"]), _figure(each["scale"]), str(each["n"])]
        for each in told["judges"]
    ]
    odd = [
        [each["entry"], each["judge"], _figure(each["score"]), _figure(each["residual"])]
        for each in told["outliers"]
    ]
    parts = [
        told["advice"],
        _table(
            [_("名次"), _("项目"), _("得分"), _("标准误"), _("名次区间"), _("平均"), _("份数")],
            entries,
        ),
        _table([_("评委"), _("严度"), _("尺度"), _("项目数")], judges),
    ]
    if odd:
        parts.append(_table([_("异常分：项目"), _("评委"), _("分数"), _("偏离")], odd))
    return parts


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns in line, Chinese characters counting two."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(head))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
