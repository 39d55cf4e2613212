"""Documents of an entry: several files, removal, due moments, a round's archive, blind copies."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text

from eventhub.audit.models import AuditEntry
from eventhub.competitions import service as competitions
from eventhub.competitions.enums import RoundMode
from eventhub.competitions.errors import (
    BlindFormatError,
    ChangedMeanwhileError,
    NamingRuleError,
)
from eventhub.competitions.models import Round
from eventhub.competitions.queries import get_round
from eventhub.competitions.service import RequirementDraft
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, ParticipationWay
from eventhub.entries.errors import (
    DocumentsDueError,
    EntriesClosedError,
    EntryLockedError,
    LateDocumentError,
    NoBlindCopyError,
    NotInRoundError,
    TooManyDocumentsError,
)
from eventhub.entries.models import BlindCopy, Document, Entry, Participation
from eventhub.entries.service import blind_copies, documents
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.errors import FileTooLargeError, WrongFormatError
from eventhub.files.models import StoredFile
from eventhub.files.storage import current_storage
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_pdf,
    make_person,
    make_university,
)
from tests.factories.files import make_chinese_pdf, make_mp4, make_office, make_picture

PLAN = RequirementDraft("项目计划书", ["pdf"], 5_000_000, is_required=True)
PROOF = RequirementDraft(
    "证明",
    ["pdf", "jpg", "zip"],
    5_000_000,
    is_required=False,
    files_max=3,
    naming="{project}-{document}-{number}",
    is_for_judges=False,
)


@pytest.fixture
def circle(app):
    return make_circle()


@pytest.fixture
def host(circle):
    """Who runs the competition."""
    return make_organiser(circle=circle)


@pytest.fixture
def competition(circle, host):
    """A competition that asks for a plan, and for up to three proofs."""
    made = make_competition(by=host, circle=circle)
    ask(made.rounds[0], [PLAN, PROOF], host)
    return made


def ask(round_: Round, drafts: Sequence[RequirementDraft], host, **more) -> None:
    competitions.save_requirements(round_.id, drafts=drafts, by=host, **more)


def draft_entry(competition, captain=None, **changes) -> Entry:
    return make_entry(competition, captain=captain, state=EntryState.DRAFT, **changes)


def slot_of(entry: Entry, name: str) -> service.DocumentSlot:
    db.session.expire_all()
    fresh = queries.get_entry(entry.id)
    return next(s for s in service.list_slots(fresh) if s.requirement.name == name)


def add(entry: Entry, name: str, content: bytes | None = None, **more) -> Document:
    return service.add_document(
        entry.id,
        requirement_id=slot_of(entry, name).requirement.id,
        content=io.BytesIO(make_pdf() if content is None else content),
        name=more.pop("called", f"{name}.pdf"),
        by=more.pop("by", entry.captain),
        **more,
    )


def later_round(competition, host, **changes) -> Round:
    round_ = competitions.add_round(competition.id, name="决赛", mode=RoundMode.ROADSHOW, by=host)
    ask(round_, [RequirementDraft("决赛演示", ["pdf"], 5_000_000, is_required=True)], host)
    with transaction():
        for name, value in changes.items():
            setattr(round_, name, value)
    return round_


# several files


def test_several_files_stand_side_by_side_up_to_their_number(competition, tia):
    entry = draft_entry(competition, tia)
    for number in (1, 2, 3):
        assert add(entry, "证明", make_pdf(number)).ordinal == number

    with pytest.raises(TooManyDocumentsError) as refused:
        add(entry, "证明", make_pdf(4))
    assert "最多 3 份" in str(refused.value.message)
    second = add(entry, "证明", make_pdf(5), ordinal=2)

    assert (second.ordinal, second.version) == (2, 2)
    slot = slot_of(entry, "证明")
    assert [(f.ordinal, f.newest.version) for f in slot.files] == [(1, 1), (2, 2), (3, 1)]
    assert slot.is_full
    with pytest.raises(NotFoundError):
        add(entry, "证明", ordinal=4)


def test_the_only_file_of_a_document_is_replaced(competition, tia):
    entry = draft_entry(competition, tia)  # its plan is there

    again = add(entry, "项目计划书", make_pdf(7))

    assert (again.ordinal, again.version) == (1, 2)
    assert len(slot_of(entry, "项目计划书").files) == 1


def test_a_file_that_is_taken_back_no_longer_counts_and_stays(competition, tia):
    entry = draft_entry(competition, tia)
    plan = slot_of(entry, "项目计划书").files[0].newest
    met = {i.key: i.state for i in service.list_checks(entry, service.list_slots(entry))}
    assert met[f"document:{plan.requirement_id}"] == "met"

    service.remove_document(plan.id, by=tia)
    service.remove_document(plan.id, by=tia)

    slot = slot_of(entry, "项目计划书")
    assert slot.files == []
    assert [f.newest.id for f in slot.removed_files] == [plan.id]
    fresh = queries.get_entry(entry.id)
    states = {i.key: i.state for i in service.list_checks(fresh, service.list_slots(fresh))}
    assert states[f"document:{plan.requirement_id}"] == "missing"
    assert service.list_newest(fresh) == []
    deeds = [e.action for e in db.session.query(AuditEntry)]
    assert deeds.count("entry.document_removed") == 1
    assert add(entry, "项目计划书").version == plan.version + 1, "the count of versions goes on"


def test_only_what_stands_can_be_taken_back_and_by_the_captain_alone(competition, tia, nell):
    entry = draft_entry(competition, tia)
    old = slot_of(entry, "项目计划书").files[0].newest
    add(entry, "项目计划书", make_pdf(2))

    with pytest.raises(NotFoundError):
        service.remove_document(old.id, by=tia)
    newest = slot_of(entry, "项目计划书").files[0].newest
    with pytest.raises(NotFoundError):
        service.remove_document(newest.id, by=nell)
    service.submit_entry(entry.id, by=tia)
    with pytest.raises(EntryLockedError):
        service.remove_document(newest.id, by=tia)


@pytest.mark.race
def test_files_added_at_once_take_a_place_each(competition, tia, at_once):
    entry = draft_entry(competition, tia)
    requirement_id, entry_id, captain_id = slot_of(entry, "证明").requirement.id, entry.id, tia.id

    def one(number: int):
        def deed() -> int:
            from eventhub.accounts.models import Person

            return service.add_document(
                entry_id,
                requirement_id=requirement_id,
                content=io.BytesIO(make_pdf(number)),
                name="a.pdf",
                by=db.session.get_one(Person, captain_id),
            ).ordinal

        return deed

    results = at_once(*[one(number) for number in range(1, 6)])

    assert sorted(r for r in results if isinstance(r, int)) == [1, 2, 3]
    assert sum(isinstance(r, TooManyDocumentsError) for r in results) == 2


# when


def test_after_the_deadline_a_draft_takes_no_documents(competition, tia, time):
    entry = draft_entry(competition, tia)
    time.set(competition.entries_close_at)

    with pytest.raises(EntriesClosedError) as refused:
        add(entry, "证明")
    assert "截止" in str(refused.value.message)
    assert "北京时间" in str(refused.value.message)
    with pytest.raises(EntriesClosedError):
        service.remove_document(slot_of(entry, "项目计划书").files[0].newest.id, by=tia)


def test_a_refused_upload_leaves_no_row(competition, tia, time):
    entry = draft_entry(competition, tia)
    before = db.session.query(StoredFile).count()
    for content, error in ((b"MZ", WrongFormatError), (b"x" * 5_000_001, FileTooLargeError)):
        with pytest.raises(error):
            add(entry, "证明", content)
    assert db.session.query(StoredFile).count() == before


def test_a_later_round_takes_documents_until_its_moment(competition, host, tia, time):
    due_at = competition.entries_close_at.replace(microsecond=0)
    later_round(competition, host, documents_due_at=due_at)
    entry = make_entry(competition, captain=tia, by=host)
    add(entry, "决赛演示")
    time.set(due_at)

    with pytest.raises(DocumentsDueError) as refused:
        add(entry, "决赛演示")
    assert refused.value.status == 409
    assert "决赛" in str(refused.value.message)
    assert "北京时间" in str(refused.value.message)


def test_a_later_round_takes_no_documents_once_it_is_judged(competition, host, tia):
    round_ = later_round(competition, host)
    entry = make_entry(competition, captain=tia, by=host)
    with transaction():
        db.session.get_one(Round, round_.id).state = "open"

    with pytest.raises(LateDocumentError):
        add(entry, "决赛演示")


def test_who_did_not_go_up_hands_nothing_in(competition, host, tia):
    round_ = later_round(competition, host)
    entry, other = make_entry(competition, captain=tia, by=host), make_entry(competition, by=host)
    add(entry, "决赛演示")
    with transaction():
        db.session.add(
            Participation(
                round_id=round_.id,
                entry_id=other.id,
                from_round_id=competition.rounds[0].id,
                way=ParticipationWay.QUOTA,
            )
        )

    with pytest.raises(NotInRoundError):
        add(entry, "决赛演示", make_pdf(2))
    add(other, "决赛演示")
    assert not slot_of(entry, "决赛演示").is_asked
    assert slot_of(other, "决赛演示").is_asked


def test_slots_cost_the_same_however_many_rounds_and_files(
    competition, host, tia, count_statements
):
    entry = draft_entry(competition, tia)
    fresh = queries.get_entry(entry.id)
    with count_statements() as few:
        service.list_slots(fresh)
    later_round(competition, host)
    for number in (1, 2, 3):
        add(entry, "证明", make_pdf(number))
    fresh = queries.get_entry(entry.id)
    with count_statements() as many:
        service.list_slots(fresh)

    assert len(few) == len(many)


# what an organiser asks for


def test_a_requirement_keeps_kind_number_and_rule(competition, host):
    round_ = get_round(competition.rounds[0].id)
    drafts = {r.name: r for r in round_.requirements}

    assert (drafts["证明"].files_max, drafts["证明"].naming) == (3, PROOF.naming)
    ask(round_, [RequirementDraft("视频", ["mp4"], 500_000_000, is_required=False)], host)
    assert get_round(round_.id).requirements[0].bytes_max == 500_000_000


@pytest.mark.parametrize("rule", ["", "{学校}", "{order}/{project}", "{project", "计划书"])
def test_a_rule_that_makes_no_names_is_refused_beside_its_field(competition, host, rule):
    drafts = [PLAN, RequirementDraft("证明", ["pdf"], 10**6, is_required=False, naming=rule)]

    with pytest.raises(NamingRuleError) as refused:
        ask(competition.rounds[0], drafts, host)
    assert refused.value.field == "documents-1-naming"
    assert refused.value.status == 422


def test_two_organisers_do_not_overwrite_each_other(competition, host):
    round_ = get_round(competition.rounds[0].id)
    seen = competitions.requirements_stamp(round_)
    ask(round_, [PLAN, PROOF, RequirementDraft("承诺书", ["pdf"], 10**6, is_required=True)], host)

    with pytest.raises(ChangedMeanwhileError) as refused:
        ask(round_, [PLAN], host, seen=seen)
    assert "承诺书" in str(refused.value.message)


def test_a_blind_round_asks_judges_documents_as_pdf(competition, host):
    round_ = competition.rounds[0]
    with transaction():
        db.session.get_one(Round, round_.id).is_blind = True
    film = RequirementDraft("视频", ["mp4"], 10**6, is_required=False)

    with pytest.raises(BlindFormatError) as refused:
        ask(round_, [PLAN, film], host)
    assert "视频" in str(refused.value.message)
    ask(round_, [PLAN, RequirementDraft("视频", ["mp4"], 10**6, False, is_for_judges=False)], host)


# all of a round


def unpack(archive) -> zipfile.ZipFile:
    content = b"".join(archive.stream)
    assert len(content) == archive.size, "the length is announced"
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert packed.testzip() is None
    return packed


def rows_of(packed: zipfile.ZipFile) -> list[dict[str, object]]:
    sheet = load_workbook(io.BytesIO(packed.read("清单.xlsx"))).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_round_s_documents_leave_as_one_archive_named_by_the_rules(competition, host, tia):
    first = make_entry(competition, captain=tia, by=host, state=EntryState.DRAFT)
    add(first, "证明", make_picture("JPEG"), called="奖.jpg")
    add(first, "证明", make_pdf(2))
    service.approve_entry(service.submit_entry(first.id, by=tia).id, by=host)
    second = make_entry(competition, by=host)  # of the same name
    draft_entry(competition)  # takes no part

    archive = service.pack_documents(competition.rounds[0], by=host)
    packed = unpack(archive)

    assert archive.name == "重庆邮电大学创新大赛校级初赛-校级初赛-材料.zip"
    names = set(packed.namelist())
    order = {
        e.code: f"{n:02}" for n, e in enumerate(sorted([first, second], key=lambda e: e.code), 1)
    }
    assert names == {
        "清单.xlsx",
        f"01-项目计划书/{order[first.code]}+智巡山城.pdf",
        f"01-项目计划书/{order[second.code]}+智巡山城.pdf",
        "02-证明/智巡山城-证明-1.jpg",
        "02-证明/智巡山城-证明-2.pdf",
    }
    rows = rows_of(packed)
    assert {row["文件"] for row in rows} == names - {"清单.xlsx"}
    for row in rows:
        content = packed.read(str(row["文件"]))
        assert hashlib.sha256(content).hexdigest() == row["SHA-256"]
        assert len(content) == row["字节数"]
    deed = db.session.query(AuditEntry).filter_by(action="round.documents_downloaded").one()
    assert deed.after == {"count": 4, "blind": False}


def test_names_that_fall_together_are_numbered_and_unsafe_ones_made_safe(competition, host, tia):
    ask(
        competition.rounds[0],
        [
            RequirementDraft(
                "项目计划书", ["pdf"], 10**6, True, key=key_of(competition), naming="{project}"
            )
        ],
        host,
    )
    for name in ("../../坏:名", "../../坏:名", "CON"):
        make_entry(competition, by=host, name=name)

    names = set(unpack(service.pack_documents(competition.rounds[0], by=host)).namelist())

    assert names == {"清单.xlsx", "_.._坏_名.pdf", "_.._坏_名 (2).pdf", "_CON.pdf"}


def key_of(competition) -> str:
    return get_round(competition.rounds[0].id).requirements[0].key


def test_only_one_kind_and_only_what_stands(competition, host, tia):
    entry = make_entry(competition, captain=tia, by=host, state=EntryState.DRAFT)
    proof = add(entry, "证明", make_pdf(2))
    gone = add(entry, "证明", make_pdf(3))
    service.remove_document(gone.id, by=tia)
    add(entry, "项目计划书", make_pdf(4))
    service.approve_entry(service.submit_entry(entry.id, by=tia).id, by=host)

    packed = unpack(
        service.pack_documents(competition.rounds[0], by=host, requirement_id=proof.requirement_id)
    )
    assert set(packed.namelist()) == {"清单.xlsx", "智巡山城-证明-1.pdf"}
    whole = unpack(service.pack_documents(competition.rounds[0], by=host))
    plan = next(name for name in whole.namelist() if "计划书" in name)
    assert len(PdfReader(io.BytesIO(whole.read(plan))).pages) == 4, "the newest version"


def test_a_lost_file_is_named_and_spoils_nothing(competition, host, tia):
    entry = make_entry(competition, captain=tia, by=host)
    other = make_entry(competition, by=host, state=EntryState.DRAFT)
    add(other, "项目计划书", make_pdf(9))
    service.approve_entry(service.submit_entry(other.id, by=other.captain).id, by=host)
    lost = slot_of(entry, "项目计划书").files[0].newest.file
    path = current_storage().path(lost.sha256)
    assert path is not None
    path.unlink()

    packed = unpack(service.pack_documents(competition.rounds[0], by=host))

    assert len(packed.namelist()) == 2
    states = {row["项目编号"]: row["状态"] for row in rows_of(packed)}
    assert states == {entry.code: "内容缺失，请联系管理员", other.code: "已放入"}


def test_the_order_is_that_of_the_stage_once_there_is_one(competition, host, app):
    entries = [make_entry(competition, by=host) for _ in range(3)]
    makers = app.extensions["entry_orders"]
    places = {entries[0].id: "B-02", entries[1].id: "A-01"}
    makers.insert(0, lambda _round: places)
    try:
        order = service.order_of(competition.rounds[0], entries)
    finally:
        makers.pop(0)

    assert [order[e.id] for e in entries] == ["B-02", "A-01", "未排序"]
    by_code = service.order_of(competition.rounds[0], entries)
    assert [by_code[e.id] for e in sorted(entries, key=lambda e: e.code)] == ["01", "02", "03"]


def test_an_archive_costs_the_same_however_many_entries(competition, host, count_statements):
    round_ = competition.rounds[0]
    make_entry(competition, by=host)
    with count_statements() as few:
        service.pack_documents(round_, by=host)
    for _more in range(2):
        make_entry(competition, by=host)
    db.session.expire_all()
    fresh = get_round(round_.id)
    with count_statements() as many:
        service.pack_documents(fresh, by=host)

    assert len(many) <= len(few)


# blind copies


@pytest.fixture
def blind(competition, host):
    """The first round, whose judges must not know who made what."""
    with transaction():
        round_ = db.session.get_one(Round, competition.rounds[0].id)
        round_.is_blind = True
    return get_round(competition.rounds[0].id)


def blind_entry(competition, host, content: bytes, captain=None) -> tuple[Entry, Document]:
    captain = captain or make_person("田佳", university=make_university("重庆邮电大学"))
    entry = make_entry(competition, captain=captain, state=EntryState.DRAFT)
    add(entry, "项目计划书", content)
    service.approve_entry(service.submit_entry(entry.id, by=captain).id, by=host)
    return entry, slot_of(entry, "项目计划书").files[0].newest


PAGES = [
    "智巡山城 重庆邮电\n大学自动化学院",
    "负责人：田 佳，成员：吉克·阿呷。指导教师：周文渊教授",
    "我们的产品",
]


def copy_of(document: Document) -> BlindCopy:
    db.session.expire_all()
    return db.session.query(BlindCopy).filter_by(document_id=document.id).one()


def test_a_blind_copy_covers_school_teacher_and_names_and_holds_no_text(competition, host, blind):
    entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))
    assert service.make_missing(blind, by=host) == 1
    assert service.list_blind_papers(blind)[0].state == "making"

    blind_copies.make(document.id)

    copy = copy_of(document)
    found = {(line["page"], line["word"]) for line in copy.findings if "word" in line}
    assert {(1, "重庆邮电大学"), (2, "田佳"), (2, "吉克·阿呷"), (2, "周文渊")} <= found
    assert (1, "重庆邮电大学自动化学院") in found, "a line break hides nothing"
    assert copy.file is not None
    with files.open_file(copy.file) as stream:
        content = stream.read()
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 3
    assert "".join(page.extract_text() for page in reader.pages).strip() == ""
    for word in ("重庆邮电大学", "田佳", "周文渊"):
        for encoding in ("utf-8", "utf-16-be", "gb18030"):
            assert word.encode(encoding) not in content
    assert entry.name not in copy.file.name
    assert not (reader.metadata and reader.metadata.author)


def test_a_blind_copy_covers_every_way_to_write_a_name(competition, host, blind):
    pages = [
        "Chongqing University of Posts\nand Telecommunications, CQUPT",
        "Tian Jia and Jia Tian, tia@cqupt.edu.cn; Chongqing Youdian Daxue",
        "重邮学子 ouyang@example.com",
        "Kitchen andiron, a diary of Jiatianna",
    ]
    with transaction():
        make_university("重庆邮电大学").email_domain = "cqupt.edu.cn"
    _entry, document = blind_entry(competition, host, make_chinese_pdf(*pages))

    blind_copies.make(document.id)

    found = {(line["page"], line["word"]) for line in copy_of(document).findings if "word" in line}
    words = {page: {word for at, word in found if at == page} for page in range(1, 5)}
    assert "Chongqing University of Posts and Telecommunications" in words[1]
    assert "cqupt" in words[1], "whichever way it is written"
    assert {"tianjia", "jiatian", "cqupt.edu.cn", "chongqingyoudiandaxue"} <= words[2]
    assert "重邮" in words[3]
    assert words[4] == {"jiatian"}, "what only runs through other words stays"


@pytest.mark.parametrize(("text", "is_covered"), [("重大突破", False), ("我是重大学生", True)])
def test_a_short_name_that_is_a_word_is_covered_where_it_is_a_school(
    competition, host, blind, text, is_covered
):
    captain = make_person("田佳", university=make_university("重庆大学"))
    _entry, document = blind_entry(competition, host, make_chinese_pdf(text), captain)

    blind_copies.make(document.id)

    assert any("word" in line for line in copy_of(document).findings) is is_covered


def test_a_blind_copy_is_not_begun_of_too_many_pages(competition, host, blind, monkeypatch):
    monkeypatch.setattr(blind_copies, "PAGES_MAX", 2)
    _entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))

    blind_copies.make(document.id)

    assert copy_of(document).file is None
    assert "超过 2 页" in copy_of(document).failure


def test_the_bars_stand_where_the_words_stood(competition, host, blind, tmp_path):
    from PIL import Image

    from eventhub.files import sandbox

    _entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))
    blind_copies.make(document.id)
    shares = []
    for stored in (document.file, copy_of(document).file):
        target = tmp_path / "page.webp"
        with files.local_copy(stored.sha256) as path:
            order = {"path": str(path), "page": 1, "width": 800, "target": str(target)}
            sandbox.run("draw_page", **order)
        with Image.open(target) as picture:
            grey = picture.convert("L")
            dark = sum(grey.histogram()[:40])
            shares.append(dark / (grey.width * grey.height))

    assert shares[1] > shares[0] + 0.004, "three names are black bars now"


def test_what_cannot_be_searched_needs_eyes(competition, host, blind):
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.image(io.BytesIO(make_picture("PNG", (300, 200))), x=10, y=10, w=100)
    _entry, document = blind_entry(competition, host, bytes(pdf.output()))

    blind_copies.make(document.id)

    notes = {line["note"] for line in copy_of(document).findings if "note" in line}
    assert notes == {"no_text", "pictures"}
    assert service.get_blind_paper(document).pages_for_eyes == [1]


def test_a_judge_gets_the_copy_only_once_somebody_has_looked(competition, host, blind):
    entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))
    with pytest.raises(NoBlindCopyError):
        service.judge_file(document, blind)
    with pytest.raises(NoBlindCopyError):
        service.look_over(document.id, by=host)
    blind_copies.make(document.id)
    with pytest.raises(NoBlindCopyError):
        service.judge_file(document, blind)

    service.look_over(document.id, by=host)
    service.look_over(document.id, by=host)

    given = service.judge_file(document, blind)
    assert given.file.sha256 == copy_of(document).file.sha256
    assert given.file.sha256 != document.file.sha256
    assert given.name == f"{entry.code}-项目计划书.pdf"
    deeds = [e.action for e in db.session.query(AuditEntry)]
    assert deeds.count("entry.blind_copy_looked_over") == 1


def test_a_team_that_changes_needs_a_new_copy(competition, host, blind):
    entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))
    blind_copies.make(document.id)
    service.look_over(document.id, by=host)
    with transaction():
        queries.get_entry(entry.id).members[1].name = "新成员"

    fresh = queries.get_document(queries.get_entry(entry.id), document.id)
    assert service.get_blind_paper(fresh).state == "stale"
    with pytest.raises(NoBlindCopyError):
        service.judge_file(fresh, blind)
    assert service.make_missing(blind, by=host) == 1
    blind_copies.make(document.id)
    assert service.get_blind_paper(fresh).state == "made", "and it is looked over anew"


def test_an_open_round_shows_the_file_itself_and_no_private_paper(competition, host, tia):
    entry = make_entry(competition, captain=tia, by=host, state=EntryState.DRAFT)
    proof = add(entry, "证明", make_pdf(2))
    plan = slot_of(entry, "项目计划书").files[0].newest
    round_ = competition.rounds[0]

    assert service.judge_file(plan, round_).file.id == plan.file_id
    with pytest.raises(NotFoundError):
        service.judge_file(proof, round_)
    shown = service.judge_papers(service.list_newest(queries.get_entry(entry.id)), round_)
    assert [paper.document.id for paper in shown] == [plan.id]


def test_a_blind_round_takes_no_other_format_from_a_team(competition, host, tia, blind):
    ask(blind, [RequirementDraft("演示", ["pdf", "pptx"], 5_000_000, True)], host)
    entry = make_entry(competition, captain=tia, is_complete=False)

    with pytest.raises(WrongFormatError) as refused:
        add(entry, "演示", make_office("pptx"), called="演示.pptx")
    assert "不是 PDF，请另存为该格式" in str(refused.value.message)
    add(entry, "演示", make_pdf())


def test_a_film_of_an_earlier_round_stays_hidden_from_blind_eyes(competition, host, tia, blind):
    with transaction():
        db.session.get_one(Round, blind.id).is_blind = False
    ask(blind, [RequirementDraft("视频", ["mp4"], 5_000_000, is_required=False)], host)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    film = add(entry, "视频", make_mp4(), called="a.mp4")
    with transaction():
        db.session.get_one(Round, blind.id).is_blind = True

    round_ = get_round(blind.id)
    assert service.judge_papers([film], round_) == []
    with pytest.raises(NotFoundError):
        service.judge_file(film, round_)


def test_a_new_version_of_an_approved_entry_is_made_blind_by_itself(competition, host, tia):
    round_ = later_round(competition, host, is_blind=True)
    entry = make_entry(competition, captain=tia, by=host)

    document = add(entry, "决赛演示", make_chinese_pdf(*PAGES))

    assert copy_of(document).file_id is None
    jobs = db.session.execute(text("SELECT task_name FROM procrastinate_jobs"))
    names = [row.task_name for row in jobs]
    assert blind_copies.JOB in names
    assert round_.is_blind


def test_a_pdf_that_cannot_be_drawn_is_told(competition, host, blind, monkeypatch):
    from eventhub.files import sandbox

    _entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))

    def fail(*_args: object, **_facts: object) -> dict[str, object]:
        raise sandbox.JobFailedError("killed")

    monkeypatch.setattr(blind_copies.sandbox, "run", fail)
    blind_copies.make(document.id)

    paper = service.get_blind_paper(document)
    assert paper.state == "failed"
    assert "重新导出" in paper.copy.failure


def test_the_blind_copies_of_a_round_leave_under_names_that_tell_nothing(competition, host, blind):
    entry, document = blind_entry(competition, host, make_chinese_pdf(*PAGES))
    blind_entry(
        competition,
        host,
        make_chinese_pdf("另一个"),
        make_person("向蕾", university=make_university("重庆邮电大学")),
    )
    blind_copies.make(document.id)
    service.look_over(document.id, by=host)

    packed = unpack(service.pack_documents(blind, by=host, is_blind=True))

    assert set(packed.namelist()) == {"清单.xlsx", f"01+{entry.code}.pdf"}
    (row,) = rows_of(packed)
    assert set(row) & {"项目名称", "学校", "负责人", "组别"} == set()


def test_the_list_of_copies_costs_the_same_however_many(competition, host, blind, count_statements):
    blind_entry(competition, host, make_chinese_pdf(*PAGES))
    db.session.expire_all()
    with count_statements() as few:
        [p.state for p in service.list_blind_papers(get_round(blind.id))]
    for name in ("向蕾", "谭小明"):
        captain = make_person(name, university=make_university("重庆邮电大学"))
        blind_entry(competition, host, make_chinese_pdf(*PAGES), captain)
    db.session.expire_all()
    with count_statements() as many:
        found = [p.state for p in service.list_blind_papers(get_round(blind.id))]

    assert len(found) == 3
    assert len(few) == len(many)


def test_the_purpose_of_uploads_is_documents(app):
    assert documents.UPLOAD in app.extensions["upload_purposes"]
