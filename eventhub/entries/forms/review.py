"""The organiser's decisions and filters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from eventhub.competitions.models import NAME_MAX as TRACK_MAX
from eventhub.entries.enums import EntryOrder, EntryState, Verdict
from eventhub.entries.models import CATEGORY_MAX, REASON_MAX
from eventhub.entries.queries import EntryFilter
from eventhub.i18n import lazy
from eventhub.web.forms import HubForm

WORDS_MAX = 100


class ReturnForm(HubForm):
    """Why an entry is given back."""

    reason = TextAreaField(
        lazy("退回原因"),
        [InputRequired(lazy("请写明退回原因，方便团队修改。")), Length(max=REASON_MAX)],
        description=lazy("会原样发给负责人，请写清要改哪里、怎么改。"),
    )


class ConfirmForm(HubForm):
    """A yes."""


class ChooseForm(HubForm):
    """Which verdict on which entries: the ticked ones, or everything that the list shows."""

    verdict = HiddenField(validators=[AnyOf([verdict.value for verdict in Verdict])])
    everything = HiddenField()

    @property
    def chosen_verdict(self) -> Verdict:
        """The verdict, once the form is valid."""
        return Verdict(self.verdict.data)


class BatchForm(HubForm):
    """The verdict on exactly the entries that the page before has listed."""

    verdict = HiddenField(validators=[AnyOf([verdict.value for verdict in Verdict])])
    entries = HiddenField()
    reason = TextAreaField(
        lazy("退回原因"),
        [Length(max=REASON_MAX)],
        description=lazy("会原样发给每个项目的负责人，请写清要改哪里、怎么改。"),
    )

    @property
    def chosen_verdict(self) -> Verdict:
        """The verdict, once the form is valid."""
        return Verdict(self.verdict.data)

    @property
    def entry_ids(self) -> list[uuid.UUID]:
        """The entries; what is no key is nobody's."""
        return read_ids((self.entries.data or "").split())


class ExportForm(HubForm):
    """What of the entries leaves the house."""

    with_personal = BooleanField(
        lazy("包含成员的邮箱、手机和报名表内容"),
        description=lazy("个人信息只在确有需要时导出，导出会记入操作日志。身份证件号从不导出。"),
    )


def read_ids(texts: list[str]) -> list[uuid.UUID]:
    """Keys as an address or a form holds them, each once; nonsense is left out."""
    found = [_known_uuid(text) for text in texts]
    return [*dict.fromkeys(key for key in found if key is not None)]


def read_filter(args: Mapping[str, str]) -> EntryFilter:
    """A list's filter from its address; what makes no sense does not narrow."""
    state, order = args.get("state", ""), args.get("sort", "")
    return EntryFilter(
        state=EntryState(state) if state in {*EntryState} else None,
        group_id=_known_uuid(args.get("group", "")),
        track=args.get("track", "")[:TRACK_MAX],
        category=args.get("category", "")[:CATEGORY_MAX],
        university_id=_known_uuid(args.get("university", "")),
        is_recommended=_CLAIMS.get(args.get("recommended", "")),
        needs_proof=_CLAIMS.get(args.get("proof", "")),
        round_id=_known_uuid(args.get("round", "")),
        words=args.get("q", "").strip()[:WORDS_MAX],
        order=EntryOrder(order) if order in {*EntryOrder} else EntryOrder.WAITING,
    )


_CLAIMS = {"yes": True, "no": False}


def filter_args(wanted: EntryFilter) -> dict[str, Any]:
    """The address of a filter: what ``read_filter`` reads. What does not narrow is left out."""
    claims = {True: "yes", False: "no", None: None}
    args = {
        "state": wanted.state.value if wanted.state else None,
        "group": wanted.group_id,
        "track": wanted.track,
        "category": wanted.category,
        "university": wanted.university_id,
        "recommended": claims[wanted.is_recommended],
        "proof": claims[wanted.needs_proof],
        "round": wanted.round_id,
        "q": wanted.words,
        "sort": wanted.order.value if wanted.order is not EntryOrder.WAITING else None,
    }
    return {name: str(value) for name, value in args.items() if value}


def _known_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
