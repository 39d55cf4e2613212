"""Why the house could not start; each message says what to do."""

from __future__ import annotations


class LaunchError(RuntimeError):
    """The house cannot start. The message is for the person at the terminal."""


class PostgresError(LaunchError):
    """The embedded server cannot be had."""


class PortInUseError(LaunchError):
    """Another program listens where this one wants to."""


class ProcessEndedError(LaunchError):
    """A part of the house ended although nobody asked it to."""


class StoppedError(LaunchError):
    """Somebody asked the house to stop while it was starting."""
