"""The mark of a case in an address ("postfach+<mark>@…"): whoever answers a mail to it answers on that case.

A mark is 100 bits of an HMAC over the case and its secret, then the number of its row. It proves that somebody has had
a mail to the reporter, no less than the link in it does; so it opens nothing the link would not. It is written in small
letters and digits only, since mail servers and programs change everything else.
"""

from __future__ import annotations

import base64
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.models import Case

_SALT: Final = "cases.marks"
_MAC: Final = 20
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST: Final = _MAC + 13
"""Characters of a mark."""


def mark_of(case: Case) -> str:
    """The mark of a case, made with the present SECRET_KEY."""
    return _mac(case, str(settings.SECRET_KEY)) + _number(case.pk)


def case_of(mark: str) -> Case | None:
    """The case of a mark, None for one that we never made. As long under way for a wrong one."""
    mac, number = mark[:_MAC].lower(), mark[_MAC:].lower()
    found = None
    if number and len(mark) <= LONGEST and all(sign in _DIGITS for sign in number):
        found = Case.objects.select_related("municipality").filter(pk=min(int(number, 36), 2**63 - 1)).first()
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    right = [constant_time_compare(mac, _mac(found or Case(pk=0, secret=""), key)) for key in keys]
    return found if found is not None and any(right) else None


def marked(address: str, case: Case) -> str:
    """`postfach@example.org` → `postfach+<mark>@example.org`."""
    local, _at, domain = address.rpartition("@")
    return f"{local}+{mark_of(case)}@{domain}"


def _mac(case: Case, key: str) -> str:
    digest = salted_hmac(_SALT, f"{case.pk}:{case.secret}", secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest)[:_MAC].decode().lower()


def _number(number: int) -> str:
    found = ""
    while number:
        number, digit = divmod(number, 36)
        found = _DIGITS[digit] + found
    return found or "0"
