"""Awards and certificates: levels, two people, drawn, verified, revoked, issued anew."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from eventhub.accounts.personal_data import list_holdings
from eventhub.competitions.errors import ReasonMissingError
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.domain.awards import AwardGround
from eventhub.entries.models import Adviser, Member
from eventhub.errors import ForbiddenError
from eventhub.files import service as files
from eventhub.notifications.models import Delivery
from eventhub.outcomes import personal_data, service
from eventhub.outcomes.errors import (
    AdjustReasonError,
    AlreadyProposedError,
    AwardingInForceError,
    CertificateRevokedError,
    LevelInvalidError,
    LevelsLockedError,
    LevelsMissingError,
    NothingConfirmedError,
    SecondPersonError,
    TiesOpenError,
)
from eventhub.outcomes.models import Awarding, Certificate
from eventhub.outcomes.queries import awards as awards_
from eventhub.outcomes.queries import certificates as certificates_
from eventhub.outcomes.queries import lists
from eventhub.outcomes.service import AWARDS, LevelDraft
from tests.factories import make_organiser
from tests.factories.outcomes import make_awarding, make_closed_round, threshold


@pytest.fixture
def ora(app, olga):
    """Another organiser of the same circle."""
    return make_organiser("欧阳菁")


def given(awarding):
    fresh = lists.get_list(Awarding, awarding.id)
    return {a.entry.name: a.level.name if a.level else None for a in fresh.lines}


def award_of(awarding, name):
    return next(a for a in lists.get_list(Awarding, awarding.id).lines if a.entry.name == name)


def level_of(round_, name):
    return next(level for level in awards_.list_levels(round_.id) if level.name == name)


def test_awards_follow_the_standings(olga):
    made = make_awarding(make_closed_round(by=olga), by=olga)

    assert given(made) == {"项目1": "一等奖", "项目2": "二等奖", "项目3": None, "项目4": None}


def test_a_threshold_takes_all_who_reach_it(olga):
    round_ = make_closed_round(by=olga)
    service.save_levels(round_.id, drafts=[threshold("优秀奖", "70")], by=olga)

    made = service.propose_awards(round_.id, by=olga)

    assert given(made) == {"项目1": "优秀奖", "项目2": "优秀奖", "项目3": "优秀奖", "项目4": None}
    assert award_of(made, "项目1").ground == AwardGround.THRESHOLD


def test_two_people_and_a_decision_on_ties(olga, ora):
    round_ = make_closed_round(by=olga, shares=("0.90", "0.90", "0.70"))
    made = make_awarding(round_, by=olga)
    assert given(made) == {"项目1": None, "项目2": None, "项目3": None}

    with pytest.raises(TiesOpenError):
        service.confirm(AWARDS, made.id, by=ora)
    first, second = level_of(round_, "一等奖"), level_of(round_, "二等奖")
    with pytest.raises(AdjustReasonError):
        service.adjust_award(award_of(made, "项目1").id, level_id=first.id, reason="", by=olga)
    service.adjust_award(award_of(made, "项目1").id, level_id=first.id, reason="组委会", by=olga)
    service.adjust_award(award_of(made, "项目2").id, level_id=second.id, reason="组委会", by=olga)
    with pytest.raises(SecondPersonError):
        service.confirm(AWARDS, made.id, by=olga)
    service.confirm(AWARDS, made.id, by=ora)

    assert given(made) == {"项目1": "一等奖", "项目2": "二等奖", "项目3": None}


def test_the_database_asks_for_the_reason_and_the_second_person(olga):
    made = make_awarding(make_closed_round(by=olga), by=olga)

    with pytest.raises(IntegrityError, match="adjusted_has_reason"), transaction():
        db.session.execute(text("UPDATE awards SET level_id = NULL WHERE position = 1"))
    with pytest.raises(IntegrityError, match="two_people"), transaction():
        db.session.execute(
            text(
                "UPDATE awardings SET state = 'confirmed', confirmed_at = now(),"
                " confirmed_by_id = proposed_by_id"
            )
        )
    assert lists.get_list(Awarding, made.id).is_proposed


def test_levels_are_checked_and_locked_while_a_list_rests_on_them(olga):
    round_ = make_closed_round(by=olga)
    with pytest.raises(LevelsMissingError):
        service.propose_awards(round_.id, by=olga)
    both = LevelDraft("一等奖", 1, Decimal(90))
    twice = [LevelDraft("一等奖", 1), LevelDraft("一等奖", 2)]
    for drafts in ([both], [LevelDraft("一等奖")], twice):
        with pytest.raises(LevelInvalidError):
            service.save_levels(round_.id, drafts=drafts, by=olga)
    made = make_awarding(round_, by=olga)

    with pytest.raises(LevelsLockedError):
        service.save_levels(round_.id, drafts=[], by=olga)
    with pytest.raises(AlreadyProposedError):
        service.propose_awards(round_.id, by=olga)

    service.discard(AWARDS, made.id, by=olga)
    service.save_levels(round_.id, drafts=[LevelDraft("金奖", 2)], by=olga)
    assert [level.name for level in awards_.list_levels(round_.id)] == ["金奖"]


def confirmed(olga, ora, **round_facts):
    return make_awarding(make_closed_round(by=olga, **round_facts), by=olga, confirmed_by=ora)


def text_of(certificate):
    with files.open_file(certificate.file) as content:
        reader = PdfReader(io.BytesIO(content.read()))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text().replace("\n", "")


def test_certificates_are_issued_once_and_drawn_by_the_queue(olga, ora, work):
    made = confirmed(olga, ora)
    entry = award_of(made, "项目1").entry
    with transaction():
        entry.members[0].name = "吉克·阿呷"
        db.session.add(Member(entry=entry, position=2, name="𠮷田晓"))
        db.session.add(Adviser(entry=entry, position=1, name="万俟洛"))

    assert service.issue_all(made.id, by=olga) == 2
    assert service.issue_all(made.id, by=ora) == 0
    work()

    certificates = certificates_.list_drawn(made.id)
    assert [each.facts["award"] for each in certificates] == ["一等奖", "二等奖"]
    words = text_of(certificates[0])
    for word in ("吉克·阿呷", "𠮷田晓", "万俟洛", "项目1", "重庆大学"):
        assert word in words, word
    assert codes.format_code(certificates[0].number) in words
    assert codes.is_well_formed(certificates[0].number, length=12, checked=True)
    told = select(func.count()).where(Delivery.kind == "outcomes.certificate")
    assert db.session.scalar(told) == 2


def test_an_award_keeps_the_name_of_who_won_it(olga, ora):
    made = make_awarding(make_closed_round(by=olga), by=olga)
    ids = [award.entry_id for award in made.lines]
    assert personal_data.awarded(ids) == set()

    service.confirm(AWARDS, made.id, by=ora)
    winner = award_of(made, "项目1").entry
    service.issue_all(made.id, by=olga)

    assert personal_data.awarded(ids) == {
        award.entry_id for award in lists.get_list(Awarding, made.id).lines if award.level_id
    }
    held = next(h for h in list_holdings() if h.key == "certificates").export(winner.captain)
    assert [row["award"] for row in held] == ["一等奖"]


def test_drawing_again_draws_nothing_twice(olga, ora, work):
    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)
    work()
    before = [each.file_id for each in certificates_.list_drawn(made.id)]

    assert service.draw_pending(made.id) == 0
    service.draw_one(certificates_.list_drawn(made.id)[0].id)

    db.session.expire_all()
    assert [each.file_id for each in certificates_.list_drawn(made.id)] == before


def test_no_certificate_without_two_people(olga, nell):
    made = make_awarding(make_closed_round(by=olga), by=olga)

    with pytest.raises(NothingConfirmedError):
        service.issue_all(made.id, by=olga)
    with pytest.raises(ForbiddenError):
        service.issue_all(made.id, by=nell)


def test_a_corrected_name_makes_a_new_certificate_and_ends_the_old_one(olga, ora, work):
    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)
    work()
    old = certificates_.list_drawn(made.id)[0]
    with transaction():
        award_of(made, "项目1").entry.members[0].name = "更正后"

    with pytest.raises(ReasonMissingError):
        service.reissue(old.id, reason=" ", by=olga)
    new = service.reissue(old.id, reason="姓名更正", by=olga)
    work()

    assert new.number != old.number
    assert "更正后" in text_of(certificates_.get_certificate(new.id))
    assert certificates_.get_certificate(old.id).revoke_reason == "姓名更正"
    assert certificates_.find_by_number(codes.format_code(old.number).lower()).id == old.id
    with pytest.raises(CertificateRevokedError):
        service.revoke(old.id, reason="再来一次", by=olga)


def test_an_award_has_one_valid_certificate(olga, ora):
    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)
    known = db.session.scalars(select(Certificate)).first()

    with pytest.raises(IntegrityError, match="uq_certificates_valid"), transaction():
        db.session.add(
            Certificate(award_id=known.award_id, number="X" * 12, issued_by_id=olga.id, facts={})
        )


def test_a_revoked_certificate_is_not_issued_again_with_the_rest(olga, ora):
    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)
    first = award_of(made, "项目1").certificate
    service.revoke(first.id, reason="成果不实", by=olga)

    assert service.issue_all(made.id, by=olga) == 0
    assert certificates_.count_papers(made.id) == (1, 0, 0)
    told = select(Delivery).where(Delivery.kind == "outcomes.certificate_revoked")
    assert "成果不实" in db.session.scalars(told).one().text


def test_a_list_with_valid_certificates_is_not_taken_back(olga, ora):
    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)

    with pytest.raises(AwardingInForceError):
        service.ask_recall(AWARDS, made.id, reason="复核", by=olga)

    for certificate in db.session.scalars(select(Certificate)).all():
        service.revoke(certificate.id, reason="复核后撤销", by=olga)
    service.ask_recall(AWARDS, made.id, reason="复核", by=olga)
    service.recall(AWARDS, made.id, by=ora)
    assert awards_.find_awarding(made.round_id) is None


def test_a_team_of_fifteen_with_five_teachers_and_a_long_name_fits_one_page(olga, ora, work):
    made = confirmed(olga, ora)
    entry = award_of(made, "项目1").entry
    names = [f"古丽米热·阿卜杜热合曼{at}" for at in range(2, 16)]
    with transaction():
        entry.name = "基于双光谱无人机与边缘大模型的山地城市桥梁隧道群健康监测与应急处置一体化平台"
        for at, name in enumerate(names, 2):
            db.session.add(Member(entry=entry, position=at, name=name))
        for at in range(1, 6):
            db.session.add(Adviser(entry=entry, position=at, name=f"Prof. Jean-Luc Bérenger {at}"))
    service.issue_all(made.id, by=olga)
    work()

    words = text_of(certificates_.list_drawn(made.id)[0]).replace(" ", "")
    for name in [*names, entry.name, "Prof.Jean-LucBérenger5"]:
        assert name in words, name


def test_the_zip_holds_every_certificate(app, olga, ora, work):
    from eventhub.outcomes.archives import stream_certificates

    made = confirmed(olga, ora)
    service.issue_all(made.id, by=olga)
    work()
    with app.test_request_context():
        response = stream_certificates(made.round, certificates_.list_drawn(made.id))
        archive = zipfile.ZipFile(io.BytesIO(b"".join(response.iter_encoded())))

    assert archive.testzip() is None
    assert [name.split("-")[0] for name in archive.namelist()] == ["一等奖", "二等奖"]
