"""Notices: written, published for a period, withdrawn. They come down by themselves."""

from __future__ import annotations

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.errors import ReasonMissingError
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries import queries as entries
from eventhub.entries.models import Entry
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.outcomes.enums import NoticeKind, NoticeState
from eventhub.outcomes.errors import (
    NothingConfirmedError,
    NothingToNoticeError,
    NoticePeriodError,
    NoticeStateError,
)
from eventhub.outcomes.models import Awarding, PublicNotice
from eventhub.outcomes.permissions import can_manage_notice
from eventhub.outcomes.queries import advancements, lists, notices
from eventhub.outcomes.queries import awards as awards_

log = logging.getLogger(__name__)

CODE_LENGTH = 6
OUTPUTS = {
    NoticeKind.ENTRIES: OutputKind.PUBLIC_NOTICE,
    NoticeKind.ADVANCEMENT: OutputKind.PUBLIC_NOTICE,
    NoticeKind.AWARDS: OutputKind.AWARD_LIST,
}


@dataclass(frozen=True)
class NoticeDraft:
    """What an organiser writes; the list itself follows from kind and round."""

    title: str
    basis: str
    contact: str
    signed_by: str
    opens_at: datetime
    closes_at: datetime


def create_notice(
    competition_id: uuid.UUID,
    *,
    kind: NoticeKind,
    round_id: uuid.UUID | None = None,
    draft: NoticeDraft,
    by: Person,
) -> PublicNotice:
    """Begin a notice; nobody sees it until it is published.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NotFoundError: the round is not one of the competition's, or none is named.
        NoticePeriodError: it would end before it begins, or has ended.

    """
    with transaction():
        competition = _managed(competition_id, by)
        if kind is not NoticeKind.ENTRIES and round_id not in {r.id for r in competition.rounds}:
            raise NotFoundError
        notice = PublicNotice(
            competition_id=competition_id,
            round_id=None if kind is NoticeKind.ENTRIES else round_id,
            kind=kind,
            code=_new_code(),
        )
        _fill(notice, draft)
        db.session.add(notice)
        db.session.flush()
        record("notice.created", notice, by=by, circle_id=competition.event.circle_id)
    return notice


def update_notice(notice_id: uuid.UUID, *, draft: NoticeDraft, by: Person) -> PublicNotice:
    """Change a draft.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NoticeStateError: it is published.
        NoticePeriodError: it would end before it begins, or has ended.

    """
    with transaction():
        notice = _hold(notice_id, by)
        if notice.state is not NoticeState.DRAFT:
            raise NoticeStateError
        _fill(notice, draft)
    return notice


def delete_draft(notice_id: uuid.UUID, *, by: Person) -> None:
    """Throw a draft away.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NoticeStateError: it was published: withdraw it.

    """
    with transaction():
        notice = _hold(notice_id, by)
        if notice.state is not NoticeState.DRAFT:
            raise NoticeStateError
        db.session.delete(notice)


def publish_notice(notice_id: uuid.UUID, *, by: Person) -> PublicNotice:
    """Make a notice public, with what it lists as on this day.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NoticeStateError: it is public already, or was.
        NoticePeriodError: its period has ended.
        NothingConfirmedError: what it lists is not confirmed by two people.
        NothingToNoticeError: it lists nothing.

    """
    with transaction():
        notice = _hold(notice_id, by)
        if notice.state is not NoticeState.DRAFT:
            raise NoticeStateError
        now = clock.now()
        if notice.closes_at <= now:
            raise NoticePeriodError
        rows = build_rows(notice)
        if not rows:
            raise NothingToNoticeError
        notice.rows, notice.state = rows, NoticeState.PUBLISHED
        notice.published_at, notice.published_by_id = now, by.id
        record(
            "notice.published",
            notice,
            by=by,
            circle_id=notice.competition.event.circle_id,
            after={
                "count": len(rows),
                "opens_at": notice.opens_at.isoformat(),
                "closes_at": notice.closes_at.isoformat(),
            },
        )
    log.info("notice published", extra={"notice_id": str(notice_id)})
    return notice


