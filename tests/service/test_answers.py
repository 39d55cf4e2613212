"""A group's form, filled in: nothing typed is lost, versions move on, submission asks for all."""

import io
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from eventhub.competitions import service as competitions
from eventhub.competitions.enums import RoundMode
from eventhub.db import db, transaction
from eventhub.domain.questionnaire.questions import (
    Option,
    QuestionKind,
    Words,
    questions_of,
)
from eventhub.entries import queries
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import (
    AnswersTooLargeError,
    EditedElsewhereError,
    EntryLockedError,
    FormReplacedError,
    FormSourceError,
    FormTakenError,
    IncompleteEntryError,
    TooManyFilesError,
    UnreadableAnswerError,
)
from eventhub.entries.models import Answer
from eventhub.entries.service import answers, group_forms, retention
from eventhub.entries.service.answering import add_file, drop_file, save_answers
from eventhub.errors import EventHubError, ForbiddenError, NotFoundError
from eventhub.questionnaires import queries as forms
from eventhub.questionnaires import service
from eventhub.questionnaires.permissions import can_edit
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_form,
    make_organiser,
    make_pdf,
    make_question,
)

FILLED = {"registered": "yes", "company": "山城智巡科技", "revenue": "12.5"}


@pytest.fixture
def competition(olga):
    return make_competition(by=olga, circle=make_circle())


@pytest.fixture
def form(competition, olga):
    return make_form(competition, by=olga)


@pytest.fixture
def entry(competition, form, tia):
    return make_entry(competition, captain=tia, state=EntryState.DRAFT)


def fill(entry, by, values=None, *, revision=0, version=None):
    version = version or answers.form_of(queries.get_entry(entry.id)).version
    return save_answers(
        entry.id,
        version_id=version.id,
        revision=revision,
        values=FILLED if values is None else values,
        by=by,
    )


def state_of(entry):
    db.session.expire_all()
    return answers.form_of(queries.get_entry(entry.id))


def change(form, olga, key, **facts):
    """The organiser changes a question and publishes."""
    draft = questions_of(forms.get_questionnaire(form.id).draft)
    question = next(one for one in draft if one.key == key)
    service.save_question(
        form.id,
        question=replace(question, **facts),
        seen=service.fingerprint(question),
        by=olga,
    )
    return publish(form, olga)


def publish(form, olga):
    revision = forms.get_questionnaire(form.id).revision
    return service.publish_questionnaire(form.id, revision=revision, by=olga)


def test_what_is_typed_is_kept_right_or_wrong(entry, tia):
    fill(entry, tia, {"registered": "yes", "company": "x" * 300, "revenue": "=1+1"})

    state = state_of(entry)
    assert state.values["revenue"] == "=1+1"
    assert {line.anchor for line in answers.missing_in(state)} == {"q-company", "q-revenue"}
    assert "公式" in next(m.note for m in answers.missing_in(state) if m.key == "revenue")


def test_answers_lie_encrypted(entry, tia):
    fill(entry, tia)

    (raw,) = db.session.execute(text('SELECT "values" FROM answers')).one()

    assert "山城智巡科技" not in raw
    assert "registered" not in raw


def test_a_repeated_save_changes_nothing_and_a_second_window_is_told(entry, tia):
    fill(entry, tia)
    assert fill(entry, tia).revision == 1  # an answer lost on its way, sent again

    with pytest.raises(EditedElsewhereError):
        fill(entry, tia, {"registered": "no"}, revision=0)
    assert state_of(entry).values == FILLED


def test_two_first_saves_at_once_leave_one_answer(entry, tia, at_once):
    entry_id, version = entry.id, answers.form_of(entry).version.id

    def save(name):
        return lambda: save_answers(
            entry_id, version_id=version, revision=0, values={"company": name}, by=tia
        )

    told = at_once(save("甲"), save("乙"))

    assert sum(isinstance(one, EditedElsewhereError) for one in told) == 1
    assert db.session.query(Answer).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"nobody": "x"}, "q-nobody"),
        ({"people": [{"salary": "1"}]}, "q-people-0-salary"),
        ({"company": "x" * 30_000}, "q-company"),
    ],
)
def test_what_the_form_has_no_place_for_is_refused_with_its_field(entry, tia, values, field):
    with pytest.raises(UnreadableAnswerError) as refusal:
        fill(entry, tia, values)

    assert refusal.value.field == field
    assert state_of(entry).answer is None


