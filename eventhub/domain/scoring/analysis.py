"""Everything that can be told of a round's marks, by any method.

``mean``, ``trimmed`` and ``standard`` are the rules of the same names; their errors come from
how far the judges of one entry are apart, all entries taken together. ``mixed`` is the plain
model of severity, comparable with lme4's ``score ~ 1 + (1|entry) + (1|judge)``. ``corrected``
is the recommended one. Where a model is impossible its method falls back to the mean, and the
advice says why.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np

from eventhub.domain.reliability import (
    Concordance,
    Icc,
    Level,
    icc,
    kendall_w,
    krippendorff_alpha,
)
from eventhub.domain.scoring.advice import Advice, advise, find_obstacles
from eventhub.domain.scoring.crossed import Design, Floats
from eventhub.domain.scoring.exact import check_marks, mean, round_half_up
from eventhub.domain.scoring.outliers import find_outliers
from eventhub.domain.scoring.ranks import SEED, draw_count, draw_entries, rank_intervals
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind
from eventhub.domain.scoring.scale import Blend, fit_scales, to_correction
from eventhub.domain.scoring.severity import Fit, fit_severity, severity_doubt
from eventhub.domain.scoring.standings import (
    DuplicateSheetError,
    Line,
    RoundRule,
    Sheet,
    standings,
)

DECIMALS = 10
_TABLE_MAX = 8_000_000

EntryId = TypeVar("EntryId", bound=Hashable)
JudgeId = TypeVar("JudgeId", bound=Hashable)


class Method(StrEnum):
    """How totals are made."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    STANDARD = "standard"
    MIXED = "mixed"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class EntryFigures(Generic[EntryId]):
    """One entry. ``raw`` is the plain mean; the error is None where nothing tells it."""

    entry_id: EntryId
    raw: Decimal
    score: Decimal
    standard_error: float | None
    rank: int
    rank_interval: tuple[int, int] | None
    sheets: int


@dataclass(frozen=True, slots=True)
class JudgeFigures(Generic[JudgeId]):
    """One judge. ``severity`` in points, above 0 is strict; None where nothing tells it."""

    judge_id: JudgeId
    severity: float | None
    severity_error: float | None
    scale: float | None
    works: int


@dataclass(frozen=True, slots=True)
class OddMark(Generic[EntryId, JudgeId]):
    """A mark that neither entry nor judge explain; see ``Outlier``."""

    entry_id: EntryId
    judge_id: JudgeId
    mark: Decimal
    residual: float
    standardised: float


