"""The captain's forms and the organiser's."""

from __future__ import annotations

from eventhub.entries.forms.draft import (
    FILE_PREFIX,
    AdviserForm,
    EntryForm,
    MemberForm,
    flat_fields,
    typed_fields,
)
from eventhub.entries.forms.review import (
    BatchForm,
    ChooseForm,
    ConfirmForm,
    ExportForm,
    ReturnForm,
    filter_args,
    read_filter,
)
from eventhub.entries.forms.rows import rearrange
from eventhub.entries.forms.start import GroupForm, StartForm
from eventhub.entries.forms.team import HandOverForm, InviteForm, JoinForm, UnlockForm

__all__ = [
    "FILE_PREFIX",
    "AdviserForm",
    "BatchForm",
    "ChooseForm",
    "ConfirmForm",
    "EntryForm",
    "ExportForm",
    "GroupForm",
    "HandOverForm",
    "InviteForm",
    "JoinForm",
    "MemberForm",
    "ReturnForm",
    "StartForm",
    "UnlockForm",
    "filter_args",
    "flat_fields",
    "read_filter",
    "rearrange",
    "typed_fields",
]
