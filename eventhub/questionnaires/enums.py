"""Vocabulary of forms."""

from __future__ import annotations

from eventhub.domain.questionnaire.questions import ColumnKind, Operator, QuestionKind
from eventhub.domain.questionnaire.versions import Aspect, ChangeKind
from eventhub.i18n import lazy

# label, icon, what it is for
KIND_LOOKS = {
    QuestionKind.TEXT: (lazy("单行文字"), "letter-t", lazy("名称、编号、一句话")),
    QuestionKind.LONG_TEXT: (lazy("多行文字"), "align-left", lazy("简介、说明，可分段")),
    QuestionKind.NUMBER: (lazy("数字"), "hash", lazy("可带单位、范围和小数位")),
    QuestionKind.DATE: (lazy("日期"), "calendar", lazy("年月日，可限定范围")),
    QuestionKind.CHOICE: (lazy("单选"), "circle-dot", lazy("几项里选一项")),
    QuestionKind.CHOICES: (lazy("多选"), "checkbox", lazy("几项里选若干项")),
    QuestionKind.FILE: (lazy("文件"), "paperclip", lazy("按内容核对格式")),
    QuestionKind.TABLE: (lazy("表格"), "table", lazy("知识产权、股权、财务等")),
    QuestionKind.PEOPLE: (lazy("人员名单"), "users", lazy("姓名、学校、编号、分工、手机")),
    QuestionKind.SECTION: (lazy("小标题"), "heading", lazy("分段，写一段说明")),
}

OPERATOR_LABELS = {
    Operator.IS: lazy("等于"),
    Operator.IS_NOT: lazy("不等于"),
    Operator.CONTAINS: lazy("包含"),
    Operator.FILLED: lazy("已填写"),
    Operator.AT_LEAST: lazy("不小于（日期：不早于）"),
    Operator.AT_MOST: lazy("不大于（日期：不晚于）"),
}

COLUMN_KIND_LABELS = {
    ColumnKind.TEXT: lazy("文字"),
    ColumnKind.NUMBER: lazy("数字"),
    ColumnKind.DATE: lazy("日期"),
    ColumnKind.CHOICE: lazy("单选"),
}

# label, colour, icon
CHANGE_LOOKS = {
    ChangeKind.ADDED: (lazy("新增"), "green", "plus"),
    ChangeKind.REMOVED: (lazy("删除"), "red", "minus"),
    ChangeKind.CHANGED: (lazy("修改"), "amber", "edit"),
    ChangeKind.MOVED: (lazy("移动"), "grey", "arrows-sort"),
}

ASPECT_LABELS = {
    Aspect.KIND: lazy("题型"),
    Aspect.LABEL: lazy("题目文字"),
    Aspect.HELP: lazy("说明"),
    Aspect.REQUIRED: lazy("是否必填"),
    Aspect.CONDITION: lazy("显示条件"),
    Aspect.OPTIONS: lazy("选项"),
    Aspect.LIMITS: lazy("填写限制"),
    Aspect.COLUMNS: lazy("表格的列"),
}
