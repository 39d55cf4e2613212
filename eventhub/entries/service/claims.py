"""One student, one project in an edition: who has taken which student first.

The exclusion constraint of the table decides, whoever is faster; this module keeps its rows
true. Every function belongs inside the caller's transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ARRAY, BigInteger, bindparam, delete, select, text
from sqlalchemy.exc import IntegrityError

from eventhub.db import blind_index, db
from eventhub.domain.text import compact
from eventhub.entries.enums import EntryState, MemberState
from eventhub.entries.errors import StudentTakenError
from eventhub.entries.models import Entry, Member, StudentClaim
from eventhub.i18n import _, join_words

CONSTRAINT = "ex_student_claims_one_project"
HANDED_IN = frozenset({EntryState.SUBMITTED, EntryState.APPROVED})


def claim_member(member: Member) -> None:
    """Take a member for the entry's project: someone confirmed, or about to be.

    What is claimed already stays; claims on numbers that the member no longer has are given up.

    Raises:
        StudentTakenError: they are in another project of the edition.

    """
    _settle(member.entry, claiming=[member], settled=[member])


def claim_all(entry: Entry) -> None:
    """Take every member, for an entry that is handed in.

    Raises:
        StudentTakenError: one of them is in another project of the edition.

    """
    _settle(entry, claiming=entry.members, settled=entry.members)


def refresh(entry: Entry) -> None:
    """Make the claims follow what was edited.

    Claims on what no longer stands are given up. New ones are made for those who have
    confirmed, and for everybody once the entry is handed in; a captain still writing claims
    nobody, themselves included, so that an abandoned draft stands in nobody's way.

    Raises:
        StudentTakenError: one of them is in another project of the edition.

    """
    if entry.state is EntryState.WITHDRAWN:
        release_entry(entry)
        return
    handed_in = entry.state in HANDED_IN
    claiming = [
        member
        for member in entry.members
        if handed_in or (member.state is MemberState.CONFIRMED and member.position > 1)
    ]
    _settle(entry, claiming=claiming, settled=entry.members)


def release_member(member: Member) -> None:
    """Give a member up: they leave, or are removed."""
    db.session.execute(delete(StudentClaim).where(StudentClaim.member_id == member.id))


def release_entry(entry: Entry) -> None:
    """Give everybody up: the entry is withdrawn."""
    db.session.execute(delete(StudentClaim).where(StudentClaim.entry_id == entry.id))


def list_taken(entry: Entry) -> frozenset[int]:
    """The positions of members who are in another project of the edition already."""
    if not entry.competition.is_one_project:
        return frozenset()
    by_key = {key: member.position for member in entry.members for key in keys_of(member)}
    taken = _list_foreign(entry, scope_of(entry), by_key)
    return frozenset(by_key[key] for key in taken)


def scope_of(entry: Entry) -> str:
    """What the entry's students may have one project in: the edition, or the one competition."""
    return entry.competition.edition_key or str(entry.competition_id)


def keys_of(member: Member) -> set[str]:
    """The fingerprints by which a student is known again, each with the kind it is of."""
    keys = set()
    number = compact(member.student_number).casefold()
    if member.university_id is not None and number:
        keys.add(f"number:{blind_index(f'{member.university_id}/{number}')}")
    if member.id_hash:
        keys.add(f"paper:{member.id_hash}")
    person_id = member.person_id or (member.entry.captain_id if member.position == 1 else None)
    if person_id is not None:
        keys.add(f"person:{blind_index(str(person_id))}")
    return keys


def _settle(entry: Entry, *, claiming: Collection[Member], settled: Iterable[Member]) -> None:
    """Give up what ``settled`` members claim in vain, and claim for ``claiming``."""
    if not entry.competition.is_one_project:
        return
    db.session.flush()
    rows = db.session.execute(
        select(StudentClaim.id, StudentClaim.member_id, StudentClaim.student_key).where(
            StudentClaim.entry_id == entry.id
        )
    ).all()
    true_keys = {member.id: keys_of(member) for member in settled}
    stale = [
        row.id
        for row in rows
        if row.member_id in true_keys and row.student_key not in true_keys[row.member_id]
    ]
    if stale:
        db.session.execute(delete(StudentClaim).where(StudentClaim.id.in_(stale)))
    held = {row.student_key for row in rows if row.id not in set(stale)}
    wanted: dict[str, Member] = {}
    for member in claiming:
        for key in keys_of(member) - held:
            wanted.setdefault(key, member)
    if wanted:
        _claim(entry, wanted)


def _claim(entry: Entry, wanted: dict[str, Member]) -> None:
    scope = scope_of(entry)
    order = sorted(wanted)
    _queue(scope, order)
    try:
        with db.session.begin_nested():
            db.session.add_all(
                StudentClaim(
                    edition_key=scope,
                    student_key=key,
                    project_id=entry.project_id,
                    entry_id=entry.id,
                    member_id=wanted[key].id,
                )
                for key in order
            )
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") != CONSTRAINT:
            raise
        raise _taken(entry, scope, wanted) from error


def _queue(scope: str, keys: Iterable[str]) -> None:
    """Wait for whoever is claiming one of these students just now.

    Two inserts that exclude each other would wait for one another, and the server would end one
    of them a second later as a deadlock. Here the second waits its turn, and is then refused.
    """
    turns = [
        int.from_bytes(hashlib.sha256(f"{scope}\0{key}".encode()).digest()[:8], signed=True)
        for key in keys
    ]
    query = text("SELECT pg_advisory_xact_lock(turn) FROM unnest(:turns) AS turn")
    query = query.bindparams(bindparam("turns", type_=ARRAY(BigInteger)))
    db.session.execute(query, {"turns": sorted(turns)})


def _taken(entry: Entry, scope: str, wanted: dict[str, Member]) -> StudentTakenError:
    """The refusal, by the names of those who are taken; of the other project nothing is said."""
    taken = _list_foreign(entry, scope, wanted)
    positions = {wanted[key].position: wanted[key].name for key in taken}
    names = join_words(
        positions[at] or _("第 %(position)s 位成员", position=at) for at in sorted(positions)
    )
    if not names:
        return StudentTakenError()
    return StudentTakenError(
        _("%(names)s 已在本届另一个项目中，每名学生只能参加一个项目。", names=names)
    )


def _list_foreign(entry: Entry, scope: str, keys: Collection[str]) -> Sequence[str]:
    """Those of the keys that another project has."""
    query = select(StudentClaim.student_key).where(
        StudentClaim.edition_key == scope,
        StudentClaim.student_key.in_(keys),
        StudentClaim.project_id != entry.project_id,
    )
    return db.session.scalars(query).all()
