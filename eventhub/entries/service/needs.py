"""What a competition asks of each member in person, and who has given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from eventhub.competitions.conditions import list_rules
from eventhub.competitions.enums import PersonalField
from eventhub.domain.eligibility import RuleKind
from eventhub.entries.models import Entry, Member


@dataclass(frozen=True)
class Needs:
    """What a competition and a group ask of each member.

    ``enrolled_on`` is the day on which student status counts, where the rules name one.
    """

    fields: frozenset[PersonalField] = frozenset()
    enrolment: bool = False
    enrolled_on: date | None = None
    graduation: bool = False


def needs_of(entry: Entry) -> Needs:
    """What this entry's members are asked: the personal fields, and what its rules go by."""
    rules = {rule.kind: rule for rule in list_rules(entry.group)}
    status = rules.get(RuleKind.STATUS_ON)
    return Needs(
        fields=frozenset(PersonalField(name) for name in entry.competition.personal_fields),
        enrolment=status is not None,
        enrolled_on=status.on if status else None,
        graduation=RuleKind.GRADUATED_WITHIN in rules,
    )


def list_missing(member: Member, needs: Needs) -> list[str]:
    """The names of what this member has not given yet, as columns are called."""
    asked = {
        "degree": (True, member.degree),
        "is_enrolled": (needs.enrolment, member.is_enrolled),
        "graduation_year": (needs.graduation, member.graduation_year),
        "id_number": (PersonalField.ID_NUMBER in needs.fields, member.id_number),
        "born_on": (PersonalField.BORN_ON in needs.fields, member.born_on),
        "phone": (PersonalField.PHONE in needs.fields, member.phone),
    }
    return [key for key, (is_asked, held) in asked.items() if is_asked and held in {None, ""}]


def list_unfilled(entry: Entry) -> list[int]:
    """The positions of members of whom something is still missing that only they can give."""
    needs = needs_of(entry)
    return [member.position for member in entry.members if list_missing(member, needs)]


def team_status(entry: Entry) -> list[tuple[Member, bool]]:
    """Of each member whether they have given everything; what they gave is theirs."""
    needs = needs_of(entry)
    return [(member, not list_missing(member, needs)) for member in entry.members]


def list_without_personal(entry: Entry) -> list[int]:
    """The positions of members who lack one of the personal fields that the competition needs."""
    asked = set(entry.competition.personal_fields)
    needs = Needs(fields=frozenset(PersonalField(name) for name in asked))
    return [m.position for m in entry.members if asked & set(list_missing(m, needs))]
