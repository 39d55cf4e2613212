"""What a team has entered, perhaps half filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

# what a member studies for, the lowest first
DEGREES = ("high_school", "vocational", "bachelor", "master", "doctor")


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A team member. ``degree`` is one of ``DEGREES`` or blank.

    ``is_enrolled``: their own word whether they have student status on the day that counts.
    """

    position: int
    name: str
    school: str
    is_captain: bool = False
    student_number: str = ""
    born_on: date | None = None
    degree: str = ""
    is_enrolled: bool | None = None
    graduation_year: int | None = None
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Shareholder:
    """``share`` is a part of the whole company; None while it is not filled in."""

    name: str
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """``is_registered`` is None while the team has not said; a date then says that it has."""

    is_registered: bool | None = None
    registered_on: date | None = None
    legal_representative: str = ""
    shareholders: tuple[Shareholder, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What a team has entered. ``documents`` are the keys of those that are uploaded.

    ``declared`` are the keys of the rules that the captain has ticked one by one. ``taken`` are
    the positions of members who are in another project of the edition.
    """

    project_name: str
    summary: str
    category: str
    members: Sequence[MemberFacts]
    adviser_names: Sequence[str] = ()
    documents: frozenset[str] = frozenset()
    company: CompanyFacts = CompanyFacts()
    declared: frozenset[str] = frozenset()
    taken: frozenset[int] = frozenset()


Params = Mapping[str, object]
