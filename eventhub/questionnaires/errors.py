"""What forms refuse."""

from __future__ import annotations

from collections.abc import Sequence

from eventhub.domain.questionnaire.definition import Fault
from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class FaultsError(InvalidError):
    """A form that cannot be used as it is; ``faults`` say where and why."""

    code = "form_faults"
    message = lazy("表单里有需要改正的地方。")

    def __init__(self, faults: Sequence[Fault]):
        super().__init__()
        self.faults = faults


class QuestionChangedError(ConflictError):
    """Somebody else changed the question since this window read it."""

    code = "question_changed"
    message = lazy(
        "这道题刚刚被另一位组织者改过，您的修改还没有保存。您填写的内容都在下面；对照右侧的最新内容，再保存一次将以您的为准。"
    )


class QuestionGoneError(ConflictError):
    """Somebody else took the question out."""

    code = "question_gone"
    message = lazy(
        "这道题刚刚被另一位组织者删除，您的修改还没有保存。您填写的内容都在下面，再保存一次会把它作为新题加回表单末尾。"
    )


class QuestionInUseError(ConflictError):
    """Another question is shown by its answer; the message names it."""

    code = "question_in_use"
    message = lazy("其他题目的显示条件用到了这道题，请先修改那些条件。")


class OrderChangedError(ConflictError):
    """Questions came or went since the order was read."""

    code = "order_changed"
    message = lazy("表单刚刚被另一位组织者增删过题目，顺序没有保存。请刷新后再排。")


class DraftChangedError(ConflictError):
    """The draft is no longer what its publisher has looked at."""

    code = "draft_changed"
    message = lazy("表单刚刚又有改动，还没有发布。请看过最新的改动后再发布。")


class EmptyFormError(InvalidError):
    """There is nothing to answer in it."""

    code = "form_empty"
    message = lazy("表单里还没有题目，先添加题目再发布。")


class NotPublishedError(ConflictError):
    """Nobody can answer it yet."""

    code = "form_not_published"
    message = lazy("主办方还没有发布这份表单，暂时不能填写。")