@dataclass(frozen=True, slots=True)
class Variance:
    """The plain model's variances, and its restricted criterion."""

    entry: float
    judge: float
    residual: float
    criterion: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the judges agree; what needs a table without gaps is None where there are some."""

    icc: Icc | None
    concordance: Concordance | None
    alpha: float | None
    alpha_ordinal: float | None


@dataclass(frozen=True, slots=True)
class Analysis(Generic[EntryId, JudgeId]):
    """Entries and outliers, best and worst first; judges in the order in which they came."""

    method: Method
    entries: tuple[EntryFigures[EntryId], ...]
    judges: tuple[JudgeFigures[JudgeId], ...]
    outliers: tuple[OddMark[EntryId, JudgeId], ...]
    variance: Variance | None
    agreement: Agreement
    advice: Advice


@dataclass(frozen=True, slots=True)
class _Round(Generic[EntryId, JudgeId]):
    """The marks with their numbers."""

    marks: Sequence[tuple[EntryId, JudgeId, Decimal]]
    entries: tuple[EntryId, ...]
    judges: tuple[JudgeId, ...]
    design: Design


def analyse(
    marks: Sequence[tuple[EntryId, JudgeId, Decimal]], *, method: Method, drop: int = 1
) -> Analysis[EntryId, JudgeId]:
    """Analyse marks ``(entry, judge, total)``; ``drop`` is for ``trimmed``.

    Raises:
        NoMarksError: there are none.
        DuplicateSheetError: a judge marks an entry twice.
        InvalidMarkError: a mark is no finite ``Decimal``.
    """
    check_marks([mark for *_, mark in marks])
    if len({(entry_id, judge_id) for entry_id, judge_id, _ in marks}) != len(marks):
        raise DuplicateSheetError("a judge marks an entry twice")
    round_ = _number(marks)
    is_possible = not find_obstacles(round_.design)
    plain = fit_severity(round_.design) if is_possible else None
    blend = fit_scales(round_.design, plain) if plain and method is Method.CORRECTED else None
    doubt = severity_doubt(round_.design, plain) if plain else None
    if plain and method is Method.MIXED:
        entries = _by_model(round_, [(1.0, plain)])
    elif blend:
        fits = [(each.probability, each.fit) for each in blend.possibilities]
        entries = _by_model(round_, fits, _lines(round_, method, drop, blend))
    else:
        lines = _lines(round_, method, drop, None)
        entries = _by_hand(round_, lines, method is Method.STANDARD)
    return Analysis(
        method,
        entries,
        _judges(round_, method, plain, blend),
        _odd_marks(round_, blend.likeliest if blend else plain),
        _variance(plain),
        _agreement(round_.design),
        advise(round_.design, doubt=doubt, scale_chance=blend.scale_chance if blend else None),
    )


def _number(marks: Sequence[tuple[EntryId, JudgeId, Decimal]]) -> _Round[EntryId, JudgeId]:
    entries = {entry_id: at for at, entry_id in enumerate(dict.fromkeys(e for e, _, _ in marks))}
    judges = {judge_id: at for at, judge_id in enumerate(dict.fromkeys(j for _, j, _ in marks))}
    design = Design.of(
        np.array([entries[entry_id] for entry_id, _, _ in marks]),
        np.array([judges[judge_id] for _, judge_id, _ in marks]),
        np.array([float(mark) for *_, mark in marks]),
    )
    return _Round(marks, tuple(entries), tuple(judges), design)


_KINDS = {
    Method.TRIMMED: ScoreRuleKind.DROP_EXTREMES,
    Method.STANDARD: ScoreRuleKind.STANDARD,
    Method.CORRECTED: ScoreRuleKind.CORRECTED,
}


def _lines(
    round_: _Round[EntryId, JudgeId], method: Method, drop: int, blend: Blend | None
) -> dict[EntryId, Line[EntryId, JudgeId]]:
    """The exact totals; the mean where the method has no rule of its own."""
    kind = _KINDS.get(method, ScoreRuleKind.MEAN)
    if (kind is ScoreRuleKind.CORRECTED and not blend) or (method is Method.TRIMMED and not drop):
        kind = ScoreRuleKind.MEAN
    rule = RoundRule(
        ScoreRule(kind, drop, decimals=DECIMALS, mark_decimals=DECIMALS),
        correction=to_correction(blend, round_.judges) if blend else None,
    )
    sheets = [Sheet(entry_id, judge_id, {"": mark}) for entry_id, judge_id, mark in round_.marks]
    return {line.entry_id: line for line in standings(sheets, rule=rule)}


def _by_hand(
    round_: _Round[EntryId, JudgeId],
    lines: dict[EntryId, Line[EntryId, JudgeId]],
    is_converted: bool,
) -> tuple[EntryFigures[EntryId], ...]:
    """Errors from how far an entry's marks are apart, all entries together."""
    marks = {
        entry_id: np.array(
            [
                float(mark)
                for mark in (line.converted if is_converted else line.totals)
                if mark is not None
            ]
        )
        for entry_id, line in lines.items()
    }
    free = sum(max(len(own) - 1, 0) for own in marks.values())
    squares = sum(float(((own - own.mean()) ** 2).sum()) for own in marks.values() if len(own))
    scores = np.array([float(lines[entry_id].total or 0) for entry_id in round_.entries])
    used = np.array([len(lines[entry_id].used) for entry_id in round_.entries])
    if not free:
        return _figures(round_, lines, scores, None, None)
    errors = np.sqrt(squares / free / np.maximum(used, 1))
    random = np.random.default_rng(SEED)
    noise = random.standard_normal((len(scores), draw_count(len(scores))))
    return _figures(round_, lines, scores, errors, scores[:, None] + errors[:, None] * noise)


def _by_model(
    round_: _Round[EntryId, JudgeId],
    fits: Sequence[tuple[float, Fit]],
    lines: dict[EntryId, Line[EntryId, JudgeId]] | None = None,
) -> tuple[EntryFigures[EntryId], ...]:
    """Errors and draws from what the marks leave possible; without lines also the scores."""
    random, count = np.random.default_rng(SEED), draw_count(len(round_.entries))
    shares = np.diff(np.round(np.cumsum([0.0, *(chance for chance, _ in fits)]) * count))
    draws = np.hstack(
        [
            draw_entries(fit, int(share), random)
            for share, (_, fit) in zip(shares, fits, strict=True)
        ]
    )
    average = sum(chance * fit.solution.entries for chance, fit in fits)
    variance = sum(
        chance * (fit.solution.entry_variance + (fit.solution.entries - average) ** 2)
        for chance, fit in fits
    )
    centre = sum(chance * fit.solution.centre for chance, fit in fits)
    scores = np.asarray(centre + average)
    if lines is not None:
        scores = np.array([float(lines[entry_id].total or 0) for entry_id in round_.entries])
    return _figures(round_, lines, scores, np.sqrt(variance), draws)