def test_all_answers_together_are_bounded(entry, form, tia, olga):
    for at in range(20):
        service.add_question(
            form.id, question=make_question(f"long{at}", QuestionKind.LONG_TEXT), by=olga
        )
    version = publish(form, olga)

    with pytest.raises(AnswersTooLargeError):
        fill(entry, tia, {f"long{at}": "长" * 19_000 for at in range(20)}, version=version)


def test_only_the_captain_fills_it_in(entry, olga, nell):
    for someone in (olga, nell):
        with pytest.raises(NotFoundError):
            fill(entry, someone)


# --- handing in


def test_an_entry_is_not_handed_in_while_answers_are_missing(entry, tia):
    with pytest.raises(IncompleteEntryError):
        entries.submit_entry(entry.id, by=tia)

    fill(entry, tia, {"registered": "no"})
    assert entries.submit_entry(entry.id, by=tia).state is EntryState.SUBMITTED


def test_the_checklist_says_what_of_the_form_is_missing(entry, tia):
    fill(entry, tia, {"registered": "yes"})

    items = entries.list_checks(queries.get_entry(entry.id), entries.list_slots(entry))
    (line,) = [item for item in items if item.key == "form"]

    assert (line.state, line.anchor, line.page) == ("missing", "q-company", "answers")
    assert "企业名称" in line.note


def test_a_group_without_a_published_form_asks_for_nothing(competition, tia, olga):
    make_form(competition, by=olga, is_published=False)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)

    assert state_of(entry).version is None
    assert answers.list_missing(entry) == []
    assert entries.submit_entry(entry.id, by=tia).state is EntryState.SUBMITTED


def test_what_is_handed_in_keeps_its_form_even_if_nothing_was_answered(competition, tia, olga):
    form = make_form(competition, by=olga, questions=[make_question("a")])
    entry = make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    change(form, olga, "a", is_required=True)

    state = state_of(entry)

    assert state.version.number == 1
    assert answers.list_missing(entry) == []
    assert not state.may_edit
    with pytest.raises(EntryLockedError):
        fill(entry, tia, {"a": "x"}, version=state.version)


# --- versions


def test_a_draft_moves_on_with_what_fits_and_says_what_does_not(entry, form, tia, olga):
    fill(entry, tia)
    change(form, olga, "company", kind=QuestionKind.LONG_TEXT)
    service.remove_question(form.id, key="revenue", by=olga)
    publish(form, olga)

    state = state_of(entry)

    assert state.version.number == 3
    assert state.moved_from.number == 1
    assert state.values == {"registered": "yes", "company": "山城智巡科技"}
    assert [(line.label, line.plain) for line in state.lost] == [("营业收入", "12.5 万元")]
    assert {c.question.key for c in answers.changes_of(state)} == {"company", "revenue"}


def test_a_save_from_the_old_version_is_carried_to_the_new(entry, form, tia, olga):
    """The organiser publishes while the team has the page open."""
    old = answers.form_of(entry).version
    fill(entry, tia)
    service.add_question(form.id, question=make_question("added"), by=olga)
    new = publish(form, olga)

    saved = fill(entry, tia, {**FILLED, "company": "改过的名称"}, revision=1, version=old)

    assert saved.version.id == new.id
    assert saved.moved_from.id == old.id
    assert state_of(entry).values["company"] == "改过的名称"
    assert state_of(entry).answer.version_id == new.id


def test_an_old_page_does_not_wipe_what_was_answered_in_the_new(entry, form, tia, olga):
    old = answers.form_of(entry).version
    fill(entry, tia)
    added = service.add_question(form.id, question=make_question("added"), by=olga)
    publish(form, olga)
    fill(entry, tia, {**FILLED, added.key: "新的"}, revision=1)

    with pytest.raises(EditedElsewhereError):
        fill(entry, tia, {**FILLED, "company": "旧页"}, revision=1, version=old)
    fill(entry, tia, {**FILLED, "company": "旧页"}, revision=2, version=old)

    assert state_of(entry).values == {**FILLED, "company": "旧页", added.key: "新的"}


