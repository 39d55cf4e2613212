"""With English chosen, no page keeps a Chinese word of ours."""

from __future__ import annotations

import re

import pytest

from eventhub.i18n import join_clauses, join_phrases, join_words, speaking
from tests.architecture.test_access import address, rules

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
OURS = {"创赛汇", "中文"}  # the brand, and the way back
NO_WORDS_OF_OURS = {
    "/styleguide",  # samples
    "/manage/competitions/new",  # the official names of contests, tracks and rounds
}


def left_over(page) -> set[str]:
    """Chinese that the page itself says; the names of people and circles are data."""
    assert page.html is not None
    attributes = [
        str(tag[name])
        for tag in page.html.find_all(True)
        for name in tag.attrs
        if name in {"aria-label", "title", "alt", "placeholder"} or name.startswith("data-")
    ]
    words = set(CHINESE.findall(page.text + " ".join(attributes)))
    return words - OURS


@pytest.mark.parametrize("who", [None, "nell", "olga", "sam", "mei"])
def test_pages_without_data_hold_no_chinese(app, new_browser, request, who):
    browser = new_browser().speak("en")
    names = {"欧阳澜", "单明", "梅若兰", "倪洱", "欧", "单", "梅", "倪"}
    names |= {"环重庆邮电大学创新创业生态圈", "重庆邮电大学", "重庆市科学技术局", "南岸区", "首批"}
    if who:
        browser.sign_in(request.getfixturevalue(who))
        browser.speak("en")
    found = {}
    for rule in rules(app):
        if "GET" not in rule.methods or rule.arguments or rule.rule in NO_WORDS_OF_OURS:
            continue
        page = browser.get(address(app, rule), status=None, follow=True)
        if page.html is not None and (words := left_over(page) - names):
            found[rule.rule] = words

    assert found == {}


def test_lists_are_joined_in_the_language_of_the_page(app):
    def listed() -> tuple[str, str, str]:
        return join_words(["甲", 2]), join_phrases(["至少 1", "至多 3"]), join_clauses(["甲", "乙"])

    with app.app_context(), speaking("zh"):
        assert listed() == ("甲、2", "至少 1，至多 3", "甲；乙")
    with app.app_context(), speaking("en"):
        assert listed() == ("甲, 2", "至少 1, 至多 3", "甲; 乙")
