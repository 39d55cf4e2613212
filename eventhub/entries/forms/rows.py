"""What the buttons of a row do where no script does it on the spot."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from eventhub.entries.service import AdviserDraft, EntryDraft, MemberDraft

Part = TypeVar("Part", MemberDraft, AdviserDraft)

_ORDER = re.compile(r"(member|adviser)-(add|up|down|remove)(?:-(\d{1,3}))?")


def rearrange(draft: EntryDraft, order: str) -> EntryDraft:
    """Do what a row's button says: ``member-add``, ``member-up-2``, ``adviser-remove-0``.

    Rows count from 0. The captain stays first. Anything else leaves the draft as it is.
    """
    match = _ORDER.fullmatch(order)
    if match is None:
        return draft
    part, verb, at = match[1], match[2], int(match[3] or 0)
    if part == "member":
        blank = MemberDraft(university_id=draft.university_id)  # most often the same school
        return replace(draft, members=_moved(draft.members, verb, at, blank, floor=1))
    return replace(draft, advisers=_moved(draft.advisers, verb, at, AdviserDraft(), floor=0))


def _moved(
    rows: tuple[Part, ...], verb: str, at: int, blank: Part, *, floor: int
) -> tuple[Part, ...]:
    moved = list(rows)
    if verb == "add":
        moved.append(blank)
    if verb == "add" or not floor <= at < len(rows):
        return tuple(moved)
    row = moved.pop(at)
    if verb != "remove":
        moved.insert(max(floor, at - 1) if verb == "up" else at + 1, row)
    return tuple(moved)
