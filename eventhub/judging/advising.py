"""Sentences on correcting a round's judges: whether it is possible, and whether it is wise."""

from __future__ import annotations

from eventhub.domain.scoring.advice import Advice, Reason, Verdict
from eventhub.i18n import _, lazy

_VERDICTS = {
    Verdict.ADVISABLE: lazy("建议校正。"),
    Verdict.NEEDLESS: lazy("不必校正，直接取平均即可。"),
    Verdict.UNWISE: lazy("不建议校正，结果仅供参考。"),
    Verdict.IMPOSSIBLE: lazy("无法校正，以下分数为原始平均分。"),
}
_REASONS = {
    Reason.ONE_ENTRY: lazy("只有一个项目，没有比较的对象。"),
    Reason.ONE_JUDGE: lazy("只有一位评委，分不出是评委严还是项目弱。"),
    Reason.ALL_EQUAL: lazy("所有分数都相同，看不出项目和评委的差别。"),
    Reason.NOTHING_SHARED: lazy(
        "没有项目由两位评委评过，或没有评委评过两个项目，评委之间无从比较。"
    ),
    Reason.DISCONNECTED: lazy(
        "评委分成 %(parts)s 组，组与组之间没有共同评过的项目："
        "只能假定各组项目水平相当，组间的差别无法核实。"
    ),
    Reason.FEW_WORKS: lazy("评委大多评得太少（中位数为 %(works)s 个项目），宽严度难以与偶然区分。"),
    Reason.ALIKE: lazy("看不出评委宽严有别（偶然出现这种差异的概率为 %(doubt)s）。"),
    Reason.SEVERITY_DIFFERS: lazy("评委宽严确有差别（偶然出现这种差异的概率为 %(doubt)s）。"),
    Reason.SCALE_DIFFERS: lazy("有的评委打分拉得开，有的压得紧（可能性为 %(scale)s）。"),
    Reason.ONE_WORK: lazy("有 %(lone)s 位评委只评了一个项目，他们的宽严度主要按其他评委推断。"),
}


def advice_sentences(advice: Advice) -> list[str]:
    """The verdict, then its reasons, each a sentence."""
    figures = {
        "parts": advice.parts,
        "works": f"{advice.works_median:g}",
        "doubt": _chance(advice.doubt),
        "scale": _chance(advice.scale_chance),
        "lone": advice.judges_of_one_work,
    }
    reasons = [str(_REASONS[reason]) % figures for reason in advice.reasons]
    return [str(_VERDICTS[advice.verdict]), *reasons]


def _chance(value: float | None) -> str:
    if value is None:
        return str(_("未知"))
    if value < 0.001:
        return str(_("不到 %(chance)s", chance="0.1%"))
    return f"{100 * value:.1f}%" if value < 0.995 else str(_("%(chance)s 以上", chance="99%"))
