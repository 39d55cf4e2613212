"""Pages of lists, awards, certificates, notices and objections."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.entries import queries as entries
from eventhub.entries.models import Participation
from eventhub.outcomes import service
from eventhub.outcomes.enums import NoticeState, ObjectionState, ProposalState
from eventhub.outcomes.models import Advancement, Objection, PublicNotice
from eventhub.outcomes.queries import advancements, lists
from eventhub.outcomes.queries import awards as awards_
from eventhub.outcomes.queries import certificates as certificates_
from tests.factories import make_organiser, make_pdf
from tests.factories.outcomes import (
    make_advancement,
    make_awarding,
    make_closed_round,
    make_notice,
    make_participants,
    make_passage,
)


@pytest.fixture
def ora(app, olga):
    """Another organiser of the same circle."""
    return make_organiser("欧阳菁")


@pytest.fixture
def round_(olga):
    return make_closed_round(by=olga, is_published=True)


def page_of(round_):
    return f"/manage/competitions/{round_.competition_id}/outcomes?round={round_.position}"


def code_of(round_):
    return round_.competition.event.code


# who goes up


def test_from_no_rule_at_all_to_a_list_in_force(browser, new_browser, round_, olga, ora):
    passage = make_passage(round_, by=olga, places=2)
    browser.sign_in(olga)
    browser.submit(page_of(round_), {}, action=f"/manage/passages/{passage.id}/propose")
    advancement = advancements.find_advancement(passage.id)

    page = browser.get(page_of(round_))
    assert "晋级线" in page.text
    assert "请另一位组织者登录后在此确认" in page.text
    assert not page.has(f'a[href="/manage/advancements/{advancement.id}/confirm"]')

    line = lists.get_list(Advancement, advancement.id).lines[3]
    refused = browser.submit(
        f"/manage/advancement-lines/{line.id}", {"decision": "in", "reason": ""}, status=422
    )
    assert "必须写明理由" in refused.text
    browser.submit(
        f"/manage/advancement-lines/{line.id}", {"decision": "in", "reason": "增补乡村振兴项目"}
    )
    assert "总名额超出 1 个" in browser.get(page_of(round_)).text

    second = new_browser().sign_in(ora)
    confirm = second.get(f"/manage/advancements/{advancement.id}/confirm")
    assert "增补乡村振兴项目" in confirm.text
    second.submit(f"/manage/advancements/{advancement.id}/confirm")

    assert db.session.scalars(select(Participation)).all()
    public = new_browser().get(f"/c/{code_of(round_)}/advancement")
    assert "项目4" in public.text
    assert "队*4" in public.text
    assert "队长4" not in public.text
    assert f"/c/{code_of(round_)}/advancement" in str(
        new_browser().get(f"/c/{code_of(round_)}").select_one("main")
    )


def test_a_round_without_a_rule_offers_the_simplest_one(browser, round_, olga):
    make_passage(round_, by=olga)
    with transaction():
        db.session.delete(advancements.list_passages(round_.id)[0])
    later = competitions.get_competition(round_.competition_id).rounds[1]
    browser.sign_in(olga)

    refused = browser.submit(
        page_of(round_),
        {"to_round": str(later.id), "places": ""},
        action=f"/manage/rounds/{round_.id}/passage",
        status=422,
    )
    assert refused.status == 422
    browser.submit(
        page_of(round_),
        {"to_round": str(later.id), "places": "3", "school_max": "2"},
        action=f"/manage/rounds/{round_.id}/passage",
    )

    passage = advancements.list_passages(round_.id)[0]
    assert (passage.places, passage.school_max) == (3, 2)


def test_a_tie_is_shown_and_blocks_the_second_person(browser, new_browser, olga, ora):
    round_ = make_closed_round(by=olga, shares=("0.9", "0.8", "0.8"), is_published=True)
    made = make_advancement(make_passage(round_, by=olga, places=2), by=olga)
    assert "2 个项目在名额边缘并列" in browser.sign_in(olga).get(page_of(round_)).text

    page = new_browser().sign_in(ora).submit(f"/manage/advancements/{made.id}/confirm", status=409)

    assert "名额边缘还有并列的项目没有决定" in page.text
    assert "有并列项目待决定" in page.text
    filtered = browser.get(f"{page_of(round_)}&list={made.id}&show=tied")
    assert len(filtered.select("tbody tr:not(.group-row)")) == 2


def test_the_second_person_reads_again_what_was_adjusted_meanwhile(
    browser, new_browser, round_, olga, ora
):
    made = make_advancement(make_passage(round_, by=olga), by=olga)
    where = f"/manage/advancements/{made.id}/confirm"
    second = new_browser().sign_in(ora)
    read = second.get(where).select_one('input[name="seen"]')["value"]
    line = lists.get_list(Advancement, made.id).lines[2]
    service.adjust_line(line.id, is_in=True, reason="增补乡村振兴项目", by=olga)

    page = second.submit(where, {"seen": read}, status=409)

    assert "名单又有调整" in page.text
    assert "增补乡村振兴项目" in page.text
    assert page.select_one('input[name="seen"]')["value"] != read
    assert db.session.scalars(select(Participation)).all() == []


def test_taking_back_says_that_the_notice_stays(browser, new_browser, round_, olga, ora):
    made = make_awarding(round_, by=olga, confirmed_by=ora)
    notice = make_notice(round_, by=olga)
    where = f"/manage/awardings/{made.id}/recall"
    browser.sign_in(olga)
    assert browser.get(where).has(f'a[href="/manage/notices/{notice.id}"]')
    assert "公示到" in browser.get(page_of(round_)).text

    service.withdraw_notice(notice.id, reason="名单有误", by=olga)

    assert not browser.get(where).has(f'a[href="/manage/notices/{notice.id}"]')
    assert "公示到" not in browser.get(page_of(round_)).text


def test_taking_back_shows_who_asked_and_why(browser, new_browser, round_, olga, ora):
    passage = make_passage(round_, by=olga)
    made = make_advancement(passage, by=olga, confirmed_by=ora)
    browser.sign_in(olga).submit(f"/manage/advancements/{made.id}/recall", {"reason": "名额有误"})

    own = browser.get(page_of(round_))
    assert "欧阳澜 提出撤回：名额有误" in own.text
    assert not own.has(f'form[action="/manage/advancements/{made.id}/recall/agree"]')
    second = new_browser().sign_in(ora)
    second.submit(page_of(round_), action=f"/manage/advancements/{made.id}/recall/agree")

    assert lists.get_list(Advancement, made.id).state is ProposalState.DISCARDED


def test_a_later_round_without_a_list_says_so(browser, round_, olga, ora):
    passage = make_passage(round_, by=olga)
    final = competitions.get_round(passage.to_round_id)
    browser.sign_in(olga)
    where = f"/manage/competitions/{round_.competition_id}"
    for part in ("judging", "results", "roadshow"):
        page = browser.get(f"{where}/{part}?round={final.position}")
        if part == "roadshow":
            continue  # a stage is set up first
        assert "还没有晋级名单" in page.text, part
        assert page.has(f'a[href="{where}/outcomes"]'), part

    make_participants(final, entries.list_participants(round_)[:1])
    assert "还没有晋级名单" not in browser.get(f"{where}/judging?round={final.position}").text


def test_strangers_and_bureaus_do_not_decide(browser, new_browser, round_, olga, nell, mei):
    made = make_advancement(make_passage(round_, by=olga), by=olga)
    for person in (nell, mei):
        other = new_browser().sign_in(person)
        other.get(page_of(round_), status=404)
        other.get(f"/manage/advancements/{made.id}/confirm", status=404)
    browser.get(f"/c/{code_of(round_)}/advancement", status=404)
    browser.get(f"/c/{code_of(round_)}/awards", status=404)


def test_the_page_asks_as_often_for_three_lines_as_for_one(browser, olga, count_statements):
    rounds = [
        make_closed_round(by=olga, shares=shares) for shares in (("0.9",), ("0.9", "0.8", "0.7"))
    ]
    for round_ in rounds:
        make_advancement(make_passage(round_, by=olga, places=5), by=olga)
        make_awarding(round_, by=olga, levels=[("一等奖", 5)])
    browser.sign_in(olga)
    counts = []
    for round_ in rounds:
        browser.get(page_of(round_))
        with count_statements() as seen:
            browser.get(page_of(round_))
        counts.append(len(seen))

    assert counts[0] == counts[1]


# awards and certificates


def test_levels_are_filled_from_a_preset_and_saved(browser, round_, olga):
    where = f"/manage/rounds/{round_.id}/award-levels"
    browser.sign_in(olga)
    names = [
        field["value"]
        for field in browser.get(f"{where}?preset=medals").select('input[name$="-name"]')
        if field.get("value")
    ]
    assert names == ["金奖", "银奖", "铜奖"]

    refused = browser.submit(
        f"{where}?preset=medals",
        {"levels-0-places": "1", "levels-1-total_min": "八十"},
        status=422,
    )
    assert "请填写数字" in refused.text
    refused = browser.submit(f"{where}?preset=medals", {"levels-0-places": "1"}, status=422)
    assert "请填写名额或最低总分" in refused.text
    browser.submit(
        f"{where}?preset=medals",
        {"levels-0-places": "1", "levels-1-total_min": "７０.5", "levels-2-name": ""},
    )

    levels = awards_.list_levels(round_.id)
    assert [(level.name, level.places, level.total_min) for level in levels] == [
        ("金奖", 1, None),
        ("银奖", None, "70.5"),
    ]


def test_from_standings_to_a_certificate_on_the_wall(browser, new_browser, round_, olga, ora):
    service.save_levels(round_.id, drafts=[service.LevelDraft("一等奖", 1)], by=olga)
    browser.sign_in(olga)
    browser.submit(page_of(round_), action=f"/manage/rounds/{round_.id}/awards/propose")
    awarding = awards_.find_awarding(round_.id)
    new_browser().sign_in(ora).submit(f"/manage/awardings/{awarding.id}/confirm")
    browser.submit(page_of(round_), action=f"/manage/awardings/{awarding.id}/certificates")
    service.draw_pending(awarding.id)
    certificate = certificates_.list_drawn(awarding.id)[0]

    archive = browser.get(f"/manage/awardings/{awarding.id}/certificates.zip")
    assert archive.response.data.startswith(b"PK")
    archive.response.close()
    captain = new_browser().sign_in(certificate.award.entry.captain)
    page = captain.get(f"/entries/{certificate.award.entry_id}/certificates")
    assert codes.format_code(certificate.number) in page.text
    assert "获奖证书" in captain.get(f"/entries/{certificate.award.entry_id}").text
    pdf = captain.get(f"/certificates/{certificate.id}.pdf")
    assert pdf.response.data.startswith(b"%PDF-")
    pdf.response.close()
    new_browser().get(f"/certificates/{certificate.id}.pdf", status=302)
    award_list = new_browser().get(f"/c/{code_of(round_)}/awards").text
    assert "一等奖" in award_list
    assert "队长1" in award_list


def test_verification_says_valid_revoked_or_unknown(browser, round_, olga, ora):
    made = make_awarding(round_, by=olga, confirmed_by=ora)
    service.issue_all(made.id, by=olga)
    service.draw_pending(made.id)
    first, second = certificates_.list_drawn(made.id)
    service.revoke(second.id, reason="成果不实", by=olga)

    page = browser.get(f"/verify/{codes.format_code(first.number).lower()}")
    assert "证书有效" in page.text
    assert "项目1" in page.text
    assert page.select_one('meta[name="robots"]')["content"] == "noindex"
    revoked = browser.get(f"/verify/{second.number}").text
    assert "已作废" in revoked
    assert "成果不实" in revoked
    assert "没有查到" in browser.get("/verify/234567892345", status=404).text
    typed = browser.submit("/verify", {"code": f" {codes.format_code(first.number)} "})
    assert typed.response.location.endswith(f"/verify/{first.number}")


# notices


def test_a_notice_is_written_previewed_and_published(browser, new_browser, round_, olga, ora):
    make_awarding(round_, by=olga, confirmed_by=ora)
    where = f"/manage/competitions/{round_.competition_id}/notices"
    browser.sign_in(olga)
    preview = browser.submit(
        f"{where}/new?kind=awards&round=1",
        {"contact": "大赛办公室，023-62460000", "opens_at": "2020-01-01T09:00"},
    ).response.location
    shown = browser.get(preview).text
    assert "下面就是公众看到的样子" in shown
    assert "的放假调休安排还没有收录" in shown  # of 2020, with which the period begins
    browser.submit(preview)

    notice = db.session.scalars(select(PublicNotice)).one()
    assert notice.state is NoticeState.PUBLISHED
    public = new_browser().get(f"/notices/{codes.format_code(notice.code).lower()}")
    assert "项目1" in public.text
    assert public.response.headers["Cache-Control"] == "no-store"
    assert "noindex" in public.response.headers["X-Robots-Tag"]
    assert notice.title in new_browser().get("/notices").text
    assert "公示" in new_browser().get(f"/c/{code_of(round_)}").text
    assert new_browser().get(f"/notices/{notice.code}/print").has(".sheet--notice")
    pdf = new_browser().get(f"/notices/{notice.code}.pdf")
    assert pdf.response.data.startswith(b"%PDF-")


def test_after_its_end_nothing_of_the_list_is_served(browser, round_, olga, ora, time):
    make_awarding(round_, by=olga, confirmed_by=ora)
    notice = make_notice(round_, by=olga)
    for part in ("", "/print", ".pdf", "/objection"):
        browser.get(f"/notices/{notice.code}{part}")

    time.set(notice.closes_at)

    ended = browser.get(f"/notices/{notice.code}")
    assert "公示期已满" in ended.text
    for name in ("项目1", "队长1"):
        assert name not in ended.text
        assert name not in browser.get(f"/notices/{notice.code}/objection").text
        assert name not in browser.get("/notices").text
    browser.get(f"/notices/{notice.code}/print", status=404)
    browser.get(f"/notices/{notice.code}.pdf", status=404)
    known = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert browser.get(f"/notices/{notice.code}", headers=known).status == 200


def test_a_draft_is_nobodys_but_the_organisers(browser, round_, olga, ora):
    make_awarding(round_, by=olga, confirmed_by=ora)
    notice = make_notice(round_, by=olga, is_published=False)

    for part in ("", "/print", ".pdf", "/objection"):
        browser.get(f"/notices/{notice.code}{part}", status=404)


OBJECTION = {
    "row": "1",
    "name": "实名人",
    "contact": "13883000002",
    "text": "该项目与往届获奖项目雷同，附往届名单。",
}


@pytest.fixture
def notice(round_, olga, ora):
    make_awarding(round_, by=olga, confirmed_by=ora)
    return make_notice(round_, by=olga)


def test_an_objection_goes_from_the_form_to_the_answer(browser, new_browser, notice, olga, mei):
    receipt = browser.submit(
        f"/notices/{notice.code}/objection",
        {**OBJECTION, "evidence": (io.BytesIO(make_pdf()), "证据.pdf")},
        status=200,
    )
    objection = db.session.scalars(select(Objection)).one()
    assert codes.format_code(objection.code) in receipt.text
    assert objection.evidence is not None

    wrong = browser.submit(f"/objections/{objection.code}", {"contact": "13883000003"}, status=404)
    assert "没有查到" in wrong.text
    right = browser.submit(
        f"/objections/{objection.code}", {"contact": "138-8300-0002"}, status=200
    )
    assert "已收到" in right.text

    organiser = new_browser().sign_in(olga)
    page = organiser.get(f"/manage/objections/{objection.id}")
    assert "实名人" in page.text
    assert "13883000002" in page.text
    evidence = organiser.get(f"/manage/objections/{objection.id}/evidence")
    assert "attachment" in evidence.response.headers["Content-Disposition"]
    evidence.response.close()
    bureau = new_browser().sign_in(mei)
    assert "查看异议" in bureau.get(f"/notices/{notice.code}").text
    listed = bureau.get(f"/manage/competitions/{notice.competition_id}/notices")
    assert codes.format_code(objection.code) in listed.text
    assert "新建公示" not in listed.text
    seen = bureau.get(f"/manage/objections/{objection.id}").text
    assert "雷同" in seen
    assert "实名人" not in seen
    assert "13883000002" not in seen
    bureau.get(f"/manage/objections/{objection.id}/evidence", status=404)

    organiser.submit(f"/manage/objections/{objection.id}", {"state": "accepted"})
    refused = organiser.submit(
        f"/manage/objections/{objection.id}", {"state": "rejected", "answer": ""}, status=422
    )
    assert "请写明答复" in refused.text
    organiser.submit(
        f"/manage/objections/{objection.id}", {"state": "rejected", "answer": "经核查不雷同。"}
    )
    db.session.expire_all()
    assert objection.state is ObjectionState.REJECTED
    assert "异议成立之后" not in organiser.get(f"/manage/objections/{objection.id}").text
    told = browser.submit(f"/objections/{objection.code}", {"contact": "13883000002"}, status=200)
    assert "经核查不雷同。" in told.text


def test_an_objection_that_comes_too_late_loses_nothing_typed(browser, notice, time):
    page = browser.get(f"/notices/{notice.code}/objection")
    token = page.select_one('main input[name="csrf_token"]')["value"]
    time.set(notice.closes_at)

    late = browser.post(
        f"/notices/{notice.code}/objection", {**OBJECTION, "csrf_token": token}, status=409
    )

    assert "不再受理异议" in late.text
    assert OBJECTION["text"] in late.select_one("textarea").text
    assert late.select_one('input[name="name"]')["value"] == "实名人"
    assert db.session.scalars(select(Objection)).all() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact": "没有"}, "请填写能联系到您的邮箱或电话号码"),
        ({"text": "太短"}, "10"),
        ({"row": "99"}, "99"),
        ({"evidence": (io.BytesIO(b"<script>"), "证据.pdf")}, "内容不是"),
    ],
)
def test_a_bad_objection_is_told_beside_the_field(browser, notice, changes, words):
    page = browser.submit(f"/notices/{notice.code}/objection", {**OBJECTION, **changes}, status=422)

    if words != "99":
        assert words in page.text
    assert page.select_one('input[name="name"]')["value"] == "实名人"
    assert db.session.scalars(select(Objection)).all() == []


def test_withdrawn_says_why(browser, notice, olga):
    page = browser.sign_in(olga)
    page.submit(f"/manage/notices/{notice.id}/withdraw", {"reason": "名单有误，另发更正"})

    shown = browser.get(f"/notices/{notice.code}").text
    assert "名单有误，另发更正" in shown
    assert "项目1" not in shown


def test_the_state_of_a_round_is_told_before_it_is_closed(browser, olga):
    from tests.factories import make_round

    round_ = make_round(by=olga)
    assert round_.state is RoundState.OPEN

    page = browser.sign_in(olga).get(page_of(round_))

    assert "还没有封榜" in page.text
    assert "设置奖级" in page.text
