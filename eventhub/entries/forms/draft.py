"""The captain's form, from a page or from a script."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Self, cast

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    BooleanField,
    Field,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX
from eventhub.circles.models import University
from eventhub.entries.enums import LockedPart
from eventhub.entries.forms.statements import (
    flat_statements,
    read_statements,
    statement_data,
    statement_fields,
)
from eventhub.entries.models import (
    ADVISER_ORGANISATION_MAX,
    ADVISER_TITLE_MAX,
    DUTY_MAX,
    PHONE_MAX,
    PROJECT_NAME_MAX,
    STUDENT_NUMBER_MAX,
    SUMMARY_MAX,
    Entry,
)
from eventhub.entries.service import (
    AdviserDraft,
    DocumentSlot,
    EntryDraft,
    MemberDraft,
    draft_of,
)
from eventhub.errors import InvalidError
from eventhub.i18n import _, lazy
from eventhub.web.forms import FieldList, HubForm


class _PartForm(Form):
    """A row of the form: its token is the whole form's."""

    class Meta(HubForm.Meta):
        """As the whole form, without a token of its own."""

        csrf = False


class MemberForm(_PartForm):
    """A member of the team; ``id`` says which, and is empty in a new row."""

    id = HiddenField()
    name = StringField(lazy("姓名"), [Length(max=NAME_MAX)])
    university_id = SelectField(lazy("学校"), default="")
    student_number = StringField(lazy("学号"), [Length(max=STUDENT_NUMBER_MAX)])
    email = StringField(lazy("邮箱"), [Length(max=EMAIL_MAX)])
    phone = StringField(lazy("手机"), [Length(max=PHONE_MAX)])
    duty = StringField(lazy("分工"), [Length(max=DUTY_MAX)])


class AdviserForm(_PartForm):
    """A teacher or mentor."""

    name = StringField(lazy("姓名"), [Length(max=NAME_MAX)])
    title = StringField(lazy("职称或职务"), [Length(max=ADVISER_TITLE_MAX)])
    organisation = StringField(lazy("单位"), [Length(max=ADVISER_ORGANISATION_MAX)])
    share = IntegerField(
        lazy("指导占比"),
        [Optional(), NumberRange(0, 100, lazy("请填写 0 到 100 之间的整数。"))],
        description=lazy("选填，填百分数，全部教师合计不超过 100。"),
    )


class EntryForm(HubForm):
    """Everything a captain writes. Build with ``for_entry``."""

    version = HiddenField(default="0")
    name = StringField(lazy("项目名称"), [Length(max=PROJECT_NAME_MAX)])
    category = SelectField(lazy("参赛类别"), default="")
    university_id = SelectField(
        lazy("参赛学校"), default="", description=lazy("以负责人学籍所在学校为准。")
    )
    summary = TextAreaField(
        lazy("项目简介"),
        [Length(max=SUMMARY_MAX)],
        description=lazy("做什么，解决谁的什么问题，目前进展如何。评委首先看到的就是这一段。"),
    )
    members = FieldList(FormField(MemberForm), lazy("团队成员"))
    advisers = FieldList(FormField(AdviserForm), lazy("指导教师"))
    is_declared = BooleanField(lazy("我已阅读以上条件，确认团队全部符合，并对所填内容的真实性负责"))
    consents = BooleanField(
        lazy("我已阅读并同意以上说明，自愿参赛"),
        description=lazy("与其他成员一样，由负责人本人同意；同意的时间会记录下来。"),
    )

    @classmethod
    def for_entry(
        cls,
        entry: Entry,
        slots: Sequence[DocumentSlot],
        universities: Sequence[University],
        *,
        locked: Collection[LockedPart] = (),
        typed: Mapping[str, str] | None = None,
    ) -> Self:
        """The form of one entry, with a file field for each document that may be added.

        ``locked`` parts are shown and not sent, so what is stored stands for them. ``typed`` are
        the fields as a script sends them; without it the request's own count.
        """
        files = {
            _file_field(slot.requirement.id): FileField(slot.requirement.name) for slot in slots
        }
        form_class: type[Self] = type("EntryForm", (cls,), files | statement_fields(entry))
        given = {} if typed is None else {"formdata": MultiDict(typed)}
        data = {**_data(draft_of(entry)), "version": str(entry.version)}
        form = form_class(data=data, **given)
        form._fill_in(data, locked)
        form.category.choices = [
            ("", _("请选择")),
            *((name, name) for name in _categories(entry)),
        ]
        schools = [("", _("请选择")), *((str(u.id), u.name) for u in universities)]
        form.university_id.choices = schools
        for row in form.members:
            row.university_id.choices = schools
        return form

    def _fill_in(self, data: Mapping[str, Any], locked: Collection[LockedPart]) -> None:
        """Give back the rows of locked lists, which a browser does not send."""
        lists = ((LockedPart.MEMBERS, "members"), (LockedPart.ADVISERS, "advisers"))
        for part, name in lists:
            rows = self._fields[name]
            if part in locked and not len(rows):
                for row in data[name]:
                    rows.append_entry(row)

    @property
    def seen_version(self) -> int:
        """The version that the window was showing; 0, which matches none, for nonsense."""
        text = str(self.version.data or "")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else 0

    def now_at(self, version: int) -> None:
        """Bear the version that is stored, so that the page can be sent once more."""
        self.version.data = str(version)

    def to_draft(self) -> EntryDraft:
        """What was typed, as plain values."""
        return EntryDraft(
            name=self.name.data or "",
            category=self.category.data or "",
            summary=self.summary.data or "",
            university_id=_uuid(self.university_id.data),
            members=tuple(_member(row.data) for row in self.members),
            advisers=tuple(_adviser(row.data) for row in self.advisers),
            statements=read_statements(self),
            is_declared=bool(self.is_declared.data),
            consents=bool(self.consents.data),
        )

    def uploads(self) -> Iterator[tuple[uuid.UUID, FileStorage]]:
        """The files that came along, by the document that they are."""
        for name, field in self._fields.items():
            if name.startswith(FILE_PREFIX) and field.data:
                yield uuid.UUID(hex=name.removeprefix(FILE_PREFIX)), field.data

    def file_field(self, requirement_id: uuid.UUID) -> Field:
        """The field of one document."""
        return self._fields[_file_field(requirement_id)]

    def flat_errors(self) -> dict[str, list[str]]:
        """Errors by the name of the control."""
        return {field.name: [str(e) for e in field.errors] for field in _walk(self) if field.errors}

    def blank_member(self) -> Any:
        """A row to copy; its names hold ``__n__`` where the number goes."""
        row = MemberForm(prefix="members-__n__-")
        row.university_id.choices = self.university_id.choices
        return row

    def blank_adviser(self) -> Any:
        """The same for an adviser."""
        return AdviserForm(prefix="advisers-__n__-")


