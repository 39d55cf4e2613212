"""Use cases of judging: seats and links, recusals, scoresheets, results."""

from __future__ import annotations

from eventhub.judging.service.deliberations import propose_move, refuse_move, sign_move
from eventhub.judging.service.links import issue_judge_link, revoke_judge_link
from eventhub.judging.service.panels import (
    add_panel,
    add_room_panels,
    remove_panel,
    seat_judge,
    set_chief,
    unseat_judge,
)
from eventhub.judging.service.recusals import declare_recusal, withdraw_recusal
from eventhub.judging.service.results import close_round, publish_results, reopen_round
from eventhub.judging.service.returns import (
    ask_return,
    may_sign_return,
    refuse_return,
    sign_return,
)
from eventhub.judging.service.sheets import save_sheet, submit_sheet
from eventhub.judging.service.signing import (
    name_place,
    recount_sheet,
    set_signatures_needed,
    sign_results,
)
from eventhub.judging.service.syncing import SheetEdit, sync_sheet

__all__ = [
    "SheetEdit",
    "add_panel",
    "add_room_panels",
    "ask_return",
    "close_round",
    "declare_recusal",
    "issue_judge_link",
    "may_sign_return",
    "name_place",
    "propose_move",
    "publish_results",
    "recount_sheet",
    "refuse_move",
    "refuse_return",
    "remove_panel",
    "reopen_round",
    "revoke_judge_link",
    "save_sheet",
    "seat_judge",
    "set_chief",
    "set_signatures_needed",
    "sign_move",
    "sign_results",
    "sign_return",
    "submit_sheet",
    "sync_sheet",
    "unseat_judge",
    "withdraw_recusal",
]
