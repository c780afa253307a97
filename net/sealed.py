"""Secrets of other machines (a relay's password) as they may stand in a row: encrypted with a key that is not there.

The key is made from SECRET_KEY, so a copy of the database alone opens nothing. After a change of SECRET_KEY the former
one stands in SECRET_KEY_FALLBACKS until `manage.py reseal` has run. AES-128-CBC with HMAC-SHA256 (Fernet).
"""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

MARK: Final = "sealed."
_SALT: Final = "net.sealed"


class Unreadable(Exception):
    """A sealed secret that none of the keys opens: SECRET_KEY was changed without SECRET_KEY_FALLBACKS."""

    log_text = "A stored password cannot be read: SECRET_KEY was changed, put the former one in SECRET_KEY_FALLBACKS."

    def __init__(self) -> None:
        super().__init__(self.log_text)


def _box() -> MultiFernet:
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    made = (salted_hmac(_SALT, "key", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def is_sealed(text: str) -> bool:
    """Whether `text` is what `seal` returned."""
    return text.startswith(MARK)


def seal(text: str) -> str:
    """`text` encrypted; "" and what is sealed already stay as they are."""
    return text if not text or is_sealed(text) else MARK + _box().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What was sealed; a text that never was comes back as it is. Raises Unreadable."""
    if not is_sealed(text):
        return text
    try:
        return _box().decrypt(text.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        raise Unreadable


def seal_password(url: str) -> str:
    """`scheme://user:password@host` with the password sealed; addresses without one stay as they are."""
    parts = _split(url)
    if parts is None or is_sealed(unquote(parts.password or "")):
        return url
    return _with_password(parts, seal(unquote(parts.password or "")))


def unseal_password(url: str) -> str:
    """The address as it is needed to log in. Raises Unreadable."""
    parts = _split(url)
    return url if parts is None else _with_password(parts, unseal(unquote(parts.password or "")))


def _split(url: str) -> SplitResult | None:
    """The parts of an address with a password, else None."""
    try:
        parts = urlsplit(url)
        return parts if parts.password else None
    except ValueError:
        return None


def _with_password(parts: SplitResult, password: str) -> str:
    user, _colon, _old = parts.netloc.rpartition("@")[0].partition(":")
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
