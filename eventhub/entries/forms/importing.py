"""A list of projects on its way in."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import AnyOf

from eventhub.i18n import lazy
from eventhub.web.forms import HubForm

ALL, GOOD = "all", "good"


class UploadForm(HubForm):
    """The workbook."""

    file = FileField(lazy("名单文件"), [FileRequired(lazy("请先选择文件。"))])

    @property
    def content(self) -> BinaryIO:
        """The bytes, once the form is valid."""
        return cast(BinaryIO, self.file.data.stream)

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.file.data.filename or ""


class DecideForm(HubForm):
    """All of it, or what is without a mistake."""

    mode = HiddenField(validators=[AnyOf([ALL, GOOD])])
