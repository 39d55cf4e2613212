"""Certificates: issued by organisers, taken home by teams, verified by anyone."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.domain import codes
from eventhub.entries import queries as entries
from eventhub.entries.models import Entry
from eventhub.entries.tabs import EntryTab
from eventhub.errors import NotFoundError
from eventhub.files.sending import send
from eventhub.i18n import _, lazy
from eventhub.outcomes import service
from eventhub.outcomes.archives import stream_certificates
from eventhub.outcomes.errors import CertificateNotDrawnError
from eventhub.outcomes.forms.lists import ReasonForm, StepForm
from eventhub.outcomes.forms.notices import CodeForm
from eventhub.outcomes.models import Awarding, Certificate
from eventhub.outcomes.permissions import (
    can_decide,
    can_hold_certificates,
    can_manage_certificate,
)
from eventhub.outcomes.queries import certificates as reads
from eventhub.outcomes.queries import lists
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back, page
from eventhub.web.access import authorize, me, public, signed_in
from eventhub.web.forms import render_form
from eventhub.web.security import limiter


def entry_tab(entry: Entry) -> EntryTab | None:
    """The way from an entry to its certificates, once there are any."""
    if not reads.has_certificates(entry.id):
        return None
    return EntryTab(lazy("获奖证书"), "outcomes.my_certificates", "certificate")


@bp.post("/manage/awardings/<uuid:awarding_id>/certificates")
@signed_in
def issue(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Issue what is still wanting."""
    awarding = authorize(can_decide, lists.get_head(Awarding, awarding_id))
    form = StepForm()
    made: list[int] = []
    if form.accepted_by(lambda: made.append(service.issue_all(awarding_id, by=me()))):
        flash(_("%(count)s 份证书正在生成，完成后团队会收到邮件。", count=made[0]), "success")
        return back(awarding.round, "certificates")
    return page(awarding.round, issue=form)


@bp.get("/manage/awardings/<uuid:awarding_id>/certificates.zip")
@signed_in
def download_all(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Every valid certificate of a list, streamed."""
    awarding = authorize(can_decide, lists.get_head(Awarding, awarding_id))
    certificates = reads.list_drawn(awarding_id)
    if not certificates:
        raise CertificateNotDrawnError
    service.note_download(awarding_id, count=len(certificates), by=me())
    return stream_certificates(awarding.round, certificates)


@bp.route("/manage/certificates/<uuid:certificate_id>/reissue", methods=["GET", "POST"])
@signed_in
def reissue(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """Issue one anew, as after a name was corrected."""
    certificate = _managed(certificate_id)
    round_ = certificate.award.decision.round
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.reissue(certificate_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("旧证书已作废，新证书正在生成。"), "success")
        return back(round_, "certificates")
    return ask("outcomes/reissue.html", form, round_, certificate=certificate)


@bp.route("/manage/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@signed_in
def revoke(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """End a certificate."""
    certificate = _managed(certificate_id)
    round_ = certificate.award.decision.round
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.revoke(certificate_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("证书已作废，核验页面会说明原因。"), "success")
        return back(round_, "certificates")
    return ask("outcomes/revoke.html", form, round_, certificate=certificate)


@bp.get("/entries/<uuid:entry_id>/certificates")
@signed_in
def my_certificates(entry_id: uuid.UUID) -> ResponseReturnValue:
    """What a team takes home."""
    entry = authorize(can_hold_certificates, entries.get_entry(entry_id))
    return render_template(
        "outcomes/my_certificates.html",
        entry=entry,
        certificates=reads.list_of_entry(entry_id),
    )


@bp.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
def download(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """The file of a valid certificate."""
    certificate = reads.get_certificate(certificate_id)
    authorize(can_hold_certificates, certificate.award.entry)
    if certificate.revoked_at is not None:
        raise NotFoundError
    if certificate.file is None:
        raise CertificateNotDrawnError
    return send(certificate.file)


@bp.route("/verify", methods=["GET", "POST"])
@public
@limiter.limit("60/minute")
def verify_form() -> ResponseReturnValue:
    """Ask for a number, for whoever holds paper and has no camera."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(
            url_for(".verify", number=codes.normalise(form.code.data or "") or "-"), 303
        )
    return render_form("outcomes/verify_form.html", form)


@bp.get("/verify/<number>")
@public
@limiter.limit("60/minute")
def verify(number: str) -> ResponseReturnValue:
    """Whether a certificate is one of ours: valid, revoked and why, or unknown."""
    found = reads.find_by_number(number)
    page_ = render_template(
        "outcomes/verify.html",
        number=codes.format_code(codes.normalise(number)[:40]),
        certificate=found,
        facts=service.facts_of(found) if found else None,
    )
    return Response(page_, status=200 if found else 404)


def _managed(certificate_id: uuid.UUID) -> Certificate:
    return authorize(can_manage_certificate, reads.get_certificate(certificate_id))
