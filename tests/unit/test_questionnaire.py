import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.questionnaire.answers import (
    InvalidAnswersError,
    ProblemCode,
    check_answers,
    is_missing,
    normalise,
)
from eventhub.domain.questionnaire.conditions import dependents, find_cycle, visible_keys
from eventhub.domain.questionnaire.definition import FaultCode, check_definition
from eventhub.domain.questionnaire.fields import from_fields, to_fields
from eventhub.domain.questionnaire.parsing import plain_number, read_date, read_number
from eventhub.domain.questionnaire.questions import (
    QUESTIONS_MAX,
    Column,
    ColumnKind,
    Condition,
    Limits,
    Operator,
    Option,
    Question,
    QuestionKind,
    VisibleIf,
    Words,
    question_of,
    to_json,
)
from eventhub.domain.questionnaire.versions import Aspect, ChangeKind, carry_over, list_changes

K = QuestionKind
YES_NO = (Option("yes", Words("是", "Yes")), Option("no", Words("否", "No")))


def ask(key, kind=K.TEXT, **facts):
    return Question(key, kind, Words(f"问题{key}", f"Question {key}"), **facts)


def when(question, operator=Operator.FILLED, value=""):
    return Condition(question, operator, value)


def shown_if(*conditions, is_any=False):
    return VisibleIf(conditions, is_any)


REGISTERED = ask("registered", K.CHOICE, options=YES_NO, is_required=True)
COMPANY = ask(
    "company",
    is_required=True,
    visible_if=shown_if(when("registered", Operator.IS, "yes")),
)
REVENUE = ask(
    "revenue",
    K.NUMBER,
    is_required=True,
    limits=Limits(number_min=Decimal(0), decimals=2, unit=Words("万元", "10k yuan")),
    visible_if=shown_if(when("company")),
)
COLUMNS = (
    Column("kind", Words("类型"), ColumnKind.CHOICE, is_required=True, options=YES_NO),
    Column("name", Words("名称"), is_required=True),
    Column("count", Words("数量"), ColumnKind.NUMBER, limits=Limits(number_max=Decimal(9))),
    Column("on", Words("日期"), ColumnKind.DATE),
)
TABLE = ask("ip", K.TABLE, columns=COLUMNS, limits=Limits(rows_max=2))
FORM = (REGISTERED, COMPANY, REVENUE, TABLE)


def codes(questions, values, stage=0):
    return {(p.control, p.code) for p in check_answers(questions, values, stage=stage)}


# --- what is shown


def test_a_hidden_answer_hides_what_depends_on_it_however_far():
    told = {"registered": "yes", "company": "山城智巡", "revenue": "12"}

    assert visible_keys(FORM, told) == {"registered", "company", "revenue", "ip"}
    assert visible_keys(FORM, {**told, "registered": "no"}) == {"registered", "ip"}


@pytest.mark.parametrize(
    ("kind", "value", "operator", "wanted", "holds"),
    [
        (K.NUMBER, "10", Operator.AT_LEAST, "10", True),
        (K.NUMBER, "9.99", Operator.AT_LEAST, "10", False),
        (K.NUMBER, "10", Operator.AT_MOST, "9", False),
        (K.NUMBER, "2", Operator.IS, "2.0", True),
        (K.NUMBER, "many", Operator.IS_NOT, "2", False),  # no number is unlike nothing
        (K.DATE, "2026-07-20", Operator.AT_LEAST, "2026-07-20", True),
        (K.DATE, "2026-07-19", Operator.AT_LEAST, "2026-07-20", False),
        (K.TEXT, "面向Robot的平台", Operator.CONTAINS, "robot", True),
        (K.TEXT, "", Operator.IS_NOT, "a", False),
        (K.TEXT, "b", Operator.IS_NOT, "a", True),
        (K.CHOICES, ["yes"], Operator.CONTAINS, "yes", True),
        (K.CHOICES, ["yes"], Operator.CONTAINS, "no", False),
        (K.TABLE, [{}, {}], Operator.FILLED, "", False),
        (K.TABLE, [{"name": "a"}], Operator.FILLED, "", True),
    ],
)
def test_conditions_compare_as_the_kind_does(kind, value, operator, wanted, holds):
    asked = ask("a", kind, options=YES_NO, columns=COLUMNS)
    other = ask("b", visible_if=shown_if(when("a", operator, wanted)))

    assert ("b" in visible_keys([asked, other], {"a": value})) is holds


