"""Every document of a round as one archive, streamed and never whole in memory or on disk."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from zipstream import ZipStream

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.models import DocumentRequirement, Round
from eventhub.db import transaction
from eventhub.domain import naming
from eventhub.entries.models import Document
from eventhub.entries.queries import papers
from eventhub.entries.service.blind_papers import list_blind_papers
from eventhub.entries.service.order import order_of
from eventhub.files.formats import ENDINGS
from eventhub.files.models import StoredFile
from eventhub.files.storage import Storage, current_storage
from eventhub.i18n import _
from eventhub.web.downloads import workbook
from eventhub.web.jinja import show_datetime

log = logging.getLogger(__name__)

BLOCK = 1 << 18


@dataclass(frozen=True)
class Archive:
    """What leaves: the name, its size in bytes, and the stream of it."""

    name: str
    size: int
    stream: Iterator[bytes]


@dataclass(frozen=True)
class _Line:
    """One file of the archive; ``path`` is empty where its content is lost."""

    path: str
    document: Document
    file: StoredFile
    order: str


def pack_documents(
    round_: Round,
    *,
    by: Person,
    requirement_id: uuid.UUID | None = None,
    is_blind: bool = False,
) -> Archive:
    """The documents of a round's participants, named by the rules of its requirements.

    With ``is_blind`` the blind copies that were looked over instead. A table of all files with
    their sha-256 comes first; a file whose content is lost is named there and left out.
    """
    with transaction():
        found = _blind_files(round_) if is_blind else _files(round_, requirement_id)
        lines = _name(found, round_, is_blind=is_blind)
        facts = {"count": len(lines), "blind": is_blind}
        audit.record("round.documents_downloaded", round_, by=by, after=facts)
        stream = ZipStream(sized=True)
        table = _table(lines, is_blind=is_blind)
        stream.add(table, _("清单.xlsx"))
        storage = current_storage()
        for line in lines:
            if line.path:
                content = _Content(storage, line.file.sha256, line.file.size)
                stream.add(content, line.path, size=line.file.size)
        return Archive(_archive_name(round_, is_blind), len(stream), iter(stream))


def _files(round_: Round, requirement_id: uuid.UUID | None) -> list[tuple[Document, StoredFile]]:
    chosen = [r.id for r in round_.requirements if requirement_id in {None, r.id}]
    documents = papers.list_standing_documents(round_, requirements=chosen)
    return [(document, document.file) for document in documents]


def _blind_files(round_: Round) -> list[tuple[Document, StoredFile]]:
    return [
        (paper.document, paper.copy.file)
        for paper in list_blind_papers(round_)
        if paper.state == "looked_over" and paper.copy is not None and paper.copy.file is not None
    ]


def _name(
    found: Sequence[tuple[Document, StoredFile]], round_: Round, *, is_blind: bool
) -> list[_Line]:
    """Give each file its path, no two the same; those that are lost none."""
    entries = {document.entry_id: document.entry for document, _file in found}
    order = order_of(round_, list(entries.values()))
    lost = _lost({file.sha256 for _document, file in found})
    folders = _folders([document.requirement for document, _file in found])
    found = sorted(
        found, key=lambda pair: (folders[pair[0].requirement_id], order[pair[0].entry_id])
    )
    wanted = [
        folders[document.requirement_id]
        + naming.file_name(
            _blind_rule(document) if is_blind else document.requirement.naming,
            facts_of(document, order[document.entry_id]),
            ENDINGS.get(file.media_type, "bin"),
        )
        for document, file in found
    ]
    return [
        _Line("" if file.sha256 in lost else path, document, file, order[document.entry_id])
        for path, (document, file) in zip(naming.distinct(wanted), found, strict=True)
    ]


def _blind_rule(document: Document) -> str:
    """Neither project nor school nor person."""
    return "{order}+{code}" + ("+{number}" if document.requirement.files_max > 1 else "")


def _folders(requirements: Sequence[DocumentRequirement]) -> dict[uuid.UUID, str]:
    """A folder for each requirement, where there are several."""
    distinct = {requirement.id: requirement for requirement in requirements}
    if len(distinct) < 2:
        return dict.fromkeys(distinct, "")
    ordered = sorted(distinct.values(), key=lambda r: (r.round.position, r.position, r.key))
    return {
        requirement.id: f"{number:02}-{naming.safe_name(requirement.name)}/"
        for number, requirement in enumerate(ordered, start=1)
    }


def facts_of(document: Document, order: str) -> dict[str, str]:
    """What a rule's placeholders stand for."""
    entry = document.entry
    return {
        "order": order,
        "code": entry.code,
        "project": entry.name,
        "school": entry.university.name if entry.university else "",
        "captain": entry.captain.name,
        "group": entry.group.name,
        "document": document.requirement.name,
        "number": str(document.ordinal),
    }


def _lost(keys: set[str]) -> set[str]:
    """Those whose content is not there."""
    storage = current_storage()
    with ThreadPoolExecutor(8) as pool:
        sizes = pool.map(storage.size, keys)
        lost = {key for key, size in zip(keys, sizes, strict=True) if size is None}
    if lost:
        log.error("contents are lost", extra={"count": len(lost)})
    return lost


class _Content:
    """The blocks of a file, read when the archive comes to it."""

    def __init__(self, storage: Storage, key: str, size: int) -> None:
        self.storage, self.key, self.size = storage, key, size

    def __iter__(self) -> Iterator[bytes]:
        with self.storage.open(self.key) as content:
            while block := content.read(BLOCK):
                yield block


def _table(lines: Sequence[_Line], *, is_blind: bool) -> bytes:
    head: list[str] = [
        _("顺序"), _("文件"), _("项目编号"), _("材料"), _("版本"), _("字节数"), _("SHA-256"),
        _("上传时间"), _("状态"),
    ]  # fmt: skip
    if not is_blind:
        head[3:3] = [_("项目名称"), _("学校"), _("负责人"), _("组别")]
    rows = [_row(line, is_blind=is_blind) for line in lines]
    return workbook([(_("清单"), head, rows)]).getvalue()


def _row(line: _Line, *, is_blind: bool) -> list[Any]:
    entry = line.document.entry
    who = [entry.name, entry.university.name if entry.university else "", entry.captain.name]
    return [
        line.order,
        line.path,
        entry.code,
        *([] if is_blind else [*who, entry.group.name]),
        line.document.requirement.name,
        line.document.version,
        line.file.size,
        line.file.sha256,
        show_datetime(line.document.created_at),
        _("已放入") if line.path else _("内容缺失，请联系管理员"),
    ]


def _archive_name(round_: Round, is_blind: bool) -> str:
    title = naming.safe_name(f"{round_.competition.event.title}-{round_.name}")
    return f"{title}-{_('盲评材料') if is_blind else _('材料')}.zip"
