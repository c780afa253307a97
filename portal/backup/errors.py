"""What goes wrong with a backup, in words for the operator."""

from __future__ import annotations


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text says why and, where there is a way out, what to do."""


class Damaged(BackupError):
    """The file is not what was written: cut off, altered, or no backup at all."""