def test_several_conditions_are_joined_by_all_or_any():
    both = shown_if(when("a"), when("b"))
    form = [ask("a"), ask("b"), ask("all", visible_if=both)]
    any_form = [*form[:2], ask("any", visible_if=replace(both, is_any=True))]

    assert "all" not in visible_keys(form, {"a": "x"})
    assert "all" in visible_keys(form, {"a": "x", "b": "x"})
    assert "any" in visible_keys(any_form, {"b": "x"})
    assert "any" not in visible_keys(any_form, {})


@st.composite
def forms(draw):
    """Acyclic forms of texts and choices, in any order, with answers to some of them."""
    count = draw(st.integers(1, 8))
    questions = []
    for at in range(count):
        kind = draw(st.sampled_from([K.TEXT, K.CHOICE, K.NUMBER]))
        conditions = []
        for before in draw(st.lists(st.integers(0, at - 1), max_size=3) if at else st.just([])):
            operator = draw(st.sampled_from([Operator.FILLED, Operator.IS, Operator.IS_NOT]))
            value = {K.TEXT: "x", K.CHOICE: "yes", K.NUMBER: "1"}[questions[before].kind]
            conditions.append(when(f"k{before}", operator, value))
        questions.append(
            ask(
                f"k{at}",
                kind,
                options=YES_NO if kind is K.CHOICE else (),
                is_required=draw(st.booleans()),
                visible_if=VisibleIf(tuple(conditions), draw(st.booleans())),
            )
        )
    values = {
        question.key: draw(st.sampled_from(["", "x", "yes", "no", "1"])) for question in questions
    }
    return draw(st.permutations(questions)), {k: v for k, v in values.items() if v}


@given(forms())
def test_what_is_shown_is_a_fixed_point(form):
    questions, values = form
    shown = visible_keys(questions, values)

    answered = {key: value for key, value in values.items() if key in shown}
    assert visible_keys(questions, answered) == shown


