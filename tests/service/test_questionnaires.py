"""Building forms: each change by itself, two organisers at once, versions."""

import threading
from dataclasses import replace

import pytest

from eventhub.audit.models import AuditEntry
from eventhub.db import db
from eventhub.domain.questionnaire.definition import FaultCode
from eventhub.domain.questionnaire.questions import (
    Condition,
    Operator,
    Option,
    QuestionKind,
    VisibleIf,
    Words,
    questions_of,
)
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.questionnaires import presets, queries, service
from eventhub.questionnaires.errors import (
    DraftChangedError,
    EmptyFormError,
    FaultsError,
    OrderChangedError,
    QuestionChangedError,
    QuestionGoneError,
    QuestionInUseError,
)
from tests.factories import make_circle, make_organiser, make_question
from tests.factories.questionnaires import YES_NO, standard_questions


@pytest.fixture
def circle(app):
    return make_circle()


@pytest.fixture
def form(circle, olga):
    return service.create_questionnaire(
        circle.id, name="报名表", questions=standard_questions(), by=olga
    )


def keys(form):
    return [line["key"] for line in queries.get_questionnaire(form.id).draft]


def asked(form, key):
    draft = questions_of(queries.get_questionnaire(form.id).draft)
    return next(question for question in draft if question.key == key)


def test_every_preset_makes_a_form_that_can_be_published(circle, olga):
    for preset in presets.list_forms():
        made = service.create_questionnaire(
            circle.id, name=preset.name.zh, questions=preset.questions, by=olga
        )
        assert service.publish_questionnaire(made.id, revision=1, by=olga).number == 1
        assert all(question.label.en for question in preset.questions)
    for single in presets.list_questions():
        service.add_question(made.id, question=single.question, by=olga)


def test_questions_are_added_after_others_under_keys_of_their_own(form, olga):
    first = service.add_question(form.id, question=make_question(""), after="registered", by=olga)
    last = service.add_question(form.id, question=make_question("company"), by=olga)

    assert keys(form)[1] == first.key
    assert keys(form)[-1] == last.key
    assert last.key != "company"
    assert queries.get_questionnaire(form.id).revision == 3


def test_a_key_once_published_or_removed_is_never_given_again(form, olga):
    service.publish_questionnaire(form.id, revision=1, by=olga)
    service.remove_question(form.id, key="people", by=olga)

    again = service.add_question(form.id, question=make_question("people"), by=olga)

    assert again.key != "people"


def test_changes_to_different_questions_join_and_to_the_same_are_refused_once(form, olga):
    theirs, mine = asked(form, "company"), asked(form, "people")
    seen = service.fingerprint(theirs)

    service.save_question(
        form.id, question=replace(theirs, label=Words("公司全称")), seen=seen, by=olga
    )
    service.save_question(
        form.id,
        question=replace(mine, is_required=True),
        seen=service.fingerprint(mine),
        by=olga,
    )
    with pytest.raises(QuestionChangedError):
        service.save_question(
            form.id, question=replace(theirs, label=Words("单位名称")), seen=seen, by=olga
        )

    assert asked(form, "company").label.zh == "公司全称"
    assert asked(form, "people").is_required


def test_saving_what_stands_there_already_is_no_change(form, olga):
    same = asked(form, "company")

    service.save_question(form.id, question=same, seen="whatever", by=olga)

    assert queries.get_questionnaire(form.id).revision == 1


def test_two_organisers_who_save_one_question_at_once_do_not_overwrite(app, form, olga, at_once):
    question, form_id = asked(form, "company"), form.id
    seen = service.fingerprint(question)

    def save(label):
        return lambda: service.save_question(
            form_id, question=replace(question, label=Words(label)), seen=seen, by=olga
        )

    told = at_once(save("甲"), save("乙"))

    assert sum(isinstance(one, QuestionChangedError) for one in told) == 1
    db.session.expire_all()
    assert asked(form, "company").label.zh in {"甲", "乙"}


def test_without_the_lock_one_of_two_changes_is_lost(form, olga, at_once, monkeypatch):
    """The negative control: read without holding the row, wait for one another, write."""
    meet = threading.Barrier(2, timeout=20)
    get = queries.get_questionnaire

    def unlocked(questionnaire_id, *, lock=False):
        found = get(questionnaire_id)
        if lock:
            meet.wait()
        return found

    monkeypatch.setattr(queries, "get_questionnaire", unlocked)
    form_id = form.id
    asked_for = [asked(form, "company"), asked(form, "people")]

    def save(question):
        return lambda: service.save_question(
            form_id,
            question=replace(question, label=Words("改了")),
            seen=service.fingerprint(question),
            by=olga,
        )

    told = at_once(*[save(question) for question in asked_for])
    monkeypatch.undo()
    db.session.expire_all()

    assert not any(isinstance(one, Exception) for one in told)
    assert sum(asked(form, q.key).label.zh == "改了" for q in asked_for) == 1


def test_a_question_that_others_ask_for_stays(form, olga):
    with pytest.raises(QuestionInUseError) as refusal:
        service.remove_question(form.id, key="registered", by=olga)

    assert "企业名称" in str(refusal.value.message)