def _figures(
    round_: _Round[EntryId, JudgeId],
    lines: dict[EntryId, Line[EntryId, JudgeId]] | None,
    scores: Floats,
    errors: Floats | None,
    draws: Floats | None,
) -> tuple[EntryFigures[EntryId], ...]:
    """Put together, best first."""
    exact = [
        (lines[entry_id].total or Decimal(0))
        if lines
        else round_half_up(Decimal(float(score)), DECIMALS)
        for entry_id, score in zip(round_.entries, scores, strict=True)
    ]
    ascending = np.sort(np.array([float(score) for score in exact]))
    ranks = 1 + len(exact) - np.searchsorted(ascending, [float(s) for s in exact], side="right")
    intervals = rank_intervals(draws, ranks) if draws is not None else [None] * len(exact)
    held: dict[EntryId, list[Decimal]] = {entry_id: [] for entry_id in round_.entries}
    for entry_id, _, mark in round_.marks:
        held[entry_id].append(mark)
    found = [
        EntryFigures(
            entry_id,
            round_half_up(mean(held[entry_id]), DECIMALS),
            exact[at],
            float(errors[at]) if errors is not None else None,
            int(ranks[at]),
            intervals[at],
            len(held[entry_id]),
        )
        for at, entry_id in enumerate(round_.entries)
    ]
    return tuple(sorted(found, key=lambda figures: figures.rank))


def _judges(
    round_: _Round[EntryId, JudgeId], method: Method, plain: Fit | None, blend: Blend | None
) -> tuple[JudgeFigures[JudgeId], ...]:
    """Severity and scale as the method sees them: standard scores know no common work."""
    works, count = round_.design.works_by_judge, len(round_.judges)
    severities: Sequence[float | None] = [None] * count
    errors: Sequence[float | None] = [None] * count
    scales: Sequence[float | None] = [None] * count
    if method is Method.STANDARD:
        means = np.bincount(round_.design.judge, round_.design.points) / works
        apart = round_.design.points - means[round_.design.judge]
        squares = np.bincount(round_.design.judge, apart**2)
        sds = np.sqrt(squares / np.maximum(works - 1, 1))
        common = np.sqrt(squares.sum() / max(1, (works - 1).sum()))
        severities = [-float(each) for each in means]
        scales = [
            float(sd / common) if n > 1 and common else None
            for sd, n in zip(sds, works, strict=True)
        ]
    elif plain:
        severities = [
            float(each) for each in (blend.severities if blend else -plain.solution.judges)
        ]
        variances = blend.judge_variances if blend else plain.solution.judge_variance
        errors = [float(each) for each in np.sqrt(variances)]
        scales = [float(each) for each in np.exp(blend.log_scales)] if blend else [1.0] * count
    return tuple(
        JudgeFigures(judge_id, severities[at], errors[at], scales[at], int(works[at]))
        for at, judge_id in enumerate(round_.judges)
    )


def _odd_marks(
    round_: _Round[EntryId, JudgeId], fit: Fit | None
) -> tuple[OddMark[EntryId, JudgeId], ...]:
    if fit is None:
        return ()
    return tuple(
        OddMark(*round_.marks[outlier.at], outlier.residual, outlier.standardised)
        for outlier in find_outliers(round_.design, fit)
    )


def _variance(plain: Fit | None) -> Variance | None:
    if plain is None:
        return None
    return Variance(
        plain.entry_sd**2, plain.judge_sd**2, plain.residual_sd**2, plain.solution.criterion
    )


def _agreement(design: Design) -> Agreement:
    shape = len(design.works_by_entry), len(design.works_by_judge)
    if shape[0] * shape[1] > _TABLE_MAX:
        return Agreement(None, None, None, None)
    table = np.full(shape, np.nan)
    table[design.entry, design.judge] = design.points
    is_whole = min(shape) > 1 and not np.isnan(table).any()
    return Agreement(
        icc(table) if is_whole else None,
        kendall_w(table) if is_whole else None,
        krippendorff_alpha(table, level=Level.INTERVAL),
        krippendorff_alpha(table, level=Level.ORDINAL),
    )
