"""What a team fills in, from a page or from a script; and which form a group gets."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Self

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired

from eventhub.competitions.models import Competition, Group
from eventhub.domain.questionnaire.answers import PREFIX
from eventhub.entries.service.answers import FormState
from eventhub.entries.service.group_forms import BLANK
from eventhub.i18n import _, join_words, lazy, locale_code
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.presets import list_forms
from eventhub.web.forms import HubForm

_NEVER = uuid.UUID(int=0)


class AnswersForm(HubForm):
    """The frame of a group's form: its controls follow from the questions, not from here.

    ``version`` is the revision of the answers that the page was showing, ``form_version`` the
    version of the form.
    """

    version = HiddenField(default="0")
    form_version = HiddenField(default="")

    @classmethod
    def of(cls, state: FormState, *, typed: Mapping[str, str] | None = None) -> Self:
        """The frame as it stands; ``typed`` are the fields as a script sends them."""
        given = {} if typed is None else {"formdata": MultiDict(typed)}
        shown = str(state.version.id) if state.version else ""
        return cls(data={"version": str(state.revision), "form_version": shown}, **given)

    @property
    def seen_revision(self) -> int:
        """The revision that the window was showing; one that matches none for nonsense."""
        text = str(self.version.data or "")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1

    @property
    def shown_version(self) -> uuid.UUID:
        """The version of the form that the window was showing."""
        try:
            return uuid.UUID(str(self.form_version.data))
        except ValueError:
            return _NEVER

    def now_at(self, state: FormState) -> None:
        """Bear what is stored, so that the page can be sent once more."""
        shown = str(state.version.id) if state.version else ""
        for field, value in ((self.version, str(state.revision)), (self.form_version, shown)):
            field.data, field.raw_data = value, [value]


def answers_only(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that answer a question."""
    return {name: text for name, text in fields.items() if name.startswith(PREFIX)}


class GroupFormForm(HubForm):
    """What a form is made from, and for which groups. Build with ``of``."""

    groups = SelectMultipleField(
        lazy("用于哪些组别"), [InputRequired(message=lazy("请至少选一个组别。"))]
    )
    source = RadioField(lazy("从什么开始"), [InputRequired()])

    notes: dict[str, str]

    @classmethod
    def of(cls, competition: Competition, known: Sequence[Questionnaire], chosen: str = "") -> Self:
        """``known`` are forms that can be copied; ``chosen`` the group that was clicked."""
        free = [group for group in competition.groups if group.questionnaire_id is None]
        ticked = chosen or (str(free[0].id) if len(free) == 1 else "")
        form = cls(data={"groups": [ticked] if ticked else [], "source": "preset:general"})
        form.groups.choices = [SelectChoice(str(group.id), _title(group)) for group in free]
        form.notes = {BLANK: _("自己逐题添加。")}
        choices = []
        for preset in list_forms():
            choices.append(SelectChoice(f"preset:{preset.key}", preset.name.of(locale_code())))
            form.notes[f"preset:{preset.key}"] = preset.about.of(locale_code())
        choices.append(SelectChoice(BLANK, _("空白表单")))
        for form_id, titles in _shared(competition).items():
            choices.append(
                SelectChoice(f"share:{form_id}", _("与“%(groups)s”共用", groups=join_words(titles)))
            )
            form.notes[f"share:{form_id}"] = _("同一份表单，以后一处修改、各组同时更新。")
        for found in known:
            choices.append(SelectChoice(f"copy:{found.id}", _("复制“%(name)s”", name=found.name)))
            form.notes[f"copy:{found.id}"] = _("另存一份，之后各改各的。")
        form.source.choices = choices
        return form

    @property
    def group_ids(self) -> list[uuid.UUID]:
        """The groups that were ticked."""
        data: Any = self.groups.data
        return [uuid.UUID(one) for one in data]


def _title(group: Group) -> str:
    return f"{group.track_name} · {group.name}"


def _shared(competition: Competition) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    for group in competition.groups:
        if group.questionnaire_id is not None:
            found.setdefault(group.questionnaire_id, []).append(group.name)
    return found