FILE_PREFIX = "document_"


def _file_field(requirement_id: uuid.UUID) -> str:
    return f"{FILE_PREFIX}{requirement_id.hex}"


def _categories(entry: Entry) -> list[str]:
    known = list(entry.group.categories)
    return [*known, entry.category] if entry.category and entry.category not in known else known


def _data(draft: EntryDraft) -> dict[str, Any]:
    """A draft as the fields hold it: text only."""
    return {
        "name": draft.name,
        "category": draft.category,
        "summary": draft.summary,
        "university_id": str(draft.university_id or ""),
        "members": [
            {
                **vars(member),
                "university_id": str(member.university_id or ""),
                "id": str(member.id or ""),
            }
            for member in draft.members
        ],
        "advisers": [vars(adviser) for adviser in draft.advisers],
        "is_declared": draft.is_declared,
        "consents": draft.consents,
        **statement_data(draft.statements),
    }


def flat_fields(draft: EntryDraft) -> dict[str, str]:
    """A draft by the names of the controls, as a script reads it."""
    data = _data(draft)
    flat: dict[str, str] = {
        key: data[key] for key in ("name", "category", "summary", "university_id")
    }
    for part in ("members", "advisers"):
        for at, row in enumerate(data[part]):
            flat |= {
                f"{part}-{at}-{key}": "" if value is None else str(value)
                for key, value in row.items()
            }
    flat |= flat_statements(draft.statements)
    if draft.is_declared:
        flat["is_declared"] = "y"
    if draft.consents:
        flat["consents"] = "y"
    return flat


def typed_fields(body: Any) -> dict[str, str]:
    """The fields of a script's JSON, ``version`` among them.

    Raises:
        InvalidError: it is not ``{"version": 3, "fields": {"name": "…"}}``.

    """
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
        raise InvalidError
    return {**fields, "version": str(body.get("version", ""))}


def _member(row: Mapping[str, Any]) -> MemberDraft:
    texts = {key: text or "" for key, text in row.items() if key not in {"id", "university_id"}}
    return MemberDraft(id=_uuid(row["id"]), university_id=_uuid(row["university_id"]), **texts)


def _adviser(row: Mapping[str, Any]) -> AdviserDraft:
    texts = {key: text or "" for key, text in row.items() if key != "share"}
    return AdviserDraft(share=row["share"], **texts)


def _uuid(text: str | None) -> uuid.UUID | None:
    """A key; None for nothing and for nonsense."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _walk(fields: Any) -> Iterator[Field]:
    """The controls, those of the rows included; a list's own errors count as its own."""
    for field in fields:
        if isinstance(field, FormField):
            yield from _walk(field)
        elif isinstance(field, FieldList):
            own = [e for e in field.errors if isinstance(e, str)]
            if own:
                yield cast(Field, _Errors(field.name, own))
            yield from _walk(field)
        else:
            yield field


class _Errors:
    def __init__(self, name: str, errors: list[str]) -> None:
        self.name, self.errors = name, errors
