"""Keeping files by their content, taking them in piece by piece, and showing them."""

from __future__ import annotations

from eventhub.files.service.keeping import (
    Kept,
    examined,
    get_file,
    incoming,
    keep,
    keep_path,
    local_copy,
    open_file,
    record,
    short_name,
    store,
)
from eventhub.files.service.pieces import PIECE_MAX, continue_upload
from eventhub.files.service.previews import (
    PAGES_MAX,
    VIDEO,
    WIDTHS,
    draw,
    has_preview,
    measure,
)
from eventhub.files.service.sweeping import add_holder, let_go
from eventhub.files.service.uploads import (
    Bounds,
    Purpose,
    add_purpose,
    cancel_upload,
    find_upload,
    get_upload,
    list_open_uploads,
    start_upload,
)

__all__ = [
    "PAGES_MAX",
    "PIECE_MAX",
    "VIDEO",
    "WIDTHS",
    "Bounds",
    "Kept",
    "Purpose",
    "add_holder",
    "add_purpose",
    "cancel_upload",
    "continue_upload",
    "draw",
    "examined",
    "find_upload",
    "get_file",
    "get_upload",
    "has_preview",
    "incoming",
    "keep",
    "keep_path",
    "let_go",
    "list_open_uploads",
    "local_copy",
    "measure",
    "open_file",
    "record",
    "short_name",
    "start_upload",
    "store",
]
