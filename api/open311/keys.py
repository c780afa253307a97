"""The key a program sends along, and what it is good for."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import ApiKey
from accounts.policy import Scope
from api.open311.asking import Asked, Problem
from geo.models import Municipality
from geo.throttle import allowed

WRONG_KEYS = 120
"""Wrong keys an hour from one network address; then none of it is looked up any more."""


def key_of(request: HttpRequest, asked: Asked) -> ApiKey | None:
    """The key that was sent, None without one. Raises Problem (403) for one that is none (any more)."""
    sent = asked.text("api_key")
    if not sent:
        return None
    key = keys.known(sent, at=timezone.now())
    if key is None:
        if not allowed("wrong-key", str(request.META.get("REMOTE_ADDR", "")), limit=WRONG_KEYS, seconds=3600):
            raise Problem(429, _("api_key: too many wrong keys."), headers={"Retry-After": "3600"})
        raise Problem(403, _("api_key: this key is not valid (any more)."))
    return key


def require(key: ApiKey | None, municipality: Municipality, *scopes: Scope) -> ApiKey:
    """The key, if it is one of this municipality with one of these scopes. Raises Problem (403)."""
    if key is None:
        raise Problem(403, _("api_key: a key is needed here."))
    if key.municipality_id != municipality.pk:
        raise Problem(403, _("api_key: this key is for another jurisdiction."))
    if not {scope.value for scope in scopes} & set(key.scopes):
        raise Problem(403, _("api_key: this key is not for that."))
    return key
