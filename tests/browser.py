"""A client at the level of pages: it opens a form before it sends it, and checks house rules.

Every page that a test opens is checked: one h1 that the title repeats, unique ids, a label for
each control, a CSRF token in each POST form, nothing inline, every ``aria-describedby`` and
``for`` pointing somewhere, no Chinese left over when the page is English.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from eventhub.accounts.models import Person
from eventhub.db import db

PASSWORD = "correct horse 9"


class Page:
    """What came back: the response and, for a page, its parsed HTML."""

    def __init__(self, response: TestResponse, path: str) -> None:
        self.response = response
        self.path = path
        self.status = response.status_code
        self.html = (
            BeautifulSoup(response.get_data(as_text=True), "lxml")
            if response.mimetype == "text/html"
            else None
        )

    @property
    def json(self) -> Any:
        return self.response.get_json()

    @property
    def text(self) -> str:
        """The words of the page, white space folded."""
        assert self.html is not None, f"{self.path} is no page but {self.response.mimetype}"
        return " ".join(self.html.get_text(" ").split())

    def select_one(self, selector: str) -> Tag:
        assert self.html is not None
        found = self.html.select_one(selector)
        assert found is not None, f"{self.path} has no {selector}"
        return found

    def select(self, selector: str) -> list[Tag]:
        assert self.html is not None
        return list(self.html.select(selector))

    def has(self, selector: str) -> bool:
        return self.html is not None and self.html.select_one(selector) is not None


class Browser:
    """One visitor with cookies of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.headers: dict[str, str] = {"Accept-Language": "zh-CN"}

    # A context of its own for each request: Flask-Login keeps its user in the application
    # context, and a stranger would get the page of whoever asked before.
    def _open(self, path: str, **kwargs: Any) -> Page:
        def ask() -> TestResponse:
            headers = {**self.headers, **kwargs.pop("headers", {})}
            return self.client.open(path, headers=headers, **kwargs)

        response = contextvars.Context().run(ask)
        db.session.expire_all()
        page = Page(response, path)
        if page.html is not None:
            check_house_rules(page)
        return page

    def get(self, path: str, *, status: int | None = 200, follow: bool = False, **kw: Any) -> Page:
        """Open a page; ``status`` None accepts any."""
        page = self._open(path, method="GET", follow_redirects=follow, **kw)
        if status is not None:
            assert page.status == status, f"GET {path}: {page.status}\n{_words(page)}"
        return page

    def submit(
        self,
        path: str,
        values: Mapping[str, Any] | None = None,
        *,
        form: str | None = None,
        status: int | None = 303,
        action: str | None = None,
    ) -> Page:
        """Open the page, fill its form, send it.

        ``form`` is a CSS selector when the page has several; ``action`` picks the form that
        posts to this address. Fields that are not named keep what the page put into them.
        A value that is a list is sent several times; None leaves the field out.
        """
        page = self.get(path)
        chosen = _find_form(page, form, action)
        fields = _form_values(chosen)
        for name, value in (values or {}).items():
            fields.poplist(name)
            if value is None:
                continue
            fields.setlist(name, value if isinstance(value, list) else [value])
        target = str(chosen.get("action") or path)
        return self.post(target, fields, status=status)

    def post(
        self, path: str, values: Mapping[str, Any] | None = None, *, status: int | None = 303
    ) -> Page:
        """Send exactly these values."""
        data = values if isinstance(values, MultiDict) else MultiDict(values or {})
        page = self._open(
            path,
            method="POST",
            data=data,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        if status is not None:
            assert page.status == status, f"POST {path}: {page.status}\n{_words(page)}"
        return page

    def post_json(
        self, path: str, body: Any, *, token_from: str = "/profile", status: int | None = 200
    ) -> Page:
        """Send JSON as our scripts do: with the CSRF token of a page."""
        token = self.csrf_token(token_from)
        page = self._open(path, method="POST", json=body, headers={"X-CSRFToken": token})
        if status is not None:
            assert page.status == status, f"POST {path}: {page.status} {page.response.text[:600]}"
        return page

    def csrf_token(self, path: str) -> str:
        """The token that a page carries."""
        page = self.get(path)
        meta = page.html.select_one('meta[name="csrf-token"]') if page.html else None
        if meta is not None:
            return str(meta["content"])
        return str(page.select_one('input[name="csrf_token"]')["value"])

    def sign_in(self, person: Person) -> Browser:
        """Sign in through the page; tests give everybody the same password."""
        self.submit("/sign-in", {"email": person.email, "password": PASSWORD}, action="/sign-in")
        return self

    def speak(self, locale: str) -> Browser:
        """Choose a language."""
        with self.client.session_transaction() as session:
            session["locale"] = locale
        return self


def _find_form(page: Page, selector: str | None, action: str | None) -> Tag:
    assert page.html is not None
    forms = page.html.select(selector or 'main form[method="post" i], form[method="post" i]')
    if action is not None:
        forms = [f for f in forms if str(f.get("action") or page.path).split("?")[0] == action]
    elif selector is None:
        inside = [f for f in forms if f.find_parent("main") is not None]
        forms = inside or forms
    assert forms, f"{page.path} has no form {selector or ''} {action or ''}"
    return forms[0]


def _form_values(form: Tag) -> MultiDict[str, Any]:
    values: MultiDict[str, Any] = MultiDict()
    for control in form.select("input, select, textarea"):
        name = control.get("name")
        if not name or control.has_attr("disabled"):
            continue
        if control.name == "select":
            options = control.select("option[selected]") or control.select("option")[:1]
            if control.has_attr("multiple"):
                options = control.select("option[selected]")
            for option in options:
                values.add(name, option.get("value", option.text))
        elif control.name == "textarea":
            values.add(name, control.text.removeprefix("\n"))
        elif control.get("type") in {"checkbox", "radio"}:
            if control.has_attr("checked"):
                values.add(name, control.get("value", "on"))
        elif control.get("type") not in {"file", "submit", "button", "image"}:
            values.add(name, control.get("value", ""))
    return values


def _words(page: Page) -> str:
    if page.html is None:
        return page.response.get_data(as_text=True)[:600]
    main = page.html.select_one("main") or page.html
    return " ".join(main.get_text(" ").split())[:900]


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def check_house_rules(page: Page) -> None:
    """Fail with the address and the rule that a page breaks."""
    html = page.html
    assert html is not None
    where = page.path
    if html.select_one("html") is None or html.select_one("head title") is None:
        return  # a fragment for a partial update
    headings = html.select("h1")
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    heading = " ".join(headings[0].get_text(" ").split())
    assert html.title is not None
    title = " ".join(html.title.text.split())
    assert heading
    assert heading.replace(" ", "") in title.replace(" ", ""), f"{where}: {title!r} / {heading!r}"
    ids = [tag["id"] for tag in html.select("[id]")]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"{where}: ids twice: {twice}"
    for tag in html.select("[style], style, script:not([src])"):
        raise AssertionError(f"{where}: inline {str(tag)[:120]}")
    for tag in html.find_all(True):
        handlers = [a for a in tag.attrs if a.startswith("on")]
        assert not handlers, f"{where}: handler {handlers} on {tag.name}"
    for form in html.select("form"):
        if str(form.get("method", "get")).lower() == "post":
            assert form.select_one('input[name="csrf_token"]'), f"{where}: form without CSRF token"
    _check_labels(html, where, set(ids))
    for image in html.select("img"):
        assert image.has_attr("alt"), f"{where}: img without alt {image}"
    for link in html.select('a[target="_blank"]'):
        assert "noopener" in (link.get("rel") or []), f"{where}: {link} without noopener"
    lang = html.select_one("html")
    assert lang is not None
    assert lang.get("lang"), f"{where}: no language"


def _check_labels(html: BeautifulSoup, where: str, ids: set[str]) -> None:
    for control in html.select("input, select, textarea"):
        if control.get("type") in {"hidden", "submit", "button", "image"}:
            continue
        named = (
            control.has_attr("aria-label")
            or control.has_attr("aria-labelledby")
            or control.find_parent("label") is not None
            or (control.has_attr("id") and html.select_one(f'label[for="{control["id"]}"]'))
        )
        assert named, f"{where}: no label for {control}"
    for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for tag in html.select(f"[{attribute}]"):
            missing = set(str(tag[attribute]).split()) - ids
            assert not missing, f"{where}: {attribute} points nowhere: {missing}"
    for label in html.select("label[for]"):
        assert label["for"] in ids, f"{where}: label for nothing: {label}"
    for button in html.select("button, a"):
        text = button.get_text(strip=True)
        named = text or button.has_attr("aria-label") or button.select_one("[alt], title")
        assert named, f"{where}: nameless {button}"


def query_string(**values: Any) -> str:
    """``?a=1&b=2``."""
    return "?" + urlencode(values)
