"""What a round asks teams to hand in."""

from __future__ import annotations

from typing import Any, Self

from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    ValidationError,
)

from eventhub.competitions.enums import DOCUMENT_KIND_LABELS, DocumentKind
from eventhub.competitions.errors import ChangedMeanwhileError, NamingRuleError
from eventhub.competitions.forms.base import FORMATS, MEGABYTE, CheckboxesField, RowForm
from eventhub.competitions.models import (
    DOCUMENT_BYTES_MAX,
    FILES_PER_REQUIREMENT_MAX,
    KEY_MAX,
    NAME_MAX,
    NAMING_DEFAULT,
    NAMING_MAX,
    Round,
)
from eventhub.competitions.service import RequirementDraft, check_naming, requirements_stamp
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
    kind = SelectField(lazy("类型"), coerce=DocumentKind, default=DocumentKind.OTHER)
    megabytes = IntegerField(
        lazy("每份上限（MB）"), [InputRequired(), NumberRange(1, DOCUMENT_BYTES_MAX // MEGABYTE)]
    )
    files_max = IntegerField(
        lazy("最多几份"), [InputRequired(), NumberRange(1, FILES_PER_REQUIREMENT_MAX)], default=1
    )
    naming = StringField(
        lazy("下载时的文件名"),
        [InputRequired(), Length(max=NAMING_MAX)],
        default=NAMING_DEFAULT,
        description=lazy("整轮打包下载时按它命名，扩展名自动加上，重名自动编号。"),
    )
    is_required = BooleanField(lazy("必须提交"))
    is_for_judges = BooleanField(
        lazy("评委可以查看"), description=lazy("身份证明等个人材料不要勾选。")
    )
    is_personal = BooleanField(
        lazy("删除个人信息时一并删除"),
        description=lazy(
            "身份证、学生证、学籍证明等扫描件请勾选，保存期满后连同历次版本永久删除。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind, label) for kind, label in DOCUMENT_KIND_LABELS.items()]

    def validate_naming(self, field: StringField) -> None:
        """Say beside the field what is wrong with it."""
        try:
            check_naming(field.data or "")
        except NamingRuleError as fault:
            raise ValidationError(str(fault.message)) from None


class RequirementsForm(HubForm):
    """What a round asks for. Build with ``of``."""

    seen = HiddenField()
    documents = FieldList(FormField(RequirementRow), label=lazy("材料"))

    @classmethod
    def blank(cls) -> Self:
        """One empty row, for the script that adds rows."""
        row = {"formats": ["pdf"], "megabytes": 50, "is_for_judges": True, "files_max": 1}
        return cls(formdata=None, documents=[row])

    @classmethod
    def of(cls, round_: Round) -> Self:
        """With what stands there now."""
        return cls(
            seen=requirements_stamp(round_),
            documents=[
                {
                    "key": line.key,
                    "name": line.name,
                    "formats": line.formats,
                    "megabytes": max(1, line.bytes_max // MEGABYTE),
                    "is_required": line.is_required,
                    "is_for_judges": line.is_for_judges,
                    "is_personal": line.is_personal,
                    "kind": line.kind,
                    "files_max": line.files_max,
                    "naming": line.naming,
                }
                for line in round_.requirements
            ],
        )

    def look_again(self, round_: Round) -> None:
        """After a refusal to save over somebody else's change: what is there now was seen."""
        if isinstance(self.refused, ChangedMeanwhileError):
            self.seen.data = requirements_stamp(round_)

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
                is_personal=bool(row.form.is_personal.data),
                kind=row.form.kind.data or DocumentKind.OTHER,
                files_max=row.form.files_max.data or 1,
                naming=row.form.naming.data or NAMING_DEFAULT,
            )
            for row in self.documents
        ]
