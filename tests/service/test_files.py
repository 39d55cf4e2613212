"""Files: known by their content, kept by their content."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.files import formats, service
from eventhub.files.errors import (
    EmptyFileError,
    FileLostError,
    FileTooLargeError,
    WrongFormatError,
)
from eventhub.files.models import FILE_NAME_MAX, StoredFile
from tests.factories.entries import make_pdf

MB = 1_000_000


def office(member: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, "<x/>")
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, kind)
    return out.getvalue()


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=10, height=10)
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * (1 << 20) + stream.encode("utf-16-le")


SAMPLES = {
    "pdf": make_pdf(),
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "mp4": b"\0\0\0\x18ftypisom" + b"\0" * 40,
    "pptx": office("ppt/presentation.xml"),
    "docx": office("word/document.xml"),
    "xlsx": office("xl/workbook.xml"),
    "ppt": ole("PowerPoint Document"),
    "doc": ole("WordDocument"),
    "zip": office("anything.txt"),
}


def store(
    content: bytes,
    *,
    name: str = "计划书.pdf",
    kinds: tuple[str, ...] = ("pdf",),
    bytes_max: int = MB,
) -> StoredFile:
    return service.store(
        io.BytesIO(content), name=name, formats=kinds, bytes_max=bytes_max, by=None
    )


def left_over(app) -> list[Path]:
    return [path for path in Path(app.config["FILES_DIR"]).glob("tmp*") if path.is_file()]


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_format_is_known_by_its_content(kind):
    assert formats.recognise(io.BytesIO(SAMPLES[kind]), [kind]) == kind
    assert kind in formats.MEDIA_TYPES


@pytest.mark.parametrize("kind", SAMPLES)
def test_no_format_is_taken_for_another(kind):
    containers = {"zip"} if kind in {"pptx", "docx", "xlsx"} else set()
    for asked in set(SAMPLES) - {kind} - containers:
        assert formats.recognise(io.BytesIO(SAMPLES[kind]), [asked]) is None, asked


def test_the_stream_is_left_at_its_start():
    content = io.BytesIO(SAMPLES["pdf"])
    formats.recognise(content, ["png", "pdf"])

    assert content.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 only a claim",
        b"%PDF-1.7\n" + b"\xff" * 5000,
        b"MZ executable",
        b"<html><script>alert(1)</script></html>",
        b" " + SAMPLES["pdf"],
        SAMPLES["pdf"][: len(SAMPLES["pdf"]) // 3],
        b"%PDF-1.4\ntrailer<</Root 1 0 R/Prev 0>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_what_is_no_pdf_is_refused_whatever_it_is_called(app, content):
    with pytest.raises(WrongFormatError) as refused:
        store(content, name="项目计划书.pdf")

    assert "项目计划书.pdf" in str(refused.value.message)
    assert "PDF" in str(refused.value.message)
    assert left_over(app) == []
    assert db.session.query(StoredFile).count() == 0


def test_a_locked_pdf_is_a_pdf(app):
    assert store(locked_pdf()).media_type == "application/pdf"


def test_a_file_is_kept_as_it_came(app):
    stored = store(SAMPLES["pdf"], name="计划书.pdf")

    path = service.path_of(service.get_file(stored.id))
    assert path.read_bytes() == SAMPLES["pdf"]
    assert stored.size == len(SAMPLES["pdf"])
    assert stored.media_type == "application/pdf"
    assert path.name == stored.sha256
    assert path.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    assert left_over(app) == []


def test_the_same_content_is_kept_once_under_two_names(app):
    one, two = store(SAMPLES["pdf"], name="一.pdf"), store(SAMPLES["pdf"], name="二.pdf")

    assert one.id != two.id
    assert service.path_of(one) == service.path_of(two)
    assert {one.name, two.name} == {"一.pdf", "二.pdf"}


def test_the_format_is_told_by_content_among_several(app):
    stored = store(SAMPLES["pptx"], name="展示.pdf", kinds=("pdf", "ppt", "pptx"))

    assert stored.media_type.endswith("presentationml.presentation")


def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not(app):
    size = len(SAMPLES["pdf"])
    store(SAMPLES["pdf"], bytes_max=size)

    with pytest.raises(FileTooLargeError):
        store(SAMPLES["pdf"], bytes_max=size - 1)
    assert left_over(app) == []


def test_the_limit_is_said_as_the_form_says_it(app):
    with pytest.raises(FileTooLargeError) as refused:
        store(b"%PDF-" + b"x" * 60_000_000, bytes_max=50 * 1024 * 1024)

    assert "52.4 MB" in str(refused.value.message)
    assert refused.value.status == 413


def test_nothing_is_no_file(app):
    with pytest.raises(EmptyFileError):
        store(b"")


def test_a_stream_that_breaks_leaves_nothing_behind(app):
    class Broken(io.BytesIO):
        def read(self, *_args: object) -> bytes:
            raise OSError("connection reset")

    with pytest.raises(OSError, match="reset"):
        service.store(Broken(), name="x.pdf", formats=["pdf"], bytes_max=MB, by=None)
    assert left_over(app) == []


def test_a_deed_that_fails_leaves_no_row(app):
    def deed() -> None:
        with transaction():
            store(SAMPLES["pdf"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()

    assert db.session.query(StoredFile).count() == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\田佳\\计划书.pdf", "计划书.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("𠮷·阿卜杜拉🎉.pdf", "𠮷·阿卜杜拉🎉.pdf"),
        ("", "file"),
        ("/", "file"),
        ("长" * 300 + ".pdf", "长" * (FILE_NAME_MAX - 4) + ".pdf"),
        ("长" * 300, "长" * FILE_NAME_MAX),
    ],
)
def test_a_name_is_only_a_name(app, name, kept):
    assert store(SAMPLES["pdf"], name=name).name == kept


def test_a_file_that_is_not_there_says_so(app):
    stored = store(SAMPLES["pdf"])
    service.path_of(stored).unlink()

    with pytest.raises(FileLostError):
        service.path_of(stored)


def test_an_unknown_file_is_not_found(app):
    with pytest.raises(NotFoundError):
        service.get_file(uuid.uuid4())


@pytest.mark.race
def test_many_upload_the_same_file_at_once(app, at_once):
    stored = at_once(*[lambda: store(SAMPLES["pdf"]).sha256] * 6)

    assert len(set(stored)) == 1
    kept = [p for p in Path(app.config["FILES_DIR"]).rglob("*") if p.is_file()]
    assert [p.read_bytes() for p in kept if p.name == stored[0]] == [SAMPLES["pdf"]]
    assert left_over(app) == []
