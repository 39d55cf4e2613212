"""Attendance in figures, each of which opens the rows behind it."""
