"""The organiser's page of a round: who goes up, awards, certificates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import PASSAGE_KIND_LABELS, PassageKind, RoundKind, RoundState
from eventhub.competitions.models import Competition, Passage, Round
from eventhub.competitions.permissions import can_manage, can_manage_round
from eventhub.domain.cut import TieChoice
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.enums import LineFilter, NoticeKind
from eventhub.outcomes.forms.lists import PassageForm, ProposeForm
from eventhub.outcomes.models import Advancement, AdvancementLine, Award, Awarding
from eventhub.outcomes.queries import advancements, awards, certificates, lists, notices
from eventhub.outcomes.queries.lists import AnyLine
from eventhub.outcomes.views.blueprint import bp
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import HubForm, render_form
from eventhub.web.paging import Page, page_number, paginate

PER_PAGE = 50


@dataclass(frozen=True)
class Shown(Generic[AnyLine]):
    """A list as the page shows it: some of its lines, and what it waits for."""

    decision: Advancement | Awarding
    counts: dict[LineFilter, int]
    show: LineFilter
    page: Page[AnyLine]
    open_count: int
    may_confirm: bool


@dataclass(frozen=True)
class Way:
    """A way on from the round, with the list that stands for it."""

    passage: Passage
    label: str
    list: Shown[AdvancementLine] | None
    excess: Sequence[Any]


def chosen_round(competition: Competition) -> Round:
    """The round that the address asks for by its position, else the last that is closed.

    Raises:
        NotFoundError: the competition has no such round.

    """
    position = request.args.get("round", type=int)
    if position is not None:
        asked = [each for each in competition.rounds if each.position == position]
    else:
        settled = [each for each in competition.rounds if each.closed_at is not None]
        asked = settled[-1:] or competition.rounds[:1]
    if not asked:
        raise NotFoundError
    return competitions.get_round(asked[0].id)


def back(round_: Round, part: str = "") -> ResponseReturnValue:
    """To the page of a round."""
    url = url_for(".index", competition_id=round_.competition_id, round=round_.position)
    return redirect(f"{url}#{part}" if part else url, 303)


def chosen_filter() -> LineFilter:
    """Which lines the address asks for."""
    asked = request.args.get("show", LineFilter.ALL.value)
    return LineFilter(asked) if asked in {*LineFilter} else LineFilter.ALL


@bp.get("/manage/competitions/<uuid:competition_id>/outcomes")
@signed_in
def index(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Who goes up from a round, and who gets which award."""
    competition = authorize(can_manage, competitions.get_competition(competition_id))
    round_ = chosen_round(competition)
    return page(round_, competition)


def page(
    round_: Round, competition: Competition | None = None, **forms: HubForm
) -> ResponseReturnValue:
    """The page of a round, around the form that was refused, if one was."""
    competition = competition or competitions.get_competition(round_.competition_id)
    later = [each for each in competition.rounds if each.position > round_.position]
    regular = [
        each for each in later if each.kind is RoundKind.REGULAR and each.state is RoundState.DRAFT
    ]
    refused = next((form for form in forms.values() if form.status != 200), None)
    html = render_template(
        "outcomes/index.html",
        competition=competition,
        round=round_,
        later=later,
        is_settled=round_.closed_at is not None,
        ways=[_way(passage) for passage in advancements.list_passages(round_.id)],
        passage_form=forms.get("passage") or _passage_form(regular),
        propose=forms.get("propose") or ProposeForm(formdata=None),
        targets=service.list_targets(competition, now=clock.now()),
        overtaken=refused.form_errors if refused else [],
        **awards_part(round_),
    )
    return html, refused.status if refused else 200


def _passage_form(regular: list[Round]) -> PassageForm | None:
    return PassageForm.leading_to(regular) if regular else None


def _way(passage: Passage) -> Way:
    label = str(PASSAGE_KIND_LABELS[passage.kind])
    found = advancements.find_advancement(passage.id)
    if found is None:
        return Way(passage, label, None, [])
    shown = _shown(found, AdvancementLine, LineFilter.ALL)
    return Way(passage, label, shown, service.excess_of(found))


def _shown(
    decision: Advancement | Awarding, kind: type[AnyLine], usual: LineFilter
) -> Shown[AnyLine]:
    """A list as the page shows it; the filter and page of the address are those of one list."""
    asked = request.args.get("list") == str(decision.id)
    show = chosen_filter() if asked else usual
    waits = decision.is_proposed and decision.ties is TieChoice.DECIDE
    hands = {decision.proposed_by_id, *lists.list_adjusters(kind, decision.id)}
    return Shown(
        decision,
        lists.count_lines(kind, decision.id),
        show,
        paginate(
            lists.select_lines(kind, decision.id, show),
            page=page_number() if asked else 1,
            per_page=PER_PAGE,
        ),
        open_count=lists.count_open_ties(kind, decision.id) if waits else 0,
        may_confirm=me().id not in hands,
    )


def awards_part(round_: Round) -> dict[str, Any]:
    """What the page says of awards and certificates."""
    levels = awards.list_levels(round_.id)
    found = awards.find_awarding(round_.id)
    if found is None:
        return {"levels": levels, "awarding": None}
    return {
        "levels": levels,
        "awarding": _shown(found, Award, LineFilter.IN),
        "level_counts": awards.count_by_level(found.id),
        "papers": certificates.count_papers(found.id),
        "standing_notices": notices.list_standing(round_.id, NoticeKind.AWARDS, clock.now()),
        "objection_count": notices.count_open_of(round_.id, NoticeKind.AWARDS),
    }


@bp.post("/manage/rounds/<uuid:round_id>/passage")
@signed_in
def add_passage(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say where a round leads, in the simplest way."""
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    competition = competitions.get_competition(round_.competition_id)
    form = PassageForm.leading_to(
        [each for each in competition.rounds if each.position > round_.position]
    )
    if form.validate_on_submit() and form.accepted_by(
        lambda: courses.save_passage(
            round_id, kind=PassageKind.BEST, draft=form.to_draft(), by=me()
        )
    ):
        flash(_("晋级规则已保存。"), "success")
        return back(round_, "advancement")
    return page(round_, competition, passage=form)


def ask(template: str, form: HubForm, round_: Round, **context: Any) -> ResponseReturnValue:
    """A page that asks before a step."""
    competition = competitions.get_competition(round_.competition_id)
    return render_form(template, form, competition=competition, round=round_, **context)
