"""All certificates of a list as one zip, streamed: nothing of it lies on a disk or in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flask import Response
from zipstream import ZIP_STORED, ZipStream

from eventhub.competitions.models import Round
from eventhub.domain import codes
from eventhub.files import service as files
from eventhub.files.models import StoredFile
from eventhub.i18n import _
from eventhub.outcomes.models import Certificate

BLOCK = 1 << 18
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def stream_certificates(round_: Round, certificates: Sequence[Certificate]) -> Response:
    """Named by award, project and number."""
    archive = ZipStream(compress_type=ZIP_STORED, sized=False)
    for certificate in certificates:
        assert certificate.file is not None
        archive.add(_content(certificate.file), _name(certificate))
    title = _safe(f"{round_.competition.event.title}-{round_.name}-{_('证书')}.zip")
    response = Response(archive, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=title)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _content(stored: StoredFile) -> Iterator[bytes]:
    with files.open_file(stored) as content:
        while block := content.read(BLOCK):
            yield block


def _name(certificate: Certificate) -> str:
    facts = certificate.facts
    number = codes.format_code(certificate.number)
    return _safe(f"{facts['award']}-{facts['project']}-{number}.pdf")


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name).strip(" .")[:150]
