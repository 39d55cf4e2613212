"""The captain's page of the team: who is in it, how one comes in, who leads it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.queries import list_universities
from eventhub.competitions.enums import CompetitionState
from eventhub.entries import queries, service
from eventhub.entries.enums import EDITABLE, ENTRY_STATE_LOOKS, MEMBER_STATE_LOOKS, LockedPart
from eventhub.entries.forms import ConfirmForm, GroupForm, HandOverForm, InviteForm, JoinForm
from eventhub.entries.models import Entry, Invitation
from eventhub.entries.permissions import is_captain, is_member
from eventhub.entries.service.consents import consent_words
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.sections import list_sections
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.web import qr
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import HubForm, render_form
from eventhub.web.security import limiter
from eventhub.web.urls import external_url

LINKS_KEPT = 5  # how many teams' links one session remembers


@bp.get("/entries/<uuid:entry_id>/team")
@signed_in
def team(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Who has confirmed, who has not, and the link for those to come."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = HandOverForm.for_entry(entry)
    return render_form("entries/team.html", form, **_context(entry))


def _context(entry: Entry) -> dict[str, Any]:
    now = clock.now()
    invitations = service.list_open(entry)
    shared = next((i for i in invitations if i.member_id is None), None)
    return {
        "entry": entry,
        "sections": list_sections(entry),
        "looks": ENTRY_STATE_LOOKS,
        "member_looks": MEMBER_STATE_LOOKS,
        "mailed": {i.member_id: i for i in invitations if i.member_id is not None},
        "shared": shared,
        "link": _link(entry, shared),
        "is_locked": LockedPart.MEMBERS in service.locked_parts(entry, now),
        "is_written": entry.state in EDITABLE,
        "is_over": entry.competition.state is CompetitionState.FINISHED,
    }


def _link(entry: Entry, shared: Invitation | None) -> str | None:
    """The team's link, where this very session has made it: its secret is kept nowhere else."""
    token = session.get("team_links", {}).get(str(entry.id))
    if token is None or shared is None or not service.fits(shared, token):
        return None
    return external_url("entries.join", token=token)


