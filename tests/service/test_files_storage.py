"""Both storages against the real thing: a folder, and a server that speaks S3 over HTTP.

The server is moto's, a process of its own. Name another in EVENTHUB_TEST_S3, with its keys, to
run the same against it: ``http://key:secret@127.0.0.1:9000``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from flask import Flask

from eventhub.app import create_app
from eventhub.db import db
from eventhub.files import service, storage
from eventhub.files.errors import FileLostError, StorageError
from eventhub.files.sending import send
from tests.factories.entries import make_pdf

KEY = "9f" * 32


class Server:
    """Where the server is, and its keys."""

    def __init__(self, endpoint: str, access: str, secret: str) -> None:
        self.endpoint, self.access, self.secret = endpoint, access, secret

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.access,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}),
        )

    def settings(self, bucket: str, **changes: str) -> dict[str, object]:
        return {
            "FILES_STORAGE": "s3",
            "S3_ENDPOINT": self.endpoint,
            "S3_BUCKET": bucket,
            "S3_REGION": "us-east-1",
            "S3_ACCESS_KEY": self.access,
            "S3_SECRET_KEY": self.secret,
            **changes,
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def someone_known(endpoint: str) -> Server:
    """The three calls that need no key: an account that may do everything with buckets."""
    first = boto3.client(
        "iam",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="yet",
    )
    first.create_user(UserName="eventhub")
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    first.put_user_policy(UserName="eventhub", PolicyName="all", PolicyDocument=policy)
    made = first.create_access_key(UserName="eventhub")["AccessKey"]
    return Server(endpoint, made["AccessKeyId"], made["SecretAccessKey"])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    named = os.environ.get("EVENTHUB_TEST_S3")
    if named:
        parts = urlsplit(named)
        yield Server(
            f"{parts.scheme}://{parts.hostname}:{parts.port}",
            parts.username or "",
            parts.password or "",
        )
        return
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3"},  # then it checks signatures
    )
    try:
        deadline = time.monotonic() + 60
        while not listens(port):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.1)
        yield someone_known(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def bucket(server: Server) -> str:
    name = f"eventhub-{uuid.uuid4().hex[:12]}"
    server.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def use(app: Flask):
    """``use(settings)``: the application with another storage, until the test ends."""
    before = dict(app.config)

    def change(settings: dict[str, object]) -> storage.Storage:
        app.config.update(settings)
        app.extensions.pop("storage", None)
        return storage.current_storage()

    yield change
    app.config.clear()
    app.config.update(before)
    app.extensions.pop("storage", None)


@pytest.fixture(params=["local", "s3"])
def kept(request, app: Flask, use, tmp_path: Path) -> storage.Storage:
    """Each storage, empty."""
    if request.param == "local":
        return use({"FILES_DIR": str(tmp_path / "kept")})
    server = request.getfixturevalue("server")
    settings = server.settings(request.getfixturevalue("bucket"))
    return use({"FILES_DIR": str(tmp_path / "here"), **settings})


def put(kept: storage.Storage, content: bytes, tmp_path: Path) -> str:
    key = hashlib.sha256(content).hexdigest()
    path = tmp_path / uuid.uuid4().hex
    path.write_bytes(content)
    kept.put(path, key)
    return key


def test_what_is_put_in_comes_out_whole_and_in_ranges(kept, tmp_path):
    content = os.urandom(3_000_000)
    key = put(kept, content, tmp_path)

    assert kept.size(key) == len(content)
    with kept.open(key) as stream:
        assert stream.read() == content
        stream.seek(2_000_000)
        assert stream.read(1000) == content[2_000_000:2_001_000]
        stream.seek(-5, io.SEEK_END)
        assert stream.read() == content[-5:]
        assert stream.read() == b""
    assert list(kept.list_keys()) == [key]


def test_a_large_file_goes_in_by_parts(kept, tmp_path):
    content = os.urandom(1 << 20) * 40  # more than two parts
    key = put(kept, content, tmp_path)

    digest = hashlib.sha256()
    with kept.open(key) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    assert digest.hexdigest() == key


def test_what_is_there_is_never_written_again(kept, tmp_path):
    put(kept, b"first", tmp_path)
    key = hashlib.sha256(b"first").hexdigest()
    other = tmp_path / "other"
    other.write_bytes(b"wrong")  # of the same length, under the same key

    kept.put(other, key)

    with kept.open(key) as stream:
        assert stream.read() == b"first"


def test_what_is_deleted_is_gone_and_twice_is_no_error(kept, tmp_path):
    key, other = put(kept, b"one", tmp_path), put(kept, b"other", tmp_path)

    kept.delete(key)
    kept.delete(key)

    assert kept.size(key) is None
    assert list(kept.list_keys()) == [other]


def test_what_is_not_there_is_lost(kept):
    assert kept.size(KEY) is None
    with pytest.raises(FileLostError):
        kept.open(KEY)


def test_a_file_is_stored_and_read_through_the_service(kept):
    content = make_pdf(2)
    stored = service.store(
        io.BytesIO(content), name="计划书.pdf", formats=["pdf"], bytes_max=10**6, by=None
    )

    with service.open_file(stored) as stream:
        assert stream.read() == content
    with service.local_copy(stored.sha256) as path:
        assert path.read_bytes() == content
    assert service.measure(stored).count == 2
    assert service.draw(stored, page=2, width=300).read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        (None, 200, slice(None)),
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=400-", 206, slice(400, None)),
        ("bytes=-7", 206, slice(-7, None)),
    ],
)
def test_a_file_is_sent_whole_and_in_ranges_from_wherever_it_lies(kept, app, asked, status, part):
    content = make_pdf(3)
    stored = store(content, name="计划书.pdf")
    headers = {"Range": asked} if asked else {}
    with app.test_request_context("/", headers=headers):
        response = send(stored)
        response.direct_passthrough = False

    assert response.status_code == status
    assert response.data == content[part]
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Length"] == str(len(content[part]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "%E8%AE%A1%E5%88%92%E4%B9%A6.pdf" in response.headers["Content-Disposition"]
    response.close()


def test_what_a_browser_has_already_is_not_sent_again(kept, app):
    stored = store(make_pdf())
    with app.test_request_context("/", headers={"If-None-Match": f'"{stored.sha256}"'}):
        response = send(stored)

    assert response.status_code == 304
    response.close()


def test_a_server_that_is_down_loses_nothing(app, use, tmp_path, bucket, server):
    use({"FILES_DIR": str(tmp_path / "here"), **server.settings(bucket)})
    stored = service.store(
        io.BytesIO(make_pdf()), name="a.pdf", formats=["pdf"], bytes_max=10**6, by=None
    )

    use(server.settings(bucket, S3_ENDPOINT=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(StorageError) as refused:
        service.store(
            io.BytesIO(make_pdf(3)), name="b.pdf", formats=["pdf"], bytes_max=10**6, by=None
        )
    with pytest.raises(StorageError):
        service.open_file(stored)

    assert refused.value.status == 503
    assert "稍后再试" in str(refused.value.message)
    use(server.settings(bucket))
    with service.open_file(stored) as stream:
        assert stream.read() == make_pdf()


def test_a_bucket_that_is_not_there_is_no_lost_file(use, server):
    """Or a wrong name would look like the loss of every document."""
    kept = use(server.settings("no-such-bucket-here"))

    with pytest.raises(StorageError):
        kept.size(KEY)
    with pytest.raises(StorageError):
        kept.open(KEY)


@pytest.mark.parametrize("name", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_wrong_key_is_refused_and_told(use, server, bucket, caplog, name, tmp_path):
    kept = use(server.settings(bucket, **{name: "something else"}))

    with pytest.raises(StorageError):
        kept.size(KEY)
    with pytest.raises(StorageError):
        put(kept, b"content", tmp_path)

    assert any(r.message == "storage failed" and r.error for r in caplog.records)
    assert server.secret not in caplog.text
    assert use(server.settings(bucket)).size(KEY) is None


def test_a_stream_that_ends_early_is_no_end_of_file(use, server, bucket, tmp_path):
    kept = use(server.settings(bucket))
    key = put(kept, b"x" * 5000, tmp_path)
    remote = kept.open(key).raw
    remote.size = 9000  # as if the server had promised more

    def read_all() -> None:
        while remote.read(4096):
            pass

    with pytest.raises(StorageError):
        read_all()


def test_the_house_does_not_start_with_half_the_settings(monkeypatch):
    import config

    monkeypatch.setattr(config.Config, "FILES_STORAGE", "s3")
    with pytest.raises(config.MissingSettingError, match="S3_BUCKET"):
        config.Config.check()
    monkeypatch.setattr(config.Config, "FILES_STORAGE", "tape")
    with pytest.raises(config.MissingSettingError, match="FILES_STORAGE"):
        config.Config.check()


# the commands


def store(content: bytes, name: str = "a.pdf"):
    return service.store(io.BytesIO(content), name=name, formats=["pdf"], bytes_max=10**6, by=None)


def test_check_reads_every_file_and_names_what_is_wrong(kept, app, use, request, tmp_path):
    good, wrong, lost = store(make_pdf(1)), store(make_pdf(2)), store(make_pdf(3))
    spare = put(kept, b"nobody names me", tmp_path)
    run = app.test_cli_runner().invoke
    assert run(args=["files", "check"]).exit_code == 0

    damage(kept, wrong.sha256, b"%PDF-something else")
    damage(kept, lost.sha256, None)
    told = run(args=["files", "check"])

    assert told.exit_code == 1
    assert f"wrong: {wrong.sha256}" in told.output
    assert f"lost: {lost.sha256}" in told.output
    assert good.sha256 not in told.output
    assert spare not in told.output
    assert f"3 files in {kept.name}: 1 lost, 1 wrong; 1 unnamed" in told.output


def damage(kept: storage.Storage, key: str, content: bytes | None) -> None:
    if isinstance(kept, storage.LocalStorage):
        path = kept.folder / key[:2] / key
        path.unlink() if content is None else path.write_bytes(content)
    elif content is None:
        kept.client.delete_object(Bucket=kept.bucket, Key=f"{key[:2]}/{key}")
    else:
        kept.client.put_object(Bucket=kept.bucket, Key=f"{key[:2]}/{key}", Body=content)


def test_move_copies_everything_both_ways_and_can_be_repeated(app, use, server, bucket, tmp_path):
    here = {"FILES_DIR": str(tmp_path / "here"), "FILES_STORAGE": "local"}
    use({**here, **server.settings(bucket), "FILES_STORAGE": "local"})
    one, two = store(make_pdf(1)), store(make_pdf(2))
    run = app.test_cli_runner().invoke

    told = run(args=["files", "move", "--to", "s3"])
    assert (told.exit_code, told.output.strip()) == (0, "2 files copied from local to s3, 0 failed")
    again = run(args=["files", "move", "--to", "s3"])
    assert "0 files copied" in again.output
    use({"FILES_STORAGE": "s3"})
    with service.open_file(one) as stream:
        assert stream.read() == make_pdf(1)

    use({"FILES_DIR": str(tmp_path / "elsewhere")})
    back = run(args=["files", "move", "--to", "local"])
    assert "2 files copied from s3 to local" in back.output
    use({"FILES_STORAGE": "local"})
    with service.open_file(two) as stream:
        assert stream.read() == make_pdf(2)


def test_move_does_not_carry_on_what_is_damaged(app, use, server, bucket, tmp_path):
    use({"FILES_DIR": str(tmp_path / "here"), **server.settings(bucket), "FILES_STORAGE": "local"})
    stored = store(make_pdf(1))
    damage(storage.current_storage(), stored.sha256, b"%PDF-damaged")

    told = app.test_cli_runner().invoke(args=["files", "move", "--to", "s3"])

    assert told.exit_code == 1
    assert stored.sha256 in told.output
    assert use({"FILES_STORAGE": "s3"}).size(stored.sha256) is None
    assert db.session.query(type(stored)).count() == 1


def test_the_application_makes_its_storage_once(tmp_path):
    app = create_app(
        {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://", "FILES_DIR": str(tmp_path)}
    )
    with app.app_context():
        assert storage.current_storage() is storage.current_storage()
