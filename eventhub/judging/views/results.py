"""What everyone sees once a round is published, and what a team sees of its own."""

from __future__ import annotations

import uuid
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

import config
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Competition, Group, Round
from eventhub.competitions.tabs import PublicLink
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.domain.scoring.rules import criterion_means, round_half_up
from eventhub.entries import queries as entries
from eventhub.entries.permissions import is_captain
from eventhub.errors import NotFoundError
from eventhub.i18n import lazy
from eventhub.judging.models import Standing
from eventhub.judging.queries import results as reads
from eventhub.judging.queries import results_file
from eventhub.judging.queries.scoring import rule_of
from eventhub.judging.views.blueprint import bp
from eventhub.web.access import authorize, public, signed_in
from eventhub.web.downloads import attachment


def _published(code: str) -> tuple[Competition, list[Round], Round]:
    """A competition's published rounds, and the one that the address asks for.

    Raises:
        NotFoundError: there is none; that nothing is published looks like nothing at all.

    """
    competition = competitions.get_competition_by_code(code)
    rounds = [each for each in reversed(competition.rounds) if each.state is RoundState.PUBLISHED]
    position = request.args.get("round", type=int)
    asked = [round_ for round_ in rounds if position in {None, round_.position}]
    if not asked:
        raise NotFoundError
    return competition, rounds, asked[0]


@bp.get("/c/<code>/results")
@public
def results(code: str) -> ResponseReturnValue:
    """The published standings."""
    competition, rounds, round_ = _published(code)
    groups = reads.by_group(reads.list_standings(round_.id))
    return render_template(
        "judging/results.html",
        competition=competition,
        rounds=rounds,
        round=competitions.get_round(round_.id),
        rule=rule_of(round_),
        groups=groups,
        captains=masked_captains(groups),
    )


def masked_captains(groups: list[tuple[Group, list[Standing]]]) -> dict[uuid.UUID, str]:
    """Who led each entry, as a public page names them."""
    return {
        standing.entry_id: mask_name(standing.entry.captain.name, OutputKind.PUBLIC_NOTICE)
        for _group, standings in groups
        for standing in standings
    }


@bp.get("/tools/recompute_results.py")
@public
def recompute() -> ResponseReturnValue:
    """The program with which a stranger recomputes totals and ranks."""
    program = config.ROOT / "tools" / "recompute_results.py"
    return attachment(BytesIO(program.read_bytes()), program.name, "text/x-python")


@bp.get("/c/<code>/results.json")
@public
def results_json(code: str) -> ResponseReturnValue:
    """A group's marks without names, from which anyone recomputes totals and ranks.

    ``group`` is the group's key, by default the first; ``round`` a position, by default the last.
    """
    _competition, _rounds, round_ = _published(code)
    groups = reads.by_group(reads.list_standings(round_.id))
    key = request.args.get("group")
    chosen = [pair for pair in groups if key in {None, pair[0].key}]
    if not chosen:
        raise NotFoundError
    group, standings = chosen[0]
    rubric = competitions.find_rubric(round_.id, group.id)
    if rubric is None:
        raise NotFoundError
    document = results_file.results_document(round_, group, rubric, standings)
    document["groups"] = [_address(code, round_, each) for each, _standings in groups]
    return jsonify(document)


def _address(code: str, round_: Round, group: Group) -> dict[str, str]:
    url = url_for("judging.results_json", code=code, round=round_.position, group=group.key)
    return {"key": group.key, "name": group.name, "url": url}


@bp.get("/entries/<uuid:entry_id>/result")
@signed_in
def feedback(entry_id: uuid.UUID) -> ResponseReturnValue:
    """A team's own result: means of the criteria, and what judges wrote for it."""
    entry = authorize(is_captain, entries.get_entry(entry_id))
    standing = reads.find_latest_standing(entry_id)
    if standing is None:
        raise NotFoundError
    rubric = competitions.find_rubric(standing.round_id, standing.group_id)
    return render_template(
        "judging/feedback.html",
        entry=entry,
        standing=standing,
        rubric=rubric,
        means=_means(standing),
        words=reads.list_feedback(standing),
    )


def _means(standing: Standing) -> dict[str, Decimal]:
    """The mean of each criterion over all sheets, to two decimals."""
    sheets = [
        {key: Decimal(points) for key, points in sheet["criteria"].items()}
        for sheet in standing.sheets
    ]
    exact: dict[str, Fraction] = criterion_means(sheets) if sheets else {}
    return {key: round_half_up(mean, 2) for key, mean in exact.items()}


def public_link(competition: Competition) -> PublicLink | None:
    """The way from a competition's page to its results, once there are any."""
    if not any(round_.published_at for round_ in competition.rounds):
        return None
    url = url_for("judging.results", code=competition.event.code)
    return PublicLink(lazy("查看成绩"), url, "trophy")
