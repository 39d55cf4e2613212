"""Adding up again, signing, and what a publication waits for."""

from __future__ import annotations

import logging
import uuid
from decimal import Decimal

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import RoundStateError
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.i18n import _, join_words
from eventhub.judging.enums import SIGNATURE_ROLE_LABELS, SignatureRole
from eventhub.judging.errors import (
    DeliberationOpenError,
    NotInSampleError,
    NotYoursToSignError,
    RecountMissingError,
    ScrutineerFirstError,
    SignaturesMissingError,
    SignedAlreadyError,
)
from eventhub.judging.models import Recount, Signature
from eventhub.judging.queries.closing import Closing, Place, find_closing, list_sample
from eventhub.judging.queries.offices import Office, find_office

log = logging.getLogger(__name__)


def recount_sheet(
    round_id: uuid.UUID, sheet_id: uuid.UUID, *, total: Decimal, by: Person
) -> Recount:
    """Keep what the scrutineer made of a sheet of the sample; again replaces it.

    Raises:
        NotYoursToSignError: ``by`` is no scrutineer of the round.
        RoundStateError: the round is not closed.
        NotInSampleError: the sheet is not of the sample.

    """
    with transaction():
        round_ = _hold_closed(round_id)
        if not find_office(round_, by).is_scrutineer:
            raise NotYoursToSignError
        sampled = next((each for each in list_sample(round_) if each.sheet.id == sheet_id), None)
        if sampled is None:
            raise NotInSampleError
        recount = sampled.recount or Recount(round_id=round_id, scoresheet_id=sheet_id)
        recount.total, recount.counted_by_id = total, by.id
        recount.is_equal = total == sampled.sheet.total
        db.session.add(recount)
        record(
            "results.recounted",
            round_,
            by=by,
            circle_id=_circle(round_),
            after={
                "sheet": str(sheet_id),
                "total": f"{total:.2f}",
                "is_equal": recount.is_equal,
            },
        )
    return recount


def sign_results(
    round_id: uuid.UUID,
    *,
    role: SignatureRole,
    digest: str,
    panel_id: uuid.UUID | None = None,
    by: Person,
) -> Signature:
    """Put one's name under the results as one has seen them.

    ``digest`` is that of the page; results that changed meanwhile have to be looked at again.

    Raises:
        NotYoursToSignError: ``by`` does not stand as this in the round.
        RoundStateError: the round is not closed, or its results changed meanwhile.
        DeliberationOpenError: an entry is about to be moved.
        RecountMissingError: the sample is not right yet.
        ScrutineerFirstError: the scrutineer has not signed these results.
        SignedAlreadyError: this line is signed, or ``by`` signed another.

    """
    with transaction():
        round_ = _hold_closed(round_id)
        closing = find_closing(round_)
        if not _may_sign(find_office(round_, by), role, panel_id):
            raise NotYoursToSignError
        if closing.digest != digest:
            raise RoundStateError(_("成绩在您打开页面之后有改动，请刷新页面核对后再签字。"))
        _check_turn(closing, role, panel_id, by)
        signature = Signature(
            round_id=round_id, role=role, panel_id=panel_id, person_id=by.id, digest=digest
        )
        db.session.add(signature)
        record(
            "results.signed",
            round_,
            by=by,
            circle_id=_circle(round_),
            after={"role": role.value, "digest": digest},
        )
    log.info("results signed", extra={"round_id": str(round_id), "role": role.value})
    return signature


def _may_sign(office: Office, role: SignatureRole, panel_id: uuid.UUID | None) -> bool:
    if role is SignatureRole.CHIEF:
        return any(panel.id == panel_id for panel in office.panels)
    return office.role is not None and office.role.value == role.value and panel_id is None


def _check_turn(
    closing: Closing, role: SignatureRole, panel_id: uuid.UUID | None, by: Person
) -> None:
    if closing.open_deliberation is not None:
        raise DeliberationOpenError
    if role is SignatureRole.SCRUTINEER and not closing.is_recounted:
        raise RecountMissingError
    first = closing.place(SignatureRole.SCRUTINEER)
    if role is not SignatureRole.SCRUTINEER and (first is None or first.signature is None):
        raise ScrutineerFirstError
    place = closing.place(role, panel_id)
    names = {each.signature.person_id for each in closing.places if each.signature is not None}
    if place is None or place.signature is not None or by.id in names:
        raise SignedAlreadyError


def check_signed(round_: Round) -> None:
    """Refuse to publish results that want a signature.

    Raises:
        DeliberationOpenError: an entry is about to be moved.
        SignaturesMissingError: whose name is missing.

    """
    closing = find_closing(round_)
    if closing.open_deliberation is not None:
        raise DeliberationOpenError
    if round_.needs_signatures and not closing.is_signed:
        raise SignaturesMissingError(
            _(
                "成绩还没有签齐，不能公布。还差：%(names)s。",
                names=join_words([name_place(place) for place in closing.unsigned]),
            )
        )


def name_place(place: Place) -> str:
    """A line for a signature, in words."""
    label = str(SIGNATURE_ROLE_LABELS[place.role])
    if place.panel is None:
        return label
    return str(_("%(panel)s的%(role)s", panel=place.panel.name, role=label))


def set_signatures_needed(
    round_id: uuid.UUID, *, is_needed: bool, reason: str = "", by: Person
) -> Round:
    """Say whether results are to be signed before they are published, and why not.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: the results are published.

    """
    with transaction():
        round_ = competitions.get_round(round_id, lock=True)
        if not find_office(round_, by).is_organiser:
            raise ForbiddenError
        if round_.state is RoundState.PUBLISHED:
            raise RoundStateError
        before = round_.needs_signatures
        round_.needs_signatures = is_needed
        record(
            "results.signatures_needed",
            round_,
            by=by,
            circle_id=_circle(round_),
            before={"is_needed": before},
            after={"is_needed": is_needed, "reason": reason},
        )
    return round_


def _hold_closed(round_id: uuid.UUID) -> Round:
    round_ = competitions.get_round(round_id, lock=True)
    if round_.state is not RoundState.CLOSED:
        raise RoundStateError
    return round_


def _circle(round_: Round) -> uuid.UUID:
    return round_.competition.event.circle_id
