"""Forms, made and published through the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eventhub.accounts.models import Person
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition
from eventhub.domain.questionnaire.questions import (
    Condition,
    Limits,
    Operator,
    Option,
    Question,
    QuestionKind,
    VisibleIf,
    Words,
)
from eventhub.questionnaires import service
from eventhub.questionnaires.models import Questionnaire

YES_NO = (Option("yes", Words("是", "Yes")), Option("no", Words("否", "No")))


def make_question(key: str, kind: QuestionKind = QuestionKind.TEXT, **facts: Any) -> Question:
    """A question whose label tells its key."""
    if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        facts.setdefault("options", YES_NO)
    label = facts.pop("label", Words(f"问题 {key}", f"Question {key}"))
    return Question(key, kind, label, **facts)


def standard_questions() -> list[Question]:
    """Whether there is a company; if so its name and revenue; a file and a list of people."""
    registered = VisibleIf((Condition("registered", Operator.IS, "yes"),))
    return [
        make_question(
            "registered",
            QuestionKind.CHOICE,
            label=Words("是否已注册公司", "Is a company registered"),
            is_required=True,
        ),
        make_question(
            "company", label=Words("企业名称", "Company"), is_required=True, visible_if=registered
        ),
        make_question(
            "revenue",
            QuestionKind.NUMBER,
            label=Words("营业收入", "Revenue"),
            limits=Limits(decimals=2, unit=Words("万元", "10,000 yuan")),
            visible_if=VisibleIf((Condition("company", Operator.FILLED),)),
        ),
        make_question(
            "licence",
            QuestionKind.FILE,
            label=Words("营业执照", "Licence"),
            limits=Limits(formats=("pdf",)),
        ),
        make_question("people", QuestionKind.PEOPLE, label=Words("顾问", "Consultants")),
    ]


def make_form(
    competition: Competition,
    *,
    by: Person,
    questions: Sequence[Question] | None = None,
    is_published: bool = True,
) -> Questionnaire:
    """The form of a competition's groups, published unless told otherwise."""
    asked = standard_questions() if questions is None else questions
    form = service.create_questionnaire(
        competition.event.circle_id, name="创意组报名表", questions=asked, by=by
    )
    if is_published:
        service.publish_questionnaire(form.id, revision=form.revision, by=by)
    for group in competition.groups:
        competitions.set_questionnaire(group.id, questionnaire_id=form.id, name=form.name, by=by)
    return form
