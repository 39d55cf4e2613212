"""Setting up a roadshow, drawing the order, and keeping the timetable true."""

from eventhub.roadshows.service.drawing import (
    announce_draw,
    draw,
    draw_document,
    drawn_order,
    recall_draw,
)
from eventhub.roadshows.service.notices import appointment
from eventhub.roadshows.service.setup import plan, set_up
from eventhub.roadshows.service.timetable import (
    add_late_slot,
    change_places,
    delay_room,
    move_slot,
    publish_timetable,
    swap_slots,
)

__all__ = [
    "add_late_slot",
    "announce_draw",
    "appointment",
    "change_places",
    "delay_room",
    "draw",
    "draw_document",
    "drawn_order",
    "move_slot",
    "plan",
    "publish_timetable",
    "recall_draw",
    "set_up",
    "swap_slots",
]
