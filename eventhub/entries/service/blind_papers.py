"""Documents of blind rounds: which copies there are, and what a judge may be given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from eventhub.circles.models import University
from eventhub.circles.reference import list_other_names
from eventhub.competitions.models import Round
from eventhub.domain import traces
from eventhub.entries.errors import NoBlindCopyError
from eventhub.entries.models import BlindCopy, Document, Entry
from eventhub.entries.queries import papers
from eventhub.errors import NotFoundError
from eventhub.files.models import StoredFile

PDF = "application/pdf"
WORD_MIN = 2  # a single character would cover half of every page
WAY = 2  # of looking for names; a copy made in an earlier way has to be made anew


def words_of(entry: Entry) -> list[str]:
    """What tells who made it: schools, members and advisers, by each name that they go by."""
    found: set[str] = set()
    for school in _schools(entry):
        others = [*school.aliases, *list_other_names(school.name)]
        found |= traces.of_school(school.name, others, school.email_domain or "")
    for name in _people(entry):
        found |= traces.of_person(name)
    for adviser in entry.advisers:
        found |= traces.of_school(adviser.organisation, (), "")
    found |= {member.student_number for member in entry.members}
    words = {word.strip() for word in found if len(word.strip()) >= WORD_MIN}
    return sorted(words, key=lambda word: (-len(word), word))


def _schools(entry: Entry) -> list[University]:
    found = (entry.university, *(member.university for member in entry.members))
    return [school for school in found if school is not None]


def _people(entry: Entry) -> list[str]:
    return [entry.captain.name, *(p.name for p in (*entry.members, *entry.advisers))]


def hash_of(entry: Entry) -> str:
    """Tells whether a copy was made of the same names, and in the present way, without a search."""
    facts = [
        WAY,
        sorted({school.name for school in _schools(entry)}),
        sorted({*_people(entry), *(member.student_number for member in entry.members)}),
        sorted({adviser.organisation for adviser in entry.advisers}),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


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
    return BlindPaper(document, find_copy(document))


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


def find_copy(document: Document) -> BlindCopy | None:
    """The copy of a document, if one was asked for."""
    return papers.list_blind_copies([document.id]).get(document.id)


def blind_name(document: Document) -> str:
    """A name that tells nothing: the entry's code and what it is."""
    number = f"-{document.ordinal}" if document.requirement.files_max > 1 else ""
    return f"{document.entry.code}-{document.requirement.name}{number}.pdf"


def get_blind_file(document: Document) -> StoredFile:
    """The copy of a document for the organiser, looked over or not.

    Raises:
        NoBlindCopyError: there is none.

    """
    copy = find_copy(document)
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
