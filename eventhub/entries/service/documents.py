"""Handing in what the rounds ask for, and taking it back."""

from __future__ import annotations

import logging
import uuid
from typing import BinaryIO

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.errors import TooManyDocumentsError
from eventhub.entries.models import Document, Entry
from eventhub.entries.permissions import is_captain
from eventhub.entries.queries import papers
from eventhub.entries.service import blind_copies
from eventhub.entries.service.slots import DocumentSlot, SlotFile, list_slots
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.models import StoredFile, Upload
from eventhub.files.service import Bounds
from eventhub.i18n import _

log = logging.getLogger(__name__)

UPLOAD = "entry_document"  # the purpose of an upload in pieces


def add_document(
    entry_id: uuid.UUID,
    *,
    requirement_id: uuid.UUID,
    content: BinaryIO,
    name: str,
    by: Person,
    ordinal: int = 0,
) -> Document:
    """Keep a file as the newest version of a document; earlier versions stay.

    What the content is decides, not its name. It is read and kept before anything is locked.

    Args:
        entry_id: whose document.
        requirement_id: what is handed in.
        content: the bytes.
        name: what the file is called.
        by: the captain.
        ordinal: which of several files is replaced; 0 adds a further one where there is room,
            and replaces the only one where there is just one.

    Raises:
        NotFoundError: no such entry, requirement or file, or somebody else's.
        EntryLockedError, EntriesClosedError: the entry is not the captain's to change now.
        LateDocumentError, DocumentsDueError, NotInRoundError: the later round takes none.
        TooManyDocumentsError: all places are taken.
        EmptyFileError, FileTooLargeError, WrongFormatError, UnsafeFileError, StorageError:
            see ``files.service.keep``.

    """
    with transaction():
        slot = _get_slot(queries.get_entry(entry_id), requirement_id, by)
        _place(slot, ordinal)
        formats, bytes_max = slot.formats, slot.requirement.bytes_max
    kept = files.keep(content, name=name, formats=formats, bytes_max=bytes_max)
    with transaction():
        stored = files.record(kept, by=by)
        return _put(entry_id, requirement_id, ordinal, stored, by)


def check_upload(upload: Upload, by: Person) -> Bounds:
    """What an upload in pieces may be; see ``files.service.Purpose``."""
    slot = _get_slot(queries.get_entry(upload.subject_id), _requirement_of(upload), by)
    _place(slot, upload.ordinal)
    return Bounds(slot.formats, slot.requirement.bytes_max)


def finish_upload(upload: Upload, stored: StoredFile, by: Person) -> None:
    """Make a document of a file that came in pieces, under the same checks."""
    _put(upload.subject_id, _requirement_of(upload), upload.ordinal, stored, by)


def _requirement_of(upload: Upload) -> uuid.UUID:
    if upload.part_id is None:
        raise NotFoundError
    return upload.part_id


def _put(
    entry_id: uuid.UUID, requirement_id: uuid.UUID, ordinal: int, stored: StoredFile, by: Person
) -> Document:
    entry = queries.get_entry(entry_id, lock=True)
    slot = _get_slot(entry, requirement_id, by)
    place = _place(slot, ordinal)
    versions = [d.version for d in slot.versions if d.ordinal == place]
    document = Document(
        requirement_id=requirement_id,
        requirement=slot.requirement,
        ordinal=place,
        version=max(versions, default=0) + 1,
        file=stored,
        uploaded_by_id=by.id,
    )
    entry.documents.insert(0, document)
    db.session.flush()
    blind_copies.queue_for(document)
    log.info("document added", extra={"document_id": str(document.id)})
    return document


def remove_document(document_id: uuid.UUID, *, by: Person) -> Document:
    """Take a file back: it no longer counts, its versions stay. Twice changes nothing.

    Raises:
        NotFoundError: no such document, not its newest version, or somebody else's.
        EntryLockedError, EntriesClosedError, LateDocumentError, DocumentsDueError,
        NotInRoundError: as ``add_document``.

    """
    with transaction():
        entry_id = papers.get_document_of_entry(document_id).entry_id
        entry = queries.get_entry(entry_id, lock=True)
        document = queries.get_document(entry, document_id)
        slot = _get_slot(entry, document.requirement_id, by)
        if document not in [file.newest for file in slot.all_files]:
            raise NotFoundError
        if document.removed_at is None:
            document.removed_at = clock.now()
            facts = {"name": slot.requirement.name, "version": document.version}
            audit.record("entry.document_removed", entry, by=by, after=facts)
    return document


def _get_slot(entry: Entry, requirement_id: uuid.UUID, by: Person) -> DocumentSlot:
    if not is_captain(by, entry):
        raise NotFoundError
    slot = find_slot(entry, requirement_id)
    refusal = slot.obstacle(entry, clock.now())
    if refusal is not None:
        raise refusal
    return slot


def _place(slot: DocumentSlot, ordinal: int) -> int:
    """Which file of the document a new version becomes."""
    if ordinal:
        if all(file.ordinal != ordinal for file in slot.files):
            raise NotFoundError
        return ordinal
    if not slot.is_full:
        return slot.next_ordinal
    if slot.requirement.files_max == 1:
        return slot.files[0].ordinal
    raise TooManyDocumentsError(
        _(
            "“%(name)s”最多 %(count)s 份，请先移除一份，或用“换一版”替换其中一份。",
            name=slot.requirement.name,
            count=slot.requirement.files_max,
        )
    )


def find_slot(entry: Entry, requirement_id: uuid.UUID) -> DocumentSlot:
    """One document that is asked of an entry.

    Raises:
        NotFoundError: the competition does not ask for it.

    """
    for slot in list_slots(entry):
        if slot.requirement.id == requirement_id:
            return slot
    raise NotFoundError


def list_newest(entry: Entry) -> list[Document]:
    """The files of an entry that stand, in the order in which they are asked for."""
    found: dict[tuple[uuid.UUID, int], list[Document]] = {}
    for document in entry.documents:  # the highest version comes first
        found.setdefault((document.requirement_id, document.ordinal), []).append(document)
    files_ = [SlotFile(ordinal, versions) for (_key, ordinal), versions in found.items()]
    standing = [file.newest for file in files_ if not file.is_removed]
    return sorted(
        standing,
        key=lambda d: (d.requirement.round.position, d.requirement.position, d.ordinal),
    )
