"""Where the bytes lie: on the local disk, or in a bucket of an S3-compatible service.

A file is kept under its sha-256 and never written again. Nobody else knows of paths or buckets.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from flask import Flask, current_app

from eventhub.files.errors import FileLostError, StorageError

log = logging.getLogger(__name__)

BLOCK = 1 << 20
PART = 16 << 20  # of a large file on its way into a bucket
_KEY = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """Bytes by their sha-256, in lower-case hex.

    Every method raises StorageError when the place does not answer or refuses.
    """

    name: str

    def put(self, path: Path, key: str) -> None:
        """Keep the content of a file, unless it is there already; the file itself may be gone."""

    def open(self, key: str) -> BinaryIO:
        """The content, from its start, to seek in; raises FileLostError."""

    def size(self, key: str) -> int | None:
        """How many bytes lie there; None when nothing does."""

    def delete(self, key: str) -> None:
        """Let the content go; what is not there is gone already."""

    def list_keys(self) -> Iterator[str]:
        """Everything that is kept."""

    def path(self, key: str) -> Path | None:
        """Where the content lies on this machine, if it does."""


class LocalStorage:
    """A folder: ``ab/ab12…``."""

    name = "local"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: Path, key: str) -> None:
        """Move the file in; on another file system it is copied first."""
        target = self._target(key)
        try:
            if target.exists():
                path.unlink(missing_ok=True)
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.stat().st_dev != target.parent.stat().st_dev:
                near = target.with_name(f"{key}.{os.getpid()}")
                shutil.copyfile(path, near)
                path.unlink()
                path = near
            path.chmod(0o600)
            path.replace(target)
        except OSError as error:
            raise _fails("put", error) from error

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        try:
            return self._target(key).open("rb")
        except FileNotFoundError:
            raise FileLostError from None
        except OSError as error:
            raise _fails("open", error) from error

    def size(self, key: str) -> int | None:
        """See Storage."""
        try:
            return self._target(key).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _fails("size", error) from error

    def delete(self, key: str) -> None:
        """See Storage."""
        try:
            self._target(key).unlink(missing_ok=True)
        except OSError as error:
            raise _fails("delete", error) from error

    def list_keys(self) -> Iterator[str]:
        """See Storage."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(p.name for p in folder.iterdir() if _KEY.fullmatch(p.name))

    def path(self, key: str) -> Path | None:
        """See Storage."""
        target = self._target(key)
        return target if target.is_file() else None

    def _target(self, key: str) -> Path:
        return self.folder / key[:2] / key


class S3Storage:
    """A bucket of any service that speaks S3."""

    name = "s3"

    def __init__(self, client: Any, bucket: str) -> None:
        """``client`` is boto3's; its methods may be called from several threads."""
        self.client = client
        self.bucket = bucket

    def put(self, path: Path, key: str) -> None:
        """Send the file in parts; what stands there already stays as it is."""
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415  # slow, only where needed

        size = path.stat().st_size
        if self.size(key) == size:
            return
        config = TransferConfig(
            multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2
        )
        with _telling("put"):
            self.client.upload_file(str(path), self.bucket, _name(key), Config=config)
        if self.size(key) != size:
            log.error("storage kept fewer bytes than it was given", extra={"key": key})
            raise StorageError

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        size = self.size(key)
        if size is None:
            raise FileLostError
        return cast(BinaryIO, io.BufferedReader(_Remote(self, key, size), BLOCK))

    def size(self, key: str) -> int | None:
        """See Storage."""
        with _telling("size"):
            try:
                head = self.client.head_object(Bucket=self.bucket, Key=_name(key))
            except self.client.exceptions.ClientError as error:
                if _code(error) == "404" and not self._lacks_bucket():
                    return None
                raise
        return int(head["ContentLength"])

    def delete(self, key: str) -> None:
        """See Storage; in a bucket that keeps versions the earlier ones are its own to end."""
        with _telling("delete"):
            self.client.delete_object(Bucket=self.bucket, Key=_name(key))

    def list_keys(self) -> Iterator[str]:
        """See Storage."""
        pages = self.client.get_paginator("list_objects_v2")
        with _telling("list"):
            for page in pages.paginate(Bucket=self.bucket):
                for found in page.get("Contents", ()):
                    key = found["Key"].rpartition("/")[2]
                    if _KEY.fullmatch(key):
                        yield key

    def path(self, key: str) -> Path | None:
        """Nothing of it lies here."""
        return None

    def read(self, key: str, start: int) -> Any:
        """The stream of an object from a byte on."""
        with _telling("read"):
            got = self.client.get_object(
                Bucket=self.bucket, Key=_name(key), Range=f"bytes={start}-"
            )
        return got["Body"]

    def _lacks_bucket(self) -> bool:
        """A missing bucket and a missing object both answer 404 to HEAD, without words."""
        try:
            self.client.head_bucket(Bucket=self.bucket)
        except self.client.exceptions.ClientError as error:
            if _code(error) in {"404", "NoSuchBucket"}:
                return True
            raise
        return False


class _Remote(io.RawIOBase):
    """An object of a bucket as a file: it asks for a range when it is first read from there."""

    def __init__(self, storage: S3Storage, key: str, size: int) -> None:
        self.storage, self.key, self.size = storage, key, size
        self.at = 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        at = max(0, base + offset)
        if at != self.at:
            self._drop()
            self.at = at
        return at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.size:
            return 0
        if self.body is None:
            self.body = self.storage.read(self.key, self.at)
        with _telling("read"):
            block = self.body.read(len(buffer))
        if not block:
            raise StorageError  # it ended before its end
        buffer[: len(block)] = block
        self.at += len(block)
        return len(block)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None


def _name(key: str) -> str:
    return f"{key[:2]}/{key}"


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _fails(deed: str, error: BaseException) -> StorageError:
    log.error("storage failed", extra={"deed": deed, "error": type(error).__name__})
    return StorageError()


@contextlib.contextmanager
def _telling(deed: str) -> Iterator[None]:
    """Turn whatever boto3 raises into one error, with its kind and never a key in the log."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415  # slow, only where needed
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error, HTTPError, OSError) as error:
        kind = _code(error) if isinstance(error, ClientError) else type(error).__name__
        log.error("storage failed", extra={"deed": deed, "error": kind})
        raise StorageError from error


def _client(settings: Any) -> Any:
    import boto3  # noqa: PLC0415  # slow, only where needed
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        "s3",
        endpoint_url=settings["S3_ENDPOINT"] or None,
        region_name=settings["S3_REGION"] or None,
        aws_access_key_id=settings["S3_ACCESS_KEY"],
        aws_secret_access_key=settings["S3_SECRET_KEY"],
        config=Config(
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path" if settings["S3_PATH_STYLE"] else "auto"},
            request_checksum_calculation="when_required",  # other makers know no newer ones
            response_checksum_validation="when_required",
        ),
    )


_making = threading.Lock()


def make_storage(name: str, app: Flask) -> Storage:
    """The storage of that name, with this application's settings."""
    if name == "s3":
        return S3Storage(_client(app.config), app.config["S3_BUCKET"])
    return LocalStorage(Path(app.config["FILES_DIR"]))


def current_storage() -> Storage:
    """The storage that the settings choose; made when it is first asked for."""
    app = current_app
    with _making:
        if "storage" not in app.extensions:
            flask: Flask = app._get_current_object()  # type: ignore[attr-defined]  # behind the proxy
            app.extensions["storage"] = make_storage(app.config["FILES_STORAGE"], flask)
    return cast(Storage, app.extensions["storage"])
