"""What an invitation leads to: the project, and one's own yes."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.queries import list_universities
from eventhub.entries import service
from eventhub.entries.enums import MemberState
from eventhub.entries.forms import JoinForm
from eventhub.entries.models import Entry, Invitation
from eventhub.entries.service.consents import consent_words
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.i18n import _
from eventhub.web.access import LINK_SCOPE, me, public, signed_in
from eventhub.web.forms import render_form
from eventhub.web.navigation import person
from eventhub.web.security import limiter


@bp.get("/join/<token>")
@public
@limiter.limit("60/minute;600/hour", key_func=whoever)
def join(token: str) -> ResponseReturnValue:
    """The project that one is asked into; a stranger signs up or in first, and comes back."""
    invitation = service.open_invitation(token)
    go = request.args.get("go")
    if go in {"sign_up", "sign_in"} and person() is None:
        return redirect(url_for(f"accounts.{go}", next=url_for(".join", token=token)))
    form = _form(invitation)
    return render_form("entries/invitation.html", form, **_context(invitation, token))


@bp.post("/join/<token>")
@signed_in
@limiter.limit("10/minute;60/hour", key_func=whoever)
def confirm(token: str) -> ResponseReturnValue:
    """Become a member."""
    invitation = service.open_invitation(token)
    form = _form(invitation)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.join_team(token, given=form.to_confirmation(), by=me())
    ):
        entry = invitation.entry
        flash(_("已加入团队“%(name)s”。", name=entry.name or entry.code), "success")
        return redirect(_own_page(entry), 303)
    invitation = service.open_invitation(token)
    return render_form("entries/invitation.html", form, **_context(invitation, token))


def _form(invitation: Invitation) -> JoinForm:
    who = person()
    universities = list_universities()
    return JoinForm.for_person(invitation.entry, who, universities, member=invitation.member)


def _own_page(entry: Entry) -> str:
    """Where a new member goes on: to what else is asked of them, where there is such a page."""
    has_part = "entries.my_part" in current_app.view_functions
    return url_for("entries.my_part" if has_part else "entries.show", entry_id=entry.id)


def _context(invitation: Invitation, token: str) -> dict[str, Any]:
    entry = invitation.entry
    own = service.find_own(entry, person())
    is_in = own is not None and (own.position == 1 or own.state is MemberState.CONFIRMED)
    return {
        "entry": entry,
        "invitation": invitation,
        "token": token,
        "is_in": is_in,
        "own": own,
        "is_link_session": LINK_SCOPE in session,
        "own_url": _own_page(entry),
        "is_past_lock": service.is_past_lock(entry.competition, clock.now()),
        "words": consent_words(entry.competition),
    }