def withdraw_notice(notice_id: uuid.UUID, *, reason: str, by: Person) -> PublicNotice:
    """Take a notice down before its time; the page says why.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NoticeStateError: it is not public, or has ended.
        ReasonMissingError: no reason.

    """
    with transaction():
        notice = _hold(notice_id, by)
        if notice.state is not NoticeState.PUBLISHED or notice.closes_at <= clock.now():
            raise NoticeStateError
        if not reason.strip():
            raise ReasonMissingError
        notice.state, notice.withdraw_reason = NoticeState.WITHDRAWN, reason.strip()
        record(
            "notice.withdrawn",
            notice,
            by=by,
            circle_id=notice.competition.event.circle_id,
            after={"reason": reason.strip()},
        )
    return notice


def build_rows(notice: PublicNotice) -> list[dict[str, Any]]:
    """What a notice would list today, with no more of anybody than its kind may show.

    Raises:
        NothingConfirmedError: what it lists is not confirmed by two people.

    """
    kind = OUTPUTS[notice.kind]
    if notice.kind is NoticeKind.ENTRIES:
        approved = entries.list_approved(notice.competition_id)
        return [_row(entry, kind, "") for entry in sorted(approved, key=_by_group)]
    assert notice.round_id is not None
    if notice.kind is NoticeKind.ADVANCEMENT:
        return _advancement_rows(notice.round_id, kind)
    return _award_rows(notice.round_id, kind)


def _advancement_rows(round_id: uuid.UUID, kind: OutputKind) -> list[dict[str, Any]]:
    confirmed = advancements.list_confirmed(round_id=round_id)
    if not confirmed:
        raise NothingConfirmedError
    chosen = [
        (line.entry, advancement.passage.to_round.name)
        for advancement in confirmed
        for line in advancement.lines
        if line.is_in
    ]
    teams = lists.load_teams([entry.id for entry, _round in chosen])
    return [_row(teams[entry.id], kind, name) for entry, name in chosen]


def _award_rows(round_id: uuid.UUID, kind: OutputKind) -> list[dict[str, Any]]:
    awarding = awards_.find_awarding(round_id)
    if awarding is None or not awarding.is_confirmed:
        raise NothingConfirmedError
    given = [
        (award.level.position, award.position, award.entry_id, award.level.name)
        for award in lists.get_list(Awarding, awarding.id).lines
        if award.level is not None
    ]
    teams = lists.load_teams([entry_id for _level, _place, entry_id, _name in given])
    return [_row(teams[entry_id], kind, name) for _level, _place, entry_id, name in sorted(given)]


def _row(entry: Entry, kind: OutputKind, outcome: str) -> dict[str, Any]:
    full = kind is OutputKind.AWARD_LIST
    return {
        "entry_id": str(entry.id),
        "name": entry.name,
        "group": " ".join(part for part in (entry.group.track_name, entry.group.name) if part),
        "school": entry.university.name if entry.university else "",
        "captain": mask_name(entry.captain.name, kind),
        "members": [mask_name(each.name, kind) for each in entry.members] if full else [],
        "advisers": [mask_name(each.name, kind) for each in entry.advisers] if full else [],
        "outcome": outcome,
    }


def _by_group(entry: Entry) -> tuple[int, str]:
    return (entry.group.position, entry.code)


def _fill(notice: PublicNotice, draft: NoticeDraft) -> None:
    if draft.closes_at <= draft.opens_at or draft.closes_at <= clock.now():
        raise NoticePeriodError
    for name in ("title", "basis", "contact", "signed_by", "opens_at", "closes_at"):
        setattr(notice, name, getattr(draft, name))


def _managed(competition_id: uuid.UUID, by: Person) -> Competition:
    competition = competitions.get_competition(competition_id)
    if not can_manage(by, competition):
        raise ForbiddenError
    return competition


def _hold(notice_id: uuid.UUID, by: Person) -> PublicNotice:
    notice = notices.get_notice(notice_id, lock=True)
    if not can_manage_notice(by, notice):
        raise ForbiddenError
    return notice


def _new_code() -> str:
    while True:
        code = codes.from_bytes(secrets.token_bytes(4 * CODE_LENGTH), CODE_LENGTH)
        if db.session.scalar(select(PublicNotice.id).where(PublicNotice.code == code)) is None:
            return code
