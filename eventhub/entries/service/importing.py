"""Taking over a list of projects that an office hands in.

The list is first only checked: read, and written for a try in transactions that are taken back.
What that found is shown; only then does someone say whether all of it or the good rows alone are
written. Both are the queue's work, some projects a transaction, so that no request waits for
thousands of rows and no student's claim is held for long. A run that was cut short goes on where
it stopped: it remembers which rows are written.
"""

from __future__ import annotations

import base64
import io
import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import delete, select

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.accounts.queries import get_person
from eventhub.audit import service as audit
from eventhub.circles.queries import list_universities
from eventhub.circles.roles import universities_of
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries.enums import IMPORT_TRANSITIONS, ImportState
from eventhub.entries.errors import (
    BadWorkbookError,
    EntriesClosedError,
    ImportFaultyError,
    ImportStateError,
)
from eventhub.entries.models import ImportRun
from eventhub.entries.permissions import can_import, can_review_competition, can_see_run
from eventhub.entries.queries.imports import get_run
from eventhub.entries.service.cells import mask_cell
from eventhub.entries.service.listing import Office, Outcome, apply_plan, find_listed
from eventhub.entries.service.plans import Plan, Reading, Schools, read_plans
from eventhub.entries.service.sheets import SHEETS
from eventhub.entries.service.takeover import send_listed, send_takeover
from eventhub.entries.service.window import refuse_when_closed
from eventhub.entries.service.workbooks import (
    Problem,
    letters_of,
    read_workbook,
    refuse_unsafe,
    row_of,
)
from eventhub.errors import ForbiddenError
from eventhub.files import service as files
from eventhub.i18n import _, speaking

log = logging.getLogger(__name__)

BYTES_MAX = 10_000_000
CHUNK = 25
PROBLEMS_MAX = 2000  # so many are kept to be shown
LINES_MAX = 500
RUN_LIFE = timedelta(days=30)
CHECK_JOB = "entries.check_import"
WRITE_JOB = "entries.write_import"
ALL, GOOD = "all", "good"


def upload_list(
    competition_id: uuid.UUID, *, content: BinaryIO, name: str, by: Person
) -> ImportRun:
    """Keep a list and have it checked; nothing of it is written.

    Raises:
        ForbiddenError: ``by`` neither runs the competition nor works for a school's office.
        EntriesClosedError: a school's office, outside the window; or the competition is over.
        InvalidError: the file cannot be taken; see ``files.service.keep`` and ``workbooks``.

    """
    with transaction():
        competition = get_competition(competition_id)
        _refuse(competition, by)
        with files.examined(content, name=name, formats=["xlsx"], bytes_max=BYTES_MAX) as path:
            refuse_unsafe(path)
            workbook = base64.b64encode(path.read_bytes()).decode()
        run = ImportRun(
            competition_id=competition_id,
            name=files.short_name(name),
            content=workbook,
            state=ImportState.CHECKING,
            made_by_id=by.id,
        )
        db.session.add(run)
        db.session.flush()
        _note("entries.import_checked", run, competition, by)
        queue.defer(CHECK_JOB, run_id=str(run.id))
    log.info("list uploaded", extra={"run_id": str(run.id)})
    return run


def check_run(run_id: uuid.UUID) -> None:
    """Read the list and try it out; leave behind nothing but what was found."""
    run = get_run(run_id)
    if run.state is not ImportState.CHECKING:
        return
    report = _check(run)
    with transaction():
        run = get_run(run_id, lock=True)
        if run.state is ImportState.CHECKING:
            run.report = report
            _move(run, ImportState.CHECKED)
    log.info("list checked", extra={"run_id": str(run_id)})


def import_run(run_id: uuid.UUID, *, only_good: bool, by: Person) -> ImportRun:
    """Say that the list is to be written: all of it, or what is without a mistake.

    Raises:
        ForbiddenError: see ``upload_list``.
        ImportStateError: it is being checked or written, or was decided upon already.
        ImportFaultyError: all is asked for, and something in it is wrong; or nothing is left.
        EntriesClosedError: see ``upload_list``.

    """
    with transaction():
        run = get_run(run_id, lock=True)
        competition = get_competition(run.competition_id)
        _refuse(competition, by, run)
        if run.state is not ImportState.CHECKED:
            raise ImportStateError
        report = run.report
        has_work = report.get("created", 0) + report.get("changed", 0)
        if not has_work or (report.get("problem_count") and not only_good):
            raise ImportFaultyError
        run.report = {
            **report,
            "mode": GOOD if only_good else ALL,
            "pressed_by": str(by.id),
            "written": {},
            "failed": [],
            "is_changed": False,
        }
        _move(run, ImportState.WRITING)
        queue.defer(WRITE_JOB, run_id=str(run.id))
    log.info("list pressed", extra={"run_id": str(run_id)})
    return run


