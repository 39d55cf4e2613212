"""Copies of documents for judges who must not know whose they are.

A machine covers the words that it finds; a person looks each copy over before a judge sees it.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import NoBlindCopyError
from eventhub.entries.models import BlindCopy, Document, Entry
from eventhub.entries.queries import papers
from eventhub.errors import EventHubError, NotFoundError
from eventhub.files import sandbox
from eventhub.files import service as files
from eventhub.files.errors import BrokenFileError
from eventhub.files.models import StoredFile
from eventhub.i18n import _

log = logging.getLogger(__name__)

JOB = "entries.make_blind_copy"
PDF = "application/pdf"
BYTES_MAX = 1 << 30
SECONDS = 600
WORD_MIN = 2  # a single character would cover half of every page


def words_of(entry: Entry) -> list[str]:
    """What tells who made it: schools with their other names, members, advisers and theirs."""
    schools = [entry.university, *(member.university for member in entry.members)]
    found: list[str] = []
    for school in filter(None, schools):
        found += [school.name, *school.aliases]
    found.append(entry.captain.name)
    for member in entry.members:
        found += [member.name, member.student_number]
    for adviser in entry.advisers:
        found += [adviser.name, adviser.organisation]
    words = {word.strip() for word in found if len(word.strip()) >= WORD_MIN}
    return sorted(words, key=lambda word: (-len(word), word))


def hash_of(entry: Entry) -> str:
    """Tells whether a copy was made with the words as they are now."""
    return hashlib.sha256("\n".join(words_of(entry)).encode()).hexdigest()


@dataclass(frozen=True)
class BlindPaper:
    """A document of a blind round and how far its copy is."""

    document: Document
    copy: BlindCopy | None

    @property
    def is_stale(self) -> bool:
        """Whether the team has changed since it was made."""
        made = self.copy is not None and self.copy.file_id is not None
        return made and self.copy is not None and self.copy.words_hash != hash_of(self.entry)

    @property
    def entry(self) -> Entry:
        """Whose it is."""
        return self.document.entry

    @property
    def state(self) -> str:
        """``none``, ``making``, ``failed``, ``stale``, ``made`` or ``looked_over``."""
        if self.copy is None:
            return "none"
        if self.copy.failure:
            return "failed"
        if self.copy.file_id is None:
            return "making"
        if self.is_stale:
            return "stale"
        return "looked_over" if self.copy.looked_over_at else "made"

    @property
    def pages_for_eyes(self) -> list[int]:
        """The pages that could not be searched, or hold pictures."""
        notes = [line for line in self.copy.findings if "note" in line] if self.copy else []
        return sorted({int(line["page"]) for line in notes})


def list_blind_papers(round_: Round) -> list[BlindPaper]:
    """What judges of a blind round could be shown, with its copies, by requirement and entry."""
    requirements = {
        requirement.id
        for each in round_.competition.rounds
        if each.position <= round_.position
        for requirement in each.requirements
        if requirement.is_for_judges
    }
    documents = [
        document
        for document in papers.list_standing_documents(
            round_, requirements=requirements, with_team=True
        )
        if document.file.media_type == PDF
    ]
    copies = papers.list_blind_copies([document.id for document in documents])
    return [BlindPaper(document, copies.get(document.id)) for document in documents]


def get_blind_paper(document: Document) -> BlindPaper:
    """A document and how far its copy is."""
    return BlindPaper(document, _find(document.id))


def blind_round_of(document: Document) -> Round | None:
    """The first blind round whose judges are shown the document."""
    asked = document.requirement
    for round_ in document.entry.competition.rounds:
        if asked.is_for_judges and round_.is_blind and round_.position >= asked.round.position:
            return round_
    return None


def find_next_blind(document: Document) -> Document | None:
    """The next document of the same round whose copy waits to be looked over."""
    round_ = blind_round_of(document)
    waiting = [p for p in list_blind_papers(round_) if p.state == "made"] if round_ else []
    return waiting[0].document if waiting else None


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
        copy.failure = "" if kept else _("这份 PDF 无法处理，请让团队重新导出后再上传。")
        copy.findings, copy.words_hash = findings, digest
        copy.looked_over_at, copy.looked_over_by_id = None, None
        db.session.add(copy)


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
                )
            except sandbox.JobFailedError:
                raise BrokenFileError from None
        kept = files.keep_path(target, name=name, formats=["pdf"], bytes_max=BYTES_MAX)
    return found["findings"], kept


def blind_name(document: Document) -> str:
    """A name that tells nothing: the entry's code and what it is."""
    number = f"-{document.ordinal}" if document.requirement.files_max > 1 else ""
    return f"{document.entry.code}-{document.requirement.name}{number}.pdf"


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


def get_blind_file(document: Document) -> StoredFile:
    """The copy of a document for the organiser, looked over or not.

    Raises:
        NoBlindCopyError: there is none.

    """
    copy = _find(document.id)
    if copy is None or copy.file is None:
        raise NoBlindCopyError
    return copy.file


@dataclass(frozen=True)
class ReadyPaper:
    """A document as a judge may be given it, and what it is called."""

    document: Document
    file: StoredFile
    name: str


def judge_file(document: Document, round_: Round) -> ReadyPaper:
    """What a judge of this round may be given of a document: in a blind one its blind copy.

    Raises:
        NotFoundError: judges do not see this kind of document, or not in a blind round.
        NoBlindCopyError: its copy has not been looked over.

    """
    shown = judge_papers([document], round_)
    if not shown or document.removed_at is not None:
        raise NotFoundError
    if shown[0].file is None:
        raise NoBlindCopyError
    return ReadyPaper(document, shown[0].file, shown[0].name)


@dataclass(frozen=True)
class JudgePaper:
    """A document as a judge of a round sees it; without ``file`` its blind copy is not ready."""

    document: Document
    file: StoredFile | None
    name: str


def judge_papers(documents: Iterable[Document], round_: Round) -> list[JudgePaper]:
    """The documents of one entry that a judge of this round may be given, in their order."""
    shown = [document for document in documents if document.requirement.is_for_judges]
    if not round_.is_blind:
        return [JudgePaper(document, document.file, document.file.name) for document in shown]
    shown = [document for document in shown if document.file.media_type == PDF]
    copies = papers.list_blind_copies([document.id for document in shown])
    found = []
    for document in shown:
        paper = BlindPaper(document, copies.get(document.id))
        is_ready = paper.state == "looked_over" and paper.copy is not None
        file = paper.copy.file if is_ready and paper.copy else None
        found.append(JudgePaper(document, file, blind_name(document)))
    return found
