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
    ConditionsForm,
    GroupForm,
)
from eventhub.competitions.forms.passages import PassageForm, targets
from eventhub.competitions.forms.rounds import (
    MarksDueForm,
    NewRoundForm,
    RoundForm,
)
from eventhub.competitions.forms.rubrics import (
    AdoptForm,
    CriterionRow,
    GateRow,
    RubricForm,
)
from eventhub.competitions.forms.setup import (
    CloneForm,
    EntryRulesForm,
    HostsForm,
    NewGroupForm,
    RenameTemplateForm,
    SaveTemplateForm,
)

__all__ = [
    "EDITION_MAX",
    "FORMATS",
    "MEGABYTE",
    "POINT_TO_JUDGE_MAX",
    "TIE_STEPS",
    "AdoptForm",
    "CheckboxesField",
    "CloneForm",
    "ConditionsForm",
    "ConfirmForm",
    "CriterionRow",
    "DatesForm",
    "EachLineMax",
    "EntryRulesForm",
    "GateRow",
    "GroupForm",
    "HostsForm",
    "MarksDueForm",
    "NewCompetitionForm",
    "NewGroupForm",
    "NewRoundForm",
    "PassageForm",
    "RenameTemplateForm",
    "RequirementRow",
    "RequirementsForm",
    "RoundForm",
    "RowForm",
    "RubricForm",
    "SaveTemplateForm",
    "SettingsForm",
    "lines",
    "targets",
]
