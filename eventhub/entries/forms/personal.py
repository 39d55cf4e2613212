"""A member's own part, and an organiser's reason for reading it in full."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from flask_babel import format_date
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventhub.accounts.forms import check_mobile
from eventhub.accounts.models import NAME_MAX
from eventhub.circles.models import University
from eventhub.competitions.enums import PERSONAL_FIELD_LABELS, PersonalField
from eventhub.entries.enums import DEGREE_LABELS, ID_KIND_LABELS, Degree, IdKind
from eventhub.entries.models import (
    PHONE_MAX,
    REASON_MAX,
    STUDENT_NUMBER_MAX,
    Member,
)
from eventhub.entries.service.needs import Needs
from eventhub.entries.service.personal import PersonalPart, StudentRow
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm

PAPER_MAX = 40
_FIELDS = {
    PersonalField.ID_NUMBER: ("id_kind", "id_number"),
    PersonalField.BORN_ON: ("born_on",),
    PersonalField.PHONE: ("phone",),
}


class PersonalForm(HubForm):
    """What a member fills in; fields that the competition does not ask for are not there."""

    name = StringField(lazy("姓名"), [InputRequired(), Length(min=2, max=NAME_MAX)])
    university_id = SelectField(lazy("学校"), [InputRequired()])
    student_number = StringField(lazy("学号"), [InputRequired(), Length(max=STUDENT_NUMBER_MAX)])
    degree = SelectField(lazy("学历层次"), [Optional()])
    is_enrolled = RadioField(
        lazy("在读情况"), [Optional()], choices=[SelectChoice("yes"), SelectChoice("no")]
    )
    graduation_year = IntegerField(
        lazy("毕业年份"),
        [Optional(), NumberRange(1950, 2100, lazy("请填写四位数的年份。"))],
    )
    id_kind = SelectField(lazy("证件类型"), [Optional()])
    id_number = StringField(lazy("证件号码"), [Optional(), Length(max=PAPER_MAX)])
    born_on = DateField(lazy("出生日期"), [Optional()])
    phone = StringField(lazy("手机号码"), [Optional(), Length(max=PHONE_MAX), check_mobile])
    dropped = SelectMultipleField(lazy("删除已保存的内容"), [Optional()])

    @classmethod
    def for_member(
        cls, member: Member, needs: Needs, universities: Sequence[University] = ()
    ) -> Self:
        """The form as a member meets it: what is stored of papers, birth and phone stays out.

        With ``universities`` they may also correct who they are on the team's list.
        """
        form = cls(data=_stored(member))
        form._shape_row(universities)
        blank = SelectChoice("", str(_("请选择")))
        form.degree.choices = [
            blank,
            *(SelectChoice(k.value, str(v)) for k, v in DEGREE_LABELS.items()),
        ]
        form.id_kind.choices = [
            blank,
            *(SelectChoice(k.value, str(v)) for k, v in ID_KIND_LABELS.items()),
        ]
        form._shape_enrolment(needs)
        if not needs.graduation:
            del form.graduation_year
        for field, names in _FIELDS.items():
            for name in names if field not in needs.fields else ():
                delattr(form, name)
        held = _held(member) & needs.fields
        form.dropped.choices = [
            SelectChoice(field.value, str(PERSONAL_FIELD_LABELS[field]))
            for field in PersonalField
            if field in held
        ]
        if not held:
            del form.dropped
        return form

    def _shape_row(self, universities: Sequence[University]) -> None:
        if universities:
            blank = SelectChoice("", str(_("请选择")))
            named = [SelectChoice(str(place.id), place.name) for place in universities]
            self.university_id.choices = [blank, *named]
        else:
            del self.name, self.university_id, self.student_number

    def _shape_enrolment(self, needs: Needs) -> None:
        if not needs.enrolment:
            del self.is_enrolled
            return
        if needs.enrolled_on is not None:
            day = format_date(needs.enrolled_on, "long")
            self.is_enrolled.label.text = _("%(date)s当天，您是否有学籍", date=day)
        else:
            self.is_enrolled.label.text = _("您是否有学籍")
        self.is_enrolled.choices = [
            SelectChoice("yes", str(_("是，当天在读"))),
            SelectChoice("no", str(_("否，当天没有学籍"))),
        ]

    def to_part(self) -> PersonalPart:
        """What was typed, as plain values."""
        told: dict[str, Any] = self.data
        enrolled = told.get("is_enrolled")
        return PersonalPart(
            degree=Degree(told["degree"]) if told["degree"] else None,
            is_enrolled=None if not enrolled else enrolled == "yes",
            graduation_year=told.get("graduation_year"),
            id_kind=IdKind(told["id_kind"]) if told.get("id_kind") else None,
            id_number=told.get("id_number") or "",
            born_on=told.get("born_on"),
            phone=told.get("phone") or "",
            dropped=frozenset(PersonalField(name) for name in told.get("dropped") or ()),
            row=self._to_row(),
        )

    def _to_row(self) -> StudentRow | None:
        if "name" not in self:
            return None
        return StudentRow(
            name=self.name.data or "",
            university_id=uuid.UUID(self.university_id.data),
            student_number=self.student_number.data or "",
        )


def _stored(member: Member) -> dict[str, Any]:
    enrolled = {None: None, True: "yes", False: "no"}[member.is_enrolled]
    return {
        "name": member.name,
        "university_id": str(member.university_id) if member.university_id else "",
        "student_number": member.student_number,
        "degree": member.degree.value if member.degree else "",
        "is_enrolled": enrolled,
        "graduation_year": member.graduation_year,
        "id_kind": member.id_kind.value if member.id_kind else "",
    }


def _held(member: Member) -> set[PersonalField]:
    values = {
        PersonalField.ID_NUMBER: member.id_number,
        PersonalField.BORN_ON: member.born_on,
        PersonalField.PHONE: member.phone,
    }
    return {field for field, value in values.items() if value}


class UnmaskForm(HubForm):
    """Why an organiser looks at a member's data in full."""

    reason = TextAreaField(
        lazy("查看原因"),
        [InputRequired(), Length(max=REASON_MAX)],
        description=lazy("例如：核对入围团队成员的身份。原因会记入操作日志。"),
    )
