"""The builder's pages, as a browser without scripts meets them."""

import pytest

from eventhub.domain.questionnaire.questions import QuestionKind, questions_of
from eventhub.questionnaires import queries, service
from tests.factories import make_circle, make_competition, make_form, make_organiser
from tests.factories.questionnaires import standard_questions


@pytest.fixture
def form(olga):
    return service.create_questionnaire(
        make_circle().id, name="报名表", questions=standard_questions(), by=olga
    )


@pytest.fixture
def page_of(form):
    return f"/manage/forms/{form.id}"


def draft(form):
    return questions_of(queries.get_questionnaire(form.id).draft)


def asked(form, key):
    return next(question for question in draft(form) if question.key == key)


def test_the_builder_shows_each_question_with_its_condition_in_words(browser, olga, page_of):
    page = browser.sign_in(olga).get(page_of)

    card = page.select_one("#question-company")
    assert "当“是否已注册公司”为“是”时显示" in card.text
    assert "必填" in card.text
    assert "Company" in card.text
    assert page.select_one("h1").text == "报名表"
    assert "尚未发布" in page.text


def test_the_builder_speaks_english(browser, olga, page_of):
    page = browser.sign_in(olga).speak("en").get(page_of)

    assert "Is a company registered" in page.text


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_every_kind_can_be_added(browser, olga, form, page_of, kind):
    values = {"label_zh": "新题", "label_en": "New"}
    if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        values |= {"options-0-zh": "甲", "options-1-zh": "乙", "options-1-en": "B"}
    if kind is QuestionKind.TABLE:
        values |= {"columns-0-zh": "类型", "columns-0-kind": "choice"}
        values |= {"columns-0-options": "发明 | Invention\n实用新型"}

    page = browser.sign_in(olga).submit(
        f"{page_of}/questions/new?kind={kind.value}", values, form="#editor"
    )

    made = draft(form)[-1]
    assert (made.kind, made.label.zh, made.label.en) == (kind, "新题", "New")
    assert page.response.location.endswith(f"#question-{made.key}")
    if kind is QuestionKind.TABLE:
        assert [o.label.en for o in made.columns[0].options] == ["Invention", ""]


@pytest.mark.parametrize("preset", ["ip", "equity", "finance", "funding", "orders"])
def test_tables_on_offer_can_be_added(browser, olga, form, page_of, preset):
    browser.sign_in(olga).submit(
        f"{page_of}/questions/new?kind=table&preset={preset}", form="#editor"
    )

    assert draft(form)[-1].columns


def test_a_question_is_put_after_another(browser, olga, form, page_of):
    browser.sign_in(olga).submit(
        f"{page_of}/questions/new?kind=text&after=registered", {"label_zh": "插入"}, form="#editor"
    )

    assert draft(form)[1].label.zh == "插入"


def test_strange_kinds_and_keys_lead_nowhere(browser, olga, page_of):
    browser.sign_in(olga)
    for path in ("/questions/new?kind=poem", "/questions/nobody", "/versions/7"):
        browser.get(page_of + path, status=404)


def test_a_question_is_changed_with_everything_it_has(browser, olga, form, page_of):
    browser.sign_in(olga).submit(
        f"{page_of}/questions/revenue",
        {
            "label_zh": "年收入",
            "help_zh": "上一年度",
            "help_en": "Last year",
            "is_required": "y",
            "number_min": "０",
            "number_max": "1,000,000",
            "decimals": "1",
            "unit_zh": "元",
            "unit_en": "yuan",
            "is_any": "y",
        },
        form="#editor",
    )

    question = asked(form, "revenue")
    assert question.label.zh == "年收入"
    assert question.help.en == "Last year"
    assert question.is_required
    assert (str(question.limits.number_min), str(question.limits.number_max)) == ("0", "1000000")
    assert question.limits.decimals == 1
    assert question.limits.unit.zh == "元"
    assert question.visible_if.conditions[0].question == "company"


