"""What people hear of by mail: who goes up, certificates, objections."""

from __future__ import annotations

from email.utils import parseaddr

from eventhub.circles.enums import CircleRole
from eventhub.circles.queries import list_members
from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.domain.codes import format_code
from eventhub.entries.models import Entry
from eventhub.i18n import _
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify
from eventhub.outcomes.enums import OBJECTION_STATE_LOOKS, ObjectionState
from eventhub.outcomes.models import Advancement, Certificate, Objection
from eventhub.web.jinja import show_datetime, zone_name


def tell_advanced(advancement: Advancement, entry: Entry) -> None:
    """The captain hears that the project goes up."""
    passage = advancement.passage
    competition = passage.from_round.competition
    notify(
        Recipient.of(entry.captain),
        key=f"outcomes.advanced:{advancement.id}:{entry.id}",
        kind="outcomes.advanced",
        compose=lambda: Message(
            title=_("“%(name)s”晋级%(round)s", name=entry.name, round=passage.to_round.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！您的项目已进入%(round)s，祝贺团队。",
                    captain=entry.captain.name,
                    round=passage.to_round.name,
                ),
                _("下一轮需要的材料和安排会显示在项目页面，请留意通知。"),
            ),
            facts=_facts(competition, entry),
            action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=competition.event.circle_id,
    )


def tell_recalled(advancement: Advancement, entry: Entry) -> None:
    """The captain hears that the list was taken back, and why."""
    passage = advancement.passage
    competition = passage.from_round.competition
    notify(
        Recipient.of(entry.captain),
        key=f"outcomes.recalled:{advancement.id}:{entry.id}",
        kind="outcomes.recalled",
        compose=lambda: Message(
            title=_("%(round)s晋级名单已撤回", round=passage.from_round.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！主办方撤回了%(round)s的晋级名单，将重新确认。",
                    captain=entry.captain.name,
                    round=passage.from_round.name,
                ),
                _("撤回原因：%(reason)s", reason=advancement.recall_reason),
            ),
            facts=_facts(competition, entry),
            action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=competition.event.circle_id,
    )


def tell_carried(entry: Entry) -> None:
    """The captain hears that the project was carried into another competition, as a draft."""
    competition = entry.competition
    closes_at = competition.entries_close_at
    zone = competition.event.timezone
    notify(
        Recipient.of(entry.captain),
        key=f"outcomes.carried:{entry.id}",
        kind="outcomes.carried",
        compose=lambda: Message(
            title=_("“%(name)s”被推荐到%(title)s", name=entry.name, title=competition.event.title),
            paragraphs=(
                _(
                    "%(captain)s，您好！您的项目被推荐参加%(title)s，报名草稿已经建好，"
                    "团队、指导教师和材料都带了过来。",
                    captain=entry.captain.name,
                    title=competition.event.title,
                ),
                _(
                    "请核对后在 %(time)s %(zone)s 之前提交。",
                    time=show_datetime(closes_at, zone),
                    zone=zone_name(zone),
                ),
            ),
            facts=_facts(competition, entry),
            action=Action(_("核对并提交"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=competition.event.circle_id,
    )


def tell_certificate(certificate: Certificate, entry: Entry) -> None:
    """The captain hears that the certificate is there."""
    competition = entry.competition
    award = certificate.facts["award"]
    notify(
        Recipient.of(entry.captain),
        key=f"outcomes.certificate:{certificate.id}",
        kind="outcomes.certificate",
        compose=lambda: Message(
            title=_("“%(name)s”获得%(award)s，证书可以下载", name=entry.name, award=award),
            paragraphs=(
                _(
                    "%(captain)s，您好！团队的获奖证书已经生成，团队成员登录后都可以下载。",
                    captain=entry.captain.name,
                ),
                _("证书上的姓名如有错误，请联系主办方更正后重发。"),
            ),
            facts=(*_facts(competition, entry), (_("奖项"), award)),
            action=Action(_("下载证书"), "outcomes.my_certificates", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=competition.event.circle_id,
    )


def tell_revoked(certificate: Certificate, entry: Entry) -> None:
    """The captain hears that a certificate is no longer valid, and why."""
    competition = entry.competition
    number = format_code(certificate.number)
    notify(
        Recipient.of(entry.captain),
        key=f"outcomes.certificate_revoked:{certificate.id}",
        kind="outcomes.certificate_revoked",
        compose=lambda: Message(
            title=_("“%(name)s”的证书已作废", name=entry.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！主办方作废了证书 %(number)s，扫码核验时会显示已作废。",
                    captain=entry.captain.name,
                    number=number,
                ),
                _("作废理由：%(reason)s", reason=certificate.revoke_reason),
            ),
            facts=(*_facts(competition, entry), (_("奖项"), certificate.facts["award"])),
            action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=competition.event.circle_id,
    )


def tell_objector(objection: Objection) -> None:
    """Whoever objected hears what became of it, where a mail address was left."""
    db.session.flush()
    address = mail_of(objection.contact)
    notice = objection.notice
    label = OBJECTION_STATE_LOOKS[objection.state][0]
    code = format_code(objection.code)
    facts = {"name": objection.name, "title": notice.title, "state": label}

    def compose() -> Message:
        words = (
            _("%(name)s，您好！您对“%(title)s”提出的异议已经收到。", **facts)
            if objection.state is ObjectionState.RECEIVED
            else _("%(name)s，您好！您对“%(title)s”提出的异议，状态已更新为：%(state)s。", **facts)
        )
        answer = (_("答复：%(answer)s", answer=objection.answer),) if objection.answer else ()
        return Message(
            title=_("异议 %(code)s：%(state)s", code=code, state=label),
            paragraphs=(words, *answer),
            facts=((_("异议编号"), code), (_("公示"), notice.title)),
            action=Action(_("查看进展"), "outcomes.follow", {"code": objection.code}),
        )

    notify(
        Recipient(objection.name, address),
        key=f"outcomes.objection:{objection.id}:{objection.state.value}",
        kind="outcomes.objection",
        compose=compose,
        subject_id=objection.id,
        circle_id=notice.competition.event.circle_id,
    )


def tell_organisers(objection: Objection) -> None:
    """Those who run the competition hear that an objection waits; who objects is on its page."""
    db.session.flush()
    notice = objection.notice
    event = notice.competition.event
    code = format_code(objection.code)
    for membership in list_members(event.circle_id):
        if membership.role is not CircleRole.ORGANISER:
            continue
        notify(
            Recipient.of(membership.person),
            key=f"outcomes.objection_waits:{objection.id}:{membership.person_id}",
            kind="outcomes.objection_waits",
            compose=lambda: Message(
                title=_("“%(title)s”收到一项异议", title=notice.title),
                paragraphs=(_("请登录查看，决定是否受理，并在核查后答复异议人。"),),
                facts=((_("赛事"), event.title), (_("异议编号"), code)),
                action=Action(_("处理异议"), "outcomes.objection", {"objection_id": objection.id}),
            ),
            subject_id=objection.id,
            circle_id=event.circle_id,
        )


def mail_of(contact: str) -> str | None:
    """The mail address among what somebody gave as contact."""
    _name, address = parseaddr(contact.strip())
    is_mail = "@" in address and "." in address.rpartition("@")[2] and " " not in address
    return address if is_mail else None


def _facts(competition: Competition, entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        (_("赛事"), competition.event.title),
        (_("项目"), entry.name),
        (_("项目编号"), entry.code),
    )
