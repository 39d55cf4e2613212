"""A form as its builder sees it: a card for each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eventhub.domain.questionnaire.questions import Question, QuestionKind, questions_of
from eventhub.domain.questionnaire.versions import Change
from eventhub.i18n import LazyString, locale_code
from eventhub.questionnaires import presets, queries, service
from eventhub.questionnaires.enums import ASPECT_LABELS, CHANGE_LOOKS, KIND_LOOKS
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.uses import Use, list_uses
from eventhub.questionnaires.wording import condition_words, limit_words, stage_words


@dataclass(frozen=True)
class Card:
    """A question in the list. ``change`` is what of it is not published yet, if anything."""

    key: str
    number: int | None
    kind: str
    kind_label: LazyString
    icon: str
    label: str
    label_en: str
    help: str
    limits: tuple[str, ...]
    required: str
    condition: str
    change: LazyString | None


def list_stages(uses: Sequence[Use]) -> tuple[str, ...]:
    """The stages from which an answer can be required: those of whoever knows the most."""
    return max((use.stages for use in uses), key=len, default=())


def list_cards(
    questions: Sequence[Question], stages: Sequence[str], changes: Sequence[Change]
) -> list[Card]:
    """The questions in their order; what is only a heading has no number."""
    changed = {change.question.key: CHANGE_LOOKS[change.kind][0] for change in changes}
    cards = []
    number = 0
    for question in questions:
        number += question.asks
        label, icon, _about = KIND_LOOKS[question.kind]
        cards.append(
            Card(
                question.key,
                number if question.asks else None,
                question.kind.value,
                label,
                icon,
                question.label.zh,
                question.label.en,
                question.help.of(locale_code()),
                tuple(limit_words(question)),
                stage_words(question, stages),
                condition_words(question, questions),
                changed.get(question.key),
            )
        )
    return cards


def builder_context(form: Questionnaire, **more: Any) -> dict[str, Any]:
    """What the builder's page shows; ``more`` is the question that is being written."""
    questions = questions_of(form.draft)
    uses = list_uses(form.id)
    versions = queries.list_versions(form.id)
    changes = service.changes_of(form)
    stages = list_stages(uses)
    gone = [
        {
            "key": line["question"]["key"],
            "label": line["question"]["label"]["zh"],
            "position": line["position"],
        }
        for line in form.removed
    ]
    return {
        "questionnaire": form,
        "cards": list_cards(questions, stages, changes if versions else ()),
        "uses": uses,
        "versions": versions,
        "changes": changes,
        "gone": gone,
        "undo": "",
        "kinds": list_kinds(),
        "presets": [(p.key, p.name.of(locale_code())) for p in presets.list_questions()],
        "editor": None,
        "editing": "",
        "kind": "",
        "after": "",
        "theirs": None,
        **more,
    }


def list_kinds() -> list[dict[str, Any]]:
    """The kinds that can be added."""
    return [
        {"kind": kind.value, "label": label, "icon": icon, "about": about}
        for kind, (label, icon, about) in KIND_LOOKS.items()
    ]


def describe_changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """What changed, in words and looks."""
    return [
        {
            "label": change.question.label.of(locale_code()),
            "look": CHANGE_LOOKS[change.kind],
            "aspects": [ASPECT_LABELS[aspect] for aspect in change.aspects],
            "icon": KIND_LOOKS[QuestionKind(change.question.kind)][1],
        }
        for change in changes
    ]
