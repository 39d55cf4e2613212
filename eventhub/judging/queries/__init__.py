"""Reads of judging: seats and links, recusals, a judge's sheets, the table, what was published."""
