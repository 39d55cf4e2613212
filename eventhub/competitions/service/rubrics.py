"""Rubrics: taken from a template, edited, confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import queries
from eventhub.competitions.catalogue import ContestTemplate
from eventhub.competitions.enums import RoundState, RubricStatus
from eventhub.competitions.errors import (
    CriterionPointsError,
    NoOriginalError,
    NothingToConfirmError,
    RoundLockedError,
    RubricEmptyError,
    TooManyLinesError,
    UnknownRubricError,
)
from eventhub.competitions.models import (
    CRITERIA_MAX,
    GATES_MAX,
    Criterion,
    Gate,
    Round,
    Rubric,
)
from eventhub.competitions.permissions import can_manage_rubric
from eventhub.competitions.service import making
from eventhub.competitions.service.changes import Facts, check_unchanged, stamp
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

POINTS_MAX = Decimal(1000)

# A note is part of the record, in the language of the rules, like those of the templates.
CHANGED_SOURCED = "主办方在下列出处的标准上作了修改。"  # not translated
CHANGED_UNOFFICIAL = "主办方在模板分值上作了修改，仍须对照主办方文件核对。"  # not translated
FILLED_IN = "没有找到官方分值，由主办方填写。"  # not translated


@dataclass(frozen=True)
class CriterionDraft:
    """A line as an organiser writes it; ``key`` is empty for a new one."""

    name: str
    points: Decimal
    points_to_judge: Sequence[str] = field(default=())
    key: str = ""


@dataclass(frozen=True)
class GateDraft:
    """A condition as an organiser writes it; ``key`` is empty for a new one."""

    name: str
    rule: str = ""
    key: str = ""


def _take(rubric: Rubric, template: ContestTemplate, facts: dict[str, Any]) -> None:
    """Make the rubric what a template's record of one says."""
    rubric.status = RubricStatus(facts["status"])
    rubric.source = template.source_text(facts["source"])
    rubric.note = facts["note"]
    rubric.confirmed_at = rubric.confirmed_by_id = None
    _put_criteria(
        rubric,
        [
            CriterionDraft(
                line["name"], Decimal(line["points"]), line["points_to_judge"], line["key"]
            )
            for line in facts["criteria"]
        ],
    )
    _put_gates(
        rubric, [GateDraft(gate["name"], gate["rule"], gate["key"]) for gate in facts["gates"]]
    )


def _put_criteria(rubric: Rubric, drafts: Sequence[CriterionDraft]) -> None:
    """Make the rubric's lines equal the drafts, in place, so that a kept line keeps its row."""
    present = {line.key: line for line in rubric.criteria}
    keys = _keys([draft.key for draft in drafts], set(present))
    for position, (key, draft) in enumerate(zip(keys, drafts, strict=True)):
        line = present.pop(key, None)
        if line is None:
            line = Criterion(key=key)
            rubric.criteria.append(line)
        line.name, line.points_max, line.position = draft.name, draft.points, position
        line.points_to_judge = list(draft.points_to_judge)
    for line in present.values():
        rubric.criteria.remove(line)
    rubric.criteria.sort(key=lambda line: line.position)


def _put_gates(rubric: Rubric, drafts: Sequence[GateDraft]) -> None:
    present = {gate.key: gate for gate in rubric.gates}
    keys = _keys([draft.key for draft in drafts], set(present))
    for position, (key, draft) in enumerate(zip(keys, drafts, strict=True)):
        gate = present.pop(key, None)
        if gate is None:
            gate = Gate(key=key)
            rubric.gates.append(gate)
        gate.name, gate.rule, gate.position = draft.name, draft.rule, position
    for gate in present.values():
        rubric.gates.remove(gate)
    rubric.gates.sort(key=lambda gate: gate.position)


def _keys(wanted: Sequence[str], present: set[str]) -> list[str]:
    """A key for each line: its own, or the next free number that no line ever clashes with."""
    taken = present | {key for key in wanted if key}
    number = max((int(k[4:]) for k in taken if k.startswith("own_") and k[4:].isdigit()), default=0)
    keys: list[str] = []
    for key in wanted:
        if not key or key in keys:
            number += 1
            keys.append(f"own_{number}")
        else:
            keys.append(key)
    return keys


