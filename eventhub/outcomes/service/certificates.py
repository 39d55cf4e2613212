"""Certificates: issued from confirmed awards, drawn by the queue, revoked, issued anew."""

from __future__ import annotations

import io
import logging
import secrets
import uuid
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.errors import ReasonMissingError
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries.models import Entry
from eventhub.errors import ForbiddenError
from eventhub.events.enums import HostRole
from eventhub.events.models import Event
from eventhub.files import service as files
from eventhub.outcomes.errors import CertificateRevokedError, NothingConfirmedError
from eventhub.outcomes.models import Award, Awarding, Certificate
from eventhub.outcomes.papers.certificate import CertificateFacts, draw
from eventhub.outcomes.permissions import can_manage_certificate
from eventhub.outcomes.queries import certificates as reads
from eventhub.outcomes.queries import lists
from eventhub.outcomes.service import letters
from eventhub.outcomes.service.awards import AWARDS
from eventhub.outcomes.service.course import hold
from eventhub.web.urls import external_url

log = logging.getLogger(__name__)

NUMBER_LENGTH = 12
BYTES_MAX = 8 * 1024 * 1024
_HOST_ORDER = (HostRole.LEAD, HostRole.ORGANISER, HostRole.JOINT)


def issue_all(awarding_id: uuid.UUID, *, by: Person) -> int:
    """Issue a certificate for every award that never had one; return how many. Again issues none.

    An award whose certificate was revoked gets no other: that is ``reissue``'s, before it is
    revoked. The files are drawn by the queue.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        NothingConfirmedError: the list is not in force.

    """
    with transaction():
        awarding = hold(AWARDS, awarding_id, by)
        round_ = awarding.round
        if not awarding.is_confirmed:
            raise NothingConfirmedError
        wanting = [a for a in awarding.lines if a.is_in and not a.certificates]
        teams = lists.load_teams([award.entry_id for award in wanting])
        for award in wanting:
            _issue(award, teams[award.entry_id], round_, by)
        if wanting:
            queue.defer("outcomes.draw_certificates", awarding_id=str(awarding_id))
            record(
                "certificates.issued",
                awarding,
                by=by,
                circle_id=round_.competition.event.circle_id,
                after={"count": len(wanting)},
            )
    log.info("certificates issued", extra={"count": len(wanting)})
    return len(wanting)


def reissue(certificate_id: uuid.UUID, *, reason: str, by: Person) -> Certificate:
    """Issue one anew with what the entry says today; the old one is revoked.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CertificateRevokedError: it is revoked already.
        ReasonMissingError: no reason.
        NothingConfirmedError: the list of awards is not in force any more.

    """
    with transaction():
        old = _revoke(certificate_id, reason, by)
        if not old.award.decision.is_confirmed or old.award.level is None:
            raise NothingConfirmedError
        db.session.flush()
        round_ = competitions.get_round(old.award.decision.round_id)
        entry = lists.load_teams([old.award.entry_id])[old.award.entry_id]
        made = _issue(old.award, entry, round_, by)
        queue.defer("outcomes.draw_certificates", awarding_id=str(old.award.awarding_id))
        record(
            "certificate.reissued",
            made,
            by=by,
            circle_id=round_.competition.event.circle_id,
            before={"number": codes.format_code(old.number)},
            after={"number": codes.format_code(made.number), "reason": reason.strip()},
        )
    return made


def revoke(certificate_id: uuid.UUID, *, reason: str, by: Person) -> Certificate:
    """End a certificate; the page that verifies it says so, and why.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CertificateRevokedError: it is revoked already.
        ReasonMissingError: no reason.

    """
    with transaction():
        certificate = _revoke(certificate_id, reason, by)
        record(
            "certificate.revoked",
            certificate,
            by=by,
            circle_id=certificate.award.entry.competition.event.circle_id,
            after={"number": codes.format_code(certificate.number), "reason": reason.strip()},
        )
        letters.tell_revoked(certificate, certificate.award.entry)
    return certificate


