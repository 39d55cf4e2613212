"""Vocabulary of the tenants."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class CircleRole(StrEnum):
    """What someone does for a circle."""

    ORGANISER = "organiser"
    STAFF = "staff"


CIRCLE_ROLE_LABELS = {
    CircleRole.ORGANISER: lazy("组织者"),
    CircleRole.STAFF: lazy("现场工作人员"),
}