def test_what_was_removed_comes_back_where_it_was(form, olga):
    before = keys(form)

    service.remove_question(form.id, key="licence", by=olga)
    service.remove_question(form.id, key="licence", by=olga)
    assert "licence" not in keys(form)
    service.restore_question(form.id, key="licence", by=olga)
    service.restore_question(form.id, key="licence", by=olga)

    assert keys(form) == before
    assert queries.get_questionnaire(form.id).removed == []
    with pytest.raises(NotFoundError):
        service.restore_question(form.id, key="never", by=olga)


def test_a_question_whose_ground_is_gone_cannot_come_back(form, olga):
    service.remove_question(form.id, key="revenue", by=olga)
    service.remove_question(form.id, key="company", by=olga)

    with pytest.raises(FaultsError) as refusal:
        service.restore_question(form.id, key="revenue", by=olga)

    assert {fault.code for fault in refusal.value.faults} == {FaultCode.UNKNOWN_QUESTION}


def test_saving_a_question_that_is_gone_says_so(form, olga):
    question = asked(form, "people")
    service.remove_question(form.id, key="people", by=olga)

    with pytest.raises(QuestionGoneError):
        service.save_question(
            form.id, question=question, seen=service.fingerprint(question), by=olga
        )


def test_an_option_that_a_condition_names_cannot_be_taken_away(form, olga):
    question = asked(form, "registered")
    without = replace(question, options=(YES_NO[1], Option("soon", Words("筹备中"))))

    with pytest.raises(FaultsError) as refusal:
        service.save_question(
            form.id, question=without, seen=service.fingerprint(question), by=olga
        )

    assert [fault.key for fault in refusal.value.faults] == ["company"]


def test_conditions_in_a_circle_are_refused(form, olga):
    question = asked(form, "registered")
    circular = replace(question, visible_if=VisibleIf((Condition("revenue", Operator.FILLED),)))

    with pytest.raises(FaultsError):
        service.save_question(
            form.id, question=circular, seen=service.fingerprint(question), by=olga
        )


def test_questions_move_and_are_ordered(form, olga):
    service.move_question(form.id, key="people", by_places=-1, by=olga)
    assert keys(form)[-2:] == ["people", "licence"]
    service.move_question(form.id, key="registered", by_places=-1, by=olga)
    assert keys(form)[0] == "registered"

    service.order_questions(form.id, keys=sorted(keys(form)), by=olga)
    assert keys(form) == ["company", "licence", "people", "registered", "revenue"]
    with pytest.raises(OrderChangedError):
        service.order_questions(form.id, keys=["company"], by=olga)


def test_a_copy_of_a_question_stands_behind_it(form, olga):
    copy = service.duplicate_question(form.id, key="registered", by=olga)

    assert keys(form)[1] == copy.key
    assert copy.label.zh == "是否已注册公司（副本）"
    assert copy.options == YES_NO


def test_versions_keep_what_was_published(form, olga):
    one = service.publish_questionnaire(form.id, revision=1, by=olga)
    assert service.publish_questionnaire(form.id, revision=1, by=olga).id == one.id
    service.add_question(form.id, question=make_question("", QuestionKind.DATE), by=olga)
    two = service.publish_questionnaire(form.id, revision=2, by=olga)

    assert (one.number, two.number) == (1, 2)
    assert len(two.questions) == len(one.questions) + 1
    assert queries.find_newest(form.id) == two
    published = db.session.query(AuditEntry).filter_by(action="form.published")
    deeds = published.order_by(AuditEntry.seq).all()
    assert deeds[-1].after["changes"] == [["added", "问题 ", []]]


def test_what_nobody_has_looked_at_is_not_published(form, olga):
    service.add_question(form.id, question=make_question(""), by=olga)

    with pytest.raises(DraftChangedError):
        service.publish_questionnaire(form.id, revision=1, by=olga)


def test_an_empty_form_is_not_published(circle, olga):
    heading = make_question("part", QuestionKind.SECTION)
    bare = service.create_questionnaire(circle.id, name="空", questions=[heading], by=olga)

    with pytest.raises(EmptyFormError):
        service.publish_questionnaire(bare.id, revision=1, by=olga)


def test_a_copy_of_a_form_keeps_keys_and_is_not_published(form, olga):
    service.publish_questionnaire(form.id, revision=1, by=olga)
    copy = service.copy_questionnaire(form.id, circle_id=form.circle_id, by=olga)

    assert keys(copy) == keys(form)
    assert queries.find_newest(copy.id) is None
    assert set(queries.list_newest([copy.id, form.id])) == {form.id}


def test_only_who_organises_builds(form, tia):
    stranger = make_organiser(
        "别人", email="other@eventhub.test", circle=make_circle("swu", university="西南大学")
    )
    for someone in (tia, stranger):
        with pytest.raises(ForbiddenError):
            service.add_question(form.id, question=make_question(""), by=someone)
        with pytest.raises(ForbiddenError):
            service.publish_questionnaire(form.id, revision=1, by=someone)


def test_a_form_never_published_can_be_discarded(form, olga):
    assert service.discard_questionnaire(form.id, by=olga)
    with pytest.raises(NotFoundError):
        queries.get_questionnaire(form.id)


def test_a_published_form_is_kept(form, olga):
    service.publish_questionnaire(form.id, revision=1, by=olga)

    assert not service.discard_questionnaire(form.id, by=olga)
    assert queries.get_questionnaire(form.id)


def test_a_form_that_is_not_sound_is_not_made(circle, olga):
    with pytest.raises(FaultsError):
        service.create_questionnaire(
            circle.id, name="坏", questions=[make_question("a"), make_question("a")], by=olga
        )
