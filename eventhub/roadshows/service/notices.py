"""What captains are told of their slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventhub.i18n import _, speaking
from eventhub.notifications.messages import Action, CalendarEntry, Message, Recipient
from eventhub.notifications.service import notify
from eventhub.roadshows.models import Roadshow, Slot
from eventhub.web.jinja import show_range, zone_name


@dataclass(frozen=True)
class Place:
    """Where and when a slot is, as people are told it."""

    venue: str
    room: str
    position: int
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, slot: Slot, roadshow: Roadshow) -> Place:
        """As it stands now."""
        return cls(roadshow.venue, slot.room.name, slot.position, slot.starts_at, slot.ends_at)

    @property
    def location(self) -> str:
        """Venue and room."""
        return " · ".join(part for part in (self.venue, self.room) if part)

    def facts(self) -> dict[str, object]:
        """As the log of deeds keeps it."""
        return {
            "room": self.room,
            "position": self.position,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


def appointment(slot: Slot, roadshow: Roadshow) -> CalendarEntry:
    """The slot for a calendar, in the language spoken now; each published version moves it."""
    event = roadshow.round.competition.event
    return CalendarEntry(
        uid=f"slot-{slot.roadshow_id}-{slot.entry_id}@eventhub",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=str(_("路演：%(project)s", project=slot.entry.name or slot.entry.code)),
        location=Place.of(slot, roadshow).location or event.venue,
        description=str(
            _(
                "%(competition)s %(round)s，项目编号 %(code)s，本会场第 %(position)s 个出场。",
                competition=event.title,
                round=roadshow.round.name,
                code=slot.entry.code,
                position=slot.position,
            )
        ),
        sequence=roadshow.timetable_version,
        is_cancelled=slot.is_vacant,
    )


def tell(roadshow: Roadshow, slot: Slot, *, before: Place | None) -> None:
    """Queue the mail to a slot's captain: that it is theirs, or what it was and what it is now."""
    to = Recipient.of(slot.entry.captain)
    with speaking(to.locale):
        entry = appointment(slot, roadshow)
    notify(
        to,
        key=f"roadshow:{roadshow.id}:{slot.entry_id}:v{roadshow.timetable_version}",
        kind="roadshows.slot" if before is None else "roadshows.slot_moved",
        compose=lambda: (
            _first(roadshow, slot) if before is None else _moved(roadshow, slot, before)
        ),
        calendar_entry=entry,
        subject_id=slot.entry_id,
        circle_id=roadshow.round.competition.event.circle_id,
    )


def _first(roadshow: Roadshow, slot: Slot) -> Message:
    place = Place.of(slot, roadshow)
    return Message(
        title=str(_("出场时间已公布：%(project)s", project=slot.entry.name)),
        paragraphs=(
            str(
                _(
                    "“%(competition)s”%(round)s的路演日程已经发布，您的项目出场时间如下。",
                    competition=roadshow.round.competition.event.title,
                    round=roadshow.round.name,
                )
            ),
            str(
                _(
                    "请提前到场签到、拷贝演示文稿并候场。附件可加入手机日历，时间有变时我们会再通知您。"
                )
            ),
        ),
        facts=(
            (str(_("项目")), f"{slot.entry.name} ({slot.entry.code})"),
            (str(_("时间")), _when(place, roadshow)),
            (str(_("地点")), place.location),
            (str(_("出场顺序")), str(_("本会场第 %(position)s 个", position=place.position))),
        ),
        action=_action(roadshow, slot),
    )


def _moved(roadshow: Roadshow, slot: Slot, before: Place) -> Message:
    place = Place.of(slot, roadshow)
    facts = [(str(_("项目")), f"{slot.entry.name} ({slot.entry.code})")]
    if (before.starts_at, before.ends_at) != (place.starts_at, place.ends_at):
        facts += [
            (str(_("原时间")), _when(before, roadshow)),
            (str(_("新时间")), _when(place, roadshow)),
        ]
    else:
        facts += [(str(_("时间（不变）")), _when(place, roadshow))]
    if before.location != place.location:
        facts += [(str(_("原地点")), before.location), (str(_("新地点")), place.location)]
    else:
        facts += [(str(_("地点（不变）")), place.location)]
    facts += [(str(_("出场顺序")), str(_("本会场第 %(position)s 个", position=place.position)))]
    return Message(
        title=str(_("出场安排有调整：%(project)s", project=slot.entry.name)),
        paragraphs=(
            str(
                _(
                    "“%(competition)s”%(round)s的路演日程有调整，您的项目请以新的安排为准。",
                    competition=roadshow.round.competition.event.title,
                    round=roadshow.round.name,
                )
            ),
            str(_("打开附件，手机日历里原来的安排会更新为新的时间和地点。")),
        ),
        facts=tuple(facts),
        action=_action(roadshow, slot),
    )


def _when(place: Place, roadshow: Roadshow) -> str:
    zone = roadshow.round.competition.event.timezone
    return f"{show_range(place.starts_at, place.ends_at, zone)} {zone_name(zone)}"


def _action(roadshow: Roadshow, slot: Slot) -> Action:
    return Action(
        str(_("查看出场安排")),
        "roadshows.timetable",
        {
            "code": roadshow.round.competition.event.code,
            "round": roadshow.round.position,
            "q": slot.entry.code,
        },
    )