def discard_run(run_id: uuid.UUID, *, by: Person) -> None:
    """Put a list aside; nothing of it was written.

    Raises:
        ForbiddenError: see ``upload_list``.
        ImportStateError: it is being written, or was decided upon already.

    """
    with transaction():
        run = get_run(run_id, lock=True)
        competition = get_competition(run.competition_id)
        if not can_see_run(by, run, competition):
            raise ForbiddenError
        _move(run, ImportState.DISCARDED)
        run.finished_at, run.content = clock.now(), None
        _note("entries.import_discarded", run, competition, by)


def write_run(run_id: uuid.UUID) -> None:
    """Write what was checked, if checking it once more finds the same.

    A run that goes on after it was cut short does not ask again.
    """
    run = get_run(run_id)
    if run.state is not ImportState.WRITING:
        return
    if not run.report["written"]:
        fresh = _check(run)
        if _gist(fresh) != _gist(run.report):
            with transaction():
                run = get_run(run_id, lock=True)
                run.report = {**fresh, "is_changed": True}
                _move(run, ImportState.CHECKED)
            return
    by = get_person(uuid.UUID(run.report["pressed_by"]))
    reading = _read(run)
    for plans in _chunks([plan for plan in reading.plans if not plan.problems]):
        _write_chunk(run_id, plans, by)
    _finish(run_id, by)
    log.info("list imported", extra={"run_id": str(run_id)})


def forget_runs() -> int:
    """Delete what lists of long ago said of people; return how many there were."""
    with transaction():
        old = select(ImportRun.id).where(ImportRun.created_at < clock.now() - RUN_LIFE)
        ids = [*db.session.scalars(old.where(ImportRun.state != ImportState.WRITING))]
        db.session.execute(delete(ImportRun).where(ImportRun.id.in_(ids)))
    return len(ids)


def _refuse(competition: Competition, by: Person, run: ImportRun | None = None) -> None:
    """Refuse who may not import now."""
    if not can_import(by, competition) or (run and not can_see_run(by, run, competition)):
        raise ForbiddenError
    if competition.state is CompetitionState.FINISHED:
        raise EntriesClosedError(_("赛事已结束，不能再导入。"))
    if not can_review_competition(by, competition):
        refuse_when_closed(competition, clock.now())


def _office(competition: Competition, by: Person) -> Office:
    everything = can_review_competition(by, competition)
    return Office(by, None if everything else universities_of(by))


def _read(run: ImportRun) -> Reading:
    """What the list says, in the words of whoever handed it in."""
    competition = get_competition(run.competition_id)
    workbook = io.BytesIO(base64.b64decode(run.content or ""))
    with speaking(get_person(run.made_by_id).locale):
        return read_plans(read_workbook(workbook), competition, Schools(list_universities()))


def _check(run: ImportRun) -> dict[str, Any]:
    by = get_person(run.made_by_id)
    with speaking(by.locale):
        try:
            reading = _read(run)
        except BadWorkbookError as refusal:
            return {"refused": str(refusal.message), "problem_count": 1}
        outcomes = [
            outcome
            for plans in _chunks(reading.plans)
            for outcome in _try_out(run.competition_id, plans, by)
        ]
    return _report(reading, outcomes)


class _TriedOutError(Exception):
    """Raised to take a transaction back."""


def _try_out(competition_id: uuid.UUID, plans: Sequence[Plan], by: Person) -> list[Outcome]:
    outcomes: list[Outcome] = []
    try:
        with transaction():
            outcomes = _apply(competition_id, plans, by, tells=False)
            raise _TriedOutError
    except _TriedOutError:
        return outcomes


def _apply(
    competition_id: uuid.UUID, plans: Sequence[Plan], by: Person, *, tells: bool
) -> list[Outcome]:
    competition = get_competition(competition_id)
    groups = {group.id: group for group in competition.groups}
    office = _office(competition, by)
    known = find_listed(competition_id, [plan.code for plan in plans if not plan.is_new])
    outcomes = []
    for plan in plans:
        if plan.group is not None:
            plan.group = groups[plan.group.id]  # of this transaction
        outcomes.append(apply_plan(plan, competition, known.get(plan.code), office, tells=tells))
    return outcomes


