"""Files in pieces: offsets, broken lines, two at once, what is left and what they become."""

from __future__ import annotations

import io
import threading
import uuid
from pathlib import Path

import pytest
from werkzeug.exceptions import ClientDisconnected

from eventhub.db import db, transaction
from eventhub.errors import ConflictError, NotFoundError
from eventhub.files import errors, service
from eventhub.files.jobs import forget_expired
from eventhub.files.models import StoredFile, Upload
from eventhub.files.service import Bounds, Purpose, uploads
from eventhub.files.service import pieces as pieces_
from tests.factories import make_person
from tests.factories.entries import make_pdf

SUBJECT = uuid.UUID(int=7)


class Desk:
    """A purpose for tests: what it takes, and what came of it."""

    def __init__(self) -> None:
        self.bounds = Bounds(["pdf"], 10**6)
        self.refusal: Exception | None = None
        self.used: list[str] = []

    def check(self, _upload: Upload, _by: object) -> Bounds:
        if self.refusal is not None:
            raise self.refusal
        return self.bounds

    def finish(self, upload: Upload, stored: StoredFile, _by: object) -> None:
        if upload.name == "late.pdf":
            raise ConflictError("已经截止。")
        self.used.append(stored.sha256)


@pytest.fixture
def desk(app):
    for left in pieces(app):
        left.unlink()
    made = Desk()
    service.add_purpose(app, "test", Purpose(made.check, made.finish))
    yield made
    del app.extensions["upload_purposes"]["test"]


@pytest.fixture
def ann(app):
    return make_person("安娜")


def start(by, size: int, *, name: str = "a.pdf", **changes) -> Upload:
    facts = {"purpose": "test", "subject_id": SUBJECT, "part_id": None, "ordinal": 0, **changes}
    return service.start_upload(name=name, size=size, by=by, **facts)


def send(upload_id, offset: int, content: bytes, by) -> tuple[int, int]:
    return service.continue_upload(upload_id, offset=offset, stream=io.BytesIO(content), by=by)


def pieces(app) -> list[Path]:
    return list((Path(app.config["FILES_DIR"]) / "incoming").glob("*"))


def test_pieces_make_the_file_and_the_file_is_used_once(app, desk, ann):
    content = make_pdf(5)
    upload = start(ann, len(content))
    assert send(upload.id, 0, content[:300], ann) == (300, len(content))
    assert desk.used == []

    send(upload.id, 300, content[300:], ann)

    stored = service.get_upload(upload.id, by=ann).file
    assert stored is not None
    with service.open_file(stored) as kept:
        assert kept.read() == content
    assert stored.uploaded_by_id == ann.id
    send(upload.id, len(content), b"", ann)  # asks once more, as after a lost answer
    assert desk.used == [stored.sha256]
    assert pieces(app) == []


def test_a_broken_line_keeps_what_had_come(app, desk, ann):
    class Line(io.BytesIO):
        def read(self, *_args: object) -> bytes:
            block = super().read(200)
            if not block:
                raise ClientDisconnected
            return block

    content = make_pdf(5)
    upload = start(ann, len(content))
    received, _size = service.continue_upload(
        upload.id, offset=0, stream=Line(content[:500]), by=ann
    )
    assert received == 500

    send(upload.id, 500, content[500:], ann)
    assert len(desk.used) == 1


def test_a_piece_that_does_not_follow_is_refused(desk, ann):
    content = make_pdf()
    upload = start(ann, len(content))
    send(upload.id, 0, content[:100], ann)

    for offset in (0, 50, 101):
        with pytest.raises(errors.WrongOffsetError) as refused:
            send(upload.id, offset, b"x", ann)
        assert refused.value.status == 409
    assert service.get_upload(upload.id, by=ann).received == 100


def test_more_bytes_than_announced_are_refused(app, desk, ann):
    upload = start(ann, 100)

    with pytest.raises(errors.FileTooLargeError) as refused:
        send(upload.id, 0, b"x" * 101, ann)

    assert refused.value.status == 413
    assert service.get_upload(upload.id, by=ann).received == 0


def test_a_file_too_large_is_refused_before_its_first_byte(desk, ann):
    with pytest.raises(errors.FileTooLargeError):
        start(ann, desk.bounds.bytes_max + 1)
    with pytest.raises(errors.EmptyFileError):
        start(ann, 0)
    assert db.session.query(Upload).count() == 0