def save_rubric(
    rubric_id: uuid.UUID,
    *,
    criteria: Sequence[CriterionDraft],
    gates: Sequence[GateDraft],
    by: Person,
    seen: str | None = None,
) -> Rubric:
    """Set a rubric's lines and gates while no marks are taken.

    A change makes a sourced rubric the organiser's own and takes back a confirmation; the note
    tells of it. Saving what stands there already changes nothing. ``seen`` is the stamp of what
    the form showed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        ChangedMeanwhileError: somebody else changed it since ``seen``.
        TooManyLinesError, CriterionPointsError: the lines cannot be taken.

    """
    _check_lines(criteria, gates)
    with transaction():
        rubric = _get_editable(rubric_id, by)
        lines = {line.key for line in rubric.criteria}
        conditions = {gate.key for gate in rubric.gates}
        before = facts_of(rubric)
        check_unchanged(seen, before, words)
        _put_criteria(rubric, [d if d.key in lines else replace(d, key="") for d in criteria])
        _put_gates(rubric, [d if d.key in conditions else replace(d, key="") for d in gates])
        after = facts_of(rubric)
        if after != before:
            _mark_changed(rubric)
            db.session.flush()
            _record("changed", rubric, by, before=before, after=after)
    return rubric


def _check_lines(criteria: Sequence[CriterionDraft], gates: Sequence[GateDraft]) -> None:
    if len(criteria) > CRITERIA_MAX:
        raise TooManyLinesError(_("评分项最多 %(limit)s 项。", limit=CRITERIA_MAX))
    if len(gates) > GATES_MAX:
        raise TooManyLinesError(_("必要条件最多 %(limit)s 项。", limit=GATES_MAX))
    if any(not 0 < line.points <= POINTS_MAX for line in criteria):
        raise CriterionPointsError


def _mark_changed(rubric: Rubric) -> None:
    rubric.confirmed_at = rubric.confirmed_by_id = None
    if rubric.status is RubricStatus.SOURCED:
        rubric.status = RubricStatus.OWN
        rubric.note = CHANGED_SOURCED
    elif rubric.status is RubricStatus.MISSING:
        rubric.status = RubricStatus.NOT_OFFICIAL
        rubric.note = FILLED_IN
    elif rubric.status is not RubricStatus.OWN:
        rubric.note = CHANGED_UNOFFICIAL


def restore_rubric(rubric_id: uuid.UUID, *, by: Person) -> Rubric:
    """Go back to what the template says for this group.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        NoOriginalError: the competition has no template that knows the group.

    """
    with transaction():
        rubric = _get_editable(rubric_id, by)
        template = queries.template_of(rubric.round.competition)
        if template is None:
            raise NoOriginalError
        facts = making.rubric_facts(
            template, rubric.group.key, template.round(f"round-{rubric.round.position}")
        )
        if facts is None:
            raise NoOriginalError
        before = facts_of(rubric)
        _take(rubric, template, facts)
        db.session.flush()
        _record("restored", rubric, by, before=before, after=facts_of(rubric))
    return rubric


def adopt_rubric(rubric_id: uuid.UUID, *, choice: str, by: Person) -> Rubric:
    """Take another rubric that the template knows: a group's, or one of an earlier edition.

    ``choice`` is a key of ``list_choices``.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        UnknownRubricError: the template has no such rubric.

    """
    with transaction():
        rubric = _get_editable(rubric_id, by)
        template = queries.template_of(rubric.round.competition)
        facts = dict(list_choices(template)).get(choice)
        if template is None or facts is None:
            raise UnknownRubricError
        before = facts_of(rubric)
        _take(rubric, template, facts)
        db.session.flush()
        _record("adopted", rubric, by, before=before, after=facts_of(rubric) | {"choice": choice})
    return rubric


def list_choices(template: ContestTemplate | None) -> list[tuple[str, dict[str, Any]]]:
    """The rubrics that a template knows, by key: each with criteria, and with its ``name``."""
    if template is None:
        return []
    groups = [
        (group.key, {**group.rubric, "name": f"{group.track_name} · {group.name}"})
        for group in template.groups
    ]
    others = [(f"other:{facts['key']}", facts) for facts in template.facts["other_rubrics"]]
    return [(key, facts) for key, facts in [*groups, *others] if facts["criteria"]]