@given(forms(), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(form, chance):
    questions, values = form
    shuffled = list(questions)
    chance.shuffle(shuffled)

    assert visible_keys(shuffled, values) == visible_keys(questions, values)


@given(forms())
def test_nothing_hidden_is_ever_required(form):
    questions, values = form
    shown = visible_keys(questions, values)

    assert {p.key for p in check_answers(questions, values, stage=9)} <= shown
    assert {p.key for p in check_answers(questions, values, stage=1)} >= {
        q.key for q in questions if q.key in shown and is_missing(q, values.get(q.key), 1)
    }


@given(forms())
def test_forms_whose_conditions_look_back_are_sound(form):
    questions, _values = form

    assert check_definition(questions) == []
    assert find_cycle(questions) == ()


# --- the definition


def faults(*questions):
    return {(fault.key, fault.part, fault.code) for fault in check_definition(questions)}


def test_a_circle_of_conditions_is_refused_and_named():
    a = ask("a", visible_if=shown_if(when("c")))
    b = ask("b", visible_if=shown_if(when("a")))
    c = ask("c", visible_if=shown_if(when("b")))
    outside = ask("d", visible_if=shown_if(when("a")))

    found = [f for f in check_definition([outside, a, b, c]) if f.code is FaultCode.CYCLE]

    assert {fault.key for fault in found} == {"a", "b", "c"}
    assert set(found[0].params["keys"]) == {"a", "b", "c"}
    assert dependents([a, b, c], "a") == [b]


@pytest.mark.parametrize(
    ("question", "part", "code"),
    [
        (Question("a", K.TEXT, Words("")), "label_zh", FaultCode.LABEL_MISSING),
        (Question("a", K.TEXT, Words("长" * 121)), "label_zh", FaultCode.TOO_LONG),
        (ask("A-b"), "", FaultCode.BAD_KEY),
        (ask("a", required_from=0), "required_from", FaultCode.BAD_STAGE),
        (ask("a", K.CHOICE, options=YES_NO[:1]), "options", FaultCode.TOO_FEW_OPTIONS),
        (ask("a", K.CHOICE, options=YES_NO * 2), "options", FaultCode.BAD_KEY),
        (
            ask("a", K.CHOICE, options=(YES_NO[0], Option("z", Words("是")))),
            "options-1-zh",
            FaultCode.SAME_OPTION,
        ),
        (ask("a", K.TABLE), "columns", FaultCode.NO_COLUMN),
        (
            ask("a", K.TABLE, columns=(Column("x", Words("类型"), ColumnKind.CHOICE),)),
            "columns-0-options",
            FaultCode.TOO_FEW_OPTIONS,
        ),
        (ask("a", limits=Limits(length_max=0)), "length_max", FaultCode.BAD_LIMIT),
        (
            ask("a", K.NUMBER, limits=Limits(number_min=Decimal(2), number_max=Decimal(1))),
            "number_max",
            FaultCode.LIMITS_CROSSED,
        ),
        (ask("a", K.FILE, limits=Limits(formats=("exe",))), "formats", FaultCode.BAD_FORMAT),
        (
            ask("a", visible_if=shown_if(when("nobody"))),
            "conditions-0-question",
            FaultCode.UNKNOWN_QUESTION,
        ),
        (ask("a", visible_if=shown_if(when("a"))), "conditions-0-question", FaultCode.OWN_ANSWER),
        (
            ask("a", visible_if=shown_if(when("registered", Operator.AT_LEAST, "1"))),
            "conditions-0-operator",
            FaultCode.BAD_OPERATOR,
        ),
        (
            ask("a", visible_if=shown_if(when("registered", Operator.IS, "maybe"))),
            "conditions-0-value",
            FaultCode.BAD_VALUE,
        ),
        (
            ask("a", visible_if=shown_if(*[when("registered")] * 7)),
            "conditions",
            FaultCode.TOO_MANY_CONDITIONS,
        ),
    ],
)
def test_what_cannot_be_published_is_named_with_its_place(question, part, code):
    assert ("a" if question.key == "a" else "A-b", part, code) in faults(REGISTERED, question)


def test_keys_are_one_of_a_kind_and_questions_are_bounded():
    assert ("a", "", FaultCode.SAME_KEY) in faults(ask("a"), ask("a"))
    crowd = [ask(f"k{n}") for n in range(QUESTIONS_MAX + 1)]
    assert ("", "", FaultCode.TOO_MANY_QUESTIONS) in faults(*crowd)
    assert faults(*FORM) == set()


@pytest.mark.parametrize("question", [*FORM, ask("s", K.SECTION, help=Words("说明"))])
def test_a_question_survives_being_written_as_json(question):
    rich = replace(
        question,
        required_from=3,
        limits=replace(question.limits, date_min=date(2026, 7, 20), formats=("pdf",)),
    )

    assert question_of(to_json(rich)) == rich


# --- values


def test_answers_are_tidied_and_what_is_empty_is_left_out():
    people = ask("people", K.PEOPLE)
    kept = normalise(
        [*FORM, people],
        {
            "registered": "yes",
            "company": "  山城\x00智巡 ",
            "revenue": "１,２００.50",
            "ip": [{"name": "算法", "on": "2026年7月20日"}, {}, {"count": "３"}, {"name": " "}],
            "people": [{"name": "吉克·阿呷", "phone": "+86 138 8300 0002"}],
        },
    )

    assert kept == {
        "registered": "yes",
        "company": "山城智巡",
        "revenue": "1200.50",
        "ip": [{"name": "算法", "on": "2026-07-20"}, {}, {"count": "3"}],
        "people": [{"name": "吉克·阿呷", "phone": "13883000002"}],
    }
    assert normalise(FORM, {"company": "", "ip": [{}]}) == {}


def test_what_is_no_number_stays_as_it_was_typed():
    kept = normalise(FORM, {"revenue": "=1+1", "registered": "yes", "company": "x"})

    assert kept["revenue"] == "=1+1"
    assert ("q-revenue", ProblemCode.NOT_NUMBER) in codes(FORM, kept)


@pytest.mark.parametrize(
    "values",
    [
        {"nobody": "x"},
        {"company": ["x"]},
        {"company": "x" * 20_001},
        {"ip": "x"},
        {"ip": [{"nothing": "x"}]},
        {"ip": [{"name": ["x"]}]},
        {"ip": [["name"]]},
        {"ip": [{}] * 101},
    ],
)
def test_what_no_page_sends_is_refused(values):
    with pytest.raises(InvalidAnswersError):
        normalise(FORM, values)


@given(st.dictionaries(st.sampled_from(["company", "revenue"]), st.text(max_size=60)))
def test_tidying_twice_changes_nothing(values):
    once = normalise(FORM, values)

    assert normalise(FORM, once) == once


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "registered": st.sampled_from(["yes", "no"]),
            "company": st.text("山城智巡 abc", max_size=20),
            "revenue": st.sampled_from(["1", "2.50", "many"]),
            "ip": st.lists(
                st.dictionaries(
                    st.sampled_from(["kind", "name"]), st.text("甲乙 a", max_size=5), max_size=2
                ),
                max_size=3,
            ),
        },
    )
)
def test_values_go_into_the_controls_of_a_page_and_back(values):
    kept = normalise(FORM, values)
    dense = {k: [row for row in v if row] if k == "ip" else v for k, v in kept.items()}

    assert normalise(FORM, from_fields(FORM, to_fields(FORM, dense))) == {
        k: v for k, v in dense.items() if v
    }


