"""A circle's own templates: kept from a competition, used for the next one."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.permissions import can_organise
from eventhub.competitions import queries
from eventhub.competitions.errors import TemplateNameTakenError
from eventhub.competitions.facts import facts_of
from eventhub.competitions.models import OwnTemplate
from eventhub.competitions.permissions import can_manage, can_use_template
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError


def save_as_template(
    competition_id: uuid.UUID,
    *,
    name: str,
    by: Person,
    circle_id: uuid.UUID | None = None,
    replace: bool = False,
) -> OwnTemplate:
    """Keep groups, rounds, rubrics, documents and settings of a competition for the next.

    It belongs to ``circle_id``, else to the circle that owns the competition. ``replace`` puts
    it in the place of one of the same name, which may have been archived.

    Raises:
        ForbiddenError: ``by`` does not run the competition, or not the circle.
        TemplateNameTakenError: there is one of this name, and ``replace`` is False.

    """
    with transaction():
        competition = queries.get_competition(competition_id)
        owner = circle_id or competition.event.circle_id
        if not (can_manage(by, competition) and can_organise(by, owner)):
            raise ForbiddenError
        original = queries.template_of(competition)
        own = queries.find_template_named(owner, name)
        if own is not None and not replace:
            raise TemplateNameTakenError
        is_new = own is None
        own = own or OwnTemplate(circle_id=owner, name=name)
        own.based_on = original.based_on if original else ""
        own.edition, own.source = competition.edition, competition.source
        own.facts = facts_of(
            competition,
            queries.load_rubrics(competition),
            original=original,
            school_quotas=queries.list_school_quotas(competition.id),
        )
        own.saved_by_id, own.saved_at, own.archived_at = by.id, clock.now(), None
        _write(own)
        after = {"name": name, "competition": str(competition.id), "based_on": own.based_on}
        _record("saved" if is_new else "replaced", own, by, after=after)
    return own


def rename_template(template_id: uuid.UUID, *, name: str, by: Person) -> OwnTemplate:
    """Call a template differently.

    Raises:
        ForbiddenError: ``by`` does not organise for its circle.
        TemplateNameTakenError: the circle has another one of this name.

    """
    with transaction():
        own = _get_managed(template_id, by)
        before, own.name = own.name, name
        _write(own)
        if before != name:
            _record("renamed", own, by, before={"name": before}, after={"name": name})
    return own


def archive_template(template_id: uuid.UUID, *, by: Person) -> OwnTemplate:
    """Offer it no longer; what was made of it stays. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for its circle.

    """
    with transaction():
        own = _get_managed(template_id, by)
        if own.archived_at is None:
            own.archived_at = clock.now()
            _record("archived", own, by, after={"name": own.name})
    return own


def bring_back_template(template_id: uuid.UUID, *, by: Person) -> OwnTemplate:
    """Offer an archived template again. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for its circle.

    """
    with transaction():
        own = _get_managed(template_id, by)
        if own.archived_at is not None:
            own.archived_at = None
            _record("brought_back", own, by, after={"name": own.name})
    return own


def _get_managed(template_id: uuid.UUID, by: Person) -> OwnTemplate:
    own = queries.get_own_template(template_id, lock=True)
    if not can_use_template(by, own):
        raise ForbiddenError
    return own


def _write(own: OwnTemplate) -> None:
    """Send it to the database, which has the last word on names."""
    try:
        with db.session.begin_nested():
            db.session.add(own)
            db.session.flush()
    except IntegrityError:
        raise TemplateNameTakenError from None


def _record(
    action: str,
    own: OwnTemplate,
    by: Person,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        f"template.{action}", own, by=by, circle_id=own.circle_id, before=before, after=after
    )
