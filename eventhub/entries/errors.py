"""What entries refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError, NotFoundError
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


class PartLockedError(ConflictError):
    """A part that the closing moment fixed would change; the message names part and moment."""

    code = "part_locked"
    message = lazy("报名已截止，这部分内容已锁定，不能再修改。")


class SharesTooLargeError(InvalidError):
    """The advisers' shares add up to more than a hundred percent."""

    code = "shares_too_large"
    message = lazy("指导教师的指导占比之和不能超过百分之百。")
    field = "advisers"


class InvitationUnknownError(NotFoundError):
    """No invitation has this secret."""

    code = "invitation_unknown"
    message = lazy("邀请链接不完整或不存在。请向项目负责人索取新的链接。")


class InvitationOverError(ConflictError):
    """The invitation has expired, was revoked, or was taken up by somebody else."""

    code = "invitation_over"
    status = 410
    message = lazy("这份邀请已失效。请向项目负责人索取新的链接。")


class TeamFullError(ConflictError):
    """The group allows no more members; the message names the limit."""

    code = "team_full"
    message = lazy("团队人数已满，不能再加入。请与项目负责人联系。")


class SameStudentError(ConflictError):
    """Somebody else of the team has this student number already."""

    code = "same_student"
    message = lazy("团队中已有使用这个学号的成员，请核对学号，或与项目负责人联系。")
    field = "student_number"


class ConsentMissingError(InvalidError):
    """Nobody becomes a member without having agreed to what is done with their data."""

    code = "consent_missing"
    message = lazy("请先阅读并勾选同意，才能确认加入。")
    field = "agrees"


class NotConfirmedError(ConflictError):
    """The entry can only be led by someone who has confirmed to be of the team."""

    code = "not_confirmed"
    message = lazy("只能移交给已本人确认并有账号的成员。请先邀请对方确认加入。")


class OtherEntryError(ConflictError):
    """The captain to be leads another live entry of that group."""

    code = "other_entry"
    message = lazy("该负责人在这个组别已有另一个项目，每名负责人在一个组别只能有一个项目。")


class GroupTooSmallError(ConflictError):
    """The team has more people than the other group takes; the message names the numbers."""

    code = "group_too_small"
    message = lazy("目标组别允许的人数少于现有人数，请先调整名单。")


class NoAddressError(InvalidError):
    """An invitation by mail needs an address."""

    code = "no_address"
    message = lazy("请填写成员的邮箱。")
    field = "email"


class UnlockTermsError(InvalidError):
    """An unlock needs parts and an end within the bounds; ``field`` says what is wrong."""

    code = "unlock_terms"
    message = lazy("请选择要解锁的内容，并填写截止时间。")


class PaperError(InvalidError):
    """A number of identity papers that cannot be right; the message says why."""

    code = "paper_invalid"
    message = lazy("证件号码有误，请核对。")
    field = "id_number"


class BirthDateError(InvalidError):
    """A birth date that cannot be, or that the papers contradict."""

    code = "birth_date"
    message = lazy("出生日期有误，请核对。")
    field = "born_on"


class PersonalDataClosedError(ConflictError):
    """The competition is over, and members' data is only deleted now."""

    code = "personal_data_closed"
    message = lazy("赛事已经结束或项目已退赛，不能再填写或修改本人信息。")


class RecommendationMissingError(ConflictError):
    """The competition asks for the school's word before an entry is approved."""

    code = "recommendation_missing"
    message = lazy("本赛事需要学校先推荐。这个项目还没有学校推荐，暂时不能通过审核。")


class SchoolQuotaError(ConflictError):
    """The school has used its places; the message names the numbers."""

    code = "school_quota"
    message = lazy("本校的推荐名额已用完。")


class DecidedError(ConflictError):
    """The organiser has decided on the entry: the school's word stands."""

    code = "decided"
    message = lazy("主办方已通过这个项目，推荐不能再撤回或修改。")


class RankingChangedError(ConflictError):
    """The list that was ranked is not the one that stands."""

    code = "ranking_changed"
    message = lazy("推荐名单刚刚被同事修改过，您的这次排序没有保存。请看看最新名单后再排。")


class TooManyRecommendedError(ConflictError):
    """More than one list can hold."""

    code = "too_many_recommended"
    message = lazy("一个组别最多推荐 500 个项目。")


class BatchOverError(ConflictError):
    """The letters of a batch have gone out, or it was undone already."""

    code = "batch_over"
    message = lazy("撤销时间已过，通知已发出，不能再撤销。需要更改时请逐个退回。")


