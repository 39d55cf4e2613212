"""Templates: what they hold, what is made of them, and that nothing is lost on the way."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from eventhub.audit.models import AuditEntry
from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.catalogue import KEYS
from eventhub.competitions.differences import list_differences
from eventhub.competitions.enums import PassageKind, PersonalField, RoundKind, RubricStatus
from eventhub.competitions.errors import (
    NoRoundsError,
    TemplateNameTakenError,
    UnknownTemplateError,
)
from eventhub.competitions.facts import facts_of
from eventhub.competitions.models import (
    SOURCE_MAX,
    Competition,
    OwnTemplate,
    SchoolQuota,
)
from eventhub.competitions.service import PassageDraft, QuotaDraft
from eventhub.db import db
from eventhub.errors import ForbiddenError
from tests.factories import make_circle, make_competition, make_organiser, make_university

# Every track and group of the contests that the house knows, as their own sources name them.
KNOWN_GROUPS = {
    "cicic-2026": {
        "高教主赛道": 4,
        "“青年红色筑梦之旅”赛道": 3,
        "职教赛道": 2,
        "产业赛道": 2,
        "萌芽赛道": 1,
    },
    "cxcyds": {"企业赛": 2, "专业赛": 1},
    "yuchuangyuxin": {"主体赛道": 1, "中国创翼赛道（第六届）": 5, "区县赛（合川 2024 为例）": 2},
    "tiaozhanbei-cy-2026": {
        **dict.fromkeys(
            (
                "先进制造",
                "新一代信息技术",
                "生物医药与健康科技",
                "新能源新材料",
                "现代农业与食品科技",
                "新消费与文化创意",
                "现代服务与社会治理",
                "国际交流合作",
            ),
            3,
        ),
        "揭榜挂帅": 1,
        "东北专项": 1,
    },
    "chuangke": {"区域赛/专题赛": 2},
}


def all_rounds(key: str) -> list[str]:
    return [each.key for each in queries.find_template(key).rounds]


def whole(competition: Competition) -> dict:
    """A competition as facts, read afresh."""
    db.session.expire_all()
    found = queries.get_competition(competition.id)
    return facts_of(
        found,
        queries.load_rubrics(found),
        original=queries.template_of(found),
        school_quotas=queries.list_school_quotas(found.id),
    )


def test_the_shipped_templates_hold_every_track_and_group():
    for key in KEYS:
        template = catalogue.find_shipped(key)
        counted: dict[str, int] = {}
        for group in template.groups:
            counted[group.track_name] = counted.get(group.track_name, 0) + 1
        assert counted == KNOWN_GROUPS[key]


def test_every_fact_of_a_shipped_template_names_its_source():
    for template in catalogue.list_templates():
        facts, known = template.facts, set(template.facts["sources"])
        sourced = [
            *facts["rules"],
            *facts["dates"],
            *facts["courses"],
            *facts["rounds"],
            *facts["quotas"],
            *facts["awards"],
            *facts["other_rubrics"],
            *(group.rubric for group in template.groups),
            *(rule for group in template.groups for rule in group.facts["rules"]),
        ]
        for row in sourced:
            assert set(row["source"]) <= known
            assert row["source"] or "status" in row or row["name"], row
            assert len(template.source_text(row["source"])) < SOURCE_MAX
        assert len({each.key for each in template.rounds}) == len(template.rounds)


def test_ways_on_of_shipped_templates_lead_forward():
    for template in catalogue.list_templates():
        keys = [each.key for each in template.rounds]
        for each in template.rounds:
            for passage in each.passages:
                target = template.round(passage.to)
                assert keys.index(passage.to) > keys.index(each.key)
                assert (target.kind is RoundKind.REVIVAL) == (passage.kind is PassageKind.OTHERS)


def test_the_known_awards_and_places_add_up():
    template = catalogue.find_shipped("cicic-2026")
    final = [row for row in template.facts["awards"] if row["round"] == "final"]
    places = {
        (row["track"], row["part"]): row["places"]
        for row in template.facts["quotas"]
        if row["round"] == "final"
    }

    tracks = sum(count for (track, part), count in places.items() if track and not part)
    assert tracks == places["", ""] == 5000
    for row in final:
        if row["track"] and (row["track"], row["part"]) in places and row["track"] != "sprout":
            counted = sum(level["count"] for level in row["levels"])
            assert counted == places[row["track"], row["part"]], row


@pytest.mark.parametrize("key", KEYS)
def test_a_competition_written_down_and_made_again_is_the_same(app, olga, key):
    first = make_competition(
        by=olga, template=key, groups=None, round_keys=all_rounds(key), is_open=False
    )
    own = service.save_as_template(first.id, name="本圈", by=olga)

    second = make_competition(
        by=olga,
        template=f"own:{own.id}",
        groups=None,
        round_keys=all_rounds(f"own:{own.id}"),
        is_open=False,
    )

    assert len(first.groups) == len(catalogue.find_shipped(key).groups)
    assert len(first.rounds) == len(catalogue.find_shipped(key).rounds)
    written = whole(first)
    assert {k: v for k, v in whole(second).items() if k != "sources"} == {
        k: v for k, v in written.items() if k != "sources"
    }
    assert state_of(second) == state_of(first)


def state_of(competition: Competition) -> dict:
    """What was made, column by column, without ids and without going through facts."""
    rounds = queries.load_rubrics(queries.get_competition(competition.id))
    skipped = {"id", "created_at"}

    def plain(row, *more: str) -> dict:
        names = [column.key for column in type(row).__mapper__.column_attrs]
        return {
            name: getattr(row, name)
            for name in names
            if name not in skipped and not name.endswith("_id") and name not in more
        }

    return {
        "source": competition.source,
        "rules": competition.rules,
        "groups": [plain(group) for group in competition.groups],
        "rounds": [
            {
                **plain(each),
                "rubrics": [
                    {
                        **plain(rubric),
                        "criteria": [plain(line) for line in rubric.criteria],
                        "gates": [plain(gate) for gate in rubric.gates],
                    }
                    for rubric in each.rubrics
                ],
                "documents": [plain(line) for line in each.requirements],
                "ways": [
                    {
                        **plain(way),
                        "to": way.to_round.position,
                        "quotas": [
                            {**plain(quota), "group": quota.group and quota.group.key}
                            for quota in way.quotas
                        ],
                    }
                    for way in each.passages
                ],
            }
            for each in rounds
        ],
    }


def changed_competition(olga) -> Competition:
    """One whose every part departs from the template."""
    competition = make_competition(
        by=olga,
        groups=["ug-creative", "red-charity", "pg-creative"],
        round_keys=["cq-school", "cq-gold", "cq-revival", "cq-champion"],
        is_open=False,
    )
    first, gold, *_rest = queries.load_rubrics(competition)
    pg = next(group for group in competition.groups if group.key == "pg-creative")
    service.save_passage(
        first.id,
        kind=PassageKind.BEST,
        draft=PassageDraft(
            gold.id,
            places=20,
            school_max=3,
            quotas=[
                QuotaDraft(8, group_id=pg.id),
                QuotaDraft(5, track_name="高教主赛道", category="新工科"),
            ],
        ),
        by=olga,
    )
    rubric = next(each for each in gold.rubrics if each.group_id == pg.id)
    service.save_rubric(
        rubric.id,
        criteria=[service.CriterionDraft("社会价值", Decimal("62.5"), ["就业"])],
        gates=[],
        by=olga,
    )
    service.update_round(
        gold.id,
        draft=service.RoundDraft("金奖赛", sheets_min=7, decimals=3, is_blind=True),
        by=olga,
    )
    service.save_requirements(
        gold.id,
        drafts=[service.RequirementDraft("承诺书", ["pdf"], 5_000_000, is_required=True)],
        by=olga,
    )
    service.set_entry_rules(
        competition.id,
        rules=service.EntryRules(
            "x-1",
            is_one_project=True,
            needs_consent=True,
            personal_fields=(PersonalField.PHONE,),
            retention_days=90,
        ),
        by=olga,
    )
    school = make_university("西南大学")
    db.session.add_all(
        [
            SchoolQuota(competition_id=competition.id, places=4),
            SchoolQuota(
                competition_id=competition.id, university_id=school.id, group_id=pg.id, places=2
            ),
        ]
    )
    db.session.commit()
    return competition


def test_what_an_organiser_changed_is_kept_in_their_template(app, olga):
    first = changed_competition(olga)
    own = service.save_as_template(first.id, name="三轮制", by=olga)
    key = f"own:{own.id}"
    settings = queries.find_template(key).facts["settings"]

    second = make_competition(
        by=olga, template=key, groups=None, round_keys=all_rounds(key), is_open=False
    )

    assert state_of(second) == state_of(first)
    assert (settings["is_one_project"], settings["retention_days"]) == (True, 90)
    quotas = queries.list_school_quotas(second.id)
    assert [(q.places, q.group and q.group.key) for q in quotas] == [(4, None), (2, "pg-creative")]
    assert second.rounds[1].name == "金奖赛"
    assert own.based_on == "cicic-2026"
    assert "教高函〔2026〕26号" in own.source


def test_a_template_says_what_differs_from_the_one_it_grew_out_of(app, olga):
    same = make_competition(
        by=olga, groups=None, round_keys=["school", "province", "final"], is_open=False
    )
    kept = service.save_as_template(same.id, name="照用", by=olga)
    other = service.save_as_template(changed_competition(olga).id, name="改过", by=olga)

    assert list_differences(catalogue.of_own(kept)) == []
    assert list_differences(catalogue.of_own(other)) == [
        "groups",
        "rubrics",
        "rounds",
        "documents",
    ]


def test_only_some_rounds_of_a_template_are_taken(app, olga):
    competition = make_competition(
        by=olga, round_keys=["cq-school", "cq-champion", "cq-gold"], is_open=False
    )

    names = [each.name for each in competition.rounds]
    assert names == ["校赛", "金奖争夺赛", "冠军争夺赛"]
    ways = [[(w.kind, w.to_round.name) for w in each.passages] for each in competition.rounds]
    assert ways == [
        [(PassageKind.BEST, "金奖争夺赛")],
        [(PassageKind.BEST, "冠军争夺赛")],
        [],
    ]
    with pytest.raises(NoRoundsError):
        make_competition(by=olga, round_keys=["no-such"])


def test_the_municipal_course_has_its_revival(app, olga):
    keys = [key for key in all_rounds("cicic-2026") if key.startswith("cq-")]
    competition = make_competition(by=olga, round_keys=keys, is_open=False)

    school, semi, gold, revival, champion = competition.rounds
    assert revival.kind is RoundKind.REVIVAL
    assert {(w.kind, w.to_round) for w in gold.passages} == {
        (PassageKind.BEST, champion),
        (PassageKind.OTHERS, revival),
    }
    assert [w.to_round for w in revival.passages] == [champion]
    assert (school.position, semi.mode.value, champion.pitch_seconds) == (1, "online", 300)


@pytest.mark.parametrize(
    ("template", "edition", "key"),
    [
        ("cicic-2026", "2026", "cicic-2026"),
        ("cicic-2026", "2027", "cicic-2027"),
        ("tiaozhanbei-cy-2026", "第十五届（2026）", "tiaozhanbei-cy-2026"),
        ("yuchuangyuxin", "第九届", "yuchuangyuxin-第九届"),
        ("cxcyds", "", ""),
    ],
)
def test_an_edition_has_one_key(template, edition, key):
    assert catalogue.find_shipped(template).edition_key(edition) == key


def test_a_saved_template_is_renamed_replaced_archived_and_brought_back(app, olga):
    competition = make_competition(by=olga, is_open=False)
    own = service.save_as_template(competition.id, name="校赛", by=olga)
    with pytest.raises(TemplateNameTakenError):
        service.save_as_template(competition.id, name="校赛", by=olga)

    again = service.save_as_template(competition.id, name="校赛", replace=True, by=olga)
    service.rename_template(own.id, name="校级初赛", by=olga)
    service.archive_template(own.id, by=olga)
    service.archive_template(own.id, by=olga)

    assert again.id == own.id
    circles = [own.circle_id]
    assert db.session.scalars(queries.select_own_templates(circles)).all() == []
    service.bring_back_template(own.id, by=olga)
    assert [t.name for t in db.session.scalars(queries.select_own_templates(circles))] == [
        "校级初赛"
    ]
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == own.id).order_by(AuditEntry.seq)
    )
    assert list(actions) == [
        f"template.{name}" for name in ("saved", "replaced", "renamed", "archived", "brought_back")
    ]


def test_a_name_stands_for_one_template_of_a_circle(app, olga):
    competition = make_competition(by=olga, is_open=False)
    service.save_as_template(competition.id, name="甲", by=olga)
    other = service.save_as_template(competition.id, name="乙", by=olga)

    with pytest.raises(TemplateNameTakenError):
        service.rename_template(other.id, name="甲", by=olga)
    db.session.expire_all()
    assert other.name == "乙"


def test_anothers_template_is_nobodys(app, olga):
    competition = make_competition(by=olga, is_open=False)
    own = service.save_as_template(competition.id, name="甲", by=olga)
    swu = make_circle("swu", university="西南大学")
    stranger = make_organiser("外人", circle=swu)

    with pytest.raises(UnknownTemplateError):
        make_competition(by=stranger, circle=swu, template=f"own:{own.id}")
    for attempt in (
        lambda: service.rename_template(own.id, name="乙", by=stranger),
        lambda: service.archive_template(own.id, by=stranger),
        lambda: service.save_as_template(competition.id, name="丙", by=stranger),
    ):
        with pytest.raises(ForbiddenError):
            attempt()
    with pytest.raises(UnknownTemplateError):
        make_competition(by=olga, template="own:no-uuid")


def test_a_rubric_goes_back_to_the_circles_own_template(app, olga):
    own = service.save_as_template(changed_competition(olga).id, name="三轮制", by=olga)
    key = f"own:{own.id}"
    competition = make_competition(
        by=olga, template=key, groups=None, round_keys=all_rounds(key), is_open=False
    )
    gold = queries.load_rubrics(competition)[1]
    rubric = next(each for each in gold.rubrics if each.group.key == "pg-creative")
    service.save_rubric(rubric.id, criteria=[], gates=[], by=olga)

    service.restore_rubric(rubric.id, by=olga)

    assert [(line.name, line.points_max) for line in rubric.criteria] == [
        ("社会价值", Decimal("62.5"))
    ]


def test_an_earlier_rubric_can_be_chosen_and_has_to_be_confirmed(app, olga):
    round_ = make_competition(by=olga, is_open=False).rounds[0]
    rubric = round_.rubrics[0]

    service.adopt_rubric(rubric.id, choice="other:main-2022", by=olga)

    assert rubric.status is RubricStatus.EARLIER_EDITION
    assert rubric.needs_confirmation
    assert rubric.criteria[0].name == "教育维度"
    assert rubric.total == 100
    service.adopt_rubric(rubric.id, choice="ug-startup", by=olga)
    assert [int(line.points_max) for line in rubric.criteria] == [25, 30, 30, 15]
    assert rubric.status is RubricStatus.SOURCED


def test_a_template_gone_from_the_house_leaves_its_competitions_alone(app, olga):
    competition = make_competition(by=olga, is_open=False)
    competition.template_key = "gone-2020"
    db.session.commit()

    own = service.save_as_template(competition.id, name="留存", by=olga)

    assert own.based_on == ""
    assert list_differences(catalogue.of_own(own)) == []
    assert db.session.get(OwnTemplate, own.id).facts["tracks"]


@pytest.mark.race
def test_of_two_who_save_under_one_name_one_is_told(app, olga, at_once):
    competition_id = make_competition(by=olga, is_open=False).id

    def save():
        by = db.session.merge(olga, load=False)
        return service.save_as_template(competition_id, name="同名", by=by).id

    made = at_once(save, save)

    assert sum(isinstance(each, TemplateNameTakenError) for each in made) == 1
    assert len(db.session.scalars(select(OwnTemplate)).all()) == 1


@pytest.mark.race
def test_without_the_constraint_two_templates_would_bear_one_name(app, olga, at_once, monkeypatch):
    competition_id = make_competition(by=olga, is_open=False).id
    both = threading.Barrier(2)
    find = queries.find_template_named

    def find_together(circle_id, name):
        found = find(circle_id, name)
        both.wait(5)
        return found

    def save():
        by = db.session.merge(olga, load=False)
        return service.save_as_template(competition_id, name="同名", by=by).id

    monkeypatch.setattr(queries, "find_template_named", find_together)
    name = "uq_own_templates_circle_id_name"
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE own_templates DROP CONSTRAINT {name}"))
    try:
        at_once(save, save)
        assert len(db.session.scalars(select(OwnTemplate)).all()) == 2
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("TRUNCATE own_templates CASCADE"))
            connection.execute(
                text(f"ALTER TABLE own_templates ADD CONSTRAINT {name} UNIQUE (circle_id, name)")
            )
