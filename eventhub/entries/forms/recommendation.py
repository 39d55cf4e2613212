"""A school's word, and how many it may give."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Self

from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from eventhub.circles.models import University
from eventhub.competitions.models import Group
from eventhub.entries.models import REASON_MAX
from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm

PLACES_MAX = 9999


class RecommendForm(HubForm):
    """The school's opinion of an entry."""

    opinion = TextAreaField(
        lazy("推荐意见"),
        [Length(max=REASON_MAX)],
        description=lazy("可以不填。会写进推荐汇总表，主办方和团队都能看到。"),
    )


class RankForm(HubForm):
    """The order of a group's recommended entries, as keys with blanks between them."""

    order = HiddenField(validators=[InputRequired()])


class QuotaForm(HubForm):
    """How many a school may recommend. Build with ``for_groups``."""

    university = SelectField(lazy("学校"), default="")
    group = SelectField(lazy("组别"), default="")
    places = IntegerField(
        lazy("名额"),
        [
            InputRequired(lazy("请填写名额。")),
            NumberRange(0, PLACES_MAX, lazy("请填写 0 到 9999 的整数。")),
        ],
        description=lazy("填 0 表示不能推荐。"),
    )

    @classmethod
    def for_groups(cls, groups: Sequence[Group], universities: Sequence[University]) -> Self:
        """Choices of schools and groups; empty ones mean all of them."""
        form = cls()
        form.university.choices = [
            ("", _("所有学校（默认名额）")),
            *((str(university.id), university.name) for university in universities),
        ]
        form.group.choices = [
            ("", _("各组别合计")),
            *((str(group.id), f"{group.track_name} · {group.name}") for group in groups),
        ]
        return form

    @property
    def university_id(self) -> uuid.UUID | None:
        """The school, None for every school."""
        return uuid.UUID(self.university.data) if self.university.data else None

    @property
    def group_id(self) -> uuid.UUID | None:
        """The group, None for all together."""
        return uuid.UUID(self.group.data) if self.group.data else None
