"""The captain's forms and the organiser's."""

from __future__ import annotations

from eventhub.entries.forms.draft import (
    FILE_PREFIX,
    AdviserForm,
    EntryForm,
    MemberForm,
    flat_fields,
    rearrange,
    typed_fields,
)
from eventhub.entries.forms.review import (
    ConfirmForm,
    ReturnForm,
    read_filter,
)
from eventhub.entries.forms.start import (
    StartForm,
)

__all__ = [
    "FILE_PREFIX",
    "AdviserForm",
    "ConfirmForm",
    "EntryForm",
    "MemberForm",
    "ReturnForm",
    "StartForm",
    "flat_fields",
    "read_filter",
    "rearrange",
    "typed_fields",
]
