"""Pages around a competition: rounds, ways on, groups, hosts, templates, the next edition."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub.competitions import queries, service
from eventhub.competitions.enums import PassageKind, RoundKind, RubricStatus
from eventhub.competitions.models import Competition, OwnTemplate
from eventhub.competitions.service import PassageDraft, QuotaDraft
from eventhub.db import db
from eventhub.events.enums import HostRole
from tests.factories import make_circle, make_competition, make_organiser, make_round
from tests.factories.judging import make_judge, make_panel
from tests.factories.roadshows import make_approved

NEW = "/manage/competitions/new/cicic-2026"
CITY = ["cq-school", "cq-semi", "cq-gold", "cq-revival", "cq-champion"]
DATES = {
    "entries_open_at": "2026-12-01T09:00",
    "entries_close_at": "2026-12-20T12:00",
    "starts_at": "2027-01-10T09:00",
    "ends_at": "2027-01-10T17:30",
}


def base(competition: Competition) -> str:
    return f"/manage/competitions/{competition.id}"


def city(olga, **facts) -> Competition:
    return make_competition(by=olga, round_keys=CITY, is_open=False, **facts)


def rounds_of(competition: Competition):
    db.session.expire_all()
    return list(queries.load_rubrics(queries.get_competition(competition.id)))


# Templates


def test_rounds_of_a_template_are_chosen(browser, olga):
    browser.sign_in(olga)
    page = browser.get(NEW)
    assert "金奖复活赛" in page.text
    assert "复活赛，现场路演" in page.text
    assert [box["value"] for box in page.select('[name="round_keys"][checked]')] == ["school"]

    browser.submit(NEW, {"group_keys": ["ug-creative"], "round_keys": CITY, **DATES})

    competition = queries.get_competition(db.session.scalars(select(Competition.id)).one())
    assert [each.name for each in competition.rounds] == [
        "校赛",
        "市赛复赛",
        "金奖争夺赛",
        "金奖复活赛",
        "冠军争夺赛",
    ]
    assert (competition.needs_consent, competition.is_one_project) == (True, True)
    refused = browser.submit(
        NEW, {"group_keys": ["ug-creative"], "round_keys": None, **DATES}, status=422
    )
    assert "请至少选择一个轮次" in refused.text


def test_a_competition_is_kept_as_a_template_and_used_again(browser, olga):
    competition = city(olga)
    browser.sign_in(olga)
    save = f"{base(competition)}/template"

    browser.submit(save, {"name": "五轮制"})
    taken = browser.submit(save, {"name": "五轮制"}, status=409)
    browser.submit(save, {"name": "五轮制", "replace": "y"})

    assert "已有同名的模板" in taken.text
    assert taken.select_one("#name")["value"] == "五轮制"
    own = db.session.scalars(select(OwnTemplate)).one()
    listed = browser.get("/manage/templates")
    assert "改自“中国国际大学生创新大赛 2026”，改动了组别" in listed.text
    assert "本圈模板" in browser.get("/manage/competitions/new").text
    new = f"/manage/competitions/new/own:{own.id}"
    page = browser.get(new)
    assert len(page.select('[name="round_keys"][checked]')) == 5
    browser.submit(new, {"group_keys": ["ug-creative"], "title": "再来一次", **DATES})
    made = db.session.scalars(select(Competition).order_by(Competition.created_at.desc())).first()
    overview = browser.get(base(made))
    assert "按本圈模板“五轮制”创建" in overview.text


def test_a_template_is_renamed_archived_and_brought_back(browser, olga):
    own = service.save_as_template(city(olga).id, name="五轮制", by=olga)
    browser.sign_in(olga)
    address = f"/manage/templates/{own.id}"
    assert "复活赛" in browser.get(address).text

    browser.submit(address, {"name": "市赛五轮"}, form="#rename-form")
    browser.submit(address, action=f"{address}/archive")

    assert own.name == "市赛五轮"
    assert own.archived_at is not None
    assert "市赛五轮" not in browser.get("/manage/competitions/new").text
    listed = browser.get("/manage/templates")
    assert "已停用" in listed.text
    browser.submit("/manage/templates", action=f"{address}/bring-back")
    assert own.archived_at is None


def test_templates_cost_the_same_for_one_and_for_three(browser, olga, count_statements):
    competition = city(olga)
    browser.sign_in(olga)
    service.save_as_template(competition.id, name="甲", by=olga)
    for address in ("/manage/templates", "/manage/competitions/new"):
        browser.get(address)
    counts = []
    for names in ((), ("乙", "丙")):
        for name in names:
            service.save_as_template(competition.id, name=name, by=olga)
        with count_statements() as seen:
            browser.get("/manage/templates")
            browser.get("/manage/competitions/new")
        counts.append(len(seen))

    assert counts[0] == counts[1]


# Rounds and ways on


def test_the_course_is_drawn_where_it_is_asked_for(browser, olga):
    competition = city(olga)
    browser.sign_in(olga)

    for address in (f"{base(competition)}/rules", base(competition)):
        page = browser.get(address)
        names = [stop.text for stop in page.select(".way-map__name")]
        assert names == ["校赛", "市赛复赛", "金奖争夺赛", "金奖复活赛", "冠军争夺赛"]
        assert "未晋级的进入“金奖复活赛”" in page.text
        assert len(page.select(".way-map__stop--revival")) == 1
    public = browser.get(f"/c/{competition.event.code}")
    assert public.has(".way-map")
    assert not public.has(".way-map a")
    single = make_competition(by=olga)
    assert not browser.get(f"/c/{single.event.code}").has(".way-map")


def test_the_public_page_tells_a_rubric_once(browser, olga):
    competition = city(olga)
    semi = rounds_of(competition)[1]
    service.save_rubric(
        semi.rubrics[0].id,
        criteria=[service.CriterionDraft("单独的一项", Decimal(100))],
        gates=[],
        by=olga,
    )
    browser.sign_in(olga)

    page = browser.get(f"/c/{competition.event.code}")

    assert page.text.count("评分标准与“校赛”相同") == 3
    assert page.text.count("单独的一项") == 1


def test_a_revival_is_added_in_its_place(browser, olga):
    competition = make_competition(by=olga, round_keys=["school", "final"], is_open=False)
    browser.sign_in(olga)

    browser.submit(
        f"{base(competition)}/rounds/new",
        {"name": "复活赛", "kind": "revival", "mode": "online", "position": "2"},
    )

    names = [(each.name, each.kind) for each in rounds_of(competition)]
    assert names[1] == ("复活赛", RoundKind.REVIVAL)
    refused = browser.submit(
        f"{base(competition)}/rounds/new",
        {"name": "复活赛", "kind": "revival", "position": "1"},
        status=409,
    )
    assert "这一轮不能移到那里" in refused.text
    assert refused.select_one("#name")["value"] == "复活赛"


def test_rounds_are_moved_and_removed_with_buttons(browser, olga):
    competition = city(olga)
    semi = rounds_of(competition)[1]
    browser.sign_in(olga)
    rules = f"{base(competition)}/rules"
    move, remove = f"/manage/rounds/{semi.id}/move", f"/manage/rounds/{semi.id}/remove"
    token = browser.csrf_token(rules)

    browser.post(move, {"csrf_token": token, "to": "up"})
    assert [each.name for each in rounds_of(competition)][:2] == ["市赛复赛", "校赛"]
    assert "“市赛复赛”已移到第 1 轮" in browser.get(rules).text
    stuck = browser.post(move, {"csrf_token": token, "to": "up"}, status=409)
    assert "round_order" in stuck.text
    browser.submit(rules, action=remove)

    assert len(rounds_of(competition)) == 4


def test_places_are_set_by_total_school_and_part(browser, olga):
    competition = city(olga, groups=["ug-creative", "red-charity"])
    first, semi = rounds_of(competition)[:2]
    browser.sign_in(olga)
    address = f"/manage/rounds/{first.id}/ways/best"
    token = browser.csrf_token(address)
    group = competition.groups[1]
    values = {
        "csrf_token": token,
        "to_round_id": str(semi.id),
        "places": "20",
        "school_max": "3",
        "quotas-0-scope": "track:高教主赛道",
        "quotas-0-category": "新工科",
        "quotas-0-places": "8",
        "quotas-1-scope": f"group:{group.id}",
        "quotas-1-category": "",
        "quotas-1-places": "5",
    }

    browser.post(address, values)
    too_many = browser.post(address, values | {"quotas-0-places": "21"}, status=422)
    nowhere = browser.post(address, values | {"to_round_id": str(first.id)}, status=422)
    broad = browser.post(
        address, values | {"quotas-0-scope": "all", "quotas-0-category": ""}, status=422
    )

    (way,) = rounds_of(competition)[0].passages
    assert (way.places, way.school_max) == (20, 3)
    assert [(q.track_name, q.category, q.places) for q in way.quotas] == [
        ("高教主赛道", "新工科", 8),
        ("", "", 5),
    ]
    assert "超过了总名额 20" in too_many.text
    assert too_many.select_one("#quotas-0-places")["value"] == "21"
    assert nowhere.status == 422
    assert "至少要选定赛道、组别、类别之一" in broad.text
    page = browser.get(address)
    assert page.select_one("#quotas-1-scope option[selected]")["value"] == f"group:{group.id}"
    rules = browser.get(f"{base(competition)}/rules")
    assert "20 个晋级“市赛复赛”" in rules.text
    browser.submit(address, action=f"{address}/remove")
    assert rounds_of(competition)[0].passages == []


def test_known_places_are_shown_with_their_source(browser, olga):
    competition = city(olga)
    gold = rounds_of(competition)[2]
    browser.sign_in(olga)

    page = browser.get(f"/manage/rounds/{gold.id}/ways/best")

    assert "冠军争夺赛（重庆 2024 金奖）：210 个" in page.text
    assert "fuhexi.com" in page.text
    assert "5000" not in page.text


def test_a_way_needs_a_round_to_lead_to(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    round_ = competition.rounds[0]

    for kind, words in (("best", "后面没有轮次"), ("others", "后面没有复活赛")):
        assert words in browser.get(f"/manage/rounds/{round_.id}/ways/{kind}").text
    browser.get(f"/manage/rounds/{round_.id}/ways/sideways", status=404)


def test_presets_and_a_day_for_documents_stand_on_the_page_of_a_round(browser, olga):
    competition = city(olga)
    first, semi = rounds_of(competition)[:2]
    browser.sign_in(olga)
    address = f"/manage/rounds/{semi.id}"
    page = browser.get(address)
    assert len(page.select("[data-presets]")) == 3
    assert "去掉两个最高分和两个最低分后取平均" in page.text
    assert not browser.get(f"/manage/rounds/{first.id}").has("#documents_due_at")

    browser.submit(address, {"is_blind": "y", "documents_due_at": "2027-02-01T12:00"})

    found = rounds_of(competition)[1]
    assert found.is_blind
    assert found.documents_due_at.isoformat() == "2027-02-01T04:00:00+00:00"
    assert "盲评" in browser.get(f"/c/{competition.event.code}").text


# Two people at one page


def test_a_second_save_of_a_rubric_loses_nothing_and_tells_what_changed(browser, new_browser, olga):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    address = f"/manage/rubrics/{rubric.id}"
    partner = make_organiser("孟晓", circle=rubric.round.competition.event.circle)
    browser.sign_in(olga)
    other = new_browser().sign_in(partner)
    opened = browser.get(address)
    fields = {
        field["name"]: field.get("value", field.text)
        for field in opened.select("#rubric-form input, #rubric-form textarea")
    }
    other.submit(address, {"criteria-0-points_max": "40"}, form="#rubric-form")

    mine = fields | {"criteria-1-points_max": "25", "criteria-1-name": "我写的"}
    refused = browser.post(address, mine, status=409)

    assert "“个人成长”由 30 分改为 40 分" in refused.text
    assert refused.select_one("#criteria-1-name")["value"] == "我写的"
    assert refused.select_one("#criteria-0-points_max")["value"] == "30"
    again = mine | {"seen": refused.select_one("#rubric-form [name=seen]")["value"]}
    browser.post(address, again)
    db.session.expire_all()
    assert [(line.name, int(line.points_max)) for line in rubric.criteria][:2] == [
        ("个人成长", 30),
        ("我写的", 25),
    ]


def test_a_second_save_of_a_round_and_of_a_way_is_told_as_well(browser, olga):
    competition = city(olga)
    first, semi = rounds_of(competition)[:2]
    browser.sign_in(olga)
    for address, change, field in (
        (f"/manage/rounds/{first.id}", {"name": "甲"}, "name"),
        (f"/manage/rounds/{first.id}/ways/best", {"places": "7"}, "places"),
    ):
        stale = browser.get(address).select_one("[name=seen]")["value"]
        browser.submit(address, change)
        refused = browser.submit(address, {"seen": stale, field: "9"}, status=409)
        assert "有人保存了新的内容" in refused.text
        assert refused.select_one(f"#{field}")["value"] == "9"
        fresh = refused.select_one("[name=seen]")["value"]
        browser.submit(address, {"seen": fresh, field: "9"})

    found = rounds_of(competition)[0]
    assert (found.name, found.passages[0].places) == ("9", 9)
    assert found.passages[0].to_round_id == semi.id


# Rubrics


def test_an_earlier_rubric_is_chosen_from_the_template(browser, olga):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    browser.sign_in(olga)
    address = f"/manage/rubrics/{rubric.id}"
    assert "高教主赛道 创意组（2022—2024）" in browser.get(address).text

    browser.submit(address, {"choice": "other:main-2022"}, action=f"{address}/adopt")
    refused = browser.submit(
        address, {"choice": "other:no-such"}, action=f"{address}/adopt", status=422
    )

    assert rubric.status is RubricStatus.EARLIER_EDITION
    assert "教育维度" in refused.text or refused.select_one("#criteria-0-name")["value"]
    assert "往届标准，须核对" in browser.get(address).text


def test_a_score_sheet_names_edition_standing_and_source_of_its_rubric(browser, olga, jun):
    round_ = make_round(by=olga, is_open=False, groups=["red-charity"])
    service.confirm_rubric(round_.rubrics[0].id, by=olga)
    entry = make_approved(round_.competition, "乡村课堂")
    make_judge(make_panel(round_, by=olga), person=jun, by=olga)
    service.open_round(round_.id, by=olga)

    page = browser.sign_in(jun).get(f"/judging/{round_.id}/{entry.id}")

    words = page.select_one(".sheet-source").text
    assert "评分标准：2026，主办方已确认" in words
    assert "分值取自 2025 年规则，2026 年规则未能核对" in words
    assert "出处：" in words


# Groups


def test_groups_come_move_and_go(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    browser.sign_in(olga)
    address = f"{base(competition)}/groups"

    browser.submit(address, action=f"{address}/red-charity/add")
    browser.submit(address, {"track_name": "校内赛道", "name": "校友组"}, form="#group-form")
    added = queries.get_competition(competition.id).groups[2]
    token = browser.csrf_token(address)
    browser.post(f"/manage/groups/{added.id}/move", {"csrf_token": token, "to": "up"})
    page = browser.get(address)
    names = [link.text for link in page.select(".item__title a")]
    assert names == [
        "高教主赛道 · 本科生创意组",
        "校内赛道 · 校友组",
        "“青年红色筑梦之旅”赛道 · 公益组",
    ]
    browser.submit(address, action=f"/manage/groups/{added.id}/remove")

    db.session.expire_all()
    assert len(queries.get_competition(competition.id).groups) == 2
    refused = browser.submit(address, {"name": ""}, form="#group-form", status=422)
    assert refused.select(".error-summary li")


def test_groups_are_fixed_once_a_round_has_begun(browser, olga):
    round_ = make_round(by=olga, groups=["ug-creative", "ug-startup"])
    browser.sign_in(olga)

    page = browser.get(f"{base(round_.competition)}/groups")

    assert "组别不能再增加或删除" in page.text
    assert not page.has('form[action$="/remove"]')


# Rules of entry and hosts


def test_rules_of_entry_are_set_on_their_page(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    browser.sign_in(olga)
    address = f"{base(competition)}/entry-rules"

    browser.submit(
        address,
        {
            "is_one_project": "y",
            "needs_recommendation": "y",
            "personal_fields": ["phone", "born_on"],
            "retention_days": "120",
        },
    )

    db.session.expire_all()
    assert competition.personal_fields == ["born_on", "phone"]
    settings = browser.get(f"{base(competition)}/settings")
    assert "出生日期、手机号码，比赛结束 120 天后删除" in settings.text
    refused = browser.submit(address, {"retention_days": "0"}, status=422)
    assert refused.select_one("#retention_days")["aria-invalid"] == "true"


def test_what_claims_rest_on_is_shown_as_fixed(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    address = f"{base(competition)}/entry-rules"

    page = browser.get(address)
    assert not page.has("#is_one_project")
    browser.submit(address, {"needs_consent": "y"})
    assert competition.needs_consent
    forced = browser.submit(address, {"edition_key": "other"}, status=409)

    assert "不能再改" in forced.text


def test_hosts_are_named_on_the_public_page_and_run_it(browser, new_browser, olga):
    competition = make_competition(by=olga)
    other = make_circle("swu", university="西南大学")
    partner = make_organiser("孟晓", circle=other)
    browser.sign_in(olga)
    address = f"{base(competition)}/hosts"

    browser.submit(address, {"add_circle_id": str(other.id), "add_role": "organiser"})

    page = browser.get(f"/c/{competition.event.code}")
    assert "承办" in page.text
    assert other.name in page.text
    theirs = new_browser().sign_in(partner)
    assert competition.event.title in theirs.get("/manage/competitions").text
    assert competition.event.title in theirs.get("/desk").text
    overview = theirs.get(base(competition))
    assert not overview.has("#finish")
    assert not theirs.get(f"{base(competition)}/settings").has(f'a[href="{address}"]')
    theirs.get(address, status=404)
    browser.submit(address, {f"role_{other.id.hex}": ""})
    theirs.get(base(competition), status=404)


def test_the_owner_cannot_leave_and_somebody_leads(browser, olga):
    competition = make_competition(by=olga)
    circle_id = competition.event.circle_id
    browser.sign_in(olga)
    address = f"{base(competition)}/hosts"

    refused = browser.submit(address, {f"role_{circle_id.hex}": "joint"}, status=422)
    gone = browser.submit(address, {f"role_{circle_id.hex}": ""}, status=422)

    assert "至少要有一个“主办”" in refused.text
    assert gone.status == 422
    assert [host.role for host in competition.event.hosts] == [HostRole.LEAD]


# The next edition


def test_every_date_is_shown_before_a_competition_is_copied(browser, olga):
    competition = city(olga, title="创新大赛（2026）校赛")
    browser.sign_in(olga)
    address = f"{base(competition)}/clone"
    page = browser.get(address)
    assert page.select_one("#title")["value"] == "创新大赛（2027）校赛"
    assert len(page.select(".date-moves li")) == 4

    preview = browser.submit(address, {"days": "371", "preview": "1", "title": "另名"}, status=200)
    assert preview.select_one("#title")["value"] == "另名"
    later = preview.select(".date-moves time")[1]["datetime"]
    assert later[:10] > page.select(".date-moves time")[1]["datetime"][:10]
    assert len(db.session.scalars(select(Competition)).all()) == 1
    wrong = browser.submit(address, {"days": "0"}, status=422)
    assert not wrong.has(".date-moves")
    browser.submit(address, {"title": "2027 年校赛"})

    copy = db.session.scalars(
        select(Competition).where(Competition.cloned_from_id == competition.id)
    ).one()
    overview = browser.get(base(copy))
    assert "复制自上一届" in overview.text
    assert overview.has(f'a[href="/c/{competition.event.code}"]')
    assert "评分标准待确认" in overview.text


# Whose business it is


def test_another_circles_organiser_finds_none_of_it(browser, new_browser, olga, nell):
    competition = city(olga, groups=["ug-creative", "ug-startup"])
    first, semi = rounds_of(competition)[:2]
    draft = PassageDraft(semi.id, quotas=[QuotaDraft(1, group_id=competition.groups[0].id)])
    service.save_passage(first.id, kind=PassageKind.BEST, draft=draft, by=olga)
    own = service.save_as_template(competition.id, name="甲", by=olga)
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))
    browser.sign_in(stranger)
    token = browser.csrf_token("/privacy")
    group, rubric = competition.groups[0], semi.rubrics[0]
    pages = [
        f"{base(competition)}/{part}"
        for part in ("groups", "entry-rules", "hosts", "template", "clone")
    ]
    pages += [
        f"/manage/rounds/{first.id}/ways/best",
        f"/manage/templates/{own.id}",
        f"/manage/competitions/new/own:{own.id}",
    ]
    deeds = [
        f"{base(competition)}/groups/pg-startup/add",
        f"/manage/groups/{group.id}/remove",
        f"/manage/groups/{group.id}/move",
        f"/manage/rounds/{semi.id}/move",
        f"/manage/rounds/{first.id}/ways/best/remove",
        f"/manage/rubrics/{rubric.id}/adopt",
        f"/manage/templates/{own.id}/archive",
        f"/manage/templates/{own.id}/bring-back",
    ]

    nobody = new_browser().sign_in(nell)
    for address in pages:
        browser.get(address, status=404)
        nobody.get(address, status=404)
        new_browser().get(address, status=302)
    for address in deeds:
        browser.post(address, {"csrf_token": token}, status=404)
    nobody.get("/manage/templates", status=404)


@pytest.mark.parametrize(
    "part", ["groups", "settings", "hosts", "entry-rules", "clone", "rules", "template"]
)
def test_pages_around_a_competition_cost_the_same_for_one_group_and_round_and_for_many(
    browser, olga, count_statements, part
):
    browser.sign_in(olga)
    small = make_competition(by=olga, is_open=False)
    large = city(olga, groups=None)
    browser.get(f"{base(small)}/{part}")
    counts = []
    for competition in (small, large):
        with count_statements() as seen:
            browser.get(f"{base(competition)}/{part}")
        counts.append(len(seen))

    # one more for the parts of ways on, which the small one does not have
    assert counts[1] - counts[0] <= (1 if part in {"rules", "clone"} else 0)


def test_a_blind_round_names_what_its_judges_would_not_see(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    round_ = competition.rounds[0]
    address = f"/manage/rounds/{round_.id}"
    browser.sign_in(olga)
    warning = "盲评的评委看不到这些文件"
    assert warning not in browser.get(address).text

    browser.submit(address, {"is_blind": "y"})

    for path in (address, f"{address}/documents", f"/manage/competitions/{competition.id}/rules"):
        page = browser.get(path)
        assert warning in page.text
        assert "展示PPT PPTX、PPT" in page.text
        assert not page.select(".notice:-soup-contains('项目计划书')")


def test_a_draft_is_deleted_from_its_page(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    announced = make_competition(by=olga)
    browser.sign_in(olga)
    here = f"/manage/competitions/{competition.id}"

    browser.submit(f"{here}/settings", form="#remove form")

    assert (
        "已删除“重庆邮电大学创新大赛校级初赛”的草稿。" in browser.get("/manage/competitions").text
    )
    browser.get(here, status=404)
    assert not browser.get(f"/manage/competitions/{announced.id}/settings").has("#remove")
