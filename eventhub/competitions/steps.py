"""The course of a competition as its organiser sees it: what is done, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for

from eventhub import clock
from eventhub.competitions import queries, tabs
from eventhub.competitions.enums import CompetitionState, EntryPhase, RoundMode, RoundState
from eventhub.competitions.errors import EntriesNotDatedError, EntriesOverError
from eventhub.competitions.models import Competition, Round, Rubric
from eventhub.i18n import LazyString, _


@dataclass(frozen=True)
class Step:
    """A step; ``state`` is of ``components/steps.html``. ``advice`` says what to do now."""

    label: str
    state: str
    note: str = ""
    url: str | None = None
    advice: str = ""
    action: str = ""
    more: tuple[tuple[str, str], ...] = ()  # further ways on, label and address


def list_steps(competition: Competition, rounds: Sequence[Round]) -> list[Step]:
    """The steps in order; exactly one is current, unless all are done."""
    found = [
        _rules(competition, rounds),
        _announcement(competition),
        _entries(competition),
        *(_round(competition, round_) for round_ in rounds),
        _end(competition, rounds),
    ]
    shown: list[Step] = []
    has_current = False
    for step in found:
        is_current = step.state != "done" and not has_current
        has_current = has_current or is_current
        state = "current" if is_current else "done" if step.state == "done" else "todo"
        shown.append(replace(step, state=state))
    return shown


def _waiting(round_: Round) -> list[Rubric]:
    """The rubrics that keep a round from opening."""
    return [each for each in round_.rubrics if each.needs_confirmation or each.total <= 0]


def _rules(competition: Competition, rounds: Sequence[Round]) -> Step:
    waiting = [rubric for round_ in rounds[:1] for rubric in _waiting(round_)]
    is_done = not waiting or competition.state is not CompetitionState.DRAFT
    return Step(
        _("核对规则"),
        "done" if is_done else "todo",
        url=url_for("competitions.rules", competition_id=competition.id),
        note=_("%(count)s 份评分标准待确认", count=len(waiting)) if waiting else _("评分标准齐备"),
        advice=_(
            "有 %(count)s 份评分标准不是本届官方标准，开始评分前必须核对并确认。现在确认最稳妥。",
            count=len(waiting),
        ),
        action=_("去核对评分标准"),
    )


def _lacks_window(competition: Competition) -> LazyString | None:
    """Why it cannot be announced with the dates that its entries have; None when it can."""
    if competition.entries_open_at is None or competition.entries_close_at is None:
        return EntriesNotDatedError.message
    return EntriesOverError.message if competition.entries_close_at <= clock.now() else None


def _announcement(competition: Competition) -> Step:
    is_draft = competition.state is CompetitionState.DRAFT
    lack = _lacks_window(competition) if is_draft else None
    return Step(
        _("发布赛事"),
        "todo" if is_draft else "done",
        note=_("发布后公众可见"),
        url=url_for("competitions.settings", competition_id=competition.id) if lack else None,
        advice=str(lack)
        if lack
        else _(
            "核对名称、日期和规则后发布。发布后公众可以看到赛事页面，到报名开始时间自动开放报名。"
        ),
        action=_("去设定报名时间") if lack else "",
    )


def _entries(competition: Competition) -> Step:
    phase = competition.entry_phase(clock.now())
    over = competition.state in {CompetitionState.CLOSED, CompetitionState.FINISHED}
    notes = {
        EntryPhase.NOT_ANNOUNCED: _("尚未发布"),
        EntryPhase.UPCOMING: _("等待报名开始"),
        EntryPhase.OPEN: _("报名进行中"),
        EntryPhase.OVER: _("报名已截止"),
    }
    advice = (
        _("报名已经截止。审核完报名后关闭报名，进入评审。")
        if phase is EntryPhase.OVER
        else _("团队正在报名。可以随时审核已提交的项目，截止后关闭报名。")
    )
    return Step(
        _("报名与审核"),
        "done" if over else "todo",
        note=notes[phase],
        url=tabs.find_tab_url("entries.review_index", competition),
        advice=advice,
        action=_("去审核报名"),
    )


def _round(competition: Competition, round_: Round) -> Step:
    if round_.state is RoundState.DRAFT:
        return _coming_round(competition, round_)
    results = tabs.find_tab_url("judging.results_manage", competition)
    facts: dict[RoundState, tuple[str, str, str]] = {
        RoundState.OPEN: (
            _("评分中"),
            _("评委正在打分，可以查看还缺哪些评分表。"),
            _("查看评分进度"),
        ),
        RoundState.CLOSED: (
            _("已封榜"),
            _("成绩已封存，核对后公布结果。"),
            _("去公布结果"),
        ),
        RoundState.PUBLISHED: (_("已公布"), "", ""),
    }
    note, advice, action = facts[round_.state]
    state = "done" if round_.state is RoundState.PUBLISHED else "todo"
    return Step(round_.name, state, note, results, advice, action)


def _coming_round(competition: Competition, round_: Round) -> Step:
    """A round that has not begun: its rubrics, who takes part, stage and judges, in this order."""
    rules = url_for("competitions.rules", competition_id=competition.id)
    here = f"{rules}#round-{round_.position}"
    goers = tabs.find_tab_url("outcomes.index", competition) if round_.position > 1 else None
    stage = tabs.find_tab_url("roadshows.manage", competition)
    stage = stage if round_.mode is RoundMode.ROADSHOW else None
    judging = tabs.find_tab_url("judging.manage", competition)
    ways = [
        (_("去确认晋级名单"), goers),
        (_("去安排路演"), stage),
        (_("邀请评委"), judging),
        (_("开始评分"), here),
    ]
    waiting = _waiting(round_)
    if waiting:
        advice = _(
            "这一轮有 %(count)s 份评分标准待填写或确认，确认以后才能开始评分。", count=len(waiting)
        )
        ways.insert(0, (_("去核对评分标准"), here))
    elif goers:
        advice = _("先确认上一轮的晋级名单，再安排出场、邀请评委，然后开始评分。")
    elif stage:
        advice = _("安排路演会场和出场顺序，邀请评委，然后开始评分。")
    else:
        advice = _("邀请评委，然后开始评分。")
    shown = [(label, url) for label, url in ways if url]
    (action, url), *more = shown
    return Step(round_.name, "todo", _("未开始"), url, advice, action, tuple(more))


def _end(competition: Competition, rounds: Sequence[Round]) -> Step:
    ready = bool(rounds) and queries.current_round(competition) is not None
    return Step(
        _("结束归档"),
        "done" if competition.state is CompetitionState.FINISHED else "todo",
        note=_("结束后不能再修改"),
        advice=_("全部轮次已公布。可以再增加一轮，或者结束赛事并归档。") if ready else "",
    )
