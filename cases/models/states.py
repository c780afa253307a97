"""States as a column's choices, and secrets for links."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext_lazy as _

from cases.policy import Means, Priority, State, WaitsFor

STATES = [
    (State.NEW.value, _("received")),
    (State.OPEN.value, _("in progress")),
    (State.WAITING.value, _("waiting")),
    (State.DONE.value, _("settled")),
    (State.REJECTED.value, _("closed without action")),
    (State.WITHDRAWN.value, _("withdrawn")),
]
WAITS_FOR = [
    (WaitsFor.REPORTER.value, _("for the reporter")),
    (WaitsFor.OTHERS.value, _("for others")),
]
MEANS = [
    (Means.DUPLICATE.value, _("was reported before")),
    (Means.FORWARDED.value, _("lies with an outside body")),
]
PRIORITIES = [
    (Priority.LOW.value, _("low")),
    (Priority.NORMAL.value, _("normal")),
    (Priority.HIGH.value, _("high")),
    (Priority.URGENT.value, _("urgent")),
]


def new_secret() -> str:
    """128 random bits for an address that only the right person knows, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)
