"""Files go once nothing refers to them any more, and never under somebody's hands."""

from __future__ import annotations

import io
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from eventhub import clock
from eventhub.competitions import service as competitions
from eventhub.competitions.service import RequirementDraft
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Document
from eventhub.entries.service import answers, retention
from eventhub.entries.service.answering import add_file, drop_file
from eventhub.files import service
from eventhub.files.errors import FileLostError
from eventhub.files.models import StoredFile
from eventhub.files.service import keeping, sweeping
from eventhub.files.storage import current_storage
from eventhub.worker import SCHEDULE
from tests.factories import make_circle, make_competition, make_entry, make_form, make_pdf

GRACE = timedelta(days=7)


@pytest.fixture(autouse=True)
def own_folder(app, tmp_path, monkeypatch):
    """A storage of the test's own: the sweep looks at all there is."""
    monkeypatch.setitem(app.config, "FILES_DIR", str(tmp_path / "files"))
    app.extensions.pop("storage", None)
    yield
    app.extensions.pop("storage", None)


def store(content: bytes = b"", name: str = "a.pdf") -> StoredFile:
    content = content or make_pdf()
    return service.store(io.BytesIO(content), name=name, formats=["pdf"], bytes_max=10**6, by=None)


def nights(time) -> int:
    """The sweep finds it unused, and looks again when the days of grace are over."""
    gone = sweeping.sweep()
    time.move(days=GRACE.days)
    return gone + sweeping.sweep()


def is_there(sha256: str) -> bool:
    return current_storage().size(sha256) is not None


def test_what_nothing_refers_to_goes_after_the_days_of_grace(time):
    stored = store()
    key, sha256 = stored.id, stored.sha256
    service.draw(stored, page=1, width=480)
    drawn = sweeping.previews._folder(stored)

    assert sweeping.sweep() == 0
    time.move(days=6)
    assert sweeping.sweep() == 0
    assert is_there(sha256)
    time.move(days=1)
    assert sweeping.sweep() == 1

    assert not is_there(sha256)
    assert db.session.get(StoredFile, key) is None
    assert not drawn.exists(), "pages that were drawn of it show it as well"
    assert sweeping.sweep() == 0
    assert ("files.sweep", 86400) in SCHEDULE


def test_what_is_used_stays_and_what_shares_its_content_with_it(tia, time):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    document = entry.documents[0]
    with service.open_file(document.file) as content:
        twin = store(content.read())
    assert twin.sha256 == document.file.sha256

    assert nights(time) == 0

    assert is_there(document.file.sha256)
    names = db.session.scalars(select(StoredFile.name)).all()
    assert names == [document.file.name], "the second row went alone"


def test_content_that_is_kept_anew_has_its_days_again(time):
    sha256 = store().sha256
    sweeping.sweep()
    time.move(days=6)

    keeping.keep(io.BytesIO(make_pdf()), name="b.pdf", formats=["pdf"], bytes_max=10**6)
    time.move(days=1)

    assert sweeping.sweep() == 0
    assert is_there(sha256)


def test_what_a_crash_left_without_a_row_goes_too(time):
    kept = keeping.keep(io.BytesIO(make_pdf()), name="b.pdf", formats=["pdf"], bytes_max=10**6)

    assert nights(time) == 1

    assert not is_there(kept.sha256)


def test_an_answer_s_file_stays_as_long_as_it_is_the_answer(olga, tia, time):
    competition = make_competition(by=olga, circle=make_circle())
    make_form(competition, by=olga)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    stored = add_file(
        entry.id, key="licence", content=io.BytesIO(make_pdf(3)), name="执照.pdf", by=tia
    )
    sha256, file_id = stored.sha256, str(stored.id)

    sweeping.sweep()
    with clock.pretending(time.now() + 2 * GRACE):
        assert sweeping.sweep() == 0
    assert is_there(sha256)
    drop_file(entry.id, key="licence", file_id=file_id, by=tia)
    assert answers.form_of(queries.get_entry(entry.id)).values == {}

    assert nights(time) == 1
    assert not is_there(sha256)


def test_scans_go_with_the_personal_data_in_every_version(olga, tia, time):
    competition = make_competition(by=olga, circle=make_circle())
    scan = RequirementDraft("身份证", ["pdf"], 10**6, True, is_for_judges=False, is_personal=True)
    plan = RequirementDraft("项目计划书", ["pdf"], 10**6, True)
    competitions.save_requirements(competition.rounds[0].id, drafts=[plan, scan], by=olga)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    slot = next(s for s in entries.list_slots(entry) if s.requirement.is_personal)
    for pages in (4, 5):
        entries.add_document(
            entry.id,
            requirement_id=slot.requirement.id,
            content=io.BytesIO(make_pdf(pages)),
            name="身份证.pdf",
            by=tia,
        )
    gone = select(StoredFile.sha256).where(StoredFile.name == "身份证.pdf")
    scans = set(db.session.scalars(gone))
    assert len(scans) == 2
    time.set(retention.deletion_at(entry.competition) - timedelta(seconds=1))
    retention.delete_expired()
    sweeping.sweep()
    assert all(map(is_there, scans))

    time.move(seconds=1)
    retention.delete_expired()
    sweeping.sweep()

    assert not any(map(is_there, scans)), "the very night, without days of grace"
    assert db.session.scalar(select(func.count(Document.id))) == 1
    entry = queries.get_entry(entry.id)
    assert is_there(entry.documents[0].file.sha256)
    assert slot.is_forgotten(entry, time.now())
    assert retention.delete_expired() == 0


def is_waiting() -> bool:
    """Whether some session of this database waits for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect() as connection:
        return bool(connection.scalar(query))


def upload_while_sweeping(at_once, monkeypatch, time) -> uuid.UUID:
    """Keep content in the moment in which the sweep has decided to delete it."""
    store()
    sweeping.sweep()
    time.move(days=GRACE.days)
    deleting, kept = threading.Event(), threading.Event()
    storage = current_storage()
    delete = storage.delete

    def slow(key: str) -> None:
        deleting.set()
        while not (kept.wait(0.01) or is_waiting()):
            pass
        delete(key)

    def upload() -> uuid.UUID:
        assert deleting.wait(20)
        stored = store(name="neu.pdf")
        kept.set()
        return stored.id

    monkeypatch.setattr(storage, "delete", slow)
    swept, key = at_once(sweeping.sweep, upload)
    assert swept == 1
    assert isinstance(key, uuid.UUID), key
    return key


@pytest.mark.race
def test_content_that_comes_again_while_it_is_deleted_is_kept(at_once, monkeypatch, time):
    key = upload_while_sweeping(at_once, monkeypatch, time)

    with service.open_file(service.get_file(key)) as content:
        assert content.read() == make_pdf()


@pytest.mark.race
def test_without_the_claim_a_new_row_would_lose_its_content(at_once, monkeypatch, time):
    monkeypatch.setattr(keeping, "claim", lambda sha256: None)

    key = upload_while_sweeping(at_once, monkeypatch, time)

    with pytest.raises(FileLostError):
        service.open_file(service.get_file(key))


@pytest.mark.race
def test_two_sweeps_at_once_delete_once(at_once, time):
    sha256 = store().sha256
    sweeping.sweep()
    time.move(days=GRACE.days)

    assert sorted(at_once(sweeping.sweep, sweeping.sweep)) == [0, 1]
    assert not is_there(sha256)


def test_a_row_that_is_used_again_loses_its_mark(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    with transaction():
        service.let_go([entry.documents[0].file_id])

    assert sweeping.sweep() == 0

    db.session.expire_all()
    assert entry.documents[0].file.unused_since is None
