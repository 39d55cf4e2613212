"""The words of the log: what each action is called on the page."""

from __future__ import annotations

from eventhub.i18n import LazyString, lazy

ACTION_LABELS: dict[str, LazyString] = {
    "checkpoint.added": lazy("添加签到点"),
    "checkpoint.changed": lazy("修改签到点"),
    "checkpoint.removed": lazy("删除签到点"),
    "circle.role_given": lazy("授予角色"),
    "circle.role_taken": lazy("收回角色"),
    "competition.created": lazy("创建赛事"),
    "competition.changed": lazy("修改赛事"),
    "competition.opened": lazy("开放参赛报名"),
    "competition.closed": lazy("截止参赛报名"),
    "competition.finished": lazy("赛事结束"),
    "draw.announced": lazy("公示抽签"),
    "draw.drawn": lazy("抽签"),
    "draw.recalled": lazy("撤回抽签公示"),
    "entry.submitted": lazy("提交项目"),
    "entry.approved": lazy("通过项目审核"),
    "entry.returned": lazy("退回项目"),
    "entry.withdrawn": lazy("退出参赛"),
    "entries.exported": lazy("导出项目名单"),
    "event.created": lazy("创建活动"),
    "event.changed": lazy("修改活动"),
    "event.hosts_set": lazy("设定主办与承办"),
    "event.published": lazy("发布活动"),
    "event.unpublished": lazy("撤回活动"),
    "event.cancelled": lazy("取消活动"),
    "judge.link_issued": lazy("生成评委链接"),
    "judge.link_revoked": lazy("撤销评委链接"),
    "judge.made_chief": lazy("指定评委组长"),
    "judge.seated": lazy("邀请评委"),
    "judge.unseated": lazy("移除评委"),
    "panel.added": lazy("添加评委组"),
    "panel.removed": lazy("删除评委组"),
    "recusal.declared": lazy("登记回避"),
    "recusal.withdrawn": lazy("撤销回避"),
    "registration.cancelled": lazy("取消报名"),
    "registrations.exported": lazy("导出报名名单"),
    "results.closed": lazy("结束评分"),
    "results.published": lazy("公布成绩"),
    "results.reopened": lazy("重新开放评分"),
    "roadshow.set_up": lazy("设置路演"),
    "round.changed": lazy("修改轮次"),
    "round.opened": lazy("开放轮次"),
    "rubric.changed": lazy("修改评分标准"),
    "rubric.confirmed": lazy("确认评分标准"),
    "scoresheet.submitted": lazy("提交评分表"),
    "timetable.published": lazy("公布出场时间表"),
}

AREA_LABELS: dict[str, LazyString] = {
    "checkpoint": lazy("签到点"),
    "circle": lazy("团队成员"),
    "competition": lazy("赛事"),
    "draw": lazy("抽签"),
    "entry": lazy("参赛项目"),
    "entries": lazy("项目名单"),
    "event": lazy("活动"),
    "judge": lazy("评委"),
    "panel": lazy("评委组"),
    "recusal": lazy("回避"),
    "registration": lazy("报名"),
    "registrations": lazy("报名名单"),
    "results": lazy("成绩"),
    "roadshow": lazy("路演"),
    "round": lazy("轮次"),
    "rubric": lazy("评分标准"),
    "scoresheet": lazy("评分表"),
    "timetable": lazy("时间表"),
}


def action_label(action: str) -> str | LazyString:
    """What an action is called; one without a name of its own shows its code."""
    return ACTION_LABELS.get(action, action)


# names and values of what changed, as the slices record them
FACT_LABELS: dict[str, LazyString] = {
    "address": lazy("地址"),
    "capacity": lazy("名额"),
    "count": lazy("数量"),
    "description": lazy("详细说明"),
    "ends_at": lazy("结束时间"),
    "kind": lazy("类型"),
    "name": lazy("名称"),
    "online_url": lazy("线上地址"),
    "person_id": lazy("人员编号"),
    "reason": lazy("原因"),
    "registration_closes_at": lazy("报名截止"),
    "registration_opens_at": lazy("报名开始"),
    "role": lazy("角色"),
    "starts_at": lazy("开始时间"),
    "state": lazy("状态"),
    "summary": lazy("一句话介绍"),
    "title": lazy("名称"),
    "total": lazy("总分"),
    "venue": lazy("地点"),
    "version": lazy("版本"),
    # values
    "approved": lazy("已通过"),
    "cancelled": lazy("已取消"),
    "closed": lazy("已关闭"),
    "draft": lazy("草稿"),
    "finished": lazy("已结束"),
    "joint": lazy("联合举办"),
    "lead": lazy("主办"),
    "open": lazy("开放"),
    "organiser": lazy("组织者"),
    "published": lazy("已发布"),
    "returned": lazy("已退回"),
    "staff": lazy("现场工作人员"),
    "submitted": lazy("已提交"),
    "withdrawn": lazy("已退出"),
}


def fact_label(word: object) -> object:
    """A name or value of what changed, in words where there are some."""
    return FACT_LABELS.get(word, word) if isinstance(word, str) else word
