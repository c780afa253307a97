"""The way without JavaScript: a signed time that is handed out with the form and good once, after a while.

Waiting alone would cost an attacker nothing who waits for a thousand forms at once, so only a few pass by it in a
minute and from one address; whoever comes too early or is one too many keeps the same token and tries again.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.signing import BadSignature, Signer

from geo.proof.once import first_use
from geo.proof.policy import LONGER, WAIT, WAIT_LIFETIME, WAITS_PER_ADDRESS, WAITS_PER_MINUTE, Purpose
from geo.throttle import allowed

_SIGNER = Signer(salt="geo.proof.delay")


def token(*, purpose: Purpose, municipality_id: int, at: datetime) -> str:
    """A new token, counting from now."""
    return _SIGNER.sign(f"{purpose.value}.{municipality_id}.{int(at.timestamp())}.{secrets.token_urlsafe(9)}")


def seconds_left(sent: str, *, purpose: Purpose, municipality_id: int, address: str, at: datetime) -> int | None:
    """0 when the token opens the form (it is used then), else how long to wait; None for one that never will."""
    try:
        form, town, since, _nonce = _SIGNER.unsign(sent[:200]).split(".")
        age = at.timestamp() - int(since)
    except (BadSignature, ValueError):
        return None
    if (form, town) != (purpose.value, str(municipality_id)) or age > WAIT_LIFETIME:
        return None
    if age < WAIT:
        return max(1, round(WAIT - age))
    if not allowed("proof-wait", address, limit=WAITS_PER_ADDRESS, seconds=3600):
        return LONGER
    if not allowed("proof-wait-all", str(municipality_id), limit=WAITS_PER_MINUTE, seconds=60):
        return LONGER
    return 0 if first_use(sent, seconds=WAIT_LIFETIME + 60) else None