def test_conditions_are_written_by_the_names_of_options(browser, olga, form, page_of):
    browser.sign_in(olga).submit(
        f"{page_of}/questions/people",
        {
            "conditions-0-question": "registered",
            "conditions-0-operator": "is_not",
            "conditions-0-value": "No",
        },
        form="#editor",
    )

    (condition,) = asked(form, "people").visible_if.conditions
    assert (condition.question, condition.value) == ("registered", "no")
    page = browser.get(f"{page_of}/questions/people")
    assert page.select_one("#conditions-0-value")["value"] == "否"


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("company", {"label_zh": ""}, "这一项必填"),
        ("company", {"label_zh": "长" * 121}, "120"),
        ("company", {"length_max": "0"}, "10000"),
        ("company", {"conditions-0-question": "people"}, "请换一种"),
        ("company", {"conditions-0-value": "也许"}, "可能的回答"),
        ("company", {"conditions-0-question": "nobody"}, "选"),
        ("registered", {"options-0-zh": ""}, "请填写这个选项"),
        ("registered", {"options-1-zh": "是"}, "与前面的选项相同"),
        (
            "registered",
            {"options-0-key": "", "options-0-zh": "筹备中"},
            "“企业名称”的显示条件会因此出错",
        ),
        (
            "registered",
            {"conditions-0-question": "revenue", "conditions-0-operator": "filled"},
            "绕成了一圈",
        ),
        ("revenue", {"number_min": "=1+1"}, "值"),
        ("revenue", {"number_min": "2", "number_max": "1"}, "上限不能小于下限"),
        ("licence", {"megabytes": "21"}, "20"),
        ("licence", {"formats": ["exe"]}, "exe"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    browser, olga, form, page_of, key, values, words
):
    before = draft(form)
    typed = {"help_zh": "不要丢掉这一句", **values}

    page = browser.sign_in(olga).submit(
        f"{page_of}/questions/{key}", typed, form="#editor", status=422
    )

    assert words in page.text
    assert "不要丢掉这一句" in page.select_one("#help_zh").text
    assert draft(form) == before


def test_rows_come_and_go_without_a_script(browser, olga, form, page_of):
    browser.sign_in(olga)
    path = f"{page_of}/questions/registered"

    page = browser.submit(path, {"op": "options-add"}, form="#editor", status=200)
    assert len(page.select("[name^=options-][name$=-zh]")) == 3
    page = browser.submit(path, {"op": "options-down-0"}, form="#editor", status=200)
    assert page.select_one("#options-0-zh")["value"] == "否"
    page = browser.submit(path, {"op": "options-remove-0"}, form="#editor", status=200)
    assert page.select_one("#options-0-zh")["value"] == "否"
    assert not page.has("#options-1-zh")
    assert asked(form, "registered").options[0].label.zh == "是"


def test_a_second_organiser_is_told_and_may_overrule(browser, olga, form, page_of, new_browser):
    path = f"{page_of}/questions/company"
    olga_two = new_browser().sign_in(olga)
    stale = olga_two.get(path).select_one("#editor [name=seen]")["value"]
    browser.sign_in(olga).submit(path, {"label_zh": "公司全称"}, form="#editor")

    page = olga_two.submit(
        path, {"label_zh": "单位名称", "seen": stale}, form="#editor", status=409
    )

    assert "另一位组织者改过" in page.text
    assert "公司全称" in page.text
    assert page.select_one("#label_zh")["value"] == "单位名称"
    now = {tag["name"]: tag.get("value", "") for tag in page.select("#editor input[name]")} | {
        "op": "",
        "is_required": "y",
        "is_any": "",
        "required_from": "1",
    }
    now |= {"conditions-0-question": "registered", "conditions-0-operator": "is"}
    fields = {k: v for k, v in now.items() if "__n__" not in k}
    olga_two.post(path, fields, status=303)
    assert asked(form, "company").label.zh == "单位名称"


def test_a_question_taken_out_meanwhile_can_be_put_back_by_who_was_writing_it(
    browser, olga, form, page_of
):
    path = f"{page_of}/questions/people"
    opened = browser.sign_in(olga).get(path)
    fields = {tag["name"]: tag.get("value", "") for tag in opened.select("#editor input[name]")}
    fields = {k: v for k, v in fields.items() if "__n__" not in k} | {"label_zh": "外部专家"}
    service.remove_question(form.id, key="people", by=olga)

    page = browser.post(path, fields, status=409)
    assert "被另一位组织者删除" in page.text
    assert page.select_one("#label_zh")["value"] == "外部专家"
    again = fields | {"seen": page.select_one("#editor [name=seen]")["value"]}
    browser.post(path, again)

    assert draft(form)[-1].label.zh == "外部专家"
    assert draft(form)[-1].kind is QuestionKind.PEOPLE


