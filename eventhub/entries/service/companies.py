"""The company that an entry is about, as its team states it."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from eventhub import clock
from eventhub.accounts.models import NAME_MAX, Person
from eventhub.db import transaction
from eventhub.domain.eligibility import (
    CompanyFacts,
    InvalidShareError,
    Shareholder,
    parse_share,
    round_share,
    write_share,
)
from eventhub.domain.identifiers import Fault, find_uscc_fault, normalise_uscc
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, LockedPart
from eventhub.entries.errors import (
    CompanyDateError,
    EditedElsewhereError,
    EntryLockedError,
    ShareholdersError,
    TextTooLongError,
)
from eventhub.entries.models import COMPANY_NAME_MAX, Company, Entry
from eventhub.entries.permissions import is_captain
from eventhub.entries.service.window import locked_parts, refuse_locked
from eventhub.errors import NotFoundError
from eventhub.i18n import _

CREDIT_CODE_LENGTH = 18
SHAREHOLDERS_MAX = 50


@dataclass(frozen=True)
class ShareholderDraft:
    """A shareholder as typed. ``share`` is a percentage, or a part such as 1/3."""

    name: str = ""
    share: str = ""


@dataclass(frozen=True)
class CompanyDraft:
    """Everything that a team says of its company, perhaps half filled."""

    is_registered: bool | None = None
    name: str = ""
    credit_code: str = ""
    registered_on: date | None = None
    legal_representative: str = ""
    shareholders: tuple[ShareholderDraft, ...] = ()


def may_edit(entry: Entry, now: datetime) -> bool:
    """Whether the team may change what it says of its company.

    While the entry is being written; once the entries are over only where this part of it is
    open again: the group's rules are decided by this.
    """
    return entry.state in EDITABLE and LockedPart.COMPANY not in locked_parts(entry, now)


def save_company(entry_id: uuid.UUID, *, seen: int, draft: CompanyDraft, by: Person) -> Entry:
    """Keep what the team says of its company.

    ``seen`` is the ``fingerprint`` of what the captain's window was showing. What is stored
    already is not a change. A code that cannot be right is kept and told by the checklist.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError: it is submitted, approved or withdrawn.
        PartLockedError: the entries are over, and this part is not open again.
        EditedElsewhereError: another window has saved since.
        TextTooLongError, CompanyDateError, ShareholdersError: with the field at fault.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not is_captain(by, entry):
            raise NotFoundError
        if entry.state not in EDITABLE:
            raise EntryLockedError
        now = clock.now()
        refuse_locked(entry, {LockedPart.COMPANY}, now)
        draft = _settle(draft)
        _check(draft, now.astimezone(ZoneInfo(entry.competition.event.timezone)).date())
        stored = draft_of(entry.company)
        if draft == stored:
            return entry
        if seen != fingerprint(stored):
            raise EditedElsewhereError
        if entry.company is None:
            entry.company = Company()
        _write(entry.company, draft)
        entry.saved_at = now
    return entry


def is_news(entry: Entry, draft: CompanyDraft) -> bool:
    """Whether an office's list says otherwise than what stands.

    Raises:
        TextTooLongError, CompanyDateError, ShareholdersError: as ``save_company``.

    """
    draft = _settle(draft)
    zone = ZoneInfo(entry.competition.event.timezone)
    _check(draft, clock.now().astimezone(zone).date())
    return draft != draft_of(entry.company)


def keep_listed(entry: Entry, draft: CompanyDraft) -> None:
    """Within a transaction: keep what an office's list says.

    Raises:
        TextTooLongError, CompanyDateError, ShareholdersError: as ``save_company``.

    """
    if is_news(entry, draft):
        if entry.company is None:
            entry.company = Company()
        _write(entry.company, _settle(draft))


def draft_of(company: Company | None) -> CompanyDraft:
    """What is stored, in the form in which it is written."""
    if company is None:
        return CompanyDraft()
    return CompanyDraft(
        is_registered=company.is_registered,
        name=company.name,
        credit_code=company.credit_code,
        registered_on=company.registered_on,
        legal_representative=company.legal_representative,
        shareholders=tuple(
            ShareholderDraft(row["name"], _typed(row["percent"])) for row in company.shareholders
        ),
    )


def fingerprint(draft: CompanyDraft) -> int:
    """By which a window tells what it has seen; a number that a script can hold."""
    rows = [[row.name, row.share] for row in draft.shareholders]
    facts = [
        draft.is_registered,
        draft.name,
        draft.credit_code,
        draft.registered_on.isoformat() if draft.registered_on else "",
        draft.legal_representative,
        rows,
    ]
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).digest()
    return int.from_bytes(digest[:6])


