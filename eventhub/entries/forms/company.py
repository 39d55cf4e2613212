"""What a team says of its company, from a page or from a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import AnyOf, Length, Optional

from eventhub.accounts.models import NAME_MAX
from eventhub.domain.identifiers import normalise_uscc
from eventhub.entries.models import COMPANY_NAME_MAX, Entry
from eventhub.entries.service.companies import (
    CompanyDraft,
    ShareholderDraft,
    code_fault,
    draft_of,
    fingerprint,
)
from eventhub.i18n import lazy
from eventhub.web.forms import FieldList, HubForm

TYPED_CODE_MAX = 40  # with the spaces that people copy along
SHARE_MAX = 20
_ANSWERS = {"yes": True, "no": False}
_CELL = re.compile(r"shareholders-(\d{1,3})-(name|share)")
_ORDER = re.compile(r"shareholder-(add|remove)(?:-(\d{1,3}))?")


class ShareholderForm(Form):
    """A row of the table: its token is the whole form's."""

    class Meta(HubForm.Meta):
        """As the whole form, without a token of its own."""

        csrf = False

    name = StringField(lazy("股东姓名或名称"), [Length(max=COMPANY_NAME_MAX)])
    share = StringField(lazy("持股比例"), [Length(max=SHARE_MAX)])


class CompanyForm(HubForm):
    """Everything that a team says of its company. Build with ``of``."""

    version = HiddenField(default="0")
    is_registered = RadioField(
        lazy("项目是否已注册公司"),
        [Optional(), AnyOf([*_ANSWERS])],
        choices=[
            SelectChoice("no", lazy("没有注册公司")),
            SelectChoice("yes", lazy("已注册公司")),
        ],
        validate_choice=False,
    )
    name = StringField(
        lazy("企业名称"), [Length(max=COMPANY_NAME_MAX)], description=lazy("与营业执照一致。")
    )
    credit_code = StringField(
        lazy("统一社会信用代码"),
        [Length(max=TYPED_CODE_MAX)],
        description=lazy("营业执照右上角的 18 位数字和字母，空格会自动去掉。"),
    )
    registered_on = DateField(
        lazy("注册日期"), [Optional()], description=lazy("营业执照上的成立日期。")
    )
    legal_representative = StringField(lazy("法定代表人"), [Length(max=NAME_MAX)])
    shareholders = FieldList(FormField(ShareholderForm), lazy("股权结构"))

    @classmethod
    def of(cls, entry: Entry, *, typed: Mapping[str, str] | None = None) -> Self:
        """With what stands there; ``typed`` are the fields as a script sends them."""
        draft = draft_of(entry.company)
        given = {} if typed is None else {"formdata": MultiDict(typed)}
        data = {**_data(draft), "version": str(fingerprint(draft))}
        return cls(data=data, **given)

    @property
    def seen(self) -> int:
        """What the window was showing; -1, which matches nothing, for nonsense."""
        text = str(self.version.data or "")
        return int(text) if re.fullmatch(r"\d{1,18}", text) else -1

    def now_at(self, draft: CompanyDraft) -> None:
        """Bear the version that is stored, so that the page can be sent once more."""
        self.version.data = str(fingerprint(draft))

    def to_draft(self) -> CompanyDraft:
        """What was typed, as plain values."""
        return CompanyDraft(
            is_registered=_ANSWERS.get(self.is_registered.data or ""),
            name=self.name.data or "",
            credit_code=self.credit_code.data or "",
            registered_on=self.registered_on.data,
            legal_representative=self.legal_representative.data or "",
            shareholders=tuple(
                ShareholderDraft(row.data["name"] or "", row.data["share"] or "")
                for row in self.shareholders
            ),
        )

    def rearrange(self, order: str) -> None:
        """Do what a row's button says: ``shareholder-add``, ``shareholder-remove-0``."""
        match = _ORDER.fullmatch(order)
        if match is None:
            return
        rows = [dict(row.data) for row in self.shareholders]
        at = int(match[2] or 0)
        if match[1] == "add":
            rows.append({"name": "", "share": ""})
        elif at < len(rows):
            rows.pop(at)
        while len(self.shareholders):
            self.shareholders.pop_entry()
        for row in rows:
            self.shareholders.append_entry(row)

    def hint(self) -> None:
        """Say beside the code what is wrong with it, although it was kept."""
        code = normalise_uscc(self.credit_code.data or "")
        if code and not self.credit_code.errors:
            self.credit_code.errors = [fault] if (fault := code_fault(code)) else []

    def accepted_by(self, use_case: Callable[[], object]) -> bool:
        """As every form; what is wrong in a row of the table is said in that row."""
        if super().accepted_by(use_case):
            return True
        match = _CELL.fullmatch((self.refused.field or "") if self.refused else "")
        if match and int(match[1]) < len(self.shareholders):
            cell = self.shareholders[int(match[1])].form[match[2]]
            cell.errors = [*cell.errors, self.form_errors.pop()]
            self.shareholders.errors = [row.errors for row in self.shareholders]
        return False

    def flat_errors(self) -> dict[str, list[str]]:
        """Errors by the name of the control; those of the table as a whole by the table's."""
        cells = [cell for row in self.shareholders for cell in row.form]
        told = [field for field in [*self, *cells] if field.errors]
        found = {field.name: [str(e) for e in field.errors if isinstance(e, str)] for field in told}
        return {name: errors for name, errors in found.items() if errors}

    def blank_row(self) -> ShareholderForm:
        """A row to copy; its names hold ``__n__`` where the number goes."""
        return ShareholderForm(prefix="shareholders-__n__-")


def _data(draft: CompanyDraft) -> dict[str, Any]:
    answers = {True: "yes", False: "no", None: ""}
    return {
        "is_registered": answers[draft.is_registered],
        "name": draft.name,
        "credit_code": draft.credit_code,
        "registered_on": draft.registered_on,
        "legal_representative": draft.legal_representative,
        "shareholders": [{"name": row.name, "share": row.share} for row in draft.shareholders],
    }


def flat_company(draft: CompanyDraft) -> dict[str, str]:
    """A draft by the names of the controls, as a script reads it."""
    data = _data(draft)
    flat = {key: data[key] for key in ("name", "credit_code", "legal_representative")}
    flat["registered_on"] = draft.registered_on.isoformat() if draft.registered_on else ""
    if data["is_registered"]:
        flat["is_registered"] = data["is_registered"]
    for at, row in enumerate(data["shareholders"]):
        flat |= {f"shareholders-{at}-{key}": text for key, text in row.items()}
    return flat
