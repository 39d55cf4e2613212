"""Inviting, confirming, handing over, and exceptions from the lock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from flask import request
from wtforms import (
    BooleanField,
    EmailField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from eventhub import clock
from eventhub.accounts.models import EMAIL_MAX, NAME_MAX, Person
from eventhub.circles.models import University
from eventhub.entries.enums import (
    DEGREE_LABELS,
    LOCKED_PART_LABELS,
    Degree,
    LockedPart,
    MemberState,
)
from eventhub.entries.models import PHONE_MAX, REASON_MAX, STUDENT_NUMBER_MAX, Entry, Member
from eventhub.entries.service import Confirmation
from eventhub.entries.service.consents import asks_phone
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm, ZonedDateTimeField


class InviteForm(HubForm):
    """Where an invitation goes."""

    email = EmailField(lazy("邮箱"), [Length(max=EMAIL_MAX)])


class JoinForm(HubForm):
    """What someone says of themselves. Build with ``for_person``."""

    name = StringField(lazy("姓名"), [InputRequired(lazy("请填写姓名。")), Length(max=NAME_MAX)])
    university_id = SelectField(
        lazy("学校"), [InputRequired(lazy("请选择学校。"))], description=lazy("学籍所在学校。")
    )
    student_number = StringField(
        lazy("学号"), [InputRequired(lazy("请填写学号。")), Length(max=STUDENT_NUMBER_MAX)]
    )
    degree = SelectField(lazy("学历层次"), [InputRequired(lazy("请选择学历层次。"))])
    phone = TelField(lazy("手机"), [Length(max=PHONE_MAX)])
    agrees = BooleanField(
        lazy("我已阅读并同意以上说明，自愿加入该团队"),
        [InputRequired(lazy("请先阅读并勾选同意，才能确认加入。"))],
    )

    @classmethod
    def for_person(
        cls,
        entry: Entry,
        person: Person | None,
        universities: Sequence[University],
        *,
        member: Member | None = None,
    ) -> Self:
        """What is known already is filled in: of the member meant, else of the account."""
        school = (member and member.university_id) or (person and person.university_id)
        form = cls(
            data={
                "name": (member and member.name) or (person.name if person else ""),
                "university_id": str(school or entry.university_id or ""),
                "student_number": member.student_number if member else "",
                "degree": member.degree.value if member and member.degree else "",
                "phone": (person.phone if person else None) or "",
            }
        )
        blank = ("", _("请选择"))
        form.university_id.choices = [blank, *((str(u.id), u.name) for u in universities)]
        form.degree.choices = [blank, *((d.value, DEGREE_LABELS[d]) for d in Degree)]
        if asks_phone(entry.competition):
            form.phone.flags.required = True
        else:
            del form.phone
        return form

    def to_confirmation(self) -> Confirmation:
        """What was said, as plain values."""
        phone = self._fields.get("phone")
        return Confirmation(
            name=self.name.data or "",
            university_id=uuid.UUID(self.university_id.data),
            student_number=self.student_number.data or "",
            degree=Degree(self.degree.data),
            phone=(phone.data or "") if phone else "",
            agrees=bool(self.agrees.data),
        )


class HandOverForm(HubForm):
    """To whom the captaincy goes. Build with ``for_entry``."""

    member = SelectField(lazy("新负责人"), [InputRequired(lazy("请选择一名成员。"))])

    @classmethod
    def for_entry(cls, entry: Entry) -> Self:
        """Those who have confirmed, the captain aside."""
        form = cls()
        form.member.choices = [
            ("", _("请选择")),
            *(
                (str(member.id), member.name)
                for member in entry.members[1:]
                if member.state is MemberState.CONFIRMED
            ),
        ]
        return form

    @property
    def member_id(self) -> uuid.UUID:
        """Who was chosen; the field has checked it."""
        return uuid.UUID(self.member.data)


class UnlockForm(HubForm):
    """Which parts of an entry are open again, why, and until when. Build with ``for_entry``."""

    parts = SelectMultipleField(
        lazy("解锁内容"),
        description=lazy(
            "没有勾选的内容保持锁定，团队能看不能改。需要换材料、改报名表时，请一并勾选。"
        ),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(lazy("请至少选择一项要解锁的内容。"))],
    )
    ends_at = ZonedDateTimeField(lazy("解锁到"), [InputRequired(lazy("请填写解锁的截止时间。"))])
    reason = TextAreaField(
        lazy("解锁原因"),
        [InputRequired(lazy("请写明解锁原因，留作记录。")), Length(max=REASON_MAX)],
        description=lazy("会原样发给负责人，并记入操作日志。"),
    )
    gives_back = BooleanField(
        lazy("同时退回项目，让团队可以修改"),
        description=lazy("项目提交后团队不能修改，只有退回后解锁才起作用。"),
    )

    @classmethod
    def for_entry(cls, entry: Entry) -> Self:
        """An exception of three days, unless told otherwise."""
        form = cls(formdata=None)
        form.parts.choices = [(part.value, LOCKED_PART_LABELS[part]) for part in LockedPart]
        form.ends_at.zone = entry.competition.event.timezone
        offered = {"ends_at": clock.now() + timedelta(days=3), "gives_back": True}
        form.process(request.form if form.is_submitted() else None, data=offered)
        return form

    @property
    def chosen(self) -> set[LockedPart]:
        """The parts chosen; the field has checked them."""
        return {LockedPart(part) for part in self.parts.data or ()}