def test_a_removed_question_is_put_back_with_one_click(browser, olga, form, page_of):
    browser.sign_in(olga)
    browser.submit(page_of, action=f"{page_of}/questions/licence/remove")
    assert "licence" not in [q.key for q in draft(form)]

    page = browser.get(f"{page_of}?removed=licence")
    assert "已删除“营业执照”" in page.text
    browser.submit(f"{page_of}?removed=licence", action=f"{page_of}/questions/licence/restore")
    assert draft(form)[3].key == "licence"


def test_a_question_others_depend_on_is_not_removed(browser, olga, form, page_of):
    page = browser.sign_in(olga).submit(
        page_of, action=f"{page_of}/questions/registered/remove", status=409
    )

    assert "“企业名称”的显示条件用到了这道题" in page.text


def test_questions_move_by_buttons_and_by_a_script(browser, olga, form, page_of):
    browser.sign_in(olga)
    browser.submit(page_of, {"to": "down"}, action=f"{page_of}/questions/company/move")
    assert [q.key for q in draft(form)][1:3] == ["revenue", "company"]

    order = ["people", "registered", "company", "revenue", "licence"]
    browser.post_json(f"{page_of}/order", {"keys": order})
    assert [q.key for q in draft(form)] == order
    browser.post_json(f"{page_of}/order", {"keys": ["people"]}, status=409)
    browser.post_json(f"{page_of}/order", {"keys": "people"}, status=422)
    browser.post_json(f"{page_of}/order", ["people"], status=422)


def test_a_copy_of_a_question(browser, olga, form, page_of):
    browser.sign_in(olga).submit(page_of, action=f"{page_of}/questions/company/duplicate")

    assert draft(form)[2].label.zh == "企业名称（副本）"


def test_a_form_is_named(browser, olga, form, page_of):
    browser.sign_in(olga)
    browser.submit(page_of, {"name": "创业组报名表"}, form="#name-form")
    assert browser.get(page_of).select_one("h1").text == "创业组报名表"

    page = browser.submit(page_of, {"name": ""}, form="#name-form", status=422)
    assert "这一项必填" in page.text


# --- preview and publication


def test_the_preview_follows_the_answers_and_checks_them(browser, olga, page_of):
    browser.sign_in(olga)
    page = browser.get(f"{page_of}/preview")
    assert page.select_one("[data-question=company]").has_attr("hidden")

    page = browser.submit(
        f"{page_of}/preview", {"q-registered": "yes", "op": "check"}, form="#fill", status=200
    )
    assert not page.select_one("[data-question=company]").has_attr("hidden")
    assert "这一项必填" in page.select_one("[data-question=company]").text
    page = browser.submit(
        f"{page_of}/preview",
        {"q-registered": "no", "op": "check"},
        form="#fill",
        status=200,
    )
    assert "这样填就可以提交了" in page.text


def test_the_preview_shows_the_other_language(browser, olga, page_of):
    page = browser.sign_in(olga).get(f"{page_of}/preview?language=en")

    assert "Is a company registered" in page.text


def test_rows_of_the_preview_come_and_go_without_a_script(browser, olga, page_of):
    browser.sign_in(olga)
    typed = {"q-people-0-name": "甲", "op": "add-people"}
    page = browser.submit(f"{page_of}/preview", typed, form="#fill", status=200)
    assert page.select_one("#q-people-1-name")["value"] == ""

    typed = {"q-people-0-name": "甲", "op": "remove-people-0"}
    page = browser.submit(f"{page_of}/preview", typed, form="#fill", status=200)
    assert not page.has("#q-people-0-name")


def test_publishing_tells_what_changes_and_for_whom(browser, olga, form, page_of):
    browser.sign_in(olga).submit(f"{page_of}/publish")
    assert queries.find_newest(form.id).number == 1
    assert "没有未发布的改动" in browser.get(f"{page_of}/publish").text

    service.remove_question(form.id, key="people", by=olga)
    page = browser.get(f"{page_of}/publish")
    assert "删除" in page.text
    assert "顾问" in page.text
    browser.submit(f"{page_of}/publish")
    assert "顾问" in browser.get(f"{page_of}/versions/1").text


