"""Lists of who goes up and of awards."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from wtforms import Form as PlainForm
from wtforms import (
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from eventhub.competitions.models import Competition, Group, Round
from eventhub.competitions.service import PassageDraft
from eventhub.domain.cut import TieChoice
from eventhub.entries.models import Entry
from eventhub.i18n import _, lazy
from eventhub.outcomes.enums import TIE_CHOICE_LABELS
from eventhub.outcomes.models import (
    NAME_MAX,
    REASON_MAX,
    AdvancementLine,
    Award,
    AwardLevel,
)
from eventhub.outcomes.service import LEVELS_MAX, LevelDraft
from eventhub.web.forms import FieldList, HubForm, clean

PLACES_MAX = 100_000
IN, OUT = "in", "out"
SPARE_LEVELS = 2


class StepForm(HubForm):
    """A step that needs no words."""


class ProposeForm(HubForm):
    """Drawing up a list: what becomes of ties at the edge."""

    ties = RadioField(
        lazy("名额边缘并列的项目"),
        choices=[SelectChoice(choice.value, label) for choice, label in TIE_CHOICE_LABELS.items()],
        default=TieChoice.DECIDE.value,
    )


class ConfirmForm(HubForm):
    """Confirming a list that was read; ``seen`` says which."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])


class ReasonForm(HubForm):
    """A step that is explained."""

    reason = TextAreaField(lazy("理由"), [InputRequired(), Length(max=REASON_MAX)])


class DiscardForm(HubForm):
    """Putting a proposal aside."""

    reason = TextAreaField(lazy("理由（选填）"), [Length(max=REASON_MAX)])


class AdjustForm(HubForm):
    """One entry in or out, by hand."""

    decision = RadioField(lazy("决定"), [InputRequired()])
    reason = TextAreaField(
        lazy("理由"),
        [Length(max=REASON_MAX)],
        description=lazy("与规则的结果不同，或决定并列时必填。第二位确认人会看到，并记入日志。"),
    )

    @classmethod
    def of(cls, line: AdvancementLine, *, round_: Round) -> Self:
        """For a line of a list that leads to this round."""
        form = cls(data={"decision": IN if line.is_in else OUT, "reason": line.reason})
        form.decision.choices = [
            SelectChoice(IN, _("晋级%(round)s", round=round_.name)),
            SelectChoice(OUT, _("不晋级")),
        ]
        return form


class AwardForm(HubForm):
    """One entry's award, by hand."""

    level = RadioField(lazy("奖项"))
    reason = TextAreaField(
        lazy("理由"),
        [Length(max=REASON_MAX)],
        description=lazy("与规则的结果不同，或决定并列时必填。第二位确认人会看到，并记入日志。"),
    )

    @classmethod
    def of(cls, award: Award, levels: Sequence[AwardLevel]) -> Self:
        """For a line, with the levels that its group can get."""
        form = cls(data={"level": str(award.level_id or ""), "reason": award.reason})
        fitting = [each for each in levels if each.group_id in {None, award.entry.group_id}]
        form.level.choices = [
            *(SelectChoice(str(each.id), each.name) for each in fitting),
            SelectChoice("", _("不获奖")),
        ]
        return form

    @property
    def level_id(self) -> uuid.UUID | None:
        """The level that was chosen."""
        return uuid.UUID(self.level.data) if self.level.data else None


class PassageForm(HubForm):
    """A simple way on: into which round, and for how many."""

    to_round = SelectField(lazy("进入哪一轮"), [InputRequired()])
    places = IntegerField(lazy("名额"), [InputRequired(), NumberRange(min=1, max=PLACES_MAX)])
    school_max = IntegerField(
        lazy("每校最多"),
        [Optional(), NumberRange(min=1, max=PLACES_MAX)],
        description=lazy("不填则不限。满额的学校由下一名其他学校的项目递补。"),
    )

    @classmethod
    def leading_to(cls, rounds: Sequence[Round]) -> Self:
        """With a line for each later round."""
        form = cls()
        form.to_round.choices = [SelectChoice(str(each.id), each.name) for each in rounds]
        return form

    def to_draft(self) -> PassageDraft:
        """What ``competitions.service.save_passage`` takes."""
        return PassageDraft(uuid.UUID(self.to_round.data), self.places.data, self.school_max.data)


class LevelRow(PlainForm):
    """An award: its name, for whom, and for how many or from which total on. Blank is no award."""

    name = StringField(lazy("奖项名称"), [Length(max=NAME_MAX)], filters=[clean])
    group = SelectField(lazy("组别"))
    places = IntegerField(lazy("名额"), [Optional(), NumberRange(min=1, max=PLACES_MAX)])
    total_min = StringField(lazy("或最低总分"), [Length(max=10)], filters=[clean])

    def validate_name(self, field: StringField) -> None:
        """An award has a name."""
        if not field.data and (self.places.data is not None or self.total_min.data):
            raise ValidationError(_("请填写奖项名称。"))

    def validate_total_min(self, field: StringField) -> None:
        """A total is a number."""
        if field.data and _decimal(field.data) is None:
            raise ValidationError(_("请填写数字。"))

    def to_draft(self) -> LevelDraft:
        """What ``save_levels`` takes of it."""
        return LevelDraft(
            self.name.data or "",
            self.places.data,
            _decimal(self.total_min.data),
            uuid.UUID(self.group.data) if self.group.data else None,
        )


class LevelsForm(HubForm):
    """The awards of a round, highest first. Build with ``of``."""

    levels = FieldList(FormField(LevelRow), lazy("奖级"), max_entries=LEVELS_MAX)

    @classmethod
    def of(
        cls, groups: Sequence[Group], rows: Sequence[dict[str, Any]], *, spare: int = SPARE_LEVELS
    ) -> Self:
        """With these rows and some blank ones, a choice of groups in each."""
        form = cls(data={"levels": [*rows, *({} for _each in range(spare))]})
        choices = [SelectChoice("", _("全部组别一起"))] + [
            SelectChoice(str(group.id), f"{group.track_name} · {group.name}") for group in groups
        ]
        for row in form.levels:
            row.form.group.choices = choices
        return form

    def to_drafts(self) -> list[LevelDraft]:
        """What ``save_levels`` takes."""
        return [row.form.to_draft() for row in self.levels if row.form.name.data]


class CarryForm(HubForm):
    """Which entries go into which other competition."""

    target = RadioField(lazy("推荐到"), [InputRequired()])
    entries = SelectMultipleField(lazy("项目"), [InputRequired()])

    @classmethod
    def offering(cls, targets: Sequence[Competition], entries: Sequence[Entry]) -> Self:
        """With a line for each competition and each entry, all of these chosen at first."""
        form = cls(data={"entries": [str(entry.id) for entry in entries]})
        form.target.choices = [SelectChoice(str(t.id), t.event.title) for t in targets]
        form.entries.choices = [
            SelectChoice(str(entry.id), f"{entry.name}（{entry.code}）") for entry in entries
        ]
        return form


def _decimal(text: str | None) -> Decimal | None:
    """A total as typed, or None."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain or not all(c.isdigit() or c == "." for c in plain) or plain.count(".") > 1:
        return None
    return Decimal(plain) if plain != "." else None