def test_publishing_and_saving_at_once_loses_nothing(entry, form, tia, olga, at_once):
    fill(entry, tia)
    service.add_question(form.id, question=make_question("added"), by=olga)
    entry_id, form_id, old = entry.id, form.id, answers.form_of(entry).version.id
    revision = forms.get_questionnaire(form.id).revision

    told = at_once(
        lambda: service.publish_questionnaire(form_id, revision=revision, by=olga),
        lambda: save_answers(
            entry_id,
            version_id=old,
            revision=1,
            values={**FILLED, "company": "同时"},
            by=tia,
        ),
    )

    assert not any(isinstance(one, Exception) for one in told), told
    state = state_of(entry)
    assert state.version.number == 2
    assert state.values == {**FILLED, "company": "同时"}


def test_a_submitted_entry_keeps_its_version_and_a_returned_one_moves_on(entry, form, tia, olga):
    fill(entry, tia, {"registered": "no"})
    entries.submit_entry(entry.id, by=tia)
    soon = (Option("yes", Words("是")), Option("soon", Words("筹备中")))
    change(form, olga, "registered", options=soon)

    assert state_of(entry).version.number == 1
    entries.return_entry(entry.id, reason="请补充。", by=olga)
    state = state_of(entry)

    assert state.version.number == 2
    assert [line.plain for line in state.lost] == ["否"]
    assert [line.key for line in answers.missing_in(state)] == ["registered"]


def test_a_page_of_another_form_is_refused(entry, competition, tia, olga):
    other = make_form(competition, by=olga, questions=[make_question("a")])
    strange = forms.find_newest(make_form(make_competition(by=olga), by=olga).id)

    assert state_of(entry).version.questionnaire_id == other.id
    with pytest.raises(FormReplacedError):
        fill(entry, tia, {}, version=strange)


# --- stages


def test_what_a_later_round_asks_for_is_filled_in_once_approved(competition, tia, olga):
    competitions.add_round(competition.id, name="决赛", mode=RoundMode.ROADSHOW, by=olga)
    later = make_question("later", is_required=True, required_from=2)
    make_form(competition, by=olga, questions=[make_question("a"), later])
    entry = make_entry(competition, captain=tia, by=olga)

    assert answers.list_missing(entry) == []
    assert [m.key for m in answers.list_missing(entry, stage=2)] == ["later"]
    fill(entry, tia, {"a": "偷改", "later": "补上"}, revision=1)

    assert state_of(entry).values == {"later": "补上"}
    assert state_of(entry).locked == {"a"}


# --- files


def test_files_are_kept_by_their_content_and_survive_a_save(entry, tia):
    stored = add_file(
        entry.id, key="licence", content=io.BytesIO(make_pdf()), name="执照.pdf", by=tia
    )
    fill(entry, tia, revision=1)

    assert state_of(entry).values["licence"][0]["id"] == str(stored.id)
    assert answers.find_file(queries.get_entry(entry.id), stored.id) == stored
    with pytest.raises(TooManyFilesError):
        add_file(entry.id, key="licence", content=io.BytesIO(make_pdf()), name="2.pdf", by=tia)
    drop_file(entry.id, key="licence", file_id=str(stored.id), by=tia)
    drop_file(entry.id, key="licence", file_id=str(stored.id), by=tia)
    assert "licence" not in state_of(entry).values
    with pytest.raises(NotFoundError):
        answers.find_file(queries.get_entry(entry.id), stored.id)


def test_a_file_that_is_something_else_is_refused_at_its_question(entry, tia):
    with pytest.raises(EventHubError) as refusal:
        add_file(entry.id, key="licence", content=io.BytesIO(b"MZ" * 900), name="a.pdf", by=tia)

    assert (refusal.value.status, refusal.value.field) == (422, "q-licence")
    with pytest.raises(NotFoundError):
        add_file(entry.id, key="company", content=io.BytesIO(make_pdf()), name="a.pdf", by=tia)


def test_nobody_names_a_file_of_others_as_an_answer(entry, tia):
    strange = {"id": str(uuid.uuid4()), "name": "x.pdf", "size": 1}
    fill(entry, tia, {**FILLED, "licence": [strange]})

    assert "licence" not in state_of(entry).values


# --- reading


def test_answers_read_in_words_without_what_is_hidden(entry, tia):
    fill(entry, tia, {**FILLED, "people": [{"name": "吉克·阿呷", "phone": "13883000002"}]})
    entry = queries.get_entry(entry.id)

    told = {row.label: row.plain for row in answers.answer_rows(entry)}
    assert told["是否已注册公司"] == "是"
    assert told["营业收入"] == "12.5 万元"
    assert told["顾问"] == "吉克·阿呷 / — / — / — / 13883000002"

    fill(entry, tia, {**FILLED, "registered": "no"}, revision=1)
    db.session.expire_all()
    assert "企业名称" not in {row.label for row in answers.answer_rows(entry)}


