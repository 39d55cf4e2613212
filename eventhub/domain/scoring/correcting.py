"""The correction that a round's marks call for.

The model's libraries take as long to load as everything else together; a process that never
corrects, or not yet, does without them.
"""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import TypeVar

from eventhub.domain.scoring.correction import Correction
from eventhub.domain.scoring.exact import check_marks

EntryId = TypeVar("EntryId", bound=Hashable)
JudgeId = TypeVar("JudgeId", bound=Hashable)


def find_correction(
    marks: Sequence[tuple[EntryId, JudgeId, Decimal]],
) -> Correction[JudgeId] | None:
    """How strict each judge is and how much of the scale they use, as it would be published.

    None where the marks do not tell: see ``advice``. The same marks give the same figures, in
    whatever order they come.

    Raises:
        InvalidMarkError: a mark is no finite ``Decimal``.
    """
    import numpy as np  # noqa: PLC0415  # see the module's docstring

    from eventhub.domain.scoring.advice import find_obstacles  # noqa: PLC0415
    from eventhub.domain.scoring.crossed import Design  # noqa: PLC0415
    from eventhub.domain.scoring.scale import fit_scales, to_correction  # noqa: PLC0415
    from eventhub.domain.scoring.severity import fit_severity  # noqa: PLC0415

    check_marks([mark for *_, mark in marks])
    in_order = sorted(marks, key=lambda mark: (str(mark[0]), str(mark[1])))
    entries = {each: at for at, each in enumerate(dict.fromkeys(e for e, _, _ in in_order))}
    judges = {each: at for at, each in enumerate(dict.fromkeys(j for _, j, _ in in_order))}
    if not in_order:
        return None
    design = Design.of(
        np.array([entries[entry_id] for entry_id, _, _ in in_order]),
        np.array([judges[judge_id] for _, judge_id, _ in in_order]),
        np.array([float(mark) for *_, mark in in_order]),
    )
    if find_obstacles(design):
        return None
    return to_correction(fit_scales(design, fit_severity(design)), tuple(judges))
