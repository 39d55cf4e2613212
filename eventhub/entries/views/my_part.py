"""A member's own part of an entry, and reading it in full."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from eventhub import clock
from eventhub.audit.enums import fact_label
from eventhub.circles.queries import list_universities
from eventhub.competitions.enums import PERSONAL_FIELD_LABELS
from eventhub.competitions.models import Competition
from eventhub.entries import queries
from eventhub.entries.enums import (
    DEGREE_LABELS,
    ENTRY_STATE_LOOKS,
    ID_KIND_LABELS,
    MEMBER_STATE_LOOKS,
)
from eventhub.entries.forms.personal import PersonalForm, UnmaskForm
from eventhub.entries.models import Entry, Member
from eventhub.entries.permissions import can_review, is_captain
from eventhub.entries.service import personal, unmasking
from eventhub.entries.service.joining import find_own
from eventhub.entries.service.late_changes import list_late_changes
from eventhub.entries.service.needs import list_missing, needs_of, team_status
from eventhub.entries.service.retention import deletion_at
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.sections import list_sections
from eventhub.errors import NotFoundError
from eventhub.i18n import _, join_words, lazy
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.jinja import zone
from eventhub.web.security import limiter

# what may be missing or change, as ``list_missing`` and ``list_late_changes`` call it
PART_LABELS = {
    "name": lazy("姓名"),
    "university": lazy("学校"),
    "student_number": lazy("学号"),
    "degree": lazy("学历层次"),
    "is_enrolled": lazy("在读情况"),
    "graduation_year": lazy("毕业年份"),
    **{field.value: label for field, label in PERSONAL_FIELD_LABELS.items()},
}


def _own(entry: Entry) -> Member:
    member = find_own(entry, me())
    if member is None:
        raise NotFoundError
    return member


def _form(entry: Entry, member: Member) -> PersonalForm:
    """With the row on the list while it may be corrected, and wherever it was sent along."""
    shows_row = "name" in request.form or personal.may_correct(entry, member, clock.now())
    universities = list_universities() if shows_row else ()
    return PersonalForm.for_member(member, needs_of(entry), universities)


@bp.route("/entries/<uuid:entry_id>/me", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/minute;200/hour", methods=["POST"], key_func=whoever)
def my_part(entry_id: uuid.UUID) -> ResponseReturnValue:
    """What a member says of themself."""
    entry = queries.get_entry(entry_id)
    member = _own(entry)
    form = _form(entry, member)
    if form.validate_on_submit() and form.accepted_by(
        lambda: personal.save_part(entry_id, part=form.to_part(), by=me())
    ):
        flash(_("您的信息已保存。"), "success")
        return redirect(url_for(".my_part", entry_id=entry_id), 303)
    entry = queries.get_entry(entry_id)
    return _unstored(render_form("entries/my_part.html", form, **_context(entry, _own(entry))))


@bp.post("/entries/<uuid:entry_id>/me/reveal")
@signed_in
@limiter.limit("30/hour", key_func=whoever)
def reveal_my_part(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The same page with what is stored in full, this once; it is noted."""
    member = unmasking.reveal_own(entry_id, by=me())
    form = _form(member.entry, member)
    context = {**_context(member.entry, member), "revealed": unmasking.unmasked(member)}
    return _unstored(render_form("entries/my_part.html", form, **context))


@bp.route(
    "/manage/entries/<uuid:entry_id>/members/<uuid:member_id>/identity", methods=["GET", "POST"]
)
@signed_in
@limiter.limit("60/hour", methods=["POST"], key_func=whoever)
def unmask(entry_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """One member's data in full for an organiser who says why, this once; it is noted."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    member = next((m for m in entry.members if m.id == member_id), None)
    if member is None:
        raise NotFoundError
    form = UnmaskForm()
    revealed = None
    if form.validate_on_submit() and form.accepted_by(
        lambda: unmasking.unmask_member(entry_id, member_id, reason=form.reason.data or "", by=me())
    ):
        revealed = unmasking.unmasked(member)
    context = {"entry": entry, "member": member, "revealed": revealed, **_words()}
    return _unstored(
        render_form("entries/my_part_unmask.html", form, masked=personal.masked(member), **context)
    )


def _unstored(page: ResponseReturnValue) -> Response:
    """Keep the page out of every cache and of the history's."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _deletion_day(competition: Competition) -> str:
    moment = deletion_at(competition).astimezone(zone(competition.event.timezone))
    return str(format_date(moment.date(), "long"))


def own_missing(entry: Entry, member: Member | None) -> list[str]:
    """What the competition still needs to hear of someone, in words; nothing once it is over."""
    if member is None or not personal.takes_details(entry, clock.now()):
        return []
    keys = list_missing(member, needs_of(entry))
    is_owed = not set(entry.competition.personal_fields).isdisjoint(keys)
    return [str(PART_LABELS[key]) for key in keys] if is_owed else []


def _words() -> dict[str, Any]:
    return {"field_labels": PERSONAL_FIELD_LABELS, "id_kinds": ID_KIND_LABELS}


def _context(entry: Entry, member: Member) -> dict[str, Any]:
    needs = needs_of(entry)
    now = clock.now()
    return {
        "entry": entry,
        "member": member,
        "needs": needs,
        "missing": [str(PART_LABELS[key]) for key in list_missing(member, needs)],
        "masked": personal.masked(member),
        "revealed": None,
        "is_open": personal.takes_details(entry, now),
        "deletion_day": _deletion_day(entry.competition),
        "sections": list_sections(entry),
        "looks": ENTRY_STATE_LOOKS,
        "is_captain": is_captain(me(), entry),
        "team": team_status(entry) if is_captain(me(), entry) else [],
        "member_looks": MEMBER_STATE_LOOKS,
        **_words(),
    }


def late_changes_of(entry: Entry) -> list[dict[str, Any]]:
    """What the review page tells of changes since the entry was handed in."""
    return [
        {
            "name": change.member.name or _("第 %(at)s 位成员", at=change.member.position),
            "at": change.at,
            "parts": join_words(
                _("%(part)s%(deed)s", part=PART_LABELS[key], deed=fact_label(deed))
                for key, deed in change.deeds.items()
            ),
            "is_after_approval": change.is_after_approval,
        }
        for change in list_late_changes(entry)
    ]


def identity_of(entry: Entry) -> dict[str, Any]:
    """What the review page shows of members' own parts: masked, what is missing, until when."""
    needs = needs_of(entry)
    rows = [
        {
            "member": member,
            "masked": personal.masked(member),
            "degree": DEGREE_LABELS[member.degree] if member.degree else None,
            "id_kind": ID_KIND_LABELS[member.id_kind] if member.id_kind else None,
            "is_filled": not list_missing(member, needs),
        }
        for member in entry.members
    ]
    return {"rows": rows, "deletion_day": _deletion_day(entry.competition)}