@bp.post("/entries/<uuid:entry_id>/team/link")
@signed_in
@limiter.limit("10/minute;60/hour", key_func=whoever)
def issue_link(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Make a new link for the team; the one before ends."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    made: list[str] = []

    def use_case() -> None:
        made.append(service.issue_team_link(entry.id, by=me()))

    def keep() -> None:
        links = {**session.get("team_links", {}), str(entry_id): made[0]}
        session["team_links"] = dict(list(links.items())[-LINKS_KEPT:])
        flash(_("邀请链接已生成，发给队友即可。"), "success")

    return _done(entry_id, ConfirmForm(), use_case, keep)


def _done(
    entry_id: uuid.UUID, form: HubForm, use_case: Callable[[], object], then: Callable[[], None]
) -> ResponseReturnValue:
    """Run what a button of the page asks for, and show the page again, or why not."""
    if form.validate_on_submit() and form.accepted_by(use_case):
        then()
        return redirect(url_for(".team", entry_id=entry_id), 303)
    page = HandOverForm.for_entry(entry := queries.get_entry(entry_id))
    page.refused = form.refused
    page.form_errors = [*form.form_errors, *(str(e) for f in form for e in f.errors)]
    return render_template("entries/team.html", form=page, **_context(entry)), form.status


@bp.post("/entries/<uuid:entry_id>/team/link/revoke")
@signed_in
def revoke_link(entry_id: uuid.UUID) -> ResponseReturnValue:
    """End the team's link."""
    authorize(is_captain, queries.get_entry(entry_id))
    return _done(
        entry_id,
        ConfirmForm(),
        lambda: service.revoke_team_link(entry_id, by=me()),
        lambda: flash(_("邀请链接已停用，已加入的成员不受影响。"), "success"),
    )


@bp.get("/entries/<uuid:entry_id>/team/qr.png")
@signed_in
def team_picture(entry_id: uuid.UUID) -> Response:
    """The team's link as a picture, to show or to keep."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    shared = next((i for i in service.list_open(entry) if i.member_id is None), None)
    link = _link(entry, shared)
    if link is None:
        raise NotFoundError
    name = _("%(name)s-加入团队.png", name=entry.name or entry.code)
    return qr.png_response(link, name=name, as_attachment="keep" in request.args)


@bp.post("/entries/<uuid:entry_id>/team/<uuid:member_id>/invite")
@signed_in
@limiter.limit("20/minute;100/hour", key_func=whoever)
def invite(entry_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Send a listed member a link of their own."""
    authorize(is_captain, queries.get_entry(entry_id))
    form = InviteForm()
    return _done(
        entry_id,
        form,
        lambda: service.invite_member(
            entry_id, member_id=member_id, email=form.email.data or "", by=me()
        ),
        lambda: flash(_("邀请邮件已发出，14 天内有效。"), "success"),
    )


@bp.post("/entries/<uuid:entry_id>/team/<uuid:member_id>/invite/revoke")
@signed_in
def revoke_invitation(entry_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """End what was mailed to a member."""
    authorize(is_captain, queries.get_entry(entry_id))
    return _done(
        entry_id,
        ConfirmForm(),
        lambda: service.withdraw_invitation(entry_id, member_id=member_id, by=me()),
        lambda: flash(_("邀请已撤回，邮件里的链接不再有效。"), "success"),
    )


@bp.post("/entries/<uuid:entry_id>/team/<uuid:member_id>/remove")
@signed_in
def remove(entry_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Take a member off the list, after a dialog has asked."""
    authorize(is_captain, queries.get_entry(entry_id))
    return _done(
        entry_id,
        ConfirmForm(),
        lambda: service.remove_member(entry_id, member_id=member_id, by=me()),
        lambda: flash(_("成员已移除。"), "success"),
    )


@bp.post("/entries/<uuid:entry_id>/team/hand-over")
@signed_in
def hand_over(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Let another member lead; the page from then on is theirs."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = HandOverForm.for_entry(entry)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.hand_over(entry_id, member_id=form.member_id, by=me())
    ):
        flash(_("项目已移交，双方都会收到邮件。您仍是团队成员。"), "success")
        return redirect(url_for(".show", entry_id=entry_id), 303)
    return render_form("entries/team.html", form, **_context(queries.get_entry(entry_id)))


@bp.route("/entries/<uuid:entry_id>/team/me", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"], key_func=whoever)
def confirm_captain(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The captain's own yes."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = JoinForm.for_person(entry, me(), list_universities(), member=entry.members[0])
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.confirm_captain(entry_id, given=form.to_confirmation(), by=me())
    ):
        flash(_("已确认您本人的参赛信息。"), "success")
        return redirect(url_for(".team", entry_id=entry_id), 303)
    entry = queries.get_entry(entry_id)
    words = consent_words(entry.competition)
    return render_form("entries/team_captain.html", form, entry=entry, words=words)


@bp.route("/entries/<uuid:entry_id>/group", methods=["GET", "POST"])
@signed_in
def regroup(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Move the entry to another group."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = GroupForm.for_entry(entry)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.change_group(entry_id, group_id=form.group_id, by=me())
    ):
        flash(_("组别已更换，请核对新组别的要求。"), "success")
        return redirect(url_for(".show", entry_id=entry_id), 303)
    entry = queries.get_entry(entry_id)
    is_locked = LockedPart.GROUP in service.locked_parts(entry, clock.now())
    return render_form(
        "entries/team_group.html",
        form,
        entry=entry,
        competition=entry.competition,
        is_open=entry.state in EDITABLE and not is_locked,
        is_locked=is_locked,
        words_of=service.words_of,
    )


@bp.post("/entries/<uuid:entry_id>/leave")
@signed_in
def leave(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Give up one's own place, after a dialog has asked."""
    entry = authorize(is_member, queries.get_entry(entry_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.leave_team(entry_id, by=me())
    ):
        flash(_("您已退出“%(name)s”。", name=entry.name or entry.code), "success")
        return redirect(url_for(".mine"), 303)
    words = form.form_errors[0] if form.form_errors else _("没有退出，请重试。")
    flash(str(words), "danger")
    return redirect(url_for(".show", entry_id=entry_id), 303)
