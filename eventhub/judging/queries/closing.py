"""What is still to be done between the last mark and the publication."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.audit import queries as audit
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Round
from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.judging.enums import ActState, OfficerRole, ScoresheetState, SignatureRole
from eventhub.judging.models import (
    Deliberation,
    Panel,
    PanelJudge,
    Recount,
    RoundOfficer,
    Scoresheet,
    SheetReturn,
    Signature,
    SubmittedSheet,
)
from eventhub.judging.queries.offices import list_officers
from eventhub.judging.queries.results_file import results_digest

SAMPLE_MIN = 3


@dataclass(frozen=True)
class Sampled:
    """A sheet that the scrutineer adds up again."""

    sheet: Scoresheet
    recount: Recount | None

    @property
    def is_equal(self) -> bool:
        """Whether the sum was found to be right."""
        return self.recount is not None and self.recount.is_equal


@dataclass(frozen=True)
class Place:
    """A line for a signature; ``signature`` only while it fits the results as they stand."""

    role: SignatureRole
    panel: Panel | None
    names: Sequence[str]
    signature: Signature | None
    is_void: bool


@dataclass(frozen=True)
class Closing:
    """A closed round on its way to publication."""

    round: Round
    digest: str
    sample: Sequence[Sampled]
    places: Sequence[Place]
    deliberations: Sequence[Deliberation]

    @property
    def is_recounted(self) -> bool:
        """Whether every sheet of the sample was added up and found right."""
        return all(each.is_equal for each in self.sample)

    @property
    def unsigned(self) -> list[Place]:
        """The lines that still want a name."""
        return [place for place in self.places if place.signature is None]

    @property
    def is_signed(self) -> bool:
        """Whether everybody's name stands under these very results."""
        return not self.unsigned

    @property
    def open_deliberation(self) -> Deliberation | None:
        """An entry that somebody wants to move, not yet decided."""
        return next((each for each in self.deliberations if each.state is ActState.OPEN), None)

    def place(self, role: SignatureRole, panel_id: uuid.UUID | None = None) -> Place | None:
        """The line for a role, of a chief judge that of their panel."""
        for place in self.places:
            if place.role is role and (place.panel.id if place.panel else None) == panel_id:
                return place
        return None


def find_closing(round_: Round) -> Closing:
    """Everything of a closed round, in a constant number of statements."""
    digest = results_digest(round_)
    return Closing(
        round_,
        digest,
        list_sample(round_),
        _places(round_.id, digest),
        list_deliberations(round_.id),
    )


def list_sample(round_: Round) -> Sequence[Sampled]:
    """The sheets to be added up again: the square root of their number, three at least.

    Which ones follows from the hash of the log at the closing, so that nobody chooses them and
    nobody knows them before.
    """
    if round_.state not in {RoundState.CLOSED, RoundState.PUBLISHED}:
        return []
    seed = audit.find_hash("results.closed", round_.id) or ""
    query = select(Scoresheet.id).where(
        Scoresheet.round_id == round_.id, Scoresheet.state == ScoresheetState.SUBMITTED
    )
    keys = sorted(
        db.session.scalars(query), key=lambda key: hashlib.sha256(f"{seed}{key}".encode()).digest()
    )
    chosen = keys[: max(SAMPLE_MIN, math.isqrt(max(len(keys) - 1, 0)) + 1)]
    recounts = {each.scoresheet_id: each for each in _list_recounts(round_.id)}
    sheets = {sheet.id: sheet for sheet in _sheets(Scoresheet.id.in_(chosen))}
    return [Sampled(sheets[key], recounts.get(key)) for key in chosen]


def _list_recounts(round_id: uuid.UUID) -> Sequence[Recount]:
    query = select(Recount).where(Recount.round_id == round_id)
    return db.session.scalars(query.options(joinedload(Recount.counted_by))).all()


def _sheets(where: ColumnElement[bool]) -> Sequence[Scoresheet]:
    query = (
        select(Scoresheet)
        .where(where)
        .options(
            selectinload(Scoresheet.marks),
            joinedload(Scoresheet.entry),
            joinedload(Scoresheet.judge),
        )
    )
    return db.session.scalars(query).unique().all()


def _places(round_id: uuid.UUID, digest: str) -> list[Place]:
    officers = list_officers(round_id)
    signatures = _list_signatures(round_id)

    def place(role: SignatureRole, names: Sequence[str], panel: Panel | None = None) -> Place:
        mine = [
            each
            for each in signatures
            if each.role is role and each.panel_id == (panel.id if panel else None)
        ]
        fits = next((each for each in mine if each.digest == digest), None)
        return Place(role, panel, names, fits, is_void=bool(mine) and fits is None)

    return [
        place(SignatureRole.SCRUTINEER, _names(officers, OfficerRole.SCRUTINEER)),
        *(
            place(SignatureRole.CHIEF, [chief] if chief else [], panel)
            for panel, chief in _chairs(round_id)
        ),
        place(SignatureRole.SUPERVISOR, _names(officers, OfficerRole.SUPERVISOR)),
    ]