def confirm_rubric(rubric_id: uuid.UUID, *, by: Person) -> Rubric:
    """Stand in for a rubric that has no official source of this edition. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        NothingToConfirmError: it has a source, or is the organiser's own.
        RubricEmptyError: there is not a point in it.

    """
    with transaction():
        rubric = _get_editable(rubric_id, by)
        if rubric.confirmed_at is not None:
            return rubric
        if not rubric.needs_confirmation:
            raise NothingToConfirmError
        if rubric.total <= 0:
            raise RubricEmptyError
        rubric.confirmed_at = clock.now()
        rubric.confirmed_by = by
        _record("confirmed", rubric, by, after=facts_of(rubric))
    return rubric


def _get_editable(rubric_id: uuid.UUID, by: Person) -> Rubric:
    """The rubric, with its round's row held so that the round cannot open meanwhile."""
    rubric = queries.get_rubric(rubric_id)
    if not can_manage_rubric(by, rubric):
        raise ForbiddenError
    round_ = queries.get_round(rubric.round_id, lock=True)
    if round_.state is not RoundState.DRAFT:
        raise RoundLockedError
    return queries.get_rubric(rubric_id, fresh=True)


def facts_of(rubric: Rubric) -> Facts:
    """The lines and gates of a rubric as plain values."""
    return {
        "group": rubric.group.key,
        "criteria": [
            [line.key, line.name, f"{line.points_max:.2f}", list(line.points_to_judge)]
            for line in rubric.criteria
        ],
        "gates": [[gate.key, gate.name, gate.rule] for gate in rubric.gates],
    }


def rubric_stamp(rubric: Rubric) -> str:
    """What a form shows of a rubric: see ``changes``."""
    return stamp(facts_of(rubric))


def list_repeats(rounds: Sequence[Round]) -> dict[uuid.UUID, str]:
    """The rounds that judge by the very rubrics of an earlier one, with the name of that."""
    first: dict[str, str] = {}
    found: dict[uuid.UUID, str] = {}
    for each in rounds:
        lines = stamp({"rubrics": [facts_of(rubric) for rubric in each.rubrics]})
        if lines in first:
            found[each.id] = first[lines]
        else:
            first[lines] = each.name
    return found


def words(before: Facts, after: Facts) -> list[str]:
    """What changed between two states, for people."""
    return [*_line_words(before, after), *_gate_words(before, after)]


def _line_words(before: Facts, after: Facts) -> list[str]:
    old = {line[0]: line for line in before["criteria"]}
    new = {line[0]: line for line in after["criteria"]}
    said = [_("删除了评分项“%(name)s”", name=old[key][1]) for key in old if key not in new]
    for key, (_key, name, points, to_judge) in new.items():
        if key not in old:
            said.append(
                _("增加了评分项“%(name)s”（%(points)s 分）", name=name, points=_short(points))
            )
            continue
        _same, old_name, old_points, old_to_judge = old[key]
        if name != old_name:
            said.append(_("评分项“%(old)s”改名为“%(new)s”", old=old_name, new=name))
        if points != old_points:
            said.append(
                _(
                    "“%(name)s”由 %(old)s 分改为 %(new)s 分",
                    name=name,
                    old=_short(old_points),
                    new=_short(points),
                )
            )
        if to_judge != old_to_judge:
            said.append(_("“%(name)s”的考察要点有改动", name=name))
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        said.append(_("评分项的顺序有改动"))
    return said


def _gate_words(before: Facts, after: Facts) -> list[str]:
    return [] if before["gates"] == after["gates"] else [_("必要条件有改动")]


def _short(points: str) -> str:
    return f"{Decimal(points).normalize():f}"


def _record(
    action: str,
    rubric: Rubric,
    by: Person,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    status = {"status": rubric.status.value}
    audit.record(
        f"rubric.{action}",
        rubric,
        by=by,
        circle_id=rubric.round.competition.event.circle_id,
        before=before,
        after=(after or {}) | status,
    )
