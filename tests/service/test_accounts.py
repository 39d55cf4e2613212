"""Accounts: passwords, sessions, personal links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eventhub.accounts import queries, service
from eventhub.accounts.errors import (
    EmailTakenError,
    LinkExpiredError,
    LinkInvalidError,
    WeakPasswordError,
    WrongCredentialsError,
)
from tests.factories import make_person


def test_a_person_signs_up_and_is_recognised_whatever_the_case_of_the_address(app):
    service.sign_up("阿依古丽·买买提", email="Guli@Example.com", password="骆驼与大海 42")

    person = service.check_credentials("guli@example.COM", password="骆驼与大海 42")

    assert person.name == "阿依古丽·买买提"
    assert "骆驼" not in (person.password_hash or "")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaa", "PASSWORD", "88888888"])
def test_a_weak_password_is_refused(app, password):
    with pytest.raises(WeakPasswordError):
        service.sign_up("陈一鸣", email="a@example.com", password=password)


def test_wrong_password_and_unknown_address_are_told_alike(app, tia):
    for email, password in ((tia.email, "wrong"), ("nobody@eventhub.test", "wrong")):
        with pytest.raises(WrongCredentialsError):
            service.check_credentials(email, password=password)


@pytest.mark.race
def test_one_address_makes_one_account_however_fast(app, at_once):
    def sign_up():
        return service.sign_up("陈一鸣", email="same@example.com", password="correct horse 9").id

    results = at_once(*[sign_up] * 4)

    assert sum(isinstance(r, EmailTakenError) for r in results) == 3, results


def test_a_new_password_ends_every_session(app, tia):
    before = tia.get_id()
    assert queries.find_session(before) is tia

    service.change_password(tia.id, password="another horse 8")

    assert queries.find_session(before) is None
    assert queries.find_session(tia.get_id()) is tia


def test_a_link_works_until_it_expires_or_is_revoked(app, time):
    judge = make_person("江俊")
    token = service.issue_link(judge.id, scope="judging", life=timedelta(days=1))
    assert service.open_link(token, scope="judging").person_id == judge.id

    with pytest.raises(LinkInvalidError):
        service.open_link(token, scope="password")
    with pytest.raises(LinkInvalidError):
        service.open_link(token[:-1] + ("a" if token[-1] != "a" else "b"), scope="judging")

    time.move(days=1)
    with pytest.raises(LinkExpiredError):
        service.open_link(token, scope="judging")


def test_a_revoked_link_is_dead(app):
    judge = make_person("江俊")
    token = service.issue_link(judge.id, scope="judging", life=timedelta(days=1))

    assert service.revoke_links(judge.id, scope="judging") == 1

    with pytest.raises(LinkExpiredError):
        service.open_link(token, scope="judging")


def test_the_secret_of_a_link_is_not_in_the_database(app):
    judge = make_person("江俊")
    token = service.issue_link(judge.id, scope="judging", life=timedelta(days=1))

    link = queries.find_link(token)

    assert link is not None
    assert token not in repr(vars(link))