def test_contacts_of_listed_people_can_be_deleted_for_good(entry, tia):
    fill(entry, tia, {"people": [{"name": "甲", "phone": "13883000002", "number": "7"}]})

    with transaction():
        assert answers.strip_contacts(entry.competition_id) == 1
    with transaction():
        assert answers.strip_contacts(entry.competition_id) == 0
    assert state_of(entry).values == {"people": [{"name": "甲"}]}


def test_contacts_in_answers_go_in_time_although_members_gave_none(entry, tia, time):
    fill(entry, tia, {"people": [{"name": "甲", "phone": "13883000002", "number": "7"}]})
    with transaction():
        for member in queries.get_entry(entry.id).members:
            member.email = member.phone = None
    time.set(retention.deletion_at(entry.competition))

    retention.delete_expired()

    db.session.expire_all()
    assert state_of(entry).values == {"people": [{"name": "甲"}]}
    assert db.session.scalars(select(Answer.purged_at)).one() == time.now()
    assert retention._list_due(time.now()) == []


# --- which group asks for what


def group_ids(competition):
    return [group.id for group in competition.groups]


def test_a_form_is_set_from_a_preset_shared_and_copied(olga):
    competition = make_competition(by=olga, groups=("ug-creative", "ug-startup", "pg-creative"))
    one, two, three = group_ids(competition)

    form = group_forms.set_form(competition.id, source="preset:startup", group_ids=[one], by=olga)
    shared = group_forms.set_form(
        competition.id, source=f"share:{form.id}", group_ids=[two], by=olga
    )
    copy = group_forms.set_form(
        competition.id, source=f"copy:{form.id}", group_ids=[three], by=olga
    )

    assert shared.id == form.id
    assert copy.id != form.id
    assert copy.draft == form.draft
    with pytest.raises(FormTakenError):
        group_forms.set_form(competition.id, source="blank", group_ids=[one], by=olga)


@pytest.mark.parametrize("source", ["", "preset:none", "share:no", "share", "copy:{strange}"])
def test_sources_that_are_not_on_offer_are_refused(olga, source):
    competition = make_competition(by=olga)
    elsewhere = make_circle("swu", university="西南大学")
    other = make_organiser("别人", email="other@eventhub.test", circle=elsewhere)
    strange = service.create_questionnaire(elsewhere.id, name="别家", by=other)

    with pytest.raises(FormSourceError):
        group_forms.set_form(
            competition.id,
            source=source.format(strange=strange.id),
            group_ids=group_ids(competition),
            by=olga,
        )
    with pytest.raises(ForbiddenError):
        group_forms.set_form(
            competition.id, source="blank", group_ids=group_ids(competition), by=other
        )


def test_taking_a_form_off_keeps_answers_and_deletes_what_nobody_saw(entry, form, tia, olga):
    fill(entry, tia)
    group_forms.take_off_form(entry.group_id, by=olga)

    assert state_of(entry).version is None
    assert answers.answer_rows(queries.get_entry(entry.id))[0].plain == "是"
    blank = group_forms.set_form(
        entry.competition_id, source="blank", group_ids=[entry.group_id], by=olga
    )
    group_forms.take_off_form(entry.group_id, by=olga)
    with pytest.raises(NotFoundError):
        forms.get_questionnaire(blank.id)
    assert forms.get_questionnaire(form.id)


def test_whoever_runs_the_competition_may_build_its_form(app, form, competition, mei):
    assert not can_edit(mei, form)
    circle = make_circle("swu", university="西南大学")
    partner = make_organiser("合办", email="partner@eventhub.test", circle=circle)
    assert not can_edit(partner, form)

    db.session.execute(
        text(
            "INSERT INTO event_hosts (id, created_at, event_id, circle_id, role)"
            " VALUES (gen_random_uuid(), now(), :event, :circle, 'organiser')"
        ),
        {"event": competition.event_id, "circle": circle.id},
    )
    db.session.expire_all()

    assert can_edit(partner, form)


def test_a_hidden_required_answer_keeps_nobody_back(entry, tia):
    fill(entry, tia, {"registered": "yes"})
    assert [m.key for m in answers.list_missing(entry)] == ["company"]

    fill(entry, tia, {"registered": "no"}, revision=1)
    assert answers.list_missing(entry) == []