class NothingToDecideError(ConflictError):
    """None of the chosen entries can be decided upon."""

    code = "nothing_to_decide"
    message = lazy("所选项目都不能进行此操作，没有任何改动。")


class BadWorkbookError(InvalidError):
    """The file is no workbook that can be read safely; the message says why."""

    code = "bad_workbook"
    message = lazy("无法读取这个文件。请下载模板，把内容填进去后再上传。")
    field = "file"


class ImportStateError(ConflictError):
    """The run was taken over, or put aside, already."""

    code = "import_state"
    message = lazy("这份名单已经处理过了。请刷新页面查看结果。")


class ImportFaultyError(ConflictError):
    """Rows with mistakes, where all were to be taken."""

    code = "import_faulty"
    message = lazy(
        "名单里还有不能导入的行，没有写入任何内容。请改正后重新上传，或只导入没有问题的。"
    )


class ShareholdersError(InvalidError):
    """Shares that cannot be; the message says why."""

    code = "shareholders"
    message = lazy("持股比例有误，请核对。")
    field = "shareholders"


class CompanyDateError(InvalidError):
    """A company is registered neither tomorrow nor before there was a registry."""

    code = "company_date"
    message = lazy("注册日期有误：不能晚于今天，也不能早于 1949 年 10 月 1 日。")
    field = "registered_on"


class RuleUnknownError(InvalidError):
    """The entry's group has no such rule."""

    code = "rule_unknown"
    message = lazy("请从列表中选择一条规则。")
    field = "rule_key"


class RuleKeptError(ConflictError):
    """A rule that no organiser can set aside: the database itself keeps it."""

    code = "rule_kept"
    message = lazy("“每名学生只参加一个项目”由系统强制执行，不能为单个项目豁免。")
    field = "rule_key"


class AlreadyWaivedError(ConflictError):
    """The rule is set aside for this entry already."""

    code = "already_waived"
    message = lazy("这条规则已经为该项目豁免。")
    field = "rule_key"


class WaiverReasonError(InvalidError):
    """A waiver needs a reason that others can follow."""

    code = "waiver_reason"
    message = lazy("请写明豁免的理由，团队和其他组织者都会看到。")
    field = "reason"


class DocumentsDueError(ConflictError):
    """The moment up to which a later round takes documents has passed; the message names it."""

    code = "documents_due"
    message = lazy("这一轮的材料已截止提交。")


class NotInRoundError(ConflictError):
    """The round that asks for the document is another entries'."""

    code = "not_in_round"
    message = lazy("您的项目没有进入这一轮，不需要提交它的材料。")


class TooManyDocumentsError(ConflictError):
    """As many files as the round takes are there; the message names the number."""

    code = "too_many_documents"
    message = lazy("这一项的文件已满，请先移除一份。")


class NoBlindCopyError(ConflictError):
    """In a blind round a document is shown only once its blind copy was looked over."""

    code = "no_blind_copy"
    message = lazy("这份材料的盲评副本还没有准备好。主办方核对后即可查看。")


class UnreadableAnswerError(InvalidError):
    """An answer that the form has no place for, or beyond all bounds; ``field`` says which."""

    code = "answer_unreadable"
    message = lazy("这一项的内容无法识别或太长，没有保存。请刷新页面后重新填写这一项。")


class AnswersTooLargeError(InvalidError):
    """All answers together exceed what a form holds."""

    code = "answers_too_large"
    message = lazy(
        "填写的内容太多，超过了一份表单的上限，没有保存。请精简后再保存，附件请用文件上传。"
    )


class FormReplacedError(ConflictError):
    """The group now asks for another form than the one that was filled in."""

    code = "form_replaced"
    message = lazy(
        "本组别的报名表已经更换，您刚才填写的内容还在下面。请在新窗口打开最新的报名表对照填写。"
    )


class TooManyFilesError(ConflictError):
    """The question holds as many files as it may."""

    code = "too_many_files"
    message = lazy("这一题的文件已满，请先移除一个再上传。")


class FormTakenError(ConflictError):
    """The group has a form already."""

    code = "form_taken"
    message = lazy("所选的组别里有的已经设定了表单，请先撤下再设定新的。")


class FormSourceError(InvalidError):
    """What the form should be made from is not on offer."""

    code = "form_source"
    message = lazy("请从列表中选择。")
    field = "source"
