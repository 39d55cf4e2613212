"""What the forms of competitions share."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    NumberRange,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from eventhub.i18n import _, lazy
from eventhub.web.forms import HubForm

MEGABYTE = 1_000_000
TIE_STEPS = 3
POINT_TO_JUDGE_MAX = 60
EDITION_MAX = 40


FORMATS = ("pdf", "ppt", "pptx", "doc", "docx", "xlsx", "jpg", "png", "mp4", "zip")


def lines(text: str | None) -> list[str]:
    """The filled lines of a text, without doubles."""
    found = [line.strip() for line in (text or "").splitlines()]
    return list(dict.fromkeys(line for line in found if line))


class EachLineMax:
    """No line of a text field is longer than ``limit``."""

    def __init__(self, limit: int, *, count: int) -> None:
        self.limit = limit
        self.count = count

    def __call__(self, _form: HubForm, field: TextAreaField) -> None:
        """Refuse the longest one."""
        written = lines(field.data)
        if len(written) > self.count:
            raise ValidationError(_("最多 %(count)s 行。", count=self.count))
        if any(len(line) > self.limit for line in written):
            raise ValidationError(_("每行最多 %(limit)s 个字。", limit=self.limit))


class CheckboxesField(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RowForm(HubForm):
    """A row of a list inside a form: the form around it carries the token."""

    class Meta(HubForm.Meta):
        """Without a token of its own."""

        csrf = False


class ConfirmForm(HubForm):
    """An organiser stands in for a rubric without an official source."""

    confirmed = BooleanField(
        lazy("我已核对并确认采用此评分标准"),
        [InputRequired(lazy("请先核对评分标准，再勾选确认。"))],
    )


def count_field(label: Any, least: int, most: int) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(least, most)])
