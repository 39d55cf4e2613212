"""Vocabulary of events."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class EventKind(StrEnum):
    """The contests and the eight kinds of activities of 渝科局发〔2024〕35号."""

    CONTEST = "contest"
    ACHIEVEMENT_MATCHING = "achievement_matching"
    PROJECT_ROADSHOW = "project_roadshow"
    FINANCING_MATCHING = "financing_matching"
    LECTURE = "lecture"
    SYMPOSIUM = "symposium"
    TRAINING = "training"
    POPULAR_SCIENCE = "popular_science"
    POLICY_BRIEFING = "policy_briefing"


# label, icon
EVENT_KIND_LOOKS = {
    EventKind.CONTEST: (lazy("赛事"), "trophy"),
    EventKind.ACHIEVEMENT_MATCHING: (lazy("成果对接"), "heart-handshake"),
    EventKind.PROJECT_ROADSHOW: (lazy("项目路演"), "presentation"),
    EventKind.FINANCING_MATCHING: (lazy("融资对接"), "coin"),
    EventKind.LECTURE: (lazy("大咖讲座"), "microphone"),
    EventKind.SYMPOSIUM: (lazy("学术研讨"), "message"),
    EventKind.TRAINING: (lazy("人才培养"), "school"),
    EventKind.POPULAR_SCIENCE: (lazy("科学普及"), "bulb"),
    EventKind.POLICY_BRIEFING: (lazy("政策宣讲"), "speakerphone"),
}


class EventState(StrEnum):
    """How far an event is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


EVENT_TRANSITIONS = {
    EventState.DRAFT: {EventState.PUBLISHED, EventState.CANCELLED},
    EventState.PUBLISHED: {EventState.CANCELLED, EventState.DRAFT},
    EventState.CANCELLED: set(),
}

# label, colour, icon
EVENT_STATE_LOOKS = {
    EventState.DRAFT: (lazy("草稿"), "grey", "edit"),
    EventState.PUBLISHED: (lazy("已发布"), "green", "circle-check"),
    EventState.CANCELLED: (lazy("已取消"), "red", "ban"),
}


class HostRole(StrEnum):
    """How a circle takes part in an event."""

    LEAD = "lead"
    ORGANISER = "organiser"
    JOINT = "joint"


HOST_ROLE_LABELS = {
    HostRole.LEAD: lazy("主办"),
    HostRole.ORGANISER: lazy("承办"),
    HostRole.JOINT: lazy("联合举办"),
}


class AttendeeRole(StrEnum):
    """As what someone comes."""

    VISITOR = "visitor"
    COMPETITOR = "competitor"
    ADVISER = "adviser"
    JUDGE = "judge"
    GUEST = "guest"
    STAFF = "staff"


ATTENDEE_ROLE_LABELS = {
    AttendeeRole.VISITOR: lazy("观众"),
    AttendeeRole.COMPETITOR: lazy("参赛选手"),
    AttendeeRole.ADVISER: lazy("指导教师"),
    AttendeeRole.JUDGE: lazy("评委"),
    AttendeeRole.GUEST: lazy("嘉宾"),
    AttendeeRole.STAFF: lazy("工作人员"),
}


class RegistrationState(StrEnum):
    """Whether a place is held."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


REGISTRATION_TRANSITIONS = {
    RegistrationState.PENDING: {RegistrationState.CONFIRMED, RegistrationState.CANCELLED},
    RegistrationState.CONFIRMED: {RegistrationState.CANCELLED},
    RegistrationState.CANCELLED: {RegistrationState.CONFIRMED},
}

REGISTRATION_STATE_LOOKS = {
    RegistrationState.PENDING: (lazy("待确认"), "amber", "clock"),
    RegistrationState.CONFIRMED: (lazy("已报名"), "green", "circle-check"),
    RegistrationState.CANCELLED: (lazy("已取消"), "grey", "ban"),
}


class RegistrationStatus(StrEnum):
    """Whether the public can register at this moment."""

    NONE = "none"
    NOT_YET = "not_yet"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"


REGISTRATION_STATUS_LOOKS = {
    RegistrationStatus.NONE: (lazy("无需报名"), "grey", "circle-dashed"),
    RegistrationStatus.NOT_YET: (lazy("报名未开始"), "blue", "clock"),
    RegistrationStatus.OPEN: (lazy("可报名"), "green", "circle-check"),
    RegistrationStatus.FULL: (lazy("名额已满"), "amber", "users"),
    RegistrationStatus.CLOSED: (lazy("报名已截止"), "grey", "lock"),
}
