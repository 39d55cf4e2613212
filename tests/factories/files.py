"""Real files of each format, small, and those that nobody should take."""

from __future__ import annotations

import io
import lzma
import os
import struct
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
PARTS = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def make_zip(entries: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    """An archive of these entries."""
    out = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_office(kind: str, **more: bytes | str) -> bytes:
    """A file of a newer office format; ``more`` are further parts, ``__`` for a slash."""
    parts = {name.replace("__", "/"): content for name, content in more.items()}
    return make_zip({"[Content_Types].xml": CONTENT_TYPES, PARTS[kind]: "<x/>", **parts})


def make_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "#0b4f86").save(out, kind)
    return out.getvalue()


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def make_mp4(payload: bytes = b"\0" * 64, *, brand: bytes = b"isom") -> bytes:
    """A film with one track and no picture in it."""
    track = box(b"trak", box(b"tkhd", b"\0" * 84))
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + b"isommp42")
        + box(b"moov", box(b"mvhd", b"\0" * 100) + track)
        + box(b"mdat", payload)
    )


def make_ole(*names: str, content: bytes = b"") -> bytes:
    """An old office file whose directory holds streams of these names."""
    sector = 512
    entries = [_entry("Root Entry", 5)] + [_entry(name, 2) for name in names]
    entries += [b"\0" * 128] * (-len(entries) % 4)
    directory = b"".join(entries)
    count = len(directory) // sector
    body = content.ljust(-(-max(1, len(content)) // sector) * sector, b"\0")
    chain = [*range(2, 1 + count), 0xFFFFFFFE]
    table = [0xFFFFFFFD, *chain, *[0xFFFFFFFE] * (len(body) // sector)]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(sector, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + fat + directory + body


def _entry(name: str, kind: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (text.ljust(64, b"\0") + struct.pack("<HB", len(text), kind)).ljust(128, b"\0")


def make_text_pdf(*pages: str) -> bytes:
    """A PDF with a page for each text of Latin letters."""
    pdf = FPDF(format="A4")
    pdf.set_font("helvetica", size=14)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def make_chinese_pdf(*pages: str) -> bytes:
    """A PDF with a page for each text, in a font of our own that every page carries."""
    pdf = FPDF(format="A4")
    pdf.add_font("kai", fname=_chinese_font())
    pdf.set_font("kai", size=18)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 12, text)
    return bytes(pdf.output())


@lru_cache(maxsize=1)
def _chinese_font() -> Path:
    """The font of the certificates, unpacked."""
    packed = files("eventhub.outcomes") / "fonts" / "kai.ttf.xz"
    path = Path(tempfile.gettempdir()) / "eventhub-tests-kai.ttf"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(lzma.decompress(packed.read_bytes()))
        draft.replace(path)
    return path


def change_pdf(content: bytes, change: str) -> bytes:
    """A PDF to which something was done that nobody should take."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    if change == "locked":
        writer.encrypt("secret")
    elif change == "attachment":
        writer.add_attachment("list.txt", b"names")
    elif change == "script":
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
        names = {"/Names": ArrayObject([TextStringObject("x"), _dictionary(action)])}
        writer._root_object[NameObject("/Names")] = _dictionary({"/JavaScript": _dictionary(names)})
    elif change == "launch":
        action = {"/S": NameObject("/Launch"), "/F": TextStringObject("a.exe")}
        writer._root_object[NameObject("/OpenAction")] = _dictionary(action)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _dictionary(facts: Mapping[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in facts.items()})
