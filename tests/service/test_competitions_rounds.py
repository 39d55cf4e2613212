"""Rounds, rubrics and documents: what may change until marks are taken."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.competitions import queries, service
from eventhub.competitions.enums import RoundMode, RoundState, RubricStatus
from eventhub.competitions.errors import (
    CriterionPointsError,
    NothingToConfirmError,
    ReasonMissingError,
    RoundLockedError,
    RoundNotReadyError,
    RoundStateError,
    RubricEmptyError,
    RubricNotConfirmedError,
    SheetsTooFewError,
    TieOrderError,
    TooManyLinesError,
)
from eventhub.competitions.models import CRITERIA_MAX
from eventhub.competitions.service import (
    CriterionDraft,
    GateDraft,
    RequirementDraft,
    RoundDraft,
    rubrics,
)
from eventhub.db import db
from eventhub.domain.scoring.rules import ScoreRuleKind
from tests.factories import make_competition, make_round


def drafts_of(rubric) -> list[CriterionDraft]:
    return [
        CriterionDraft(line.name, line.points_max, line.points_to_judge, line.key)
        for line in rubric.criteria
    ]


def gates_of(rubric) -> list[GateDraft]:
    return [GateDraft(gate.name, gate.rule, gate.key) for gate in rubric.gates]


def round_of(olga, group: str = "ug-creative", **changes):
    return make_round(by=olga, is_open=False, groups=[group], **changes)


def test_saving_what_stands_changes_nothing(app, olga):
    rubric = round_of(olga).rubrics[0]

    service.save_rubric(rubric.id, criteria=drafts_of(rubric), gates=gates_of(rubric), by=olga)

    assert rubric.status is RubricStatus.SOURCED


def test_a_changed_sourced_rubric_is_the_organisers_own(app, olga):
    rubric = round_of(olga).rubrics[0]
    first, *others = drafts_of(rubric)
    rows = {line.key: line.id for line in rubric.criteria}

    service.save_rubric(
        rubric.id,
        criteria=[*reversed(others), replace(first, points=Decimal("35.50"))],
        gates=gates_of(rubric),
        by=olga,
    )

    db.session.expire_all()
    assert rubric.status is RubricStatus.OWN
    assert "修改" in rubric.note
    assert rubric.source
    assert [line.key for line in rubric.criteria] == [
        "teamwork",
        "industry_value",
        "innovation",
        "personal_growth",
    ]
    assert {line.key: line.id for line in rubric.criteria} == rows
    assert rubric.total == Decimal("105.50")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "rubric.changed"))
    noted = entry.one()
    assert noted.before["criteria"][0][2] == "30.00"
    assert noted.after["criteria"][-1][2] == "35.50"


def test_new_lines_get_keys_of_their_own(app, olga):
    rubric = round_of(olga).rubrics[0]
    new = CriterionDraft("社会价值", Decimal(10), key="stolen")

    service.save_rubric(rubric.id, criteria=[*drafts_of(rubric), new, new], gates=[], by=olga)
    kept = [draft for draft in drafts_of(rubric) if draft.key != "own_1"]
    service.save_rubric(rubric.id, criteria=[*kept, replace(new, key="")], gates=[], by=olga)

    assert [line.key for line in rubric.criteria][-2:] == ["own_2", "own_3"]
    assert rubric.gates == []


def test_a_rubric_without_lines_or_with_absurd_ones_is_refused(app, olga):
    rubric = round_of(olga).rubrics[0]
    line = CriterionDraft("甲", Decimal(1))

    with pytest.raises(CriterionPointsError):
        service.save_rubric(
            rubric.id, criteria=[replace(line, points=Decimal(0))], gates=[], by=olga
        )
    with pytest.raises(TooManyLinesError):
        service.save_rubric(rubric.id, criteria=[line] * (CRITERIA_MAX + 1), gates=[], by=olga)


@pytest.mark.parametrize(
    ("contest", "group", "status"),
    [
        ("cicic-2026", "red-charity", RubricStatus.EARLIER_EDITION),
        ("cxcyds", "startup", RubricStatus.NOT_OFFICIAL),
    ],
)
def test_a_round_opens_on_an_unofficial_rubric_only_once_confirmed(
    app, olga, contest, group, status
):
    round_ = round_of(olga, group, template=contest)
    rubric = round_.rubrics[0]
    assert rubric.status is status

    with pytest.raises(RubricNotConfirmedError):
        service.open_round(round_.id, by=olga)
    service.confirm_rubric(rubric.id, by=olga)
    service.confirm_rubric(rubric.id, by=olga)
    service.open_round(round_.id, by=olga)

    assert round_.state is RoundState.OPEN
    assert rubric.confirmed_by is olga


def test_a_changed_unofficial_rubric_has_to_be_confirmed_again(app, olga):
    round_ = round_of(olga, "red-charity")
    rubric = round_.rubrics[0]
    service.confirm_rubric(rubric.id, by=olga)

    lines = [replace(draft, points=Decimal(20)) for draft in drafts_of(rubric)]
    service.save_rubric(rubric.id, criteria=lines, gates=gates_of(rubric), by=olga)

    assert rubric.confirmed_at is None
    with pytest.raises(RubricNotConfirmedError):
        service.open_round(round_.id, by=olga)


def test_a_missing_rubric_is_filled_in_and_confirmed(app, olga):
    round_ = round_of(olga, "voc-creative")
    rubric = round_.rubrics[0]
    with pytest.raises(RubricEmptyError):
        service.open_round(round_.id, by=olga)
    with pytest.raises(RubricEmptyError):
        service.confirm_rubric(rubric.id, by=olga)

    line = CriterionDraft("技能与创新", Decimal(100), ["真实需求", "工艺水平"])
    service.save_rubric(rubric.id, criteria=[line], gates=[], by=olga)
    with pytest.raises(RubricNotConfirmedError):
        service.open_round(round_.id, by=olga)
    service.confirm_rubric(rubric.id, by=olga)
    service.open_round(round_.id, by=olga)

    assert rubric.status is RubricStatus.NOT_OFFICIAL


def test_a_sourced_rubric_needs_no_confirmation(app, olga):
    rubric = round_of(olga).rubrics[0]

    with pytest.raises(NothingToConfirmError):
        service.confirm_rubric(rubric.id, by=olga)


def test_the_template_can_be_restored(app, olga):
    rubric = round_of(olga).rubrics[0]
    before = drafts_of(rubric)
    service.save_rubric(rubric.id, criteria=before[:1], gates=[], by=olga)

    service.restore_rubric(rubric.id, by=olga)

    assert rubric.status is RubricStatus.SOURCED
    assert drafts_of(rubric) == [
        replace(draft, points=draft.points.quantize(Decimal(1))) for draft in before
    ]
    assert [gate.name for gate in rubric.gates] == ["必要条件"]


def test_an_open_round_is_locked(app, olga):
    round_ = make_round(by=olga)
    rubric = round_.rubrics[0]

    for attempt in (
        lambda: service.save_rubric(rubric.id, criteria=[], gates=[], by=olga),
        lambda: service.restore_rubric(rubric.id, by=olga),
        lambda: service.update_round(round_.id, draft=RoundDraft("别名"), by=olga),
        lambda: service.save_requirements(round_.id, drafts=[], by=olga),
    ):
        with pytest.raises(RoundLockedError):
            attempt()
    assert service.open_round(round_.id, by=olga).state is RoundState.OPEN


def test_a_round_opens_only_in_an_announced_competition(app, olga):
    competition = make_competition(by=olga, is_open=False)

    with pytest.raises(RoundStateError):
        service.open_round(competition.rounds[0].id, by=olga)


def test_a_round_goes_its_course(app, olga):
    round_ = make_round(by=olga)
    with pytest.raises(RoundStateError):
        service.publish_round(round_.id, by=olga)

    service.close_round(round_.id, by=olga, reason="评委李老师因病缺席")
    assert round_.closed_by_id == olga.id
    with pytest.raises(RoundStateError):
        service.open_round(round_.id, by=olga)
    with pytest.raises(ReasonMissingError):
        service.reopen_round(round_.id, by=olga, reason="  ")
    service.reopen_round(round_.id, by=olga, reason="漏录一份评分表")
    assert (round_.closed_at, round_.close_reason) == (None, None)
    service.close_round(round_.id, by=olga)
    service.publish_round(round_.id, by=olga)
    service.publish_round(round_.id, by=olga)

    assert round_.published_at is not None
    with pytest.raises(RoundStateError):
        service.reopen_round(round_.id, by=olga, reason="晚了")
    states = db.session.scalars(
        select(AuditEntry.after["state"].astext)
        .where(AuditEntry.subject_id == round_.id)
        .order_by(AuditEntry.seq)
    )
    assert list(states) == ["open", "closed", "open", "closed", "published"]


def test_dropping_extremes_asks_for_enough_sheets(app, olga):
    round_ = round_of(olga)
    draft = RoundDraft("决赛", drop_count=2, sheets_min=4)

    with pytest.raises(SheetsTooFewError):
        service.update_round(round_.id, draft=draft, by=olga)
    service.update_round(
        round_.id, draft=replace(draft, score_rule=ScoreRuleKind.MEAN, sheets_min=1), by=olga
    )

    assert (round_.name, round_.sheets_min) == ("决赛", 1)


@pytest.mark.parametrize(
    "order",
    [
        ["raw_sum", "raw_sum"],
        ["share", "raw_sum"],
        ["criterion:charity"],
        ["criterion"],
        ["coin_toss"],
    ],
)
def test_contradicting_tie_breaks_are_refused(app, olga, order):
    round_ = round_of(olga)

    with pytest.raises(TieOrderError):
        service.update_round(round_.id, draft=RoundDraft("决赛", tie_order=order), by=olga)


def test_a_tie_break_needs_its_criterion_in_every_group(app, olga):
    competition = make_competition(by=olga, groups=["ug-creative", "ug-startup"])
    round_ = queries.get_round(competition.rounds[0].id)
    service.update_round(
        round_.id, draft=RoundDraft("决赛", tie_order=["criterion:innovation"]), by=olga
    )
    rubric = round_.rubrics[0]

    kept = [draft for draft in drafts_of(rubric) if draft.key != "innovation"]
    service.save_rubric(rubric.id, criteria=kept, gates=[], by=olga)

    with pytest.raises(RoundNotReadyError):
        service.open_round(round_.id, by=olga)


def test_a_further_round_copies_the_last_and_can_go_again(app, olga):
    first = round_of(olga, "red-charity")
    service.confirm_rubric(first.rubrics[0].id, by=olga)

    second = service.add_round(first.competition_id, name="决赛", mode=RoundMode.ROADSHOW, by=olga)

    assert second.position == 2
    assert [line.key for line in second.rubrics[0].criteria] == [
        line.key for line in first.rubrics[0].criteria
    ]
    assert second.rubrics[0].needs_confirmation
    assert [line.key for line in second.requirements] == ["plan", "deck", "video"]
    with pytest.raises(RoundStateError):
        service.remove_round(first.id, by=olga)
    service.remove_round(second.id, by=olga)
    db.session.expire_all()
    assert [r.position for r in queries.get_competition(first.competition_id).rounds] == [1]


def test_documents_are_edited_in_place(app, olga):
    round_ = round_of(olga)
    plan = round_.requirements[0]

    service.save_requirements(
        round_.id,
        drafts=[
            RequirementDraft("承诺书", ["pdf", "jpg"], 5_000_000, True),
            RequirementDraft("计划书", ["pdf"], 30_000_000, True, key="plan"),
        ],
        by=olga,
    )

    db.session.expire_all()
    assert [(line.key, line.name) for line in round_.requirements] == [
        ("own_1", "承诺书"),
        ("plan", "计划书"),
    ]
    assert round_.requirements[1].id == plan.id


def _save_slowly_while_opening(olga, at_once, monkeypatch) -> list[str]:
    """Save a rubric in one session, open its round in another; what was done, in order."""
    round_ = round_of(olga)
    rubric = round_.rubrics[0]
    first, *others = drafts_of(rubric)
    changed = [replace(first, points=Decimal(99)), *others]
    ids = (round_.id, rubric.id)
    put, is_saving = rubrics._put_gates, threading.Event()

    def put_slowly(*args):
        is_saving.set()
        time.sleep(0.6)
        put(*args)

    def open_meanwhile():
        is_saving.wait(5)
        return service.open_round(ids[0], by=db.session.merge(olga, load=False))

    monkeypatch.setattr(rubrics, "_put_gates", put_slowly)
    at_once(
        open_meanwhile,
        lambda: service.save_rubric(
            ids[1], criteria=changed, gates=[], by=db.session.merge(olga, load=False)
        ),
    )
    noted = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq))
    return [action for action in noted if action in {"round.open", "rubric.changed"}]


@pytest.mark.race
def test_no_rubric_changes_under_an_open_round(app, olga, at_once, monkeypatch):
    noted = _save_slowly_while_opening(olga, at_once, monkeypatch)

    assert noted == ["rubric.changed", "round.open"]


@pytest.mark.race
def test_without_the_lock_a_rubric_would_change_under_an_open_round(
    app, olga, at_once, monkeypatch
):
    get_round = queries.get_round
    monkeypatch.setattr(queries, "get_round", lambda round_id, lock=False: get_round(round_id))

    noted = _save_slowly_while_opening(olga, at_once, monkeypatch)

    assert noted == ["round.open", "rubric.changed"]