def note_download(awarding_id: uuid.UUID, *, count: int, by: Person) -> None:
    """Note that somebody took all certificates of a list.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    with transaction():
        awarding = lists.get_head(Awarding, awarding_id)
        if not can_manage_round(by, awarding.round):
            raise ForbiddenError
        record(
            "certificates.downloaded",
            awarding,
            by=by,
            circle_id=awarding.round.competition.event.circle_id,
            after={"count": count},
        )


def draw_pending(awarding_id: uuid.UUID) -> int:
    """Draw the files that are still to be made, and tell the captains; return how many.

    Each is kept by itself, so that work that was cut off goes on where it was.
    """
    pending = reads.list_undrawn(awarding_id)
    for certificate_id in pending:
        draw_one(certificate_id)
    return len(pending)


def draw_one(certificate_id: uuid.UUID) -> None:
    """Draw one certificate, unless another worker has."""
    certificate = reads.get_certificate(certificate_id)
    facts = facts_of(certificate)
    kept = files.keep(
        io.BytesIO(draw(facts, folder=font_folder())),
        name=f"{facts.award}-{facts.project}.pdf",
        formats=["pdf"],
        bytes_max=BYTES_MAX,
    )
    with transaction():
        held = reads.get_certificate(certificate_id, lock=True)
        if held.file_id is not None or held.revoked_at is not None:
            return
        held.file_id = files.record(kept, by=None).id
        letters.tell_certificate(held, held.award.entry)


def font_folder() -> Path:
    """Where fonts are unpacked."""
    return Path(current_app.instance_path) / "fonts"


def facts_of(certificate: Certificate) -> CertificateFacts:
    """What a certificate says, as on the day it was issued."""
    facts: dict[str, Any] = certificate.facts
    return CertificateFacts(
        number=codes.format_code(certificate.number),
        competition=facts["competition"],
        stage=facts["round"],
        group=facts["group"],
        project=facts["project"],
        award=facts["award"],
        school=facts["school"],
        members=tuple(facts["members"]),
        advisers=tuple(facts["advisers"]),
        hosts=tuple(facts["hosts"]),
        day=date.fromisoformat(facts["day"]),
        address=external_url("outcomes.verify", number=certificate.number),
    )


def _issue(award: Award, entry: Entry, round_: Round, by: Person) -> Certificate:
    assert award.level is not None
    certificate = Certificate(
        award_id=award.id,
        number=_new_number(),
        issued_by_id=by.id,
        facts=_facts(award.level.name, entry, round_),
    )
    db.session.add(certificate)
    db.session.flush()
    return certificate


def _facts(award: str, entry: Entry, round_: Round) -> dict[str, Any]:
    event = round_.competition.event
    kind = OutputKind.CERTIFICATE
    group = " ".join(part for part in (entry.group.track_name, entry.group.name) if part)
    return {
        "competition": event.title,
        "round": round_.name,
        "group": group,
        "project": entry.name,
        "award": award,
        "school": entry.university.name if entry.university else "",
        "captain": mask_name(entry.captain.name, kind),
        "members": [mask_name(member.name, kind) for member in entry.members],
        "advisers": [mask_name(adviser.name, kind) for adviser in entry.advisers],
        "hosts": hosts_of(event),
        "day": clock.now().astimezone(ZoneInfo(event.timezone)).date().isoformat(),
    }


def hosts_of(event: Event) -> list[str]:
    """The circles that stand behind an event: 主办 first, then 承办, then 联合举办."""
    ranked = sorted(event.hosts, key=lambda host: _HOST_ORDER.index(host.role))
    names = [host.circle.name for host in ranked]
    return names if event.circle.name in names else [event.circle.name, *names]


def _revoke(certificate_id: uuid.UUID, reason: str, by: Person) -> Certificate:
    certificate = reads.get_certificate(certificate_id, lock=True)
    if not can_manage_certificate(by, certificate):
        raise ForbiddenError
    if certificate.revoked_at is not None:
        raise CertificateRevokedError
    if not reason.strip():
        raise ReasonMissingError
    certificate.revoked_at, certificate.revoke_reason = clock.now(), reason.strip()
    return certificate


def _new_number() -> str:
    while True:
        number = codes.from_bytes(
            secrets.token_bytes(4 * NUMBER_LENGTH), NUMBER_LENGTH, checked=True
        )
        taken = select(Certificate.id).where(Certificate.number == number)
        if db.session.scalar(taken) is None:
            return number
