"""Notices and objections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from eventhub.i18n import _, lazy
from eventhub.outcomes.enums import OBJECTION_STATE_LOOKS, OBJECTION_TRANSITIONS
from eventhub.outcomes.models import (
    CONTACT_MAX,
    NAME_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Objection,
    PublicNotice,
)
from eventhub.outcomes.service import NoticeDraft
from eventhub.web.forms import HubForm, ZonedDateTimeField

OBJECTION_CONTACT_MAX = 120


class NoticeForm(HubForm):
    """What stands around the list."""

    title = StringField(lazy("标题"), [InputRequired(), Length(max=TITLE_MAX)])
    basis = TextAreaField(
        lazy("正文"),
        [InputRequired(), Length(max=TEXT_MAX)],
        description=lazy("写明依据和评审经过。名单、公示期和异议办法会自动列在后面。"),
    )
    opens_at = ZonedDateTimeField(lazy("公示开始"), [InputRequired()])
    closes_at = ZonedDateTimeField(
        lazy("公示结束"),
        [InputRequired()],
        description=lazy("默认 5 个工作日，节假日和调休已计算在内。到时页面自动撤下名单。"),
    )
    contact = StringField(
        lazy("受理异议的联系方式"),
        [InputRequired(), Length(max=CONTACT_MAX)],
        description=lazy("单位、联系人和办公电话，例如：大赛办公室，张老师，023-62460000。"),
    )
    signed_by = StringField(lazy("落款单位"), [InputRequired(), Length(max=TITLE_MAX)])

    @classmethod
    def of(cls, data: dict[str, Any] | PublicNotice, *, zone: str) -> Self:
        """Filled with a notice, or with what is proposed; times in the event's zone."""
        form = cls(data=data) if isinstance(data, dict) else cls(obj=data)
        for field in (form.opens_at, form.closes_at):
            field.zone = zone
        return form

    def to_draft(self) -> NoticeDraft:
        """What the service takes."""
        return NoticeDraft(
            self.title.data or "",
            self.basis.data or "",
            self.contact.data or "",
            self.signed_by.data or "",
            self.opens_at.data,
            self.closes_at.data,
        )


class ObjectionForm(HubForm):
    """An objection by name."""

    row = SelectField(lazy("针对哪个项目"))
    name = StringField(
        lazy("姓名或单位"),
        [InputRequired(), Length(min=2, max=NAME_MAX)],
        description=lazy("请用真实姓名。只有受理异议的组织者能看到。"),
    )
    contact = StringField(
        lazy("邮箱或电话"),
        [InputRequired(), Length(max=OBJECTION_CONTACT_MAX)],
        description=lazy("填邮箱可以收到处理进展的通知。查询进展时要用它核对身份。"),
    )
    text = TextAreaField(
        lazy("异议内容"),
        [InputRequired(), Length(min=10, max=TEXT_MAX)],
        description=lazy("写明事实和理由。"),
    )
    evidence = FileField(lazy("证明材料（选填）"))

    @classmethod
    def about(cls, rows: Sequence[dict[str, Any]]) -> Self:
        """With a line for each row of the notice."""
        form = cls()
        form.row.choices = [
            SelectChoice("", _("整份公示")),
            *(
                SelectChoice(str(at), f"{at}. {row['name']}（{row['school']}）")
                for at, row in enumerate(rows, 1)
            ),
        ]
        return form

    def to_values(self) -> dict[str, Any]:
        """What ``object_to`` takes beside the notice's code."""
        upload = self.evidence.data
        return {
            "name": self.name.data or "",
            "contact": self.contact.data or "",
            "text": self.text.data or "",
            "row": int(self.row.data) if self.row.data else None,
            "evidence": upload.stream if upload and upload.filename else None,
            "evidence_name": upload.filename if upload and upload.filename else "",
        }


class FollowForm(HubForm):
    """What opens the answer to an objection."""

    contact = StringField(
        lazy("提交异议时填写的邮箱或电话"),
        [InputRequired(), Length(max=OBJECTION_CONTACT_MAX)],
    )


class CodeForm(HubForm):
    """A code from a receipt or a certificate."""

    code = StringField(lazy("编号"), [InputRequired(), Length(max=40)])


class AnswerForm(HubForm):
    """The next step with an objection. Build with ``of``."""

    state = RadioField(lazy("处理"), [InputRequired()])
    answer = TextAreaField(
        lazy("答复"),
        [Length(max=TEXT_MAX)],
        description=lazy("异议人会看到。作出决定时必填。"),
    )

    @classmethod
    def of(cls, objection: Objection) -> Self:
        """With the states that can follow."""
        form = cls()
        form.state.choices = [
            SelectChoice(state.value, OBJECTION_STATE_LOOKS[state][0])
            for state in OBJECTION_STATE_LOOKS
            if state in OBJECTION_TRANSITIONS[objection.state]
        ]
        return form
