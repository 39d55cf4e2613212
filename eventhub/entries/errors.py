"""What entries refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class EntriesClosedError(ConflictError):
    """The competition takes no entries now; the message says since or from when."""

    code = "entries_closed"
    message = lazy("现在不在报名时间内，不能提交。")


class EditedElsewhereError(ConflictError):
    """The entry was saved by another window or device since this one read it."""

    code = "edited_elsewhere"
    message = lazy("另一个窗口已修改了这个项目，您的这次修改没有保存，也没有覆盖对方的内容。")


class EntryLockedError(ConflictError):
    """The entry cannot be edited in its present state."""

    code = "entry_locked"
    message = lazy("项目当前不能修改。提交后如需修改，请联系组织者退回。")


class EntryStateError(ConflictError):
    """The entry cannot go from its present state to the wanted one."""

    code = "entry_state"
    message = lazy("项目的状态已经改变，不能进行此操作。请刷新页面查看最新状态。")


class LateDocumentError(ConflictError):
    """The round that asks for the document has begun to be judged."""

    code = "document_closed"
    message = lazy("这份材料现在不能再上传。")


class IncompleteEntryError(InvalidError):
    """Something that the group asks for is missing; the checklist says what."""

    code = "entry_incomplete"
    message = lazy("还有未满足的要求，暂时不能提交。已填写的内容都已保存，请按清单补充。")


class TooManyMembersError(InvalidError):
    """More members than the group allows; the message names the limit."""

    code = "too_many_members"
    message = lazy("团队人数超过上限。")
    field = "members"


class TooManyAdvisersError(InvalidError):
    """More advisers than the group allows; the message names the limit."""

    code = "too_many_advisers"
    message = lazy("指导教师人数超过上限。")
    field = "advisers"


class NoCaptainError(InvalidError):
    """The list of members is empty; its first is the captain."""

    code = "no_captain"
    message = lazy("团队至少要有负责人。")
    field = "members"


class TextTooLongError(InvalidError):
    """A text exceeds its limit; ``field`` says which."""

    code = "text_too_long"
    message = lazy("内容太长。")


class UnknownChoiceError(InvalidError):
    """A category, university or group that is not on offer; ``field`` says which."""

    code = "unknown_choice"
    message = lazy("请从列表中选择。")


class ReasonMissingError(InvalidError):
    """Returning needs a reason that the team can act upon."""

    code = "reason_missing"
    message = lazy("请写明退回原因，方便团队修改。")
    field = "reason"


class StudentTakenError(ConflictError):
    """A member is in another project of the edition; the message names the member only."""

    code = "student_taken"
    message = lazy("有成员已在本届另一个项目中，每名学生只能参加一个项目。")
