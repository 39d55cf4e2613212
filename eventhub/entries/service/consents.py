"""What a member agrees to, in words that the record can be traced back to.

``Member.consent_text`` keeps the key. Who changes the words gives them a new key, so that nobody
is said to have agreed to what they never read.
"""

from __future__ import annotations

from eventhub.competitions.enums import PERSONAL_FIELD_LABELS, PersonalField
from eventhub.competitions.models import Competition
from eventhub.i18n import _, join_words

CONSENT_KEY = "team-2026-1"


def consent_words(competition: Competition) -> list[tuple[str, str]]:
    """The text as headed paragraphs: what, what for, who sees it, how long, one's rights."""
    return [
        (_("收集什么"), _what(competition)),
        (
            _("用来做什么"),
            _(
                "只用于本赛事的报名、参赛资格核对、评审与现场组织，以及成绩公示和证书制作。"
                "不用于其他目的，也不作自动化决策。"
            ),
        ),
        (
            _("谁能看到"),
            _(
                "项目负责人和同队成员能看到您的姓名、学校、学号和分工；赛事的主办、承办单位和您所在学校的"
                "赛事管理部门为核对资格可以查看全部内容，证件号码平时只显示局部，每次完整查看都留有记录；"
                "获奖名单和证书公开您的姓名和学校，不公开任何号码。"
            ),
        ),
        (
            _("保存多久"),
            _(
                "证件号码、出生日期和联系方式在赛事结束 %(days)s 天后自动删除；"
                "成绩和获奖记录所需的姓名与学校随赛事档案保存。",
                days=competition.retention_days,
            ),
        ),
        (
            _("您的权利"),
            _(
                "您可以随时在“我的信息”中查看和更正，报名截止前可以自行退出团队并撤回同意，"
                "也可以下载或要求删除您的数据。撤回不影响此前已经进行的处理；不同意则不能成为团队成员。"
            ),
        ),
    ]


def asks_phone(competition: Competition) -> bool:
    """Whether this competition needs its members' phone numbers."""
    return PersonalField.PHONE.value in competition.personal_fields


def _what(competition: Competition) -> str:
    asked = set(competition.personal_fields)
    extra = [str(label) for field, label in PERSONAL_FIELD_LABELS.items() if field.value in asked]
    if not extra:
        return str(_("您的姓名、学校、学号、学历层次、在团队中的分工，以及账号邮箱。"))
    words = _(
        "您的姓名、学校、学号、学历层次、在团队中的分工，以及账号邮箱；"
        "本赛事另需%(fields)s，由您本人填写，加密保存。",
        fields=join_words(extra),
    )
    return str(words)
