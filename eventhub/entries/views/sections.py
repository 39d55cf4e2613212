"""The parts of an entry's workspace, as tabs."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from eventhub.competitions.queries import team_rules
from eventhub.entries.models import Entry
from eventhub.entries.permissions import is_captain, is_member
from eventhub.entries.tabs import more_tabs
from eventhub.i18n import _
from eventhub.web.navigation import person


def list_sections(entry: Entry) -> list[dict[str, Any]]:
    """The tabs that concern this entry and this person, as ``components/tabs.html`` takes them."""
    leads = is_captain(person(), entry)
    belongs = leads or is_member(person(), entry)
    wanted = [
        (_("项目与团队"), "entries.show", "rocket", True),
        (
            _("报名表"),
            "entries.answers",
            "clipboard-list",
            entry.group.questionnaire_id is not None,
        ),
        (
            _("企业与股权"),
            "entries.company",
            "building",
            team_rules(entry.group).asks_company,
        ),
        (_("邀请成员"), "entries.team", "users", leads),
        (_("我的信息"), "entries.my_part", "user", belongs),
    ]
    shown = [
        (label, endpoint, icon)
        for label, endpoint, icon, concerns in wanted
        if concerns and endpoint in current_app.view_functions
    ]
    shown += [(str(tab.label), tab.endpoint, tab.icon) for tab in more_tabs(entry)]
    return [
        {
            "label": label,
            "url": url_for(endpoint, entry_id=entry.id),
            "icon": icon,
            "is_active": request.endpoint == endpoint,
        }
        for label, endpoint, icon in shown
    ]
