"""Pages of what follows from results."""

from __future__ import annotations

from flask import Flask

from eventhub.audit.subjects import name_by
from eventhub.competitions.models import Round
from eventhub.competitions.tabs import add_public_link, add_tab
from eventhub.entries.tabs import add_entry_tab
from eventhub.i18n import lazy
from eventhub.judging.guards import add_guard
from eventhub.outcomes import personal_data
from eventhub.outcomes.errors import AdvancedFromRoundError
from eventhub.outcomes.queries import advancements as advancement_reads
from eventhub.outcomes.queries import awards as award_reads
from eventhub.outcomes.queries import certificates as certificate_reads
from eventhub.outcomes.queries import lists
from eventhub.outcomes.queries import notices as notice_reads
from eventhub.outcomes.views import (
    advancement,
    awards,
    carry,
    certificates,
    course,
    manage,
    notices,
    objections,
    public,
    public_notices,
)
from eventhub.outcomes.views.blueprint import bp

__all__ = [
    "advancement",
    "awards",
    "carry",
    "certificates",
    "course",
    "manage",
    "notices",
    "objections",
    "public",
    "public_notices",
    "register",
]


def _check_unused(round_: Round) -> None:
    if lists.has_lists(round_.id):
        raise AdvancedFromRoundError


def register(app: Flask) -> None:
    """Mount the pages and hang them where people look."""
    app.register_blueprint(bp)
    add_tab(app, 62, lazy("晋级与奖项"), "outcomes.index", "award")
    add_tab(app, 64, lazy("公示与异议"), "outcomes.notices", "speakerphone")
    add_public_link(app, 32, public.advancement_link)
    add_public_link(app, 34, public.awards_link)
    add_public_link(app, 36, public_notices.notices_link)
    add_entry_tab(app, certificates.entry_tab)
    add_guard(app, _check_unused)
    personal_data.register(app)
    name_by(app, "advancements", advancement_reads.name_advancements)
    name_by(app, "awardings", award_reads.name_awardings)
    name_by(app, "certificates", certificate_reads.name_certificates)
    name_by(app, "public_notices", notice_reads.name_notices)
    name_by(app, "objections", notice_reads.name_objections)
