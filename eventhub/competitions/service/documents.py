"""What a round asks teams to hand in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions.enums import DocumentKind, RoundState
from eventhub.competitions.errors import (
    BlindFormatError,
    NamingRuleError,
    RequirementInUseError,
    RoundLockedError,
    TooManyLinesError,
)
from eventhub.competitions.models import (
    NAMING_DEFAULT,
    REQUIREMENTS_MAX,
    DocumentRequirement,
    Round,
)
from eventhub.competitions.service.changes import Facts, check_unchanged, stamp
from eventhub.competitions.service.rounds import get_managed, record
from eventhub.db import db, transaction
from eventhub.domain import naming
from eventhub.domain.naming import NamingFault
from eventhub.i18n import _


@dataclass(frozen=True)
class RequirementDraft:
    """A document as an organiser asks for it; ``key`` is empty for a new one."""

    name: str
    formats: Sequence[str]
    bytes_max: int
    is_required: bool
    key: str = ""
    is_for_judges: bool = True
    is_personal: bool = False
    kind: DocumentKind = DocumentKind.OTHER
    files_max: int = 1
    naming: str = NAMING_DEFAULT


def save_requirements(
    round_id: uuid.UUID,
    *,
    drafts: Sequence[RequirementDraft],
    by: Person,
    seen: str | None = None,
) -> Round:
    """Set what a round asks for, until its marks are taken.

    ``seen`` is the stamp of what the form showed; see ``changes``.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        TooManyLinesError: too many documents.
        NamingRuleError: a rule for names that makes no names.
        BlindFormatError: judges of a blind round could be shown nothing of it.
        ChangedMeanwhileError: somebody else changed them since ``seen``.
        RequirementInUseError: one that somebody has handed in would go.

    """
    if len(drafts) > REQUIREMENTS_MAX:
        raise TooManyLinesError(_("材料最多 %(limit)s 项。", limit=REQUIREMENTS_MAX))
    for at, draft in enumerate(drafts):
        check_naming(draft.naming, field=f"documents-{at}-naming")
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.DRAFT:
            raise RoundLockedError
        before = _facts_of(round_)
        check_unchanged(seen, before, _words)
        _check_blind(round_, drafts)
        try:
            with db.session.begin_nested():
                _put(round_, drafts)
        except IntegrityError:
            raise RequirementInUseError from None
        after = _facts_of(round_)
        if after != before:
            record("documents_changed", round_, by, before=before, after=after)
    return round_


def check_naming(rule: str, *, field: str | None = None) -> None:
    """Refuse a rule for names that makes no names.

    Raises:
        NamingRuleError: with words that say what is wrong.

    """
    found = naming.check_rule(rule)
    if found is None:
        return
    fault, part = found
    words = {
        NamingFault.EMPTY: _("请填写命名规则。"),
        NamingFault.UNKNOWN: _("没有“%(part)s”这个占位符，请用下面列出的几个。", part=part),
        NamingFault.BRACES: _("花括号没有成对，请检查。"),
        NamingFault.UNSAFE: _("文件名里不能有“%(part)s”，请换一个符号。", part=part),
        NamingFault.SAME: _("请加上顺序、项目编号、项目名称或负责人之一，否则文件分不出是谁的。"),
    }
    raise NamingRuleError(words[fault], field=field)


def list_unseen_formats(round_: Round) -> list[tuple[str, list[str]]]:
    """What a blind round takes and its judges never see, since a blind copy is made of PDF alone.

    Pairs of a document's name and its formats other than PDF; nothing when the round is not blind.
    """
    if not round_.is_blind:
        return []
    found = [
        (line.name, [ending for ending in line.formats if ending != "pdf"])
        for line in round_.requirements
        if line.is_for_judges
    ]
    return [(name, endings) for name, endings in found if endings]


def _check_blind(round_: Round, drafts: Sequence[RequirementDraft]) -> None:
    for draft in drafts:
        if round_.is_blind and draft.is_for_judges and "pdf" not in draft.formats:
            raise BlindFormatError(
                _(
                    "本轮匿名评审，评委只能看 PDF 的盲评副本。"
                    "请让“%(name)s”允许 PDF，或取消“评委可以查看”。",
                    name=draft.name,
                )
            )


def requirements_stamp(round_: Round) -> str:
    """What the page of documents shows, for its form to carry; see ``changes``."""
    return stamp(_facts_of(round_))


def _words(before: Facts, after: Facts) -> list[str]:
    """What changed between two states, for people."""
    old, new = ({line[0]: line for line in facts["documents"]} for facts in (before, after))
    added = [_("新增“%(name)s”", name=new[key][1]) for key in new if key not in old]
    gone = [_("删除“%(name)s”", name=old[key][1]) for key in old if key not in new]
    changed = [
        _("修改“%(name)s”", name=new[key][1]) for key in new if key in old and old[key] != new[key]
    ]
    return [*added, *gone, *changed] or [_("调整顺序")]


def _put(round_: Round, drafts: Sequence[RequirementDraft]) -> None:
    present = {line.key: line for line in round_.requirements}
    numbers = [int(key[4:]) for key in present if key.startswith("own_") and key[4:].isdigit()]
    number = max(numbers, default=0)
    for position, draft in enumerate(drafts):
        line = present.pop(draft.key, None)
        if line is None:
            number += 1
            line = DocumentRequirement(key=f"own_{number}")
            round_.requirements.append(line)
        line.name, line.position = draft.name, position
        line.formats, line.bytes_max = list(draft.formats), draft.bytes_max
        line.is_required, line.is_for_judges = draft.is_required, draft.is_for_judges
        line.is_personal = draft.is_personal
        line.kind, line.files_max, line.naming = draft.kind, draft.files_max, draft.naming
    for line in present.values():
        round_.requirements.remove(line)
    round_.requirements.sort(key=lambda line: line.position)


def _facts_of(round_: Round) -> dict[str, Any]:
    return {
        "documents": [
            [
                line.key,
                line.name,
                list(line.formats),
                line.bytes_max,
                line.is_required,
                line.is_for_judges,
                line.kind.value,
                line.files_max,
                line.naming,
                line.is_personal,
            ]
            for line in round_.requirements
        ]
    }
