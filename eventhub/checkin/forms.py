"""Forms of the door, and the reading of what a device sends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, TypedDict

from wtforms import HiddenField, StringField
from wtforms.validators import UUID, InputRequired, Length, Optional, ValidationError

from eventhub.checkin.errors import BadScanError
from eventhub.checkin.models import NAME_MAX, Checkpoint
from eventhub.events.models import Event
from eventhub.i18n import LazyString, _, lazy
from eventhub.web.forms import HubForm, ZonedDateTimeField

PAYLOAD_MAX = 500  # of a code, our longest link has some 60
WAITED_MAX = timedelta(hours=1)


def _moment(label: LazyString, zone: str, hint: LazyString) -> ZonedDateTimeField:
    return ZonedDateTimeField(label, zone=zone, description=hint, validators=[Optional()])


class CheckpointValues(TypedDict):
    """What an organiser says of a checkpoint."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None


class CheckpointForm(HubForm):
    """A checkpoint's name and window. Build with ``for_event``."""

    name = StringField(
        lazy("名称"),
        description=lazy("例如：主入口、东门、嘉宾通道。"),
        validators=[
            InputRequired(lazy("请填写签到点的名称。")),
            Length(max=NAME_MAX, message=lazy("名称最多 %(max)d 个字。")),
        ],
    )
    opens_at: ZonedDateTimeField
    closes_at: ZonedDateTimeField

    @classmethod
    def for_event(cls, event: Event, checkpoint: Checkpoint | None = None) -> Self:
        """The form for a new checkpoint or a present one, in the event's zone."""
        fields = {
            "opens_at": _moment(
                lazy("开始签到"), event.timezone, lazy("不填写时，为活动开始前两小时。")
            ),
            "closes_at": _moment(
                lazy("停止签到"), event.timezone, lazy("不填写时，为活动结束时。")
            ),
        }
        form_class: type[Self] = type(cls.__name__, (cls,), fields)
        return form_class(obj=checkpoint)

    def to_values(self) -> CheckpointValues:
        """The values, as the service takes them."""
        return {
            "name": self.name.data or "",
            "opens_at": self.opens_at.data,
            "closes_at": self.closes_at.data,
        }

    def validate_closes_at(self, field: ZonedDateTimeField) -> None:
        """The window must last."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("停止签到的时间必须晚于开始签到的时间。"))


class TypedCodeForm(HubForm):
    """A short code typed by hand, for a browser in which our scripts do not run.

    ``scan_id`` is made with the page, so that sending it twice is one scan.
    """

    scan_id = HiddenField(validators=[UUID()])
    code = StringField(
        lazy("票码"),
        validators=[
            InputRequired(lazy("请输入票码。")),
            Length(max=PAYLOAD_MAX, message=lazy("票码太长了。")),
        ],
    )


@dataclass(frozen=True)
class SentScan:
    """A scan as a device sends it."""

    scan_id: uuid.UUID
    code: str
    scanned_at: datetime

    @classmethod
    def read(cls, body: Any, *, now: datetime) -> Self:
        """Read ``{"id": uuid, "code": text, "waited_ms": number}``.

        ``waited_ms`` is how long the device has had the scan, by a clock that only runs
        forward; what the device takes for the time of day is not asked.

        Raises:
            BadScanError: it is nothing of the kind.

        """
        if not isinstance(body, dict):
            raise BadScanError
        code, waited = body.get("code"), body.get("waited_ms", 0)
        if not isinstance(code, str) or not 0 < len(code.strip()) <= PAYLOAD_MAX:
            raise BadScanError
        if not isinstance(waited, int | float) or isinstance(waited, bool):
            raise BadScanError
        if not 0 <= waited <= WAITED_MAX / timedelta(milliseconds=1):
            raise BadScanError
        try:
            scan_id = uuid.UUID(str(body.get("id")))
        except ValueError:
            raise BadScanError from None
        return cls(scan_id, code, now - timedelta(milliseconds=waited))
