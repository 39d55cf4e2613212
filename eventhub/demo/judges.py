"""The judges of the demonstration world: seated, and how they mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from eventhub import clock
from eventhub.competitions.models import Round, Rubric
from eventhub.demo.cast import WORLD
from eventhub.demo.contest import Contest
from eventhub.entries.models import Entry
from eventhub.judging import service as judging
from eventhub.judging.models import Panel, PanelJudge
from eventhub.judging.queries import recusals
from eventhub.roadshows.models import Slot

FEEDBACK = ("", "数据扎实，建议补充与竞品的对照。", "现场演示很好，请把成本讲清楚。")


def seat_panel(
    contest: Contest, panel: Panel, *, teachers: Sequence[str], first: list[tuple[str, str]]
) -> list[PanelJudge]:
    """A chief, a teacher of each of these schools, two from outside.

    ``first`` sit first, by name and address, and are taken from the list.
    """
    cast, seats = contest.cast, []
    schools = (None, *teachers, None, None)
    for position, school in enumerate(schools):
        name, email = first.pop(0) if first else (cast.name(), None)
        outside = cast.random.choice(WORLD["judge_organisations"])
        seats.append(
            judging.seat_judge(
                panel.id,
                name=name,
                email=email,
                university_id=cast.university(school).id if school else None,
                organisation=school or outside,
                is_chief=position == 0,
                by=contest.by,
            )
        )
    return seats


def judge_slot(
    contest: Contest,
    slot: Slot,
    *,
    seats: Sequence[PanelJudge],
    is_over: bool = True,
    talent: int | None = None,
) -> None:
    """The judges of the slot's room mark what they heard; while it is on, some of it."""
    heard = [seat for seat in seats if seat.panel.room_id == slot.room_id]
    done_at = slot.ends_at if is_over else slot.starts_at - timedelta(minutes=2)
    judge_entry(
        slot.entry,
        round_=contest.round,
        seats=heard,
        at=done_at,
        submit=is_over,
        talent=talent,
    )


def judge_entry(
    entry: Entry,
    *,
    round_: Round,
    seats: Sequence[PanelJudge],
    at: datetime,
    submit: bool = True,
    talent: int | None = None,
) -> None:
    """Each judge who may gives marks, a little apart from the others."""
    barred = recusals.find_recusals(round_.id, seats, [entry])
    rubric = next(r for r in round_.rubrics if r.group_id == entry.group_id)
    worth = Decimal(talent or _chance(entry.name).randint(66, 94))
    give = judging.submit_sheet if submit else judging.save_sheet
    for seat in seats:
        if barred.bar(seat.person_id, entry.id):
            continue
        chance = _chance(f"{entry.name} {seat.position}")
        with clock.pretending(at + timedelta(seconds=20 * seat.position)):
            give(
                round_.id,
                entry.id,
                version=0,
                marks=_marks(rubric, worth, seat, chance, is_whole=submit),
                gates={gate.key: True for gate in rubric.gates},
                feedback=chance.choice(FEEDBACK),
                by=seat.person,
            )


def _chance(words: str) -> Random:
    """Always alike for these words, in whatever order a draw has put them."""
    return Random(words)  # noqa: S311  # a toy world


def _marks(
    rubric: Rubric, worth: Decimal, seat: PanelJudge, chance: Random, *, is_whole: bool
) -> dict[str, Decimal | None]:
    severity = Decimal(seat.position - 3) * Decimal("1.2")
    marks: dict[str, Decimal | None] = {}
    for line in rubric.criteria if is_whole else rubric.criteria[:2]:
        share = (worth - severity + chance.randint(-4, 4)) / 100
        points = (line.points_max * min(share, Decimal(1)) * 2).to_integral_value() / 2
        marks[line.key] = min(line.points_max, max(Decimal(0), points))
    return marks
