"""What the builder's pages take in."""

from __future__ import annotations

from eventhub.questionnaires.forms.name import ActForm, NameForm, PublishForm
from eventhub.questionnaires.forms.question import QuestionForm, rearranged

__all__ = ["ActForm", "NameForm", "PublishForm", "QuestionForm", "rearranged"]
