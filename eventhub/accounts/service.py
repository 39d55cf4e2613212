"""Signing up, signing in, and links that do it for one purpose."""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts import queries
from eventhub.accounts.errors import (
    EmailTakenError,
    LinkExpiredError,
    LinkInvalidError,
    WeakPasswordError,
    WrongCredentialsError,
    WrongPasswordError,
)
from eventhub.accounts.models import Person, PersonalLink
from eventhub.db import db, transaction

log = logging.getLogger(__name__)

_hasher = PasswordHasher()
COMMON = {
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "qwertyui",
    "88888888",
    "11111111",
    "00000000",
    "66666666",
    "abcd1234",
    "a1234567",
    "woaini1314",
    "password1",
    "iloveyou",
}
PASSWORD_MIN = 8
RESET_SCOPE = "password"
RESET_LIFE = timedelta(hours=2)

# Accounts stand below notifications and may not import them: the house wires this at start-up.
# Takes (person, token) and queues the mail inside the running transaction.
send_reset: Callable[[Person, str], None] | None = None


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that fits nothing, so that an unknown address costs the same time."""
    return _hasher.hash(secrets.token_hex(8))


def check_password(password: str) -> None:
    """Refuse a password that would be guessed.

    Raises:
        WeakPasswordError: fewer than 8 characters, one repeated character, or a common one.

    """
    if len(password) < PASSWORD_MIN or password.lower() in COMMON or len(set(password)) == 1:
        raise WeakPasswordError


def sign_up(
    name: str,
    *,
    email: str,
    password: str,
    locale: str = "zh",
    phone: str | None = None,
    university_id: uuid.UUID | None = None,
) -> Person:
    """Make an account.

    Raises:
        WeakPasswordError: see ``check_password``.
        EmailTakenError: the address has an account.

    """
    check_password(password)
    person = Person(
        name=name,
        email=email,
        password_hash=_hasher.hash(password),
        locale=locale,
        session_key=secrets.token_hex(16),
        phone=phone,
        university_id=university_id,
    )
    try:
        with transaction():
            if queries.find_person_by_email(email) is not None:
                raise EmailTakenError
            db.session.add(person)
    except IntegrityError as error:  # someone was faster between the look and the write
        raise EmailTakenError from error
    log.info("signed up", extra={"person_id": str(person.id)})
    return person


def add_person(
    name: str, *, email: str | None = None, university_id: uuid.UUID | None = None
) -> Person:
    """Someone who signs in by personal link only, such as an invited judge.

    A person with this address is reused, unchanged.
    """
    with transaction():
        known = queries.find_person_by_email(email) if email else None
        if known is not None:
            return known
        person = Person(
            name=name,
            email=email,
            university_id=university_id,
            session_key=secrets.token_hex(16),
        )
        db.session.add(person)
        db.session.flush()
        return person


def check_credentials(email: str, *, password: str) -> Person:
    """Whoever these belong to.

    Raises:
        WrongCredentialsError: they do not belong together.

    """
    person = queries.find_person_by_email(email)
    stored = (person.password_hash if person is not None else None) or _nobody()
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError) as error:
        raise WrongCredentialsError from error
    if person is None or person.password_hash is None:
        raise WrongCredentialsError
    with transaction():
        person.last_seen_at = clock.now()
        if _hasher.check_needs_rehash(stored):
            person.password_hash = _hasher.hash(password)
    return person


def confirm_password(person: Person, *, password: str) -> None:
    """Make sure that the one at the keyboard is who signed in.

    Raises:
        WrongPasswordError: it is not this person's password, or they have none.

    """
    try:
        _hasher.verify(person.password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError) as error:
        raise WrongPasswordError from error


def change_password(person_id: uuid.UUID, *, password: str) -> Person:
    """Set a new password and sign out everywhere.

    Raises:
        WeakPasswordError: see ``check_password``.

    """
    check_password(password)
    with transaction():
        person = queries.get_person(person_id)
        person.password_hash = _hasher.hash(password)
        person.session_key = secrets.token_hex(16)
        db.session.execute(
            update(PersonalLink)
            .where(PersonalLink.person_id == person_id, PersonalLink.scope == RESET_SCOPE)
            .values(revoked_at=clock.now())
        )
    return person


def update_profile(
    person_id: uuid.UUID,
    *,
    name: str,
    phone: str | None,
    university_id: uuid.UUID | None,
    locale: str,
) -> Person:
    """Change what a person says of themself."""
    with transaction():
        person = queries.get_person(person_id)
        person.name, person.phone, person.locale = name, phone, locale
        person.university_id = university_id
    return person


def request_reset(email: str) -> None:
    """Mail a link for a new password, if the address has an account; tell nobody whether."""
    with transaction():
        person = queries.find_person_by_email(email)
        if person is None or send_reset is None:
            return
        send_reset(person, issue_link(person.id, scope=RESET_SCOPE, life=RESET_LIFE))


def issue_link(
    person_id: uuid.UUID,
    *,
    scope: str,
    life: timedelta,
    subject_id: uuid.UUID | None = None,
) -> str:
    """Make a personal link and return its secret, which is kept nowhere."""
    token = secrets.token_urlsafe(24)
    with transaction():
        db.session.add(
            PersonalLink(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                person_id=person_id,
                scope=scope,
                subject_id=subject_id,
                expires_at=clock.now() + life,
            )
        )
    return token


def revoke_links(person_id: uuid.UUID, *, scope: str, subject_id: uuid.UUID | None = None) -> int:
    """Withdraw a person's links of a scope, of one subject or of all; return how many."""
    query = update(PersonalLink).where(
        PersonalLink.person_id == person_id,
        PersonalLink.scope == scope,
        PersonalLink.revoked_at.is_(None),
    )
    if subject_id is not None:
        query = query.where(PersonalLink.subject_id == subject_id)
    with transaction():
        return db.session.execute(query.values(revoked_at=clock.now())).rowcount  # type: ignore[attr-defined,no-any-return]


def open_link(token: str, *, scope: str) -> PersonalLink:
    """Recognise a personal link and note that it was used.

    Raises:
        LinkInvalidError: no such link of this scope.
        LinkExpiredError: past its time, or withdrawn.

    """
    with transaction():
        link = queries.find_link(token)
        if link is None or link.scope != scope:
            raise LinkInvalidError
        now = clock.now()
        if link.revoked_at is not None or now >= link.expires_at:
            raise LinkExpiredError
        link.first_used_at = link.first_used_at or now
        link.last_used_at = now
    return link
