"""What workers and the clock do with entries."""

from __future__ import annotations

import uuid

from eventhub import queue
from eventhub.entries.service import batches, blind_copies, importing, retention


@queue.task("entries.delete_expired_personal_data")
def delete_expired_personal_data() -> None:
    """Delete what members gave once it has been kept as long as they were told."""
    retention.delete_expired()


@queue.task(batches.JOB)
def finish_batch(batch_id: str) -> None:
    """Send what a verdict on many entries causes, once it can no longer be taken back."""
    batches.finish_batch(uuid.UUID(batch_id))


@queue.task(blind_copies.JOB, is_slow=True)
def make_blind_copy(document_id: str) -> None:
    """Cover what tells who made a document, for judges who must not know."""
    blind_copies.make(uuid.UUID(document_id))


@queue.task(importing.CHECK_JOB)
def check_import(run_id: str) -> None:
    """Read a list and find what is wrong with it."""
    importing.check_run(uuid.UUID(run_id))


@queue.task(importing.WRITE_JOB)
def write_import(run_id: str) -> None:
    """Write a list that was checked and decided upon."""
    importing.write_run(uuid.UUID(run_id))


@queue.task("entries.forget_imports")
def forget_imports() -> None:
    """Delete lists of long ago."""
    importing.forget_runs()
