"""Making copies of documents for judges who must not know whose they are.

A machine covers the words that it finds; a person looks each copy over before a judge sees it.
"""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import NoBlindCopyError
from eventhub.entries.models import BlindCopy, Document
from eventhub.entries.queries import papers
from eventhub.entries.service.blind_papers import (
    PDF,
    BlindPaper,
    blind_name,
    blind_round_of,
    hash_of,
    list_blind_papers,
    words_of,
)
from eventhub.errors import EventHubError, NotFoundError
from eventhub.files import sandbox
from eventhub.files import service as files
from eventhub.files.errors import BrokenFileError
from eventhub.i18n import _

log = logging.getLogger(__name__)

JOB = "entries.make_blind_copy"
BYTES_MAX = 1 << 30
SECONDS = 180
PAGES_MAX = 200  # of a document that a copy is made of


def queue_for(document: Document) -> None:
    """Have a copy made, inside the transaction that adds a document to an approved entry.

    While a team still writes it would be made in vain; the organiser has those made together.
    """
    is_wanted = document.file.media_type == PDF and blind_round_of(document) is not None
    if is_wanted and document.entry.state is EntryState.APPROVED:
        _queue(document.id)


def make_missing(round_: Round, *, by: Person) -> int:
    """Have the copies of a round made that are not there, failed or are out of date.

    Returns:
        How many were queued.

    """
    with transaction():
        lacking = [p for p in list_blind_papers(round_) if p.state in {"none", "failed", "stale"}]
        for paper in lacking:
            _queue(paper.document.id)
        if lacking:
            facts = {"count": len(lacking)}
            audit.record("round.blind_copies_made", round_, by=by, after=facts)
    return len(lacking)


def remake(document_id: uuid.UUID, *, by: Person) -> None:
    """Have one copy made anew; until it is looked over again no judge sees it."""
    with transaction():
        document = papers.get_document_of_entry(document_id, lock=True)
        _queue(document.id)
        audit.record("entry.blind_copy_remade", document.entry, by=by, after=_facts(document))


def _queue(document_id: uuid.UUID) -> None:
    copy = _find(document_id) or BlindCopy(document_id=document_id)
    copy.file, copy.failure, copy.findings = None, "", []
    copy.looked_over_at, copy.looked_over_by_id = None, None
    db.session.add(copy)
    queue.defer(JOB, document_id=str(document_id))


def _find(document_id: uuid.UUID) -> BlindCopy | None:
    return papers.list_blind_copies([document_id]).get(document_id)


def make(document_id: uuid.UUID) -> None:
    """Make the copy of a document: the body of the job. No transaction is open meanwhile."""
    try:
        with transaction():
            document = papers.get_document_of_entry(document_id)
            sha256, words = document.file.sha256, words_of(document.entry)
            name, digest = blind_name(document), hash_of(document.entry)
    except NotFoundError:
        return
    try:
        findings, kept = _cover(sha256, words, name)
    except EventHubError as failure:
        log.warning("no blind copy", extra={"document_id": str(document_id), "code": failure.code})
        findings, kept = [], None
    with transaction():
        papers.get_document_of_entry(document_id, lock=True)
        copy = _find(document_id) or BlindCopy(document_id=document_id)
        copy.file = files.record(kept, by=None) if kept else None
        copy.failure = "" if kept else _failure()
        copy.findings, copy.words_hash = findings, digest
        copy.looked_over_at, copy.looked_over_by_id = None, None
        db.session.add(copy)


def _failure() -> str:
    words = _(
        "这份 PDF 无法处理：文件损坏，或超过 %(count)s 页。请让团队重新导出后再上传。",
        count=PAGES_MAX,
    )
    return str(words)


def _cover(
    sha256: str, words: Sequence[str], name: str
) -> tuple[list[dict[str, object]], files.Kept]:
    with tempfile.TemporaryDirectory(dir=files.incoming()) as folder:
        target = Path(folder) / "copy.pdf"
        with files.local_copy(sha256) as path:
            try:
                found = sandbox.run(
                    "cover",
                    seconds=SECONDS,
                    path=str(path),
                    words=list(words),
                    target=str(target),
                    pages_max=PAGES_MAX,
                )
            except sandbox.JobFailedError:
                raise BrokenFileError from None
        kept = files.keep_path(target, name=name, formats=["pdf"], bytes_max=BYTES_MAX)
    return found["findings"], kept


def look_over(document_id: uuid.UUID, *, by: Person) -> BlindCopy:
    """Stand in for a copy: from now on judges see it. Twice changes nothing.

    Raises:
        NoBlindCopyError: there is none, or the team has changed since.

    """
    with transaction():
        document = papers.get_document_of_entry(document_id, lock=True)
        copy = _find(document_id)
        paper = BlindPaper(document, copy)
        if copy is None or paper.state not in {"made", "looked_over"}:
            raise NoBlindCopyError
        if copy.looked_over_at is None:
            copy.looked_over_at, copy.looked_over_by_id = clock.now(), by.id
            audit.record(
                "entry.blind_copy_looked_over", document.entry, by=by, after=_facts(document)
            )
    return copy


def _facts(document: Document) -> dict[str, object]:
    return {"name": document.requirement.name, "version": document.version}
