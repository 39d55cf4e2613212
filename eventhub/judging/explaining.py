"""Sentences on an assignment: what it is worth, and what could not be met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eventhub.domain.assignment.answer import Answer, Obstacle, ObstacleKind, Status
from eventhub.domain.assignment.problem import Id
from eventhub.i18n import LazyString, _, join_words, lazy

MOST_NAMED = 8

Names = Mapping[Id, str]
NO_NAMES: Names = {}


def explain(answer: Answer, *, judges: Names = NO_NAMES, entries: Names = NO_NAMES) -> list[str]:
    """Say what came out, each sentence on its own.

    ``judges`` and ``entries`` give names to ids; an id without one speaks for itself.
    """
    sentences = [_status(answer)]
    sentences += [explain_obstacle(one, judges=judges, entries=entries) for one in answer.obstacles]
    if answer.assignments:
        sentences += [_worst_off(answer), *_connection(answer)]
    return [one for one in sentences if one]


def explain_obstacle(
    obstacle: Obstacle, *, judges: Names = NO_NAMES, entries: Names = NO_NAMES
) -> str:
    """Say what stands in the way of an assignment, or of comparing the judges."""
    return str(_OBSTACLES[obstacle.kind]) % {
        "had": _number(obstacle.had),
        "demanded": _number(obstacle.demanded),
        "judges": _named(obstacle.judges, judges),
        "judge_count": len(obstacle.judges),
        "entries": _named(obstacle.entries, entries),
        "entry_count": len(obstacle.entries),
    }


def _status(answer: Answer) -> str:
    if answer.status is Status.INFEASIBLE:
        return str(_("没有满足全部条件的分配方案。"))
    if answer.status is Status.UNKNOWN:
        return str(_("在限定时间内既没有找到方案，也没有证明方案不存在。请放宽时间再试。"))
    if answer.status is Status.OPTIMAL:
        return str(
            _(
                "已证明最优：没有其他方案的匹配度总和高于 %(total)s。",
                total=_number(answer.objective),
            )
        )
    return str(
        _(
            "方案满足全部条件，匹配度总和为 %(total)s；时间已到，尚未证明最优，"
            "最高不会超过 %(bound)s。",
            total=_number(answer.objective),
            bound=_number(answer.bound),
        )
    )


def _worst_off(answer: Answer) -> str:
    if answer.min_entry == answer.min_entry_bound:
        return str(
            _("匹配度最低的项目为 %(least)s，已证明不可能更高。", least=_number(answer.min_entry))
        )
    return str(
        _(
            "匹配度最低的项目为 %(least)s，最高不会超过 %(bound)s。",
            least=_number(answer.min_entry),
            bound=_number(answer.min_entry_bound),
        )
    )


def _connection(answer: Answer) -> list[str]:
    overlap = answer.overlap
    if overlap is None or not overlap.pairs:
        return []
    if not answer.connected:
        return [
            _(
                "评委分成 %(count)s 个互不相连的部分，各部分之间的宽严无法比较。",
                count=answer.components,
            )
        ]
    sentences = [
        _(
            "全部评委通过共同评审的项目相连：%(pairs)s 对评委中有 %(sharing)s 对评过同一项目；"
            "至少要少掉 %(weakest)s 份评审，评委才会断开。",
            pairs=overlap.pairs,
            sharing=overlap.sharing,
            weakest=overlap.weakest,
        )
    ]
    if answer.connection_cost:
        sentences.append(
            _("为保证相连，匹配度总和低了 %(cost)s。", cost=_number(answer.connection_cost))
        )
    return sentences


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.6g}"


def _named(ids: Sequence[Id], names: Names) -> str:
    """List the first few by name."""
    words = [names.get(one, str(one)) for one in ids[:MOST_NAMED]]
    listed = join_words(words)
    if len(ids) > MOST_NAMED:
        return str(_("%(listed)s等 %(count)s 个", listed=listed, count=len(ids)))
    return listed


_OBSTACLES: Mapping[ObstacleKind, LazyString] = {
    ObstacleKind.TOO_FEW_JUDGES: lazy("评委只有 %(had)s 人，而每个项目需要 %(demanded)s 人评审。"),
    ObstacleKind.ENTRY_BARRED: lazy(
        "评委 %(judge_count)s 人均与项目“%(entries)s”回避，没有人可以评审。"
    ),
    ObstacleKind.ENTRY_SHORT: lazy(
        "项目“%(entries)s”需要 %(demanded)s 位评委，除去回避的 %(judge_count)s 人，"
        "只剩 %(had)s 人可评。"
    ),
    ObstacleKind.ENTRY_INSTITUTIONS: lazy(
        "项目“%(entries)s”需要 %(demanded)s 位来自不同单位的评委，可评的 %(judge_count)s 人"
        "只来自 %(had)s 个单位。"
    ),
    ObstacleKind.CAPACITY: lazy(
        "全部评委合计最多评审 %(had)s 份，而全部项目合计需要 %(demanded)s 份。"
    ),
    ObstacleKind.LEAST_LOADS: lazy(
        "各评委的最少评审数合计 %(demanded)s 份，而全部项目合计只需要 %(had)s 份。"
    ),
    ObstacleKind.JUDGE_SHORT: lazy(
        "评委“%(judges)s”至少要评 %(demanded)s 个项目，除去回避只有 %(had)s 个可评。"
    ),
    ObstacleKind.ENTRIES_TOGETHER: lazy(
        "%(entry_count)s 个项目（%(entries)s）合计需要 %(demanded)s 份评审；除去回避，"
        "可评的 %(judge_count)s 位评委在评审上限和单位限制之内合计最多评 %(had)s 份。"
    ),
    ObstacleKind.JUDGES_TOGETHER: lazy(
        "%(judge_count)s 位评委（%(judges)s）合计至少要评 %(demanded)s 份；除去回避，"
        "可评的 %(entry_count)s 个项目最多只能给他们 %(had)s 份。"
    ),
    ObstacleKind.FLOOR_ENTRY: lazy(
        "项目“%(entries)s”的匹配度最高只能达到 %(had)s，达不到下限 %(demanded)s。"
    ),
    ObstacleKind.FLOOR_TOGETHER: lazy(
        "各项目单独都能达到下限 %(demanded)s，但不能同时达到；能同时达到的下限最高为 %(had)s。"
    ),
    ObstacleKind.LINKS: lazy(
        "评委无法全部相连：把评委和项目连成一体至少需要 %(demanded)s 份评审，"
        "而合计只有 %(had)s 份。"
    ),
    ObstacleKind.SINGLE_LOADS: lazy(
        "评委无法全部相连：每位评委最多只评一个项目，没有人能把两个项目连起来。"
    ),
    ObstacleKind.ISLANDS: lazy(
        "评委无法全部相连：除去回避和达不到下限的组合，评委和项目分成 %(had)s 个部分，"
        "没有评委可以跨越。"
    ),
    ObstacleKind.UNLINKED: lazy(
        "评委无法全部相连：已证明没有任何方案能在这些条件下把评委全部连起来。"
    ),
}
