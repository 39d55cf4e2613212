"""Which competitions a school's office comes to see, and when."""

from __future__ import annotations

import pytest

from eventhub.competitions import service as competitions
from tests.factories import make_circle, make_competition, make_organiser
from tests.factories.schools import make_school_officer


def pages(university_id, competition) -> list[str]:
    return [
        f"/school/{university_id}/{competition.id}",
        f"/school/{university_id}/{competition.id}.xlsx",
        f"/competitions/{competition.id}/imports",
        f"/competitions/{competition.id}/imports/template.xlsx",
    ]


@pytest.mark.parametrize(
    ("code", "school", "status"), [("cqu", "重庆大学", 404), ("cqupt", "重庆邮电大学", 200)]
)
def test_an_office_opens_a_draft_of_its_own_circle_alone(browser, code, school, status):
    officer = make_school_officer()
    home = make_circle()
    circle = make_circle(code, university=school)
    draft = make_competition(circle=circle, is_open=False)
    browser.sign_in(officer)

    for page in pages(home.university_id, draft):
        browser.get(page, status=status).response.close()


def test_an_office_opens_what_any_circle_has_announced(browser):
    officer = make_school_officer()
    home = make_circle()
    circle = make_circle("cqu", university="重庆大学")
    by = make_organiser(circle=circle)
    competition = make_competition(circle=circle, by=by, is_open=False)
    competitions.open_entries(competition.id, by=by)
    browser.sign_in(officer)

    for page in pages(home.university_id, competition):
        browser.get(page).response.close()
