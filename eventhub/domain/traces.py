"""Words by which a document gives away whose it is: names as they are written, in each way."""

from __future__ import annotations

from collections.abc import Collection

from eventhub.domain.pinyin import romanise, romanise_name

KINDS = {
    "大学": ("university",),
    "学院": ("college", "institute", "university"),
    "高等专科学校": ("college",),
}
STEM_MIN = 4  # 重庆邮电 tells a school, 重庆 does not
INITIALS_MIN = 3
# short names that are everyday words too: a bar over each would tell what it hides
EVERYDAY = frozenset({"重大"})
_FOLLOWING = (
    *("学生", "学子", "师生", "本科生", "研究生", "硕士", "博士", "毕业", "校友", "校园", "校区"),
    *("校内", "老师", "教师", "教授", "学院", "团委", "科技园", "A区", "B区", "虎溪"),
)
_LEADING = ("来自", "就读于", "就读", "毕业于", "考入", "依托")


def of_person(name: str) -> set[str]:
    """A person's name in characters and in Latin letters: 张三丰, zhangsanfeng, sanfengzhang."""
    return {name, *romanise_name(name)}


def of_school(name: str, others: Collection[str], mail_domain: str) -> set[str]:
    """A school or another organisation: its names, their pinyin, its mail domain and what leads it.

    ``others`` are what it is called besides, in short, formerly or in English.
    """
    found: set[str] = set()
    for called in (name, *others):
        if called in EVERYDAY:
            found |= _everyday(called)
            continue
        found |= {called, romanise(called) if len(called) >= STEM_MIN else ""}
        found |= _shortened(called)
    if mail_domain:
        label = mail_domain.partition(".")[0]
        found |= {mail_domain, label if len(label) >= INITIALS_MIN else ""}
    return found - {""}


def _shortened(name: str) -> set[str]:
    """Without what kind of school it is, and with the kind in English: chongqinguniversity."""
    found: set[str] = set()
    for ending, kinds in KINDS.items():
        stem = name.removesuffix(ending)
        if stem == name or not stem:
            continue
        spelled = romanise(stem)
        found |= {f"{spelled}{kind}" for kind in kinds}
        found |= {f"{kind}of{spelled}" for kind in kinds}
        if len(stem) >= STEM_MIN:
            found |= {stem, spelled}
    return found


def _everyday(short: str) -> set[str]:
    return {short + word for word in _FOLLOWING} | {word + short for word in _LEADING}