def _names(officers: Sequence[RoundOfficer], role: OfficerRole) -> list[str]:
    return [officer.person.name for officer in officers if officer.role is role]


def _chairs(round_id: uuid.UUID) -> list[tuple[Panel, str | None]]:
    """Each panel that has judges, and the name of its chief judge."""
    query = (
        select(Panel)
        .where(Panel.round_id == round_id)
        .options(selectinload(Panel.judges).joinedload(PanelJudge.person))
        .order_by(Panel.name)
    )
    return [
        (panel, next((seat.person.name for seat in panel.judges if seat.is_chief), None))
        for panel in db.session.scalars(query)
        if panel.judges
    ]


def _list_signatures(round_id: uuid.UUID) -> Sequence[Signature]:
    query = (
        select(Signature)
        .where(Signature.round_id == round_id)
        .options(joinedload(Signature.person))
        .order_by(Signature.created_at)
    )
    return db.session.scalars(query).all()


def list_deliberations(round_id: uuid.UUID) -> Sequence[Deliberation]:
    """Every wish to move an entry, the oldest first."""
    query = (
        select(Deliberation)
        .where(Deliberation.round_id == round_id)
        .options(
            joinedload(Deliberation.entry),
            joinedload(Deliberation.asked_by),
            joinedload(Deliberation.chief),
            joinedload(Deliberation.supervisor),
            joinedload(Deliberation.refused_by),
        )
        .order_by(Deliberation.created_at)
    )
    return db.session.scalars(query).all()


def get_deliberation(deliberation_id: uuid.UUID, *, lock: bool = False) -> Deliberation:
    """One of them; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such deliberation.

    """
    query = select(Deliberation).where(Deliberation.id == deliberation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Deliberation | None = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def get_sheet(sheet_id: uuid.UUID, *, lock: bool = False) -> Scoresheet:
    """A sheet with its marks, entry and judge; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such sheet.

    """
    query = (
        select(Scoresheet)
        .where(Scoresheet.id == sheet_id)
        .options(
            selectinload(Scoresheet.marks),
            selectinload(Scoresheet.gate_verdicts),
            selectinload(Scoresheet.entry),
            selectinload(Scoresheet.judge),
        )
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    sheet: Scoresheet | None = db.session.scalar(query)
    if sheet is None:
        raise NotFoundError
    return sheet


def get_sheet_of(round_id: uuid.UUID, sheet_id: uuid.UUID) -> Scoresheet:
    """A sheet of this round.

    Raises:
        NotFoundError: no such sheet, or it is of another round.

    """
    sheet = get_sheet(sheet_id)
    if sheet.round_id != round_id:
        raise NotFoundError
    return sheet


def get_return(return_id: uuid.UUID, *, lock: bool = False) -> SheetReturn:
    """A return with its sheet; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such return.

    """
    query = select(SheetReturn).where(SheetReturn.id == return_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: SheetReturn | None = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def list_returns(round_id: uuid.UUID) -> Sequence[SheetReturn]:
    """Every return of a round, those that wait for a signature first, then the newest."""
    query = (
        select(SheetReturn)
        .join(SheetReturn.scoresheet)
        .where(Scoresheet.round_id == round_id)
        .options(
            joinedload(SheetReturn.scoresheet).options(
                joinedload(Scoresheet.entry), joinedload(Scoresheet.judge)
            ),
            joinedload(SheetReturn.asked_by),
            joinedload(SheetReturn.chief),
            joinedload(SheetReturn.supervisor),
            joinedload(SheetReturn.refused_by),
        )
        .order_by(SheetReturn.state != ActState.OPEN, SheetReturn.created_at.desc())
    )
    return db.session.scalars(query).all()


def list_returns_of(sheet_id: uuid.UUID) -> Sequence[SheetReturn]:
    """The returns of one sheet, the newest first."""
    query = (
        select(SheetReturn)
        .where(SheetReturn.scoresheet_id == sheet_id)
        .options(
            joinedload(SheetReturn.asked_by),
            joinedload(SheetReturn.chief),
            joinedload(SheetReturn.supervisor),
            joinedload(SheetReturn.refused_by),
        )
        .order_by(SheetReturn.created_at.desc())
    )
    return db.session.scalars(query).all()


def list_submitted(sheet_id: uuid.UUID) -> Sequence[SubmittedSheet]:
    """A sheet as it was handed in, each time, the first one first."""
    query = (
        select(SubmittedSheet)
        .where(SubmittedSheet.scoresheet_id == sheet_id)
        .order_by(SubmittedSheet.ordinal)
    )
    return db.session.scalars(query).all()


def find_later_round(round_: Round) -> Round | None:
    """A later round of the competition that has begun."""
    return next(
        (
            each
            for each in round_.competition.rounds
            if each.position > round_.position and each.state is not RoundState.DRAFT
        ),
        None,
    )
