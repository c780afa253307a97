"""What a verb may refuse. Surfaces turn these into words, never into a 500."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.models import Case


class Refused(Exception):
    """Base of every refusal of a verb."""


class Denied(Refused):
    """The person may not do this (or may not even know that the case exists)."""


class Invalid(Refused):
    """The input is wrong: `errors` maps a field to messages in the language of the user."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class NoSuchEdge(Refused):
    """The state does not lead there."""


class Conflict(Refused):
    """Somebody was faster: `case` is as it stands now."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"version is {case.version}")
        self.case = case


class KeyReused(Refused):
    """The same client_key came with another payload."""
