"""Notices as the public sees them, and objections to them."""

from __future__ import annotations

import io
from functools import wraps
from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions.models import Competition
from eventhub.competitions.tabs import PublicLink
from eventhub.domain import codes
from eventhub.errors import NotFoundError
from eventhub.i18n import _, lazy
from eventhub.outcomes import service
from eventhub.outcomes.forms.notices import CodeForm, FollowForm, ObjectionForm
from eventhub.outcomes.models import Objection, PublicNotice
from eventhub.outcomes.papers.notice import NoticeFacts
from eventhub.outcomes.papers.notice import draw as draw_notice
from eventhub.outcomes.permissions import can_see_notices
from eventhub.outcomes.queries import notices as reads
from eventhub.outcomes.views.blueprint import bp, formal_moment
from eventhub.web.access import View, public
from eventhub.web.downloads import attachment
from eventhub.web.forms import render_form
from eventhub.web.jinja import zone_name
from eventhub.web.navigation import person
from eventhub.web.paging import page_number, paginate
from eventhub.web.security import limiter


def unkept(view: View) -> View:
    """Let no cache and no search engine keep what has to come down in time."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return answered  # type: ignore[return-value]  # the same view, with headers


@bp.get("/notices")
@public
@unkept
def list_notices() -> ResponseReturnValue:
    """What is up now."""
    found = paginate(reads.select_up(clock.now()), page=page_number())
    return render_template("outcomes/public_notices.html", page=found)


@bp.get("/notices/<code>")
@public
@unkept
def notice(code: str) -> ResponseReturnValue:
    """A notice while it is up; afterwards that it was."""
    found = reads.get_published(code)
    is_up = reads.is_up(found, clock.now())
    return render_template(
        "outcomes/notice.html",
        notice=found,
        is_up=is_up,
        rows=found.rows if is_up else [],
        may_oversee=can_see_notices(person(), found.competition),
    )


@bp.get("/notices/<code>/print")
@public
@unkept
def print_notice(code: str) -> ResponseReturnValue:
    """The same on paper."""
    found = _up(code)
    return render_template("outcomes/notice_print.html", notice=found, rows=found.rows)


@bp.get("/notices/<code>.pdf")
@public
@unkept
@limiter.limit("20/minute")
def notice_pdf(code: str) -> ResponseReturnValue:
    """The same as a file."""
    found = _up(code)
    content = draw_notice(facts_of(found), folder=service.font_folder())
    return attachment(io.BytesIO(content), f"{found.title}.pdf", "application/pdf")


@bp.route("/notices/<code>/objection", methods=["GET", "POST"])
@public
@unkept
@limiter.limit("10/hour", methods=["POST"])
def object_to(code: str) -> ResponseReturnValue:
    """Object, by name; the receipt carries a code."""
    found = reads.get_published(code)
    is_up = reads.is_up(found, clock.now())
    form = ObjectionForm.about(found.rows)
    made: list[Objection] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(service.object_to(code, **form.to_values()))
    ):
        return render_template("outcomes/receipt.html", notice=found, objection=made[0])
    if not is_up:
        form.row.choices = form.row.choices[:1]  # the list is down
    return render_form("outcomes/objection_form.html", form, notice=found, is_up=is_up)


@bp.route("/objections", methods=["GET", "POST"])
@public
@limiter.limit("30/minute")
def find_objection() -> ResponseReturnValue:
    """Ask for the code of a receipt."""
    form = CodeForm()
    if form.validate_on_submit():
        code = codes.normalise(form.code.data or "")
        return redirect(url_for(".follow", code=code or "-"), 303)
    return render_form("outcomes/find_objection.html", form)


@bp.route("/objections/<code>", methods=["GET", "POST"])
@public
@unkept
@limiter.limit("20/minute")
def follow(code: str) -> ResponseReturnValue:
    """What became of an objection, for whoever raised it. Whether the code exists is not told."""
    form = FollowForm()
    found: list[Objection] = []
    if form.validate_on_submit():
        try:
            found.append(service.follow(code, contact=form.contact.data or ""))
        except NotFoundError as refusal:
            form.refused = refusal
    return render_form(
        "outcomes/follow.html", form, code=codes.normalise(code), objection=next(iter(found), None)
    )


def _up(code: str) -> PublicNotice:
    found = reads.get_published(code)
    if not reads.is_up(found, clock.now()):
        raise NotFoundError
    return found


def facts_of(found: PublicNotice) -> NoticeFacts:
    """What the paper says."""
    zone = found.competition.event.timezone
    return NoticeFacts(
        kind=found.kind,
        title=found.title,
        basis=found.basis,
        period=_(
            "%(start)s 至 %(end)s",
            start=formal_moment(found.opens_at, zone),
            end=formal_moment(found.closes_at, zone),
        ),
        zone=zone_name(zone),
        contact=found.contact,
        signed_by=found.signed_by,
        published_at=found.published_at or found.opens_at,
        zone_key=zone,
        rows=found.rows,
    )


def notices_link(competition: Competition) -> PublicLink | None:
    """The way to a competition's notices that are up."""
    found = paginate(
        reads.select_up(clock.now(), competition_id=competition.id), page=1, per_page=1
    )
    if not found.items:
        return None
    if found.total == 1:
        return PublicLink(
            lazy("公示"), url_for("outcomes.notice", code=found.items[0].code), "speakerphone"
        )
    return PublicLink(lazy("公示"), url_for("outcomes.list_notices"), "speakerphone")
