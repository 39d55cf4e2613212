"""Keeping files by their content."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest

from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.files import service
from eventhub.files.errors import (
    EmptyFileError,
    FileLostError,
    FileTooLargeError,
    LockedFileError,
    StorageFullError,
    WrongFormatError,
)
from eventhub.files.models import FILE_NAME_MAX, StoredFile
from eventhub.files.storage import current_storage
from tests.factories.entries import make_pdf
from tests.factories.files import change_pdf, make_office

MB = 1_000_000


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


def path_of(stored: StoredFile) -> Path:
    path = current_storage().path(stored.sha256)
    assert path is not None
    return path


def left_over(app) -> list[Path]:
    return list((Path(app.config["FILES_DIR"]) / "incoming").glob("*"))


def test_what_is_something_else_is_refused_whatever_it_is_called(app):
    with pytest.raises(WrongFormatError) as refused:
        store(b"MZ no pdf", name="项目计划书.pdf")

    assert "项目计划书.pdf" in str(refused.value.message)
    assert "PDF" in str(refused.value.message)
    assert left_over(app) == []
    assert db.session.query(StoredFile).count() == 0


def test_a_locked_pdf_is_told_to_lose_its_password(app):
    with pytest.raises(LockedFileError) as refused:
        store(change_pdf(make_pdf(), "locked"))

    assert "去掉密码" in str(refused.value.message)
    assert left_over(app) == []


def test_a_file_is_kept_as_it_came(app):
    stored = store(make_pdf(), name="计划书.pdf")

    path = path_of(service.get_file(stored.id))
    assert path.read_bytes() == make_pdf()
    assert stored.size == len(make_pdf())
    assert stored.media_type == "application/pdf"
    assert path.name == stored.sha256
    assert path.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    assert left_over(app) == []


def test_the_same_content_is_kept_once_under_two_names(app):
    one, two = store(make_pdf(), name="一.pdf"), store(make_pdf(), name="二.pdf")

    assert one.id != two.id
    assert path_of(one) == path_of(two)
    assert {one.name, two.name} == {"一.pdf", "二.pdf"}


def test_the_format_is_told_by_content_among_several(app):
    stored = store(make_office("pptx"), name="展示.pdf", kinds=("pdf", "ppt", "pptx"))

    assert stored.media_type.endswith("presentationml.presentation")


def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not(app):
    size = len(make_pdf())
    store(make_pdf(), bytes_max=size)

    with pytest.raises(FileTooLargeError):
        store(make_pdf(), bytes_max=size - 1)
    assert left_over(app) == []


def test_the_limit_is_said_as_the_form_says_it(app):
    with pytest.raises(FileTooLargeError) as refused:
        store(b"%PDF-" + b"x" * 60_000_000, bytes_max=50 * 1024 * 1024)

    assert "52.4 MB" in str(refused.value.message)
    assert refused.value.status == 413


def test_nothing_is_no_file(app):
    with pytest.raises(EmptyFileError):
        store(b"")


def test_a_full_disk_is_told_before_anything_is_written(app, monkeypatch):
    monkeypatch.setattr(service.keeping, "SPARE", 1 << 60)

    with pytest.raises(StorageFullError) as refused:
        store(make_pdf())
    assert refused.value.status == 507
    assert left_over(app) == []


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
            store(make_pdf())
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
        (" 计划书.pdf. ", "计划书.pdf"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("长" * 300 + ".pdf", "长" * (FILE_NAME_MAX - 4) + ".pdf"),
        ("长" * 300, "长" * FILE_NAME_MAX),
    ],
)
def test_a_name_is_only_a_name(app, name, kept):
    assert store(make_pdf(), name=name).name == kept


def test_a_file_that_is_not_there_says_so(app):
    stored = store(make_pdf())
    path_of(stored).unlink()

    with pytest.raises(FileLostError):
        service.open_file(stored)


def test_an_unknown_file_is_not_found(app):
    with pytest.raises(NotFoundError):
        service.get_file(uuid.uuid4())


@pytest.mark.race
def test_many_upload_the_same_file_at_once(app, at_once):
    stored = at_once(*[lambda: store(make_pdf()).sha256] * 6)

    assert len(set(stored)) == 1
    kept = [p for p in Path(app.config["FILES_DIR"]).rglob("*") if p.is_file()]
    assert [p.read_bytes() for p in kept if p.name == stored[0]] == [make_pdf()]
    assert left_over(app) == []


# pages and pictures


def test_pages_are_drawn_once_and_kept_within_bounds(app, monkeypatch):
    from eventhub.files.service import previews

    stored = store(make_pdf(3))
    first = service.draw(stored, page=1, width=1000)
    assert first.name == "1-1200.webp"
    drawn = []
    monkeypatch.setattr(previews.sandbox, "run", lambda *args, **facts: drawn.append(args))
    assert service.draw(stored, page=1, width=1150) == first
    assert drawn == [], "a page that was drawn is not drawn again"
    monkeypatch.undo()
    with pytest.raises(NotFoundError):
        service.draw(stored, page=4, width=1000)

    service.draw(stored, page=2, width=1000)
    app.config["PREVIEW_CACHE_MB"], before = 0, app.config["PREVIEW_CACHE_MB"]
    try:
        assert previews.trim() >= 3
    finally:
        app.config["PREVIEW_CACHE_MB"] = before
    assert not first.exists()
    assert service.draw(stored, page=1, width=1000).exists()


def test_what_draws_too_much_at_once_asks_for_patience(app, monkeypatch):
    import threading

    from eventhub.files.errors import PreviewBusyError
    from eventhub.files.service import previews

    monkeypatch.setattr(previews, "PATIENCE", 0.01)
    monkeypatch.setattr(previews, "_turns", threading.BoundedSemaphore(1))
    stored = store(make_pdf(1))
    with previews._turns, pytest.raises(PreviewBusyError) as refused:
        service.draw(stored, page=1, width=1000)

    assert refused.value.status == 503