def facts_of(company: Company | None) -> CompanyFacts:
    """A company as the rules look at it."""
    if company is None:
        return CompanyFacts()
    return CompanyFacts(
        is_registered=company.is_registered,
        registered_on=company.registered_on,
        legal_representative=company.legal_representative,
        shareholders=tuple(
            Shareholder(row["name"], Fraction(row["percent"]) / 100 if row["percent"] else None)
            for row in company.shareholders
        ),
    )


def list_lacks(company: Company) -> list[str]:
    """What is missing or wrong in what is said of a registered company, in words."""
    lacks = []
    if not company.name:
        lacks.append(_("企业名称未填"))
    if not company.credit_code:
        lacks.append(_("统一社会信用代码未填"))
    elif fault := code_fault(company.credit_code):
        lacks.append(fault.rstrip("。."))
    if company.registered_on is None:
        lacks.append(_("注册日期未填"))
    if not company.legal_representative:
        lacks.append(_("法定代表人未填"))
    return [str(words) for words in lacks]


def code_fault(code: str) -> str:
    """What is wrong with a unified social credit code, in words; "" when it can be right."""
    fault = find_uscc_fault(code)
    if fault is None:
        return ""
    if fault is Fault.LENGTH:
        words = _("统一社会信用代码应为 18 位，现在是 %(count)s 位。", count=len(code))
    elif fault is Fault.CHARACTER:
        words = _("统一社会信用代码只有数字和大写字母，不含 I、O、S、V、Z。")
    else:
        words = _("统一社会信用代码的校验位不符，请对照营业执照逐位核对。")
    return str(words)


def _settle(draft: CompanyDraft) -> CompanyDraft:
    """The draft as it would be read back: codes cleaned, shares written one way, no empty rows."""
    rows = []
    for at, row in enumerate(draft.shareholders):
        share = row.share.strip()
        if not (row.name or share):
            continue
        rows.append(ShareholderDraft(row.name, _typed(_percent(share, at)) if share else ""))
    return CompanyDraft(
        is_registered=draft.is_registered,
        name=draft.name,
        credit_code=normalise_uscc(draft.credit_code),
        registered_on=draft.registered_on,
        legal_representative=draft.legal_representative,
        shareholders=tuple(rows),
    )


def _percent(typed: str, at: int) -> str:
    try:
        return str(parse_share(typed) * 100)
    except InvalidShareError as error:
        raise ShareholdersError(
            _("持股比例请填写 0 到 100 的百分数，例如 33.4，或分数，例如 1/3。"),
            field=f"shareholders-{at}-share",
        ) from error


def show_percent(percent: str) -> str:
    """A share as it is stored, to read: 33.4%, or 1/3 where no percentage is exact."""
    return write_share(Fraction(percent) / 100) if percent else "—"


def _typed(percent: str) -> str:
    return write_share(Fraction(percent) / 100) if percent else ""


def _check(draft: CompanyDraft, today: date) -> None:
    texts = [
        ("name", draft.name, COMPANY_NAME_MAX),
        ("credit_code", draft.credit_code, CREDIT_CODE_LENGTH),
        ("legal_representative", draft.legal_representative, NAME_MAX),
        *(
            (f"shareholders-{at}-name", row.name, COMPANY_NAME_MAX)
            for at, row in enumerate(draft.shareholders)
        ),
    ]
    for field, text, limit in texts:
        if len(text) > limit:
            words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=limit, count=len(text))
            raise TextTooLongError(words, field=field)
    if draft.registered_on is not None and not date(1949, 10, 1) <= draft.registered_on <= today:
        raise CompanyDateError
    if len(draft.shareholders) > SHAREHOLDERS_MAX:
        raise ShareholdersError(_("最多填写 %(count)s 名股东。", count=SHAREHOLDERS_MAX))
    total = sum((parse_share(row.share) for row in draft.shareholders if row.share), Fraction(0))
    if total > 1:
        words = _("持股比例合计 %(total)s，超过了 100%%。", total=round_share(total))
        raise ShareholdersError(words)


def _write(company: Company, draft: CompanyDraft) -> None:
    company.is_registered = draft.is_registered
    company.name, company.credit_code = draft.name, draft.credit_code
    company.registered_on = draft.registered_on
    company.legal_representative = draft.legal_representative
    company.shareholders = [
        {"name": row.name, "percent": str(parse_share(row.share) * 100) if row.share else ""}
        for row in draft.shareholders
    ]
