"""What judges, organisers and officers fill in."""

from eventhub.judging.forms.panels import (
    CardsForm,
    OrganiserRecusalForm,
    PanelForm,
    RecusalForm,
    SeatForm,
)
from eventhub.judging.forms.sheets import SheetForm, plain, sheet_values
from eventhub.judging.forms.steps import (
    CloseForm,
    MoveForm,
    ReasonForm,
    RecountForm,
    ReopenForm,
    SignForm,
    StepForm,
)

__all__ = [
    "CardsForm",
    "CloseForm",
    "MoveForm",
    "OrganiserRecusalForm",
    "PanelForm",
    "ReasonForm",
    "RecountForm",
    "RecusalForm",
    "ReopenForm",
    "SeatForm",
    "SheetForm",
    "SignForm",
    "StepForm",
    "plain",
    "sheet_values",
]
