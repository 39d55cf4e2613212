"""After a new DATA_KEY: writing what is encrypted anew, so that the older keys can go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table, Text, literal, select, type_coerce, update

from eventhub.db import Base, Encrypted, EncryptedJson, db, renewed, transaction

BATCH = 500


def reencrypt() -> int:
    """Bring every encrypted column of every table under the first key; return how many rows.

    Some rows at a time, each batch held while it is written: it may run while people work, be
    broken off and begun again.

    Raises:
        InvalidToken: something is under a key that DATA_KEY does not hold; nothing of that
            batch is changed.

    """
    return sum(
        _reencrypt(table, columns)
        for table in Base.metadata.sorted_tables
        if (columns := [c for c in table.c if isinstance(c.type, Encrypted | EncryptedJson)])
    )


def _reencrypt(table: Table, columns: Sequence[Column[Any]]) -> int:
    count = 0
    last: uuid.UUID | None = None
    while True:
        raw = [type_coerce(column, Text).label(column.name) for column in columns]
        query = select(table.c.id, *raw).order_by(table.c.id).limit(BATCH).with_for_update()
        if last is not None:
            query = query.where(table.c.id > last)
        with transaction():
            rows = db.session.execute(query).all()
            count += sum(_renew(table, row) for row in rows)
        if len(rows) < BATCH:
            return count
        last = rows[-1].id


def _renew(table: Table, row: Any) -> bool:
    key, *tokens = row
    names = [name for name in row._fields if name != "id"]
    fresh = {
        name: literal(token, Text)
        for name, old in zip(names, tokens, strict=True)
        if old is not None and (token := renewed(old)) is not None
    }
    if fresh:
        db.session.execute(update(table).where(table.c.id == key).values(**fresh))
    return bool(fresh)
