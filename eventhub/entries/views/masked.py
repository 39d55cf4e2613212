"""An entry as a bureau reads it: what it is about, and nobody's name."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries import service
from eventhub.entries.enums import ENTRY_STATE_LOOKS
from eventhub.entries.models import Entry
from eventhub.web.access import me


def show_masked(entry: Entry) -> ResponseReturnValue:
    """The page for whoever may not read all of it; that it was opened is noted."""
    service.note_reading(entry.id, by=me())
    return render_template(
        "entries/show_masked.html",
        entry=entry,
        looks=ENTRY_STATE_LOOKS,
        masked=_masked,
        newest=service.list_newest(entry),
    )


def _masked(name: str) -> str:
    return mask_name(name, OutputKind.BUREAU)
