"""The project's form base: clean text, errors beside the field, refusals that lose nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask import abort, current_app, render_template, request
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, DecimalField, Field, StringField, TextAreaField
from wtforms.validators import ValidationError

from eventhub.errors import EventHubError
from eventhub.i18n import _, get_locale_words


def clean(text: str | None) -> str | None:
    """Strip, bring to NFC, and drop control characters other than tab and newline."""
    if text is None:
        return None
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept.replace("\r\n", "\n").replace("\r", "\n")).strip()


class HubForm(FlaskForm):
    """Base of all forms, with CSRF.

    ``refused`` is the refusal of a service, once ``accepted_by`` met one.
    """

    refused: EventHubError | None = None

    class Meta(FlaskForm.Meta):
        """Strip every text field; speak the visitor's language in the built-in messages."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the cleaning filter to text fields."""
            if issubclass(unbound_field.field_class, StringField | TextAreaField):
                filters = [*options.get("filters", ()), *unbound_field.kwargs.get("filters", ())]
                unbound_field.kwargs.pop("filters", None)
                options["filters"] = [clean, *filters]
            field: Field = unbound_field.bind(form=form, **options)
            return field

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take what a page sent; JSON is nothing that a form reads by itself."""
            asks_request = formdata is not None and not hasattr(formdata, "getlist")
            if asks_request and request.is_json:
                abort(415)
            return super().wrap_formdata(form, formdata)

        def get_translations(self, form: Any) -> Any:
            """Built-in messages of WTForms in the language of the page."""
            return get_locale_words()

    def accepted_by(self, use_case: Callable[[], object]) -> bool:
        """Run a use case; turn its refusal into this form's error, so that nothing typed is lost.

        A refusal with a ``field`` goes beside that field, any other to the head of the form.
        """
        try:
            use_case()
        except EventHubError as refusal:
            if refusal.status in {401, 403, 404}:
                raise
            self.refused = refusal
            field = self._fields.get(refusal.field) if refusal.field else None
            if field is not None:
                field.errors = [*field.errors, str(refusal.message)]
            else:
                self.form_errors.append(str(refusal.message))
            return False
        return True

    @property
    def status(self) -> int:
        """The status with which the page that shows this form answers."""
        if self.refused is not None:
            return self.refused.status
        return 422 if self.errors else 200


def render_form(template: str, form: HubForm, **context: Any) -> tuple[str, int]:
    """Render a page around its form, with the right status when the form was refused."""
    return render_template(template, form=form, **context), form.status


class FieldList(wtforms.FieldList):
    """Rows. A name whose number is none in ASCII digits names no row, where WTForms fails."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        row = re.compile(re.escape(f"{prefix}{self._separator}") + "([0-9]{1,18})(?![0-9])")
        for match in filter(None, map(row.match, formdata)):
            yield int(match[1])


YEARS = range(2000, 2101)


class ZonedDateTimeField(DateTimeLocalField):
    """A moment as people of a place write it; aware UTC inside. Of this century only.

    The zone is the application's unless the form sets ``zone`` on the field.
    """

    data: Any

    def __init__(self, *args: Any, zone: str | None = None, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(*args, format=formats, tz=self._choose_zone, **kwargs)
        self.zone = zone

    def _choose_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone or current_app.config["TIMEZONE"])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read local time into aware UTC."""
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime):
            if self.data.year not in YEARS:
                self.data = None
                raise ValidationError(self.gettext("Not a valid datetime value."))
            self.data = self.data.astimezone(UTC)


class PointsField(DecimalField):
    """A mark or maximum: at most two decimals, full-width digits welcome."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, places=2, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; refuse a third decimal rather than round it away."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata([unicodedata.normalize("NFKC", valuelist[0]).strip()])
        if self.data is not None:
            if not self.data.is_finite() or self.data.adjusted() > 9:
                self.data = None
                raise ValidationError(_("请填写数字。"))
            if self.data != self.data.quantize(self.data.__class__("0.01")):
                raise ValidationError(_("最多保留两位小数。"))