@pytest.mark.parametrize(
    "name",
    ["q-nobody", "q-company-0-name", "q-ip", "q-ip-name", "q-ip-٣-name", "q-company-x", "q-"],
)
def test_controls_that_the_form_does_not_have_are_refused(name):
    with pytest.raises(InvalidAnswersError):
        from_fields(FORM, {name: "x"})


def test_rows_that_a_page_left_out_close_up():
    values = from_fields(FORM, {"q-ip-7-name": "乙", "q-ip-2-name": "甲", "version": "3"})

    assert values["ip"] == [{"name": "甲"}, {"name": "乙"}]


# --- problems


def test_required_answers_are_asked_for_at_their_stage():
    later = ask("later", is_required=True, required_from=2)
    form = [REGISTERED, later]

    assert codes(form, {}) == set()
    assert codes(form, {}, 1) == {("q-registered", ProblemCode.REQUIRED)}
    assert ("q-later", ProblemCode.REQUIRED) in codes(form, {}, 2)


@pytest.mark.parametrize(
    ("limits", "typed", "code"),
    [
        (Limits(), "1.5", ProblemCode.TOO_MANY_DECIMALS),
        (Limits(decimals=1), "1.50", None),
        (Limits(number_min=Decimal(0)), "-1", ProblemCode.TOO_SMALL),
        (Limits(number_min=Decimal(0)), "0", None),
        (Limits(number_max=Decimal(100)), "100", None),
        (Limits(number_max=Decimal(100), decimals=2), "100.01", ProblemCode.TOO_LARGE),
        (Limits(), "1e3", ProblemCode.NOT_NUMBER),
        (Limits(), "99999999999999999999", ProblemCode.NOT_NUMBER),
    ],
)
def test_numbers_keep_to_their_limits(limits, typed, code):
    form = [ask("n", K.NUMBER, limits=limits)]

    assert codes(form, {"n": typed}) == ({("q-n", code)} if code else set())


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-02-30", ProblemCode.NOT_DATE),
        ("昨天", ProblemCode.NOT_DATE),
        ("2026-07-19", ProblemCode.TOO_EARLY),
        ("2026-07-20", None),
        ("2026-08-01", ProblemCode.TOO_LATE),
    ],
)
def test_dates_keep_to_their_limits(typed, code):
    limits = Limits(date_min=date(2026, 7, 20), date_max=date(2026, 7, 31))
    form = [ask("d", K.DATE, limits=limits)]

    assert codes(form, {"d": typed}) == ({("q-d", code)} if code else set())


def test_a_text_that_is_too_long_says_by_how_much():
    form = [ask("a", limits=Limits(length_max=3)), ask("b", K.LONG_TEXT)]

    (problem,) = check_answers(form, {"a": "四个字呀", "b": "长" * 2000})
    assert (problem.code, problem.params) == (ProblemCode.TOO_LONG, {"limit": 3, "count": 4})


def test_choices_are_on_offer_and_counted():
    form = [
        ask("one", K.CHOICE, options=YES_NO),
        ask("many", K.CHOICES, options=YES_NO, limits=Limits(choices_max=1)),
    ]

    assert codes(form, {"one": "maybe", "many": ["yes", "no"]}) == {
        ("q-one", ProblemCode.UNKNOWN_OPTION),
        ("q-many", ProblemCode.TOO_MANY_CHOICES),
    }
    assert codes(form, normalise(form, {"many": ["gone"]})) == {
        ("q-many", ProblemCode.UNKNOWN_OPTION)
    }


