"""What a session's cookie goes along with."""

from __future__ import annotations

import re

import pytest


def cookie_of(browser, path: str) -> str | None:
    answer = browser.get(path).response
    answer.close()
    return answer.headers.get("Set-Cookie")


def test_a_page_renews_the_session(browser, tia):
    browser.sign_in(tia)

    assert cookie_of(browser, "/desk").startswith("eventhub=")


@pytest.mark.parametrize("kind", ["css", "js", "svg"])
def test_what_a_shared_cache_may_keep_carries_nobody_s_cookie(browser, tia, kind):
    browser.sign_in(tia)
    page = str(browser.get("/desk").html)
    addresses = {
        "css": re.search(r'href="(/style\.css\?v=[^"]+)"', page),
        "js": re.search(r'src="(/static/js/[^"]+\?v=[^"]+)"', page),
        "svg": re.search(r'href="(/static/img/[^"]+\.svg\?v=[^"]+)"', page),
    }
    found = addresses[kind]
    assert found is not None

    assert cookie_of(browser, found[1]) is None
    assert cookie_of(browser, found[1].partition("?")[0]) is None