def test_a_draft_changed_meanwhile_is_looked_at_again(browser, olga, form, page_of):
    browser.sign_in(olga)
    page = browser.get(f"{page_of}/publish")
    fields = {
        "csrf_token": page.select_one("main [name=csrf_token]")["value"],
        "revision": page.select_one("[name=revision]")["value"],
    }
    service.remove_question(form.id, key="people", by=olga)

    page = browser.post(f"{page_of}/publish", fields, status=409)

    assert "刚刚又有改动" in page.text
    assert queries.find_newest(form.id) is None
    fields["revision"] = page.select_one("[name=revision]")["value"]
    browser.post(f"{page_of}/publish", fields)
    assert queries.find_newest(form.id).number == 1


def test_only_who_organises_gets_in(browser, new_browser, olga, tia, mei, form, page_of):
    stranger = make_organiser(
        "别人",
        email="other@eventhub.test",
        circle=make_circle("swu", university="西南大学"),
    )
    for person in (tia, mei, stranger):
        visitor = new_browser().sign_in(person)
        for path in ("", "/preview", "/publish", "/questions/company", "/questions/new?kind=text"):
            visitor.get(page_of + path, status=404)
    assert browser.get(page_of, status=302).response.location.startswith("/sign-in")


# --- which group asks for what


def test_groups_get_a_form_from_the_competitions_tab(browser, olga):
    competition = make_competition(by=olga, groups=("ug-creative", "ug-startup"))
    tab = f"/manage/competitions/{competition.id}/forms"
    browser.sign_in(olga)
    assert "不需要填写" in browser.get(tab).text

    ids = [str(group.id) for group in competition.groups]
    browser.submit(f"{tab}/new", {"source": "preset:startup", "groups": ids[:1]})
    form_id = competition.groups[0].questionnaire_id
    assert "尚未发布，团队看不到" in browser.get(tab).text
    overview = browser.get(f"/manage/competitions/{competition.id}")
    assert "报名表还没有发布" in overview.text

    browser.submit(f"{tab}/new", {"source": f"share:{form_id}", "groups": ids[1:]})
    assert competition.groups[1].questionnaire_id == form_id
    builder = browser.get(f"/manage/forms/{form_id}")
    assert competition.event.title in builder.text

    browser.submit(tab, action=f"/manage/groups/{ids[1]}/form/remove")
    assert competition.groups[1].questionnaire_id is None


def test_a_form_needs_a_group_and_a_source(browser, olga):
    competition = make_competition(by=olga)
    tab = f"/manage/competitions/{competition.id}/forms/new"

    page = browser.sign_in(olga).submit(
        tab, {"source": "preset:general", "groups": None}, status=422
    )

    assert "请至少选一个组别" in page.text
    browser.submit(tab, {"source": "copy:x", "groups": str(competition.groups[0].id)}, status=422)


def test_the_tab_asks_the_same_of_the_database_for_any_number_of_groups(
    browser, olga, count_statements
):
    one = make_competition(by=olga, groups=("ug-creative",))
    three = make_competition(by=olga, groups=("ug-creative", "ug-startup", "pg-creative"))
    for competition in (one, three):
        make_form(competition, by=olga)
    browser.sign_in(olga)
    counts = []
    for competition in (one, three):
        browser.get(f"/manage/competitions/{competition.id}/forms")
        with count_statements() as seen:
            browser.get(f"/manage/competitions/{competition.id}/forms")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_the_builder_asks_the_same_of_the_database_for_any_number_of_groups(
    browser, olga, count_statements
):
    forms = []
    for groups in (("ug-creative",), ("ug-creative", "ug-startup", "pg-creative")):
        forms.append(make_form(make_competition(by=olga, groups=groups), by=olga))
    browser.sign_in(olga)
    counts = []
    for form in forms:
        browser.get(f"/manage/forms/{form.id}")
        with count_statements() as seen:
            browser.get(f"/manage/forms/{form.id}")
        counts.append(len(seen))

    assert counts[0] == counts[1]
