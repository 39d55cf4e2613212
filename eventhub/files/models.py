"""What was uploaded or generated."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.db import Model

FILE_NAME_MAX = 200


class StoredFile(Model):
    """A file by its content: rows with the same ``sha256`` share one stored copy.

    ``unused_since``: when the nightly sweep first found that nothing refers to it any more.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        Index(
            "ix_stored_files_unused",
            "unused_since",
            postgresql_where="unused_since IS NOT NULL",
        ),
    )

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(FILE_NAME_MAX))
    uploaded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    unused_since: Mapped[datetime | None]


class Upload(Model):
    """A file on its way in, piece by piece; the pieces lie on the local disk until it is whole.

    ``purpose`` and ``subject_id`` say, in the words of the slice that began it, what the file is
    for. ``file`` is set once, when the last piece has come and the content was accepted.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    part_id: Mapped[uuid.UUID | None]
    ordinal: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(FILE_NAME_MAX))
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    refusal: Mapped[str | None] = mapped_column(String(400))
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))

    file: Mapped[StoredFile | None] = relationship()
