"""What goes wrong, in one line for whoever runs the commands."""

from __future__ import annotations


class BackupError(Exception):
    """A backup that cannot be made or restored; the message says why."""
