"""Signing in and up, and one's own account."""

from __future__ import annotations

import pytest

from eventhub.accounts import queries, service
from tests.browser import PASSWORD
from tests.factories import make_person


def test_a_new_person_signs_up_and_goes_on_to_where_they_came_from(browser, app):
    done = browser.submit(
        "/sign-up?next=/events",
        {
            "name": "买买提·艾力",
            "email": "ali@example.org",
            "password": "long enough 1",
            "consent": "y",
        },
    )

    assert done.response.headers["Location"] == "/events"
    person = queries.find_person_by_email("ALI@example.org")
    assert person.name == "买买提·艾力"
    assert "买买提·艾力 的工作台" in browser.get("/desk").text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "12345678"}, "password"),
        ({"email": "NELL@example.org"}, "email"),
        ({"name": "一"}, "name"),
        ({"consent": None}, "consent"),
    ],
)
def test_a_sign_up_that_is_refused_keeps_what_was_typed(browser, app, values, field):
    make_person(email="nell@example.org")
    given = {
        "name": "新人",
        "email": "neu@example.org",
        "password": "long enough 1",
        "consent": "y",
    }

    page = browser.submit("/sign-up", given | values, status=None)

    assert page.status in {409, 422}
    assert page.has(f"#{field}-errors")
    assert page.select_one("#name")["value"] == (given | values)["name"]


def test_a_wrong_password_tells_neither_which_was_wrong_nor_the_password(browser, nell):
    page = browser.submit("/sign-in", {"email": nell.email, "password": "falsch"}, status=422)

    assert "邮箱或密码不正确" in page.text
    assert "falsch" not in str(page.html)
    assert page.select_one("#email")["value"] == nell.email


def test_nobody_is_led_off_the_site(browser, nell):
    path = "/sign-in?next=//evil.example/"
    done = browser.submit(path, {"email": nell.email, "password": PASSWORD})

    assert done.response.headers["Location"] == "/desk"


def test_the_profile_is_changed_and_the_language_with_it(browser, nell):
    browser.sign_in(nell).submit(
        "/profile", {"name": "倪新", "phone": "138 0000 0000", "locale": "en"}
    )

    person = queries.get_person(nell.id)
    assert (person.name, person.phone, person.locale) == ("倪新", "13800000000", "en")
    assert browser.get("/profile").select_one("html")["lang"] == "en"


def test_a_forgotten_password_is_answered_alike_for_everybody(browser, app):
    make_person(email="known@example.org")
    known = browser.submit("/password/forgotten", {"email": "known@example.org"}, status=200)
    unknown = browser.submit("/password/forgotten", {"email": "x@example.org"}, status=200)

    assert known.text == unknown.text


def test_a_new_password_is_set_through_the_link(browser, nell):
    token = service.issue_link(nell.id, scope=service.RESET_SCOPE, life=service.RESET_LIFE)

    browser.submit(f"/password/{token}", {"password": "brand new 12"})

    assert service.check_credentials(nell.email, password="brand new 12").id == nell.id
    browser.get(f"/password/{token}", status=410)
    browser.get("/password/forged", status=404)


def test_the_demonstration_offers_its_people_only_where_it_is_wanted(browser, app, nell):
    offer = [{"role": "评委", "name": "江俊", "email": nell.email, "password": PASSWORD}]
    known = app.extensions.get("demo_sign_ins")
    app.extensions["demo_sign_ins"] = lambda: offer
    try:
        assert "演示账号" not in browser.get("/sign-in").text
        app.config["DEMO_SIGN_INS"] = True
        page = browser.get("/sign-in")
        assert "江俊" in page.text
        done = browser.submit("/sign-in", form=".demo-people form")
        assert done.response.headers["Location"] == "/desk"
    finally:
        app.config["DEMO_SIGN_INS"] = False
        app.extensions["demo_sign_ins"] = known


def test_privacy_is_told_to_everybody(browser, app):
    assert "加密保存" in browser.get("/privacy").text


def test_a_lecture_hall_behind_one_address_signs_in(counted):
    people = [make_person("田佳", email=f"tia{at}@eventhub.test") for at in range(35)]

    for someone in people:
        counted.sign_in(someone)

    assert counted.get("/desk").status == 200


def test_nobody_tries_passwords_for_one_account_for_long(counted, tia):
    values = {"email": tia.email.upper(), "password": "wrong one"}
    for _attempt in range(10):
        counted.submit("/sign-in", values, status=422)

    counted.submit("/sign-in", {**values, "password": PASSWORD}, status=429)
