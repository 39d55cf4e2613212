"""Vocabulary of entries."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class EntryState(StrEnum):
    """How far an entry is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


ENTRY_TRANSITIONS = {
    EntryState.DRAFT: {EntryState.SUBMITTED, EntryState.WITHDRAWN},
    EntryState.SUBMITTED: {EntryState.APPROVED, EntryState.RETURNED, EntryState.WITHDRAWN},
    EntryState.RETURNED: {EntryState.SUBMITTED, EntryState.WITHDRAWN},
    EntryState.APPROVED: {EntryState.RETURNED, EntryState.WITHDRAWN},
    EntryState.WITHDRAWN: set(),
}

# label, colour, icon
ENTRY_STATE_LOOKS = {
    EntryState.DRAFT: (lazy("草稿，未提交"), "grey", "edit"),
    EntryState.SUBMITTED: (lazy("已提交，待审核"), "blue", "clock"),
    EntryState.RETURNED: (lazy("已退回，请修改"), "amber", "arrow-back-up"),
    EntryState.APPROVED: (lazy("审核通过"), "green", "circle-check"),
    EntryState.WITHDRAWN: (lazy("已退赛"), "red", "ban"),
}

EDITABLE = frozenset({EntryState.DRAFT, EntryState.RETURNED})


class MemberState(StrEnum):
    """How a member came into the team."""

    LISTED = "listed"  # typed by the captain or imported by an office
    INVITED = "invited"  # asked by mail
    CONFIRMED = "confirmed"  # said yes in person


MEMBER_STATE_LOOKS = {
    MemberState.LISTED: (lazy("待确认"), "grey", "user"),
    MemberState.INVITED: (lazy("已邀请，待确认"), "amber", "mail"),
    MemberState.CONFIRMED: (lazy("本人已确认"), "green", "circle-check"),
}


class Degree(StrEnum):
    """What a member studies for."""

    VOCATIONAL = "vocational"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"
    HIGH_SCHOOL = "high_school"


DEGREE_LABELS = {
    Degree.VOCATIONAL: lazy("专科（高职）"),
    Degree.BACHELOR: lazy("本科"),
    Degree.MASTER: lazy("硕士研究生"),
    Degree.DOCTOR: lazy("博士研究生"),
    Degree.HIGH_SCHOOL: lazy("高中"),
}


class IdKind(StrEnum):
    """Papers of identity; only the resident's number has a checksum to test."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"
    TAIWAN = "taiwan"
    FOREIGN_RESIDENT = "foreign_resident"


ID_KIND_LABELS = {
    IdKind.RESIDENT: lazy("居民身份证"),
    IdKind.PASSPORT: lazy("护照"),
    IdKind.HK_MACAO: lazy("港澳居民来往内地通行证或居住证"),
    IdKind.TAIWAN: lazy("台湾居民来往大陆通行证或居住证"),
    IdKind.FOREIGN_RESIDENT: lazy("外国人永久居留身份证"),
}


class LockedPart(StrEnum):
    """What of an entry is fixed from the closing moment on."""

    NAME = "name"
    GROUP = "group"
    CATEGORY = "category"
    MEMBERS = "members"
    ADVISERS = "advisers"
    SUMMARY = "summary"
    ANSWERS = "answers"
    COMPANY = "company"
    DOCUMENTS = "documents"  # what the first round asks for


# open to a team whose entry was returned after the closing moment, without an unlock
MENDABLE = frozenset(
    {LockedPart.SUMMARY, LockedPart.ANSWERS, LockedPart.COMPANY, LockedPart.DOCUMENTS}
)

LOCKED_PART_LABELS = {
    LockedPart.NAME: lazy("项目名称"),
    LockedPart.GROUP: lazy("组别"),
    LockedPart.CATEGORY: lazy("参赛类别"),
    LockedPart.MEMBERS: lazy("团队成员"),
    LockedPart.ADVISERS: lazy("指导教师"),
    LockedPart.SUMMARY: lazy("项目简介"),
    LockedPart.ANSWERS: lazy("报名表"),
    LockedPart.COMPANY: lazy("企业与股权信息"),
    LockedPart.DOCUMENTS: lazy("报名时提交的材料"),
}


class ParticipationWay(StrEnum):
    """How an entry came into a later round."""

    QUOTA = "quota"
    REVIVAL = "revival"
    HAND = "hand"


PARTICIPATION_WAY_LABELS = {
    ParticipationWay.QUOTA: lazy("按名次晋级"),
    ParticipationWay.REVIVAL: lazy("复活"),
    ParticipationWay.HAND: lazy("人工调整"),
}


class ImportState(StrEnum):
    """How far an imported list is."""

    CHECKING = "checking"
    CHECKED = "checked"
    WRITING = "writing"
    IMPORTED = "imported"
    DISCARDED = "discarded"


IMPORT_TRANSITIONS = {
    ImportState.CHECKING: {ImportState.CHECKED, ImportState.DISCARDED},
    ImportState.CHECKED: {ImportState.CHECKING, ImportState.WRITING, ImportState.DISCARDED},
    ImportState.WRITING: {ImportState.CHECKED, ImportState.IMPORTED},
    ImportState.IMPORTED: set(),
    ImportState.DISCARDED: set(),
}

# label, colour, icon
IMPORT_STATE_LOOKS = {
    ImportState.CHECKING: (lazy("正在检查"), "teal", "loader-2"),
    ImportState.CHECKED: (lazy("已检查，等您决定"), "amber", "clipboard-check"),
    ImportState.WRITING: (lazy("正在导入"), "teal", "loader-2"),
    ImportState.IMPORTED: (lazy("已导入"), "green", "circle-check"),
    ImportState.DISCARDED: (lazy("已放弃"), "grey", "ban"),
}


class EntryOrder(StrEnum):
    """How a list of entries is sorted."""

    WAITING = "waiting"
    LATEST = "latest"
    NAME = "name"
    SCHOOL = "school"
    RANK = "rank"


ENTRY_ORDER_LABELS = {
    EntryOrder.WAITING: lazy("待审核的在前"),
    EntryOrder.LATEST: lazy("最近提交的在前"),
    EntryOrder.NAME: lazy("按项目名称"),
    EntryOrder.SCHOOL: lazy("按学校和推荐排序"),
    EntryOrder.RANK: lazy("按组别和推荐排序"),
}


class Verdict(StrEnum):
    """What a review says."""

    APPROVED = "approved"
    RETURNED = "returned"
