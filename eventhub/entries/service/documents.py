"""Uploading what the rounds ask for."""

from __future__ import annotations

import logging
import uuid
from typing import BinaryIO

from eventhub.accounts.models import Person
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import DocumentRequirement
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, EntryState
from eventhub.entries.errors import EntryLockedError, LateDocumentError
from eventhub.entries.models import Document, Entry
from eventhub.entries.permissions import is_captain
from eventhub.entries.service.slots import list_slots
from eventhub.errors import NotFoundError
from eventhub.files import service as files

log = logging.getLogger(__name__)


def add_document(
    entry_id: uuid.UUID,
    *,
    requirement_id: uuid.UUID,
    content: BinaryIO,
    name: str,
    by: Person,
) -> Document:
    """Keep a file as the newest version of a document; earlier versions stay.

    What the content is decides, not its name. The file is read before anything is locked.

    Raises:
        NotFoundError: no such entry or requirement, or somebody else's.
        EntryLockedError: the entry is not the captain's to change now.
        LateDocumentError: the later round that asks for it is being judged already.
        EmptyFileError, FileTooLargeError, WrongFormatError: see ``files.service.store``.

    """
    with transaction():
        entry = queries.get_entry(entry_id)
        requirement = _get_requirement(entry, requirement_id, by)
        stored = files.store(
            content,
            name=name,
            formats=requirement.formats,
            bytes_max=requirement.bytes_max,
            by=by,
        )
        entry = queries.get_entry(entry_id, lock=True)
        _get_requirement(entry, requirement_id, by)
        newest = [d.version for d in entry.documents if d.requirement_id == requirement_id]
        document = Document(
            requirement_id=requirement_id,
            requirement=requirement,
            version=max(newest, default=0) + 1,
            file=stored,
            uploaded_by_id=by.id,
        )
        entry.documents.insert(0, document)
        db.session.flush()
    log.info("document added", extra={"document_id": str(document.id)})
    return document


def _get_requirement(entry: Entry, requirement_id: uuid.UUID, by: Person) -> DocumentRequirement:
    if not is_captain(by, entry):
        raise NotFoundError
    for slot in list_slots(entry):
        if slot.requirement.id == requirement_id:
            refuse_document(entry, slot.requirement, is_due=slot.is_due)
            return slot.requirement
    raise NotFoundError


def refuse_document(entry: Entry, requirement: DocumentRequirement, *, is_due: bool) -> None:
    """Refuse where a document cannot be added now.

    While the entry is being written, any can. Once it is approved, those of later rounds can,
    until their round opens for judging.

    Raises:
        EntryLockedError, LateDocumentError: as said.

    """
    if entry.state in EDITABLE:
        return
    if is_due or entry.state is not EntryState.APPROVED:
        raise EntryLockedError
    if requirement.round.state is not RoundState.DRAFT:
        raise LateDocumentError


def may_add(entry: Entry, requirement: DocumentRequirement, *, is_due: bool) -> bool:
    """Whether ``refuse_document`` would let it pass."""
    try:
        refuse_document(entry, requirement, is_due=is_due)
    except (EntryLockedError, LateDocumentError):
        return False
    return True
