"""Ways on from a round."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from wtforms import FormField, HiddenField, IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from eventhub.competitions.enums import PassageKind, RoundKind
from eventhub.competitions.errors import ChangedMeanwhileError
from eventhub.competitions.forms.base import RowForm
from eventhub.competitions.models import Competition, Passage, Round
from eventhub.competitions.service import PassageDraft, QuotaDraft, passage_stamp
from eventhub.i18n import _, lazy
from eventhub.web.forms import FieldList, HubForm

PLACES_MAX = 100_000


class QuotaRow(RowForm):
    """At most so many of a part of the entries. ``part`` is track, group or category, by kind."""

    key = HiddenField()
    scope = SelectField(lazy("范围"), validators=[InputRequired()])
    category = SelectField(lazy("类别"), validators=[Optional()])
    places = IntegerField(lazy("名额"), [InputRequired(), NumberRange(0, PLACES_MAX)])


class PassageForm(HubForm):
    """Where a round leads to, and how many. Build with ``of``."""

    seen = HiddenField()
    to_round_id = SelectField(lazy("进入哪一轮"))
    places = IntegerField(
        lazy("总名额"),
        [Optional(), NumberRange(1, PLACES_MAX)],
        description=lazy("留空表示不限，晋级名单由主办方确定。"),
    )
    school_max = IntegerField(
        lazy("每校至多（个）"),
        [Optional(), NumberRange(1, PLACES_MAX)],
        description=lazy("留空表示不限。一所学校超过上限时，由后面的项目依次递补。"),
    )
    quotas = FieldList(FormField(QuotaRow), label=lazy("分项名额"))

    @classmethod
    def of(
        cls, round_: Round, passage: Passage | None, competition: Competition, kind: PassageKind
    ) -> Self:
        """With what stands there now, and the rounds that it can lead to."""
        form = _class_for(cls, competition)(
            seen=passage_stamp(passage),
            to_round_id=str(passage.to_round_id) if passage else None,
            places=passage.places if passage else None,
            school_max=passage.school_max if passage else None,
            quotas=[
                {
                    "scope": f"group:{quota.group_id}"
                    if quota.group_id
                    else f"track:{quota.track_name}"
                    if quota.track_name
                    else "all",
                    "category": quota.category,
                    "places": quota.places,
                }
                for quota in (passage.quotas if passage else ())
            ],
        )
        form.to_round_id.choices = [
            SelectChoice(str(each.id), each.name)
            for each in targets(round_, competition.rounds, kind)
        ]
        return form  # type: ignore[no-any-return]  # a class made of this one

    @classmethod
    def blank(cls, competition: Competition) -> Self:
        """One empty row, for the script that adds rows."""
        return _class_for(cls, competition)(formdata=None, quotas=[{}])  # type: ignore[no-any-return]  # as above

    def to_draft(self) -> PassageDraft:
        """What the service takes."""
        return PassageDraft(
            to_round_id=uuid.UUID(self.to_round_id.data),
            places=self.places.data,
            school_max=self.school_max.data,
            quotas=[_quota(row.form) for row in self.quotas],
        )

    def look_again(self, passage: Passage | None) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = passage_stamp(passage)


def targets(round_: Round, rounds: Sequence[Round], kind: PassageKind) -> list[Round]:
    """The later rounds that a way on of this kind can lead to."""
    wanted = RoundKind.REVIVAL if kind is PassageKind.OTHERS else RoundKind.REGULAR
    return [each for each in rounds if each.position > round_.position and each.kind is wanted]


def _quota(row: Any) -> QuotaDraft:
    what, _colon, value = row.scope.data.partition(":")
    return QuotaDraft(
        places=row.places.data,
        track_name=value if what == "track" else "",
        group_id=uuid.UUID(value) if what == "group" else None,
        category=row.category.data or "",
    )


def _class_for(form_class: type[Any], competition: Competition) -> type[Any]:
    """The form with the tracks, groups and categories of a competition to choose from."""
    tracks = list(dict.fromkeys(group.track_name for group in competition.groups))
    categories = sorted({name for group in competition.groups for name in group.categories})
    row = type(
        "CompetitionQuotaRow",
        (QuotaRow,),
        {
            "scope": SelectField(
                lazy("范围"),
                choices=[
                    SelectChoice("all", lazy("全部赛道和组别")),
                    *(
                        SelectChoice(f"track:{name}", _("赛道：%(name)s", name=name))
                        for name in tracks
                    ),
                    *(
                        SelectChoice(
                            f"group:{group.id}",
                            _("组别：%(name)s", name=f"{group.track_name} · {group.name}"),
                        )
                        for group in competition.groups
                    ),
                ],
            ),
            "category": SelectField(
                lazy("类别"),
                choices=[
                    SelectChoice("", lazy("全部类别")),
                    *(SelectChoice(name, name) for name in categories),
                ],
            ),
        },
    )
    return type(
        "CompetitionPassageForm",
        (form_class,),
        {"quotas": FieldList(FormField(row), label=lazy("分项名额"))},
    )
