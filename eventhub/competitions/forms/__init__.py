"""Forms of competitions: they check single fields and hand over plain values."""

from __future__ import annotations

from eventhub.competitions.forms.base import (
    EDITION_MAX,
    FORMATS,
    MEGABYTE,
    POINT_TO_JUDGE_MAX,
    TIE_STEPS,
    CheckboxesField,
    ConfirmForm,
    EachLineMax,
    RowForm,
    lines,
)
from eventhub.competitions.forms.competition import (
    DatesForm,
    NewCompetitionForm,
    SettingsForm,
)
from eventhub.competitions.forms.documents import (
    RequirementRow,
    RequirementsForm,
)
from eventhub.competitions.forms.groups import (
    GroupForm,
)
from eventhub.competitions.forms.rounds import (
    MarksDueForm,
    NewRoundForm,
    RoundForm,
)
from eventhub.competitions.forms.rubrics import (
    CriterionRow,
    GateRow,
    RubricForm,
)

__all__ = [
    "EDITION_MAX",
    "FORMATS",
    "MEGABYTE",
    "POINT_TO_JUDGE_MAX",
    "TIE_STEPS",
    "CheckboxesField",
    "ConfirmForm",
    "CriterionRow",
    "DatesForm",
    "EachLineMax",
    "GateRow",
    "GroupForm",
    "MarksDueForm",
    "NewCompetitionForm",
    "NewRoundForm",
    "RequirementRow",
    "RequirementsForm",
    "RoundForm",
    "RowForm",
    "RubricForm",
    "SettingsForm",
    "lines",
]
