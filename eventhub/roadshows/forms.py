"""Setting up, drawing, and changing a timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from wtforms import IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from eventhub.competitions.models import Round
from eventhub.domain.roadshow.timetable import PRESETS
from eventhub.entries.models import Entry
from eventhub.i18n import _, lazy
from eventhub.roadshows.models import (
    PUBLIC_TEXT_MAX,
    RECALL_REASON_MAX,
    ROOM_NAME_MAX,
    VENUE_MAX,
    Roadshow,
    Room,
    Slot,
)
from eventhub.roadshows.service.setup import ROOMS_MAX
from eventhub.web.forms import FieldList, HubForm, ZonedDateTimeField, clean

OWN = "own"
MINUTE = timedelta(minutes=1)
PRESET_MINUTES = {
    key: (fmt.pitch // MINUTE, fmt.qa // MINUTE, fmt.scoring.seconds)
    for key, fmt in PRESETS.items()
    if ".." not in key  # a span of minutes is no timetable
}


def _minutes(label: Any, low: int, high: int, **kwargs: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(low, high)], **kwargs)


def _preset_label(key: str) -> str:
    pitch, qa, scoring = PRESET_MINUTES[key]
    if not qa:
        return str(_("%(key)s：陈述 %(pitch)s 分钟，不答辩", key=pitch, pitch=pitch))
    if scoring:
        return str(
            _(
                "%(key)s：陈述 %(pitch)s 分钟，答辩 %(qa)s 分钟，评分 %(scoring)s 分钟",
                key=key,
                pitch=pitch,
                qa=qa,
                scoring=scoring // 60,
            )
        )
    return str(_("%(key)s：陈述 %(pitch)s 分钟，答辩 %(qa)s 分钟", key=key, pitch=pitch, qa=qa))


class SetupForm(HubForm):
    """Rooms and times. Build with ``of``."""

    rooms = FieldList(
        StringField(lazy("会场名称"), [Optional(), Length(max=ROOM_NAME_MAX)], filters=[clean]),
        lazy("会场"),
        min_entries=1,
        max_entries=ROOMS_MAX,
    )
    starts_at = ZonedDateTimeField(lazy("第一个项目出场时间"), [InputRequired()])
    venue = StringField(
        lazy("地点"),
        [Optional(), Length(max=VENUE_MAX)],
        description=lazy("楼宇或校区，例如“大学生活动中心”。会场名称写在下面。"),
    )
    preset = SelectField(lazy("时长方案"))
    pitch_minutes = _minutes(lazy("陈述"), 1, 120)
    qa_minutes = _minutes(lazy("答辩"), 0, 120)
    scoring_seconds = _minutes(lazy("评分"), 0, 3600)
    changeover_seconds = _minutes(lazy("换场"), 0, 3600)
    break_after = IntegerField(lazy("每几个项目后休息"), [Optional(), NumberRange(1, 100)])
    break_minutes = IntegerField(lazy("休息多久"), [Optional(), NumberRange(0, 240)])
    pause_at = ZonedDateTimeField(lazy("午休等暂停从何时开始"), [Optional()])
    pause_minutes = IntegerField(lazy("暂停多久"), [Optional(), NumberRange(0, 1440)])

    @classmethod
    def of(cls, round_: Round, roadshow: Roadshow | None) -> Self:
        """The form of a round, filled with what was set up, in the event's zone."""
        event = round_.competition.event
        zone = event.timezone
        fields = {
            name: ZonedDateTimeField(
                getattr(cls, name).args[0], getattr(cls, name).args[1], zone=zone
            )
            for name in ("starts_at", "pause_at")
        }
        zoned: type[Self] = type("ZonedSetupForm", (cls,), fields)
        times = (round_.pitch_seconds // 60, round_.qa_seconds // 60)
        form = zoned(
            data={
                "rooms": [room.name for room in roadshow.rooms] if roadshow else [""],
                "starts_at": roadshow.starts_at if roadshow else event.starts_at,
                "venue": roadshow.venue if roadshow else event.venue,
                "preset": _find_preset(*times),
                "pitch_minutes": times[0],
                "qa_minutes": times[1],
                "scoring_seconds": round_.scoring_seconds,
                "changeover_seconds": roadshow.changeover_seconds if roadshow else 60,
                "break_after": roadshow.break_after if roadshow else None,
                "break_minutes": roadshow.break_seconds // 60 if roadshow else 0,
                "pause_at": roadshow.pause_at if roadshow else None,
                "pause_minutes": roadshow.pause_seconds // 60 if roadshow else 0,
            }
        )
        form.preset.choices = [
            *(SelectChoice(key, _preset_label(key)) for key in PRESET_MINUTES),
            SelectChoice(OWN, _("自定时长")),
        ]
        return form

    def to_values(self) -> dict[str, Any]:
        """What ``service.set_up`` takes. A preset's minutes win over the typed ones."""
        pitch, qa, scoring = PRESET_MINUTES.get(self.preset.data, (None, None, 0))
        return {
            "rooms": [field.data or "" for field in self.rooms],
            "starts_at": self.starts_at.data,
            "venue": self.venue.data or "",
            "pitch_minutes": pitch if pitch is not None else self.pitch_minutes.data,
            "qa_minutes": qa if qa is not None else self.qa_minutes.data,
            "scoring_seconds": scoring or self.scoring_seconds.data,
            "changeover_seconds": self.changeover_seconds.data,
            "break_after": self.break_after.data,
            "break_minutes": self.break_minutes.data or 0,
            "pause_at": self.pause_at.data,
            "pause_minutes": self.pause_minutes.data or 0,
        }


def _find_preset(pitch: int, qa: int) -> str:
    for key, (its_pitch, its_qa, _scoring) in PRESET_MINUTES.items():
        if (its_pitch, its_qa) == (pitch, qa):
            return key
    return OWN


class AnnounceForm(HubForm):
    """Which public text the draw will use."""

    public_source = TextAreaField(
        lazy("抽签时将使用的公开文本"),
        [DataRequired(), Length(max=PUBLIC_TEXT_MAX)],
        description=lazy(
            "写清到时用什么、何时产生，现在谁也不能知道内容。例如“11 月 24 日双色球开奖号码”，"
            "或“抽签现场由三支团队各报一个数字”。"
        ),
    )


class RecallForm(HubForm):
    """Why an announcement is taken back."""

    reason = StringField(lazy("理由"), [DataRequired(), Length(max=RECALL_REASON_MAX)])


class DrawForm(HubForm):
    """The public text, now that it is known."""

    public_text = StringField(
        lazy("公开文本"),
        [DataRequired(), Length(max=PUBLIC_TEXT_MAX)],
        description=lazy("照公告的来源原样填写，例如“03 08 17 21 28 33 + 09”。空格也算数。"),
    )


class SwapForm(HubForm):
    """With which slot to change places."""

    other = SelectField(lazy("与哪个时段对调"))

    def offer(self, slot: Slot, slots: Sequence[Slot]) -> Self:
        """List every other slot of the roadshow."""
        self.other.choices = [
            SelectChoice(str(s.id), slot_label(s)) for s in slots if s.id != slot.id
        ]
        return self


class MoveForm(HubForm):
    """To which room and place."""

    room = SelectField(lazy("会场"))
    position = IntegerField(
        lazy("第几个出场"),
        [InputRequired(), NumberRange(1, 999)],
        description=lazy("超过最后一个时排在末尾。"),
    )

    def offer(self, rooms: Sequence[Room]) -> Self:
        """List the rooms of the roadshow."""
        self.room.choices = [SelectChoice(str(room.id), room.name) for room in rooms]
        return self


class DelayForm(HubForm):
    """By how much, from this slot on."""

    minutes = IntegerField(
        lazy("推迟"),
        [InputRequired(), NumberRange(-240, 480)],
        description=lazy("从这个时段起，本会场后面的时段一起推迟。填负数表示提前。"),
    )

    def validate_minutes(self, field: IntegerField) -> None:
        """Nothing is not a delay."""
        if field.data == 0:
            raise ValidationError(_("请填写不为 0 的分钟数。"))


class LateForm(HubForm):
    """Which entry comes in late, and into which room."""

    entry = SelectField(lazy("项目"))
    room = SelectField(lazy("会场"))

    def offer(self, entries: Sequence[Entry], rooms: Sequence[Room]) -> Self:
        """List the entries without a slot, and the rooms."""
        self.entry.choices = [SelectChoice(str(e.id), f"{e.code} {e.name}") for e in entries]
        self.room.choices = [SelectChoice(str(room.id), room.name) for room in rooms]
        return self


class PlacesForm(HubForm):
    """What venue and rooms are called."""

    venue = StringField(lazy("地点"), [Optional(), Length(max=VENUE_MAX)])
    rooms = FieldList(
        StringField(lazy("会场名称"), [DataRequired(), Length(max=ROOM_NAME_MAX)], filters=[clean]),
        lazy("会场"),
        max_entries=ROOMS_MAX,
    )


class PublishForm(HubForm):
    """A confirmation: the token only."""


def slot_label(slot: Slot) -> str:
    """A slot in a list to choose from."""
    if slot.is_vacant:
        return str(
            _("%(room)s 第 %(position)s 个：空档", room=slot.room.name, position=slot.position)
        )
    return str(
        _(
            "%(room)s 第 %(position)s 个：%(project)s",
            room=slot.room.name,
            position=slot.position,
            project=slot.entry.name or slot.entry.code,
        )
    )
