"""In which order the entries of a round stand: on stage where that is known, else by their code.

Who appears when is known on a higher floor, which hangs its answer here; see ``add_order``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from flask import Flask, current_app

from eventhub.competitions.models import Round
from eventhub.entries.models import Entry
from eventhub.i18n import _

OrderMaker = Callable[[Round], Mapping[uuid.UUID, str] | None]


def add_order(app: Flask, maker: OrderMaker) -> None:
    """Have a slice say the order of a round, by entry; None while it knows of none."""
    app.extensions.setdefault("entry_orders", []).append(maker)


def order_of(round_: Round, entries: Sequence[Entry]) -> dict[uuid.UUID, str]:
    """The word for each entry's place, such as ``03`` or ``B-03``.

    The order on stage if there is one, and then a word of its own for an entry without a place in
    it; otherwise running numbers by code.
    """
    makers: list[OrderMaker] = current_app.extensions.get("entry_orders", [])
    for maker in makers:
        known = maker(round_)
        if known:
            return {entry.id: known.get(entry.id, _("未排序")) for entry in entries}
    by_code = sorted(entries, key=lambda entry: entry.code)
    wide = max(2, len(str(len(by_code))))
    return {entry.id: f"{number:0{wide}}" for number, entry in enumerate(by_code, start=1)}