def test_an_upload_is_its_owner_s_alone(desk, ann, nell):
    upload = start(ann, 100)

    for deed in (
        lambda: service.get_upload(upload.id, by=nell),
        lambda: send(upload.id, 0, b"x", nell),
        lambda: service.cancel_upload(upload.id, by=nell),
        lambda: service.get_upload(uuid.uuid4(), by=ann),
        lambda: start(ann, 10, purpose="nothing"),
    ):
        with pytest.raises(NotFoundError):
            deed()


def test_a_refusal_at_the_end_is_kept_and_told(app, desk, ann):
    upload = start(ann, 9, name="计划书.pdf")
    with pytest.raises(errors.WrongFormatError):
        send(upload.id, 0, b"MZ no pdf", ann)

    told = service.get_upload(upload.id, by=ann)
    assert "的内容不是 PDF" in (told.refusal or "")
    assert told.file is None
    assert pieces(app) == []
    with pytest.raises(errors.UploadOverError) as refused:
        send(upload.id, 9, b"", ann)
    assert "的内容不是 PDF" in str(refused.value.message)


def test_what_the_world_refuses_at_the_end_leaves_no_file(app, desk, ann):
    content = make_pdf()
    upload = start(ann, len(content), name="late.pdf")
    with pytest.raises(ConflictError):
        send(upload.id, 0, content, ann)

    assert service.get_upload(upload.id, by=ann).refusal == "已经截止。"
    assert db.session.query(StoredFile).count() == 0


def test_a_deadline_that_passes_meanwhile_refuses_before_the_content_is_read(desk, ann):
    upload = start(ann, 9)
    desk.refusal = ConflictError("已经截止。")

    with pytest.raises(ConflictError, match="conflict"):
        send(upload.id, 0, b"MZ no pdf", ann)


def test_a_storage_that_is_down_loses_no_byte(app, desk, ann, monkeypatch):
    content = make_pdf()
    upload = start(ann, len(content))

    def fail(*_args: object) -> None:
        raise errors.StorageError

    monkeypatch.setattr("eventhub.files.storage.LocalStorage.put", fail)
    with pytest.raises(errors.StorageError):
        send(upload.id, 0, content, ann)
    told = service.get_upload(upload.id, by=ann)
    assert (told.received, told.refusal, told.file) == (len(content), None, None)
    monkeypatch.undo()

    send(upload.id, len(content), b"", ann)
    assert len(desk.used) == 1


def test_bytes_behind_the_last_commit_are_cut_off(app, desk, ann):
    """A process that died after writing and before committing leaves a longer file."""
    content = make_pdf(4)
    upload = start(ann, len(content))
    send(upload.id, 0, content[:100], ann)
    with uploads.pieces_of(upload.id).open("ab") as whole:
        whole.write(b"of a piece that was never committed")

    send(upload.id, 100, content[100:], ann)
    assert len(desk.used) == 1


def test_lost_pieces_end_the_upload(desk, ann):
    upload = start(ann, 1000)
    send(upload.id, 0, b"x" * 100, ann)
    uploads.pieces_of(upload.id).unlink()

    with pytest.raises(errors.UploadGoneError) as refused:
        service.get_upload(upload.id, by=ann)
    assert refused.value.status == 410


def test_cancelling_forgets_the_pieces_and_keeps_a_finished_file(app, desk, ann):
    upload = start(ann, 1000)
    send(upload.id, 0, b"x" * 100, ann)
    service.cancel_upload(upload.id, by=ann)
    assert pieces(app) == []
    with pytest.raises(NotFoundError):
        service.get_upload(upload.id, by=ann)

    content = make_pdf()
    done = start(ann, len(content))
    send(done.id, 0, content, ann)
    service.cancel_upload(done.id, by=ann)
    assert db.session.query(StoredFile).count() == 1


def test_what_nobody_continues_is_deleted(app, desk, ann, time):
    old, fresh = start(ann, 1000, name="old.pdf"), start(ann, 1000, name="fresh.pdf")
    send(old.id, 0, b"x", ann)
    time.move(hours=47)
    send(fresh.id, 0, b"y", ann)
    time.move(hours=2)

    forget_expired()

    assert [u.name for u in db.session.query(Upload)] == ["fresh.pdf"]
    assert pieces(app) == [uploads.pieces_of(fresh.id)]
    with pytest.raises(NotFoundError):
        service.get_upload(old.id, by=ann)
    time.move(days=3)
    uploads.pieces_of(uuid.uuid4()).write_bytes(b"nobody's")
    with pytest.raises(errors.UploadGoneError):
        service.get_upload(fresh.id, by=ann)
    forget_expired()
    assert pieces(app) == []