def test_each_cell_is_checked_and_named():
    rows = [{"kind": "maybe", "name": "x" * 201}, {}, {"count": "10", "on": "?"}, {"name": "c"}]

    assert codes([TABLE], {"ip": rows}, 1) == {
        ("q-ip-0-kind", ProblemCode.UNKNOWN_OPTION),
        ("q-ip-0-name", ProblemCode.TOO_LONG),
        ("q-ip-2-kind", ProblemCode.REQUIRED),
        ("q-ip-2-name", ProblemCode.REQUIRED),
        ("q-ip-2-count", ProblemCode.TOO_LARGE),
        ("q-ip-2-on", ProblemCode.NOT_DATE),
        ("q-ip-3-kind", ProblemCode.REQUIRED),
        ("q-ip", ProblemCode.TOO_MANY_ROWS),
    }


def test_people_need_a_name_and_a_phone_that_is_one():
    form = [ask("p", K.PEOPLE, limits=Limits(rows_min=2))]

    assert codes(form, {"p": [{"phone": "12345"}]}, 1) == {
        ("q-p", ProblemCode.TOO_FEW_ROWS),
        ("q-p-0-name", ProblemCode.REQUIRED),
        ("q-p-0-phone", ProblemCode.NOT_PHONE),
    }
    assert codes(form, {}, 1) == set()  # nobody asked for any


def test_files_are_counted():
    form = [ask("f", K.FILE, limits=Limits(files_max=1))]
    file = {"id": "1", "name": "a.pdf", "size": 1}

    assert codes(form, {"f": [file]}) == set()
    assert codes(form, {"f": [file, file]}) == {("q-f", ProblemCode.TOO_MANY_FILES)}


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=4))
def test_numbers_are_read_as_they_are_written(number):
    assert read_number(plain_number(number)) == number


@given(st.dates(date(1000, 1, 1)))
def test_dates_are_read_as_they_are_written(day):
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.year}年{day.month}月{day.day}日") == day


# --- versions


def test_changes_are_told_question_by_question():
    renamed = replace(COMPANY, label=Words("公司全称"), is_required=False)
    new = (TABLE, REGISTERED, renamed, ask("fresh"))

    told = [(c.kind, c.question.key, c.aspects) for c in list_changes(FORM, new)]

    assert told == [
        (ChangeKind.MOVED, "ip", ()),
        (ChangeKind.CHANGED, "company", (Aspect.LABEL, Aspect.REQUIRED)),
        (ChangeKind.ADDED, "fresh", ()),
        (ChangeKind.REMOVED, "revenue", ()),
    ]
    assert list_changes(FORM, FORM) == []


def test_answers_that_fit_are_carried_over_and_the_others_named():
    old = (REGISTERED, COMPANY, REVENUE, TABLE)
    new = (
        replace(REGISTERED, options=(YES_NO[0], Option("soon", Words("筹备中")))),
        replace(COMPANY, kind=K.LONG_TEXT),
        replace(TABLE, columns=COLUMNS[:2]),
    )
    values = {
        "registered": "no",
        "company": "山城智巡",
        "revenue": "12",
        "ip": [{"name": "算法", "count": "2"}, {"count": "1"}],
    }

    carried = carry_over(values, old, new)

    assert carried.values == {"company": "山城智巡", "ip": [{"name": "算法"}]}
    assert set(carried.lost) == {"registered", "revenue", "ip"}
    assert carry_over({"registered": "yes"}, old, new).lost == ()


def test_one_choice_becomes_one_of_several():
    several = replace(REGISTERED, kind=K.CHOICES)

    carried = carry_over({"registered": "yes"}, [REGISTERED], [several])

    assert carried.values == {"registered": ["yes"]}


@given(forms(), forms())
def test_what_is_carried_over_is_always_a_part_and_again_changes_nothing(one, other):
    (old, values), (new, _unused) = one, other

    carried = carry_over(values, old, new)

    assert carried.values.keys() <= values.keys()
    assert carry_over(carried.values, new, new).values == carried.values
    assert carry_over(values, old, old).values == values
    assert normalise(new, carried.values).keys() == carried.values.keys()


def test_a_shuffle_moves_as_few_as_can_be():
    form = [ask(f"k{n}") for n in range(6)]
    order = [form[5], *form[:5]]

    assert [c.question.key for c in list_changes(form, order)] == ["k5"]
    random.Random(7).shuffle(order)
    assert {c.kind for c in list_changes(form, order)} == {ChangeKind.MOVED}
