"""Forms of events and registrations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, TypedDict
from urllib.parse import urlsplit

from flask import current_app, request
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX, Person
from eventhub.circles.models import Circle
from eventhub.domain.identifiers import is_mobile, normalise_mobile
from eventhub.events.enums import (
    ATTENDEE_ROLE_LABELS,
    EVENT_KIND_LOOKS,
    HOST_ROLE_LABELS,
    AttendeeRole,
    EventKind,
    HostRole,
)
from eventhub.events.models import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    ORGANISATION_MAX,
    REASON_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    URL_MAX,
    VENUE_MAX,
    Event,
    Session,
)
from eventhub.events.service import EventChanges
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm, ZonedDateTimeField

CAPACITY_MAX = 100_000
# a team's places come from its entry, so nobody is added by hand as a competitor or adviser
ADDABLE_ROLES = (
    AttendeeRole.VISITOR,
    AttendeeRole.GUEST,
    AttendeeRole.JUDGE,
    AttendeeRole.STAFF,
)

_KINDS = [SelectChoice(kind.value, look[0]) for kind, look in EVENT_KIND_LOOKS.items()]


def check_web_address(_form: HubForm, field: StringField) -> None:
    """An address that a browser can open."""
    if field.data:
        try:
            parts = urlsplit(field.data)
        except ValueError:  # brackets that hold no address
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValidationError(_("请填写以 https:// 开头的完整网址。"))


class ConfirmForm(HubForm):
    """A button that changes something, with nothing to fill in."""


class ReasonForm(HubForm):
    """Why something is called off."""

    reason = TextAreaField(lazy("原因"), [DataRequired(), Length(max=REASON_MAX)])


class EventForm(HubForm):
    """An event. Build with ``for_circles`` or ``for_event``."""

    circle = SelectField(
        lazy("负责的生态圈"), description=lazy("由它管理本活动；其他主办、承办方稍后添加。")
    )
    kind = SelectField(lazy("活动类型"), choices=_KINDS)
    title = StringField(lazy("活动名称"), [DataRequired(), Length(max=TITLE_MAX)])
    summary = StringField(
        lazy("一句话介绍"),
        [Optional(), Length(max=SUMMARY_MAX)],
        description=lazy("显示在活动列表里，说清讲什么、给谁听。"),
    )
    description = TextAreaField(lazy("详细说明"), [Optional(), Length(max=DESCRIPTION_MAX)])
    starts_at = ZonedDateTimeField(lazy("开始时间"), [InputRequired()])
    ends_at = ZonedDateTimeField(lazy("结束时间"), [InputRequired()])
    venue = StringField(
        lazy("地点"),
        [Optional(), Length(max=VENUE_MAX)],
        description=lazy("到楼和房间，例如：创新楼 201 报告厅。"),
    )
    address = StringField(
        lazy("地址"),
        [Optional(), Length(max=ADDRESS_MAX)],
        description=lazy("方便导航的门牌地址。"),
    )
    online_url = URLField(lazy("线上地址"), [Optional(), Length(max=URL_MAX), check_web_address])
    capacity = IntegerField(
        lazy("名额"),
        [Optional(), NumberRange(min=1, max=CAPACITY_MAX)],
        description=lazy("留空表示不限。"),
    )
    registration_opens_at = ZonedDateTimeField(
        lazy("报名开始"), [Optional()], description=lazy("留空表示发布后即可报名。")
    )
    registration_closes_at = ZonedDateTimeField(
        lazy("报名截止"), [Optional()], description=lazy("留空表示活动结束前都可报名。")
    )

    @classmethod
    def for_circles(cls, circles: Sequence[Circle]) -> Self:
        """For a new event of one of these circles; contests are made elsewhere."""
        form = cls()
        form.circle.choices = [SelectChoice(str(circle.id), circle.name) for circle in circles]
        form._offer_kinds(contest=False)
        return form

    @classmethod
    def for_event(cls, event: Event) -> Self:
        """For changing an event; its circle stays, and times are those of its own zone."""
        form = cls(formdata=None)
        del form.circle
        form._offer_kinds(contest=event.kind is EventKind.CONTEST)
        for name in ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at"):
            form[name].zone = event.timezone
        form.process(request.form if form.is_submitted() else None, obj=event)
        return form

    def _offer_kinds(self, *, contest: bool) -> None:
        self.kind.choices = [
            choice for choice in _KINDS if (choice.value == EventKind.CONTEST) is contest
        ]

    def circle_id(self) -> uuid.UUID:
        """The circle chosen for a new event."""
        return uuid.UUID(self.circle.data)

    def to_changes(self) -> EventChanges:
        """The values, as the service takes them."""
        return {
            "kind": EventKind(self.kind.data),
            "title": self.title.data,
            "summary": self.summary.data or "",
            "description": self.description.data or "",
            "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data,
            "venue": self.venue.data or "",
            "address": self.address.data or "",
            "online_url": self.online_url.data or None,
            "capacity": self.capacity.data,
            "registration_opens_at": self.registration_opens_at.data,
            "registration_closes_at": self.registration_closes_at.data,
        }


class SessionValues(TypedDict):
    """What an organiser says of a session."""

    name: str
    starts_at: datetime
    ends_at: datetime
    venue: str


class SessionForm(HubForm):
    """A part of an event. Build with ``for_event``."""

    name = StringField(
        lazy("名称"),
        [DataRequired(), Length(max=TITLE_MAX)],
        description=lazy("例如：上午报告、分组对接、圆桌讨论。"),
    )
    starts_at = ZonedDateTimeField(lazy("开始时间"), [InputRequired()])
    ends_at = ZonedDateTimeField(lazy("结束时间"), [InputRequired()])
    venue = StringField(
        lazy("地点"),
        [Optional(), Length(max=VENUE_MAX)],
        description=lazy("留空表示在活动的地点。"),
    )

    @classmethod
    def for_event(cls, event: Event, session: Session | None = None) -> Self:
        """The form for a new session, which begins where the last ends, or for a present one."""
        form = cls(formdata=None)
        for name in ("starts_at", "ends_at"):
            form[name].zone = event.timezone
        begins = event.sessions[-1].ends_at if event.sessions else event.starts_at
        proposed = {"starts_at": begins, "ends_at": event.ends_at}
        form.process(
            request.form if form.is_submitted() else None,
            obj=session,
            data=None if session else proposed,
        )
        return form

    def to_values(self) -> SessionValues:
        """The values, as the service takes them."""
        return {
            "name": self.name.data or "",
            "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data,
            "venue": self.venue.data or "",
        }


class HostsForm(HubForm):
    """How each circle takes part, one choice a circle. Build with ``for_event``."""

    @classmethod
    def for_event(cls, event: Event, circles: Sequence[Circle]) -> Self:
        """Offer every circle; the one that runs the event cannot stay out."""
        roles = [SelectChoice(role.value, label) for role, label in HOST_ROLE_LABELS.items()]
        present = {host.circle_id: host.role.value for host in event.hosts}
        fields: dict[str, Any] = {}
        for circle in circles:
            own = circle.id == event.circle_id
            fields[f"role_{circle.id.hex}"] = SelectField(
                circle.name,
                choices=roles if own else [SelectChoice("", lazy("不参与")), *roles],
                default=present.get(circle.id, ""),
                description=lazy("负责本活动") if own else "",
            )
        form_class: type[Self] = type("EventHostsForm", (cls,), fields)
        return form_class()

    def to_hosts(self) -> dict[uuid.UUID, HostRole]:
        """The circles that take part, and how."""
        return {
            uuid.UUID(field.name.removeprefix("role_")): HostRole(field.data)
            for field in self
            if field.name.startswith("role_") and field.data
        }


class AttendeeForm(HubForm):
    """Someone who wants a place, with or without an account."""

    name = StringField(
        lazy("姓名"),
        [DataRequired(), Length(min=2, max=NAME_MAX)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        lazy("邮箱"),
        [Optional(), Email(), Length(max=EMAIL_MAX)],
        description=lazy("电子票和活动变动会发到这里。"),
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(
        lazy("手机"),
        [Optional(), Length(max=30)],
        description=lazy("邮箱和手机至少填一项。加密保存，仅用于本活动联系。"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    organisation = StringField(
        lazy("学校或单位"),
        [DataRequired(), Length(max=ORGANISATION_MAX)],
        render_kw={"list": "universities", "autocomplete": "organization"},
    )

    def validate_phone(self, field: StringField) -> None:
        """A mainland mobile number, however it is spaced; stored bare."""
        if field.data:
            field.data = normalise_mobile(field.data)
            if not is_mobile(field.data):
                raise ValidationError(_("请填写 11 位手机号码。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for one way of reaching the person."""
        fine: bool = super().validate(extra_validators)
        if self.email is None:  # the account has an address
            return fine
        if not self.email.data and not self.phone.data and not self.email.errors:
            self.email.errors = [*self.email.errors, _("请至少填写邮箱或手机中的一项。")]
            return False
        return fine


class RegistrationForm(AttendeeForm):
    """A visitor registers themself."""

    consent = BooleanField(
        lazy("我已阅读隐私说明，同意主办方为本次活动使用以上信息"), [InputRequired()]
    )

    @classmethod
    def for_visitor(cls, person: Person | None) -> Self:
        """Filled with what the account knows; its address is taken and not asked for."""
        if person is None:
            return cls()
        form = cls(data={"name": person.name, "phone": person.phone})
        if person.email:
            del form.email
        return form


class AddAttendeeForm(AttendeeForm):
    """An organiser enters someone."""

    role = SelectField(
        lazy("身份"),
        choices=[SelectChoice(role.value, ATTENDEE_ROLE_LABELS[role]) for role in ADDABLE_ROLES],
    )


def local_zone() -> str:
    """The zone of the calendar as a whole."""
    zone: str = current_app.config["TIMEZONE"]
    return zone
