"""Rules of what is told to whom, when; and telling it."""

from eventhub.reminders.service.rules import add_rule, pause_rule, remove_rule, resume_rule
from eventhub.reminders.service.sending import send_due

__all__ = ["add_rule", "pause_rule", "remove_rule", "resume_rule", "send_due"]
