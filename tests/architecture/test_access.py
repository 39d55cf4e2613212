"""Every route declares who may open it, and means it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.browser import Browser

KNOWN = ("public", "signed_in", "link:judging")
VALUES: dict[str, Any] = {
    "UUIDConverter": uuid.UUID(int=0),
    "IntegerConverter": 1,
    "UnicodeConverter": "xxxxxx",
    "PathConverter": "x",
}


def rules(app) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(app, rule: Rule) -> str:
    values = {
        name: sorted(c.items)[0] if hasattr(c, "items") else VALUES[type(c).__name__]
        for name, c in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_view_declares_its_access(app):
    silent = [
        rule.endpoint
        for rule in rules(app)
        if getattr(app.view_functions[rule.endpoint], "access", None) not in KNOWN
    ]

    assert silent == []


def test_a_stranger_reaches_no_page_that_is_not_public(app):
    reached = []
    for rule in rules(app):
        if app.view_functions[rule.endpoint].access == "public" or "GET" not in rule.methods:
            continue
        page = Browser(app).get(address(app, rule), status=None)
        sent_away = page.status == 302 and "/sign-in" in page.response.location
        if not sent_away and page.status != 401:
            reached.append((rule.endpoint, page.status))

    assert reached == []


def test_a_stranger_changes_nothing_that_is_not_public(app):
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        reached = []
        for rule in rules(app):
            if app.view_functions[rule.endpoint].access == "public" or "POST" not in rule.methods:
                continue
            page = Browser(app).post(address(app, rule), status=None)
            if page.status != 401:
                reached.append((rule.endpoint, page.status))
    finally:
        app.config["WTF_CSRF_ENABLED"] = True

    assert reached == []


def test_no_post_passes_without_its_token(app):
    passed = []
    for rule in rules(app):
        if "POST" not in rule.methods:
            continue
        page = Browser(app).post(address(app, rule), status=None)
        if page.status != 400:
            passed.append((rule.endpoint, page.status))

    assert passed == []


@pytest.mark.parametrize("who", ["nell", "mei", "sam"])
def test_made_up_keys_answer_404_and_never_fail(app, who, request, new_browser):
    browser = new_browser().sign_in(request.getfixturevalue(who))
    failed = []
    for rule in rules(app):
        if "GET" not in rule.methods or not rule.arguments:
            continue
        page = browser.get(address(app, rule), status=None)
        if page.status >= 500 or (page.status == 200 and "/manage/" in rule.rule):
            failed.append((rule.endpoint, page.status))

    assert failed == []
