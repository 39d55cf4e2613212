"""Panels, recusals, scoresheets, results."""
