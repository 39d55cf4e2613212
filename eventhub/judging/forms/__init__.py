"""What judges, organisers and officers fill in."""

from eventhub.judging.forms.panels import (
    CardsForm,
    OrganiserRecusalForm,
    PanelForm,
    RecusalForm,
    SeatForm,
)
from eventhub.judging.forms.sheets import SheetForm, plain, sheet_values
from eventhub.judging.forms.steps import CloseForm, ReopenForm, StepForm

__all__ = [
    "CardsForm",
    "CloseForm",
    "OrganiserRecusalForm",
    "PanelForm",
    "RecusalForm",
    "ReopenForm",
    "SeatForm",
    "SheetForm",
    "StepForm",
    "plain",
    "sheet_values",
]
