"""What a round asks teams to hand in."""

from __future__ import annotations

from typing import Self

from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
)

from eventhub.competitions.forms.base import FORMATS, MEGABYTE, CheckboxesField, RowForm
from eventhub.competitions.models import (
    KEY_MAX,
    NAME_MAX,
    Round,
)
from eventhub.competitions.service import (
    RequirementDraft,
)
from eventhub.i18n import lazy
from eventhub.web.forms import FieldList, HubForm


class RequirementRow(RowForm):
    """A document that teams hand in."""

    key = HiddenField(filters=[lambda key: (key or "")[:KEY_MAX]])
    name = StringField(lazy("材料名称"), [InputRequired(), Length(max=NAME_MAX)])
    formats = CheckboxesField(
        lazy("允许的格式"),
        [DataRequired(lazy("请至少选择一种格式。"))],
        choices=[SelectChoice(name, name.upper()) for name in FORMATS],
    )
    megabytes = IntegerField(lazy("上限（MB）"), [InputRequired(), NumberRange(1, 60)])
    is_required = BooleanField(lazy("必须提交"))
    is_for_judges = BooleanField(
        lazy("评委可以查看"), description=lazy("身份证明等个人材料不要勾选。")
    )


class RequirementsForm(HubForm):
    """What a round asks for. Build with ``of``."""

    documents = FieldList(FormField(RequirementRow), label=lazy("材料"))

    @classmethod
    def blank(cls) -> Self:
        """One empty row, for the script that adds rows."""
        row = {"formats": ["pdf"], "megabytes": 50, "is_for_judges": True}
        return cls(formdata=None, documents=[row])

    @classmethod
    def of(cls, round_: Round) -> Self:
        """With what stands there now."""
        return cls(
            documents=[
                {
                    "key": line.key,
                    "name": line.name,
                    "formats": line.formats,
                    "megabytes": max(1, line.bytes_max // MEGABYTE),
                    "is_required": line.is_required,
                    "is_for_judges": line.is_for_judges,
                }
                for line in round_.requirements
            ]
        )

    def to_drafts(self) -> list[RequirementDraft]:
        """The documents in the order of the page."""
        return [
            RequirementDraft(
                name=row.form.name.data or "",
                formats=row.form.formats.data or [],
                bytes_max=(row.form.megabytes.data or 1) * MEGABYTE,
                is_required=bool(row.form.is_required.data),
                key=row.form.key.data or "",
                is_for_judges=bool(row.form.is_for_judges.data),
            )
            for row in self.documents
        ]
