"""The one file that styles every page."""

from __future__ import annotations

import re

from flask import Flask


def test_every_page_asks_for_one_sheet_that_is_kept_for_ever(app: Flask, browser):
    links = [link["href"] for link in browser.get("/").select('link[rel="stylesheet"]')]
    (style,) = [href for href in links if href.startswith("/style.css")]

    answer = app.test_client().get(style)

    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    text = answer.get_data(as_text=True)
    assert "@layer tabler {" in text
    assert "--hub-" in text or ":root" in text
    assert "@import" not in text


def test_pictures_named_in_the_sheet_are_there(app: Flask):
    client = app.test_client()
    text = client.get("/style.css").get_data(as_text=True)
    addresses = {found for found in re.findall(r'url\("?([^)"]+)', text) if found.startswith("/")}

    assert "/static/img/pattern.svg" in addresses
    for address in addresses:
        answer = client.get(address.split("#")[0])
        assert answer.status_code == 200, address
        answer.close()


def test_a_sheet_of_yesterday_is_asked_about_again(app: Flask):
    client = app.test_client()
    fresh = client.get("/style.css?v=0123456789")

    again = client.get("/style.css", headers={"If-None-Match": fresh.headers["ETag"]})

    assert "no-cache" in fresh.headers["Cache-Control"]
    assert again.status_code == 304