def _write_chunk(run_id: uuid.UUID, plans: Sequence[Plan], by: Person) -> None:
    """Write some projects and remember that they are written, in one transaction."""
    with transaction(), speaking(by.locale):
        run = get_run(run_id, lock=True)
        report = dict(run.report)
        written = dict(report["written"])
        left = [plan for plan in plans if str(plan.row) not in written]
        outcomes = _apply(run.competition_id, left, by, tells=True)
        for plan, outcome in zip(left, outcomes, strict=True):
            written[str(plan.row)] = outcome.code if outcome.kind != "faulty" else ""
            if outcome.kind == "created" and outcome.entry_id is not None:
                send_takeover(outcome.entry_id, by=by)
            if outcome.kind == "changed" and outcome.entry_id is not None:
                fields = outcome.fields
                send_listed(outcome.entry_id, run_id=run_id, fields=fields, by=by)
        failed = [_line(outcome) for outcome in outcomes if outcome.kind == "faulty"]
        run.report = {**report, "written": written, "failed": [*report["failed"], *failed]}


def _finish(run_id: uuid.UUID, by: Person) -> None:
    with transaction():
        run = get_run(run_id, lock=True)
        if run.state is not ImportState.WRITING:
            return
        competition = get_competition(run.competition_id)
        _move(run, ImportState.IMPORTED)
        run.finished_at, run.content = clock.now(), None
        _note(
            "entries.imported",
            run,
            competition,
            by,
            created=run.report["created"],
            changed=run.report["changed"],
            failed=len(run.report["failed"]),
        )


def _chunks(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    rest = iter(plans)
    while chunk := [*islice(rest, CHUNK)]:
        yield chunk


def _report(reading: Reading, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What was found, as it is kept and shown."""
    problems = [*reading.stray]
    warnings = []
    for outcome in outcomes:
        problems += outcome.problems
        warnings += outcome.warnings
    problems.sort(key=_place)
    kinds = [outcome.kind for outcome in outcomes]
    lines = [outcome for outcome in outcomes if outcome.kind in {"created", "changed"}]
    return {
        "projects": len(outcomes),
        **{kind: kinds.count(kind) for kind in ("created", "changed", "left", "faulty")},
        "problem_count": len(problems),
        "problems": [_kept(problem, reading) for problem in problems[:PROBLEMS_MAX]],
        "warnings": [_kept(warning, reading) for warning in warnings[:LINES_MAX]],
        "lines": [_line(outcome) for outcome in lines[:LINES_MAX]],
        "unread": reading.unread[:20],
    }


def _kept(problem: Problem, reading: Reading) -> dict[str, str]:
    """A problem as it is kept: the report is no place for what lists say of people."""
    is_private = (problem.sheet, letters_of(problem.cell)) in reading.private_cells
    found = mask_cell(problem.found, is_private=is_private)
    return {**asdict(problem), "found": found}


def _place(problem: Problem) -> tuple[int, int, str]:
    """Sheet by sheet and row by row, as one goes through the workbook."""
    titles = [str(shape.title) for shape in SHEETS]
    sheet = titles.index(problem.sheet) if problem.sheet in titles else len(titles)
    return sheet, row_of(problem.cell), problem.cell


def _line(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.row,
        "kind": outcome.kind,
        "name": outcome.name,
        "code": outcome.code if outcome.kind == "changed" else "",
        "fields": outcome.fields,
        "notes": outcome.notes,
        "why": " ".join(problem.why for problem in outcome.problems),
    }


def _gist(report: dict[str, Any]) -> list[Any]:
    """By which two findings are the same to who has seen one of them."""
    counts = [report.get(key) for key in ("projects", "created", "changed", "left", "faulty")]
    return [*counts, report.get("problems"), report.get("refused")]


def _move(run: ImportRun, to: ImportState) -> None:
    if to not in IMPORT_TRANSITIONS[run.state]:
        raise ImportStateError
    run.state = to


def _note(action: str, run: ImportRun, competition: Competition, by: Person, **facts: int) -> None:
    circle_id = competition.event.circle_id
    audit.record(action, run, by=by, circle_id=circle_id, after=facts or None)