def test_somebody_has_few_uploads_open_at_a_time(app, desk, ann, time):
    made = [start(ann, 100, name=f"{n}.pdf") for n in range(uploads.OPEN_MAX)]
    with pytest.raises(errors.TooManyUploadsError):
        start(ann, 100, name="more.pdf")

    time.move(minutes=11)
    send(made[0].id, 0, b"x", ann)
    start(ann, 100, name="more.pdf")

    names = {u.name for u in service.list_open_uploads(ann.id)}
    assert len(names) == uploads.OPEN_MAX
    assert "1.pdf" not in names, "the one that waited longest made room"
    assert "0.pdf" in names


def test_the_same_file_begun_anew_takes_no_second_place(desk, ann):
    one = start(ann, 100)
    two = start(ann, 100)

    assert [u.id for u in service.list_open_uploads(ann.id)] == [two.id]
    assert one.id != two.id


# at once


@pytest.mark.race
def test_of_two_pieces_at_once_one_is_refused(app, desk, ann, at_once):
    """Both read their piece before either holds the row."""
    content = make_pdf(8)
    upload_id, size, person_id = start(ann, len(content)).id, len(content), ann.id
    assert size > 600
    gate = threading.Barrier(2)

    class Slow(io.BytesIO):
        waited = False

        def read(self, *args: object) -> bytes:
            if not self.waited:
                self.waited = True
                gate.wait(timeout=30)
            return super().read(*args)

    def piece() -> int:
        from eventhub.accounts.models import Person

        person = db.session.get_one(Person, person_id)
        return service.continue_upload(upload_id, offset=0, stream=Slow(content[:500]), by=person)[
            0
        ]

    results = at_once(piece, piece)

    refused = [r for r in results if isinstance(r, Exception)]
    assert [r for r in results if not isinstance(r, Exception)] == [500]
    assert isinstance(refused[0], errors.WrongOffsetError | errors.UploadBusyError)
    db.session.rollback()
    assert service.get_upload(upload_id, by=ann).received == 500
    assert uploads.pieces_of(upload_id).read_bytes() == content[:500]


@pytest.mark.race
def test_without_the_row_s_lock_both_would_be_taken(app, desk, ann, at_once, monkeypatch):
    """The negative control: what holds the row is what refuses the second piece."""
    upload_id, person_id = start(ann, 1000).id, ann.id
    gate = threading.Barrier(2)
    real = pieces_.refuse_gone

    def both_are_here(upload: Upload) -> None:
        real(upload)
        if threading.current_thread() is not threading.main_thread():
            gate.wait(timeout=10)

    from sqlalchemy.sql import Select

    monkeypatch.setattr(Select, "with_for_update", lambda query, **_options: query)

    def piece() -> int:
        from eventhub.accounts.models import Person

        person = db.session.get_one(Person, person_id)
        received = service.continue_upload(
            upload_id, offset=0, stream=io.BytesIO(b"x" * 100), by=person
        )
        return received[0]

    monkeypatch.setattr(pieces_, "refuse_gone", both_are_here)
    assert at_once(piece, piece) == [100, 100]


@pytest.mark.race
def test_a_piece_while_another_is_being_added_is_told_at_once(app, desk, ann, at_once):
    upload_id, person_id = start(ann, 1000).id, ann.id
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction():
            pieces_._whole(upload_id, lock=True)
            held.set()
            over.wait(timeout=30)

    def piece() -> None:
        from eventhub.accounts.models import Person

        held.wait(timeout=30)
        try:
            send(upload_id, 0, b"x", db.session.get_one(Person, person_id))
        finally:
            over.set()

    _held, refused = at_once(hold, piece)
    assert isinstance(refused, errors.UploadBusyError)
    assert refused.status == 423


@pytest.mark.race
def test_two_that_finish_at_once_use_the_file_once(app, desk, ann, at_once, monkeypatch):
    content = make_pdf(3)
    upload_id, person_id = start(ann, len(content)).id, ann.id
    monkeypatch.setattr(pieces_, "_finish", lambda *_args: None)
    send(upload_id, 0, content, ann)
    monkeypatch.undo()

    def finish() -> str:
        from eventhub.accounts.models import Person

        send(upload_id, len(content), b"", db.session.get_one(Person, person_id))
        return "fine"

    results = at_once(*[finish] * 4)

    assert "fine" in results
    assert all(r == "fine" or isinstance(r, errors.UploadBusyError) for r in results)
    told = db.session.query(Upload).one()
    assert told.file_id is not None
    assert told.refusal is None
    assert len(desk.used) == 1
    assert db.session.query(StoredFile).count() == 1
