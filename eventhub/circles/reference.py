"""The universities, first circles and bureaus of Chongqing, as shipped with the house."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from eventhub.circles import queries, service
from eventhub.circles.models import Bureau
from eventhub.db import db, transaction

FILE = Path(__file__).parent / "data" / "chongqing.json"
OTHER_NAMES = FILE.with_name("other_names.json")


def load_chongqing() -> tuple[int, int]:
    """Enter what is not there yet; return how many universities and circles were added."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    universities = circles = 0
    with transaction():
        known = {university.name: university for university in queries.list_universities()}
        for row in data["universities"]:
            if row["name"] not in known:
                known[row["name"]] = service.add_university(**row)
                universities += 1
        for row in data["circles"]:
            if queries.find_circle_by_code(row["id"]) is None:
                service.add_circle(
                    row["id"],
                    name=row["name"],
                    university_id=known[row["university"]].id,
                    district=row["campus_district"],
                    batch=row["batch"],
                )
                circles += 1
        present = set(db.session.scalars(select(Bureau.code)))
        for row in data["bureaus"]:
            if row["code"] not in present:
                service.add_bureau(**row)
    return universities, circles


def list_bureaus() -> list[Bureau]:
    """The municipal bureaus, in the order in which they were entered."""
    return list(db.session.scalars(select(Bureau).order_by(Bureau.created_at)))


@lru_cache(maxsize=1)
def _other_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(OTHER_NAMES.read_text(encoding="utf-8"))
    return found


def list_other_names(university: str) -> list[str]:
    """What a university is called in short and in English, where that is known.

    Unlike ``University.aliases`` these are too short or too common to find a university by.
    """
    return [*_other_names().get(university, ())]
