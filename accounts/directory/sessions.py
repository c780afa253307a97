"""What the session keeps of a login by the directory: that it was one, and whether a second factor was asked there."""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import User

KEY: Final = "directory"
HOURS: Final = 10
"""So long a login by the directory lasts, a working day: the groups are looked at anew every morning."""


def remember(request: HttpRequest, user: User, *, strong: bool) -> None:
    """Called before the library's own steps; kept through them."""
    request.session[KEY] = {"user": user.pk, "strong": strong}
    request.session.set_expiry(HOURS * 3600)


def forget(request: HttpRequest) -> None:
    """Any other way of logging in."""
    request.session.pop(KEY, None)


def is_strong(request: HttpRequest, user: User | AnonymousUser | None) -> bool:
    """Whether this person came by the directory, which asked for a second factor."""
    kept: Any = request.session.get(KEY)
    return isinstance(kept, dict) and user is not None and kept.get("user") == user.pk and kept.get("strong") is True


class FactorStage(AuthenticateStage):  # type: ignore[misc]
    """The second factor, not asked twice of whoever gave one to the directory."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not is_strong(request, self.login.user) and bool(super()._should_handle(request))
