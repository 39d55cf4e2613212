"""Who goes up, awards and notices, each made through the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import PassageKind, RoundKind, RoundMode
from eventhub.competitions.models import Passage, Round
from eventhub.competitions.service import PassageDraft
from eventhub.db import db, transaction
from eventhub.entries.enums import ParticipationWay
from eventhub.entries.models import Entry, Participation
from eventhub.judging import service as judging
from eventhub.outcomes import service
from eventhub.outcomes.enums import NoticeKind
from eventhub.outcomes.models import Advancement, Awarding, PublicNotice
from eventhub.outcomes.service import ADVANCEMENT, AWARDS, LevelDraft, NoticeDraft
from tests.factories.competitions import make_round
from tests.factories.judging import make_judge, make_panel, make_sheet
from tests.factories.people import make_organiser, make_person, make_university
from tests.factories.roadshows import make_approved


def make_participants(round_: Round, entries: Iterable[Entry]) -> None:
    """Let entries take part in a later round, as a confirmed list would."""
    first = competitions.get_competition(round_.competition_id).rounds[0]
    with transaction():
        for entry in entries:
            db.session.add(
                Participation(
                    round_id=round_.id,
                    entry_id=entry.id,
                    from_round_id=first.id,
                    way=ParticipationWay.QUOTA,
                )
            )


def make_closed_round(
    *,
    by: Person | None = None,
    shares: Iterable[str] = ("0.90", "0.80", "0.70", "0.60"),
    schools: Iterable[str] = (),
    is_published: bool = False,
    **changes: Any,
) -> Round:
    """The first round, closed: one judge gave each entry this share of the points.

    Equal shares are a tie. ``schools`` name the entries' universities, 重庆大学 where they end.
    """
    by = by or make_organiser()
    round_ = make_round(by=by, **changes)
    with transaction():
        round_.sheets_min, round_.drop_count = 1, 0
    seat = make_judge(make_panel(round_, by=by), by=by)
    names = [*schools]
    for at, share in enumerate(shares):
        school = make_university(names[at] if at < len(names) else "重庆大学")
        captain = make_person(f"队长{at + 1}", university=school)
        entry = make_approved(round_.competition, f"项目{at + 1}", captain=captain)
        make_sheet(seat, entry, share=share)
    judging.close_round(round_.id, by=by)
    if is_published:
        judging.publish_results(round_.id, by=by)
    return competitions.get_round(round_.id)


def make_passage(
    round_: Round,
    *,
    by: Person,
    places: int | None = 2,
    kind: PassageKind = PassageKind.BEST,
    to: Round | None = None,
    **bounds: Any,
) -> Passage:
    """A way on into a new round behind it, for two unless told."""
    to = to or courses.add_round(round_.competition_id, name="决赛", mode=RoundMode.ROADSHOW, by=by)
    draft = PassageDraft(to.id, places=places, **bounds)
    return courses.save_passage(round_.id, kind=kind, draft=draft, by=by)


def make_revival(round_: Round, *, by: Person, places: int = 1) -> Passage:
    """A way for those left, into a revival between this round and the final."""
    revival = courses.add_round(
        round_.competition_id,
        name="复活赛",
        mode=RoundMode.ONLINE,
        kind=RoundKind.REVIVAL,
        position=round_.position + 1,
        by=by,
    )
    return make_passage(round_, by=by, places=places, kind=PassageKind.OTHERS, to=revival)


def make_advancement(
    passage: Passage, *, by: Person, confirmed_by: Person | None = None, **choice: Any
) -> Advancement:
    """A list of who goes up, in force where ``confirmed_by`` is given."""
    made = service.propose_advancement(passage.id, by=by, **choice)
    return service.confirm(ADVANCEMENT, made.id, by=confirmed_by) if confirmed_by else made


def make_awarding(
    round_: Round,
    *,
    by: Person,
    confirmed_by: Person | None = None,
    levels: Iterable[tuple[str, int]] = (("一等奖", 1), ("二等奖", 1)),
    **choice: Any,
) -> Awarding:
    """A list of awards, in force where ``confirmed_by`` is given."""
    drafts = [LevelDraft(name, places) for name, places in levels]
    service.save_levels(round_.id, drafts=drafts, by=by)
    made = service.propose_awards(round_.id, by=by, **choice)
    return service.confirm(AWARDS, made.id, by=confirmed_by) if confirmed_by else made


def make_notice(
    round_: Round,
    *,
    by: Person,
    kind: NoticeKind = NoticeKind.AWARDS,
    is_published: bool = True,
    days: int = 5,
    **words: Any,
) -> PublicNotice:
    """A notice that began a minute ago and ends in five days."""
    now = clock.now()
    facts: dict[str, Any] = {
        "title": "关于创新大赛获奖名单的公示",
        "basis": "根据大赛通知和评审结果，现将获奖名单予以公示。",
        "contact": "大赛办公室，023-62460000",
        "signed_by": "环重庆邮电大学创新创业生态圈",
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=days),
        **words,
    }
    notice = service.create_notice(
        round_.competition_id, kind=kind, round_id=round_.id, draft=NoticeDraft(**facts), by=by
    )
    return service.publish_notice(notice.id, by=by) if is_published else notice


def threshold(name: str, total_min: str) -> LevelDraft:
    """An award for all from a total on."""
    return LevelDraft(name, total_min=Decimal(total_min))
