"""Challenges of ALTCHA (https://altcha.org): signed, bound to a form of a municipality, good once and for a while.

The first version of its protocol: find the number whose SHA-256 behind a salt is the given one. It needs nothing that
browsers offer on https only, so it also runs on a test system without a certificate and in a service worker.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from altcha.v1 import ChallengeOptions, Payload, create_challenge, verify_solution
from django.conf import settings
from django.utils.crypto import salted_hmac

from geo.proof.once import first_use
from geo.proof.policy import HARDNESS, LIFETIME, Purpose

MAX_ANSWER = 2_000


def _key(secret: str) -> str:
    return salted_hmac("geo.proof.challenges", "key", secret=secret, algorithm="sha256").hexdigest()


def challenge(*, purpose: Purpose, municipality_id: int, at: datetime) -> dict[str, Any]:
    """A new challenge: algorithm, challenge, maxNumber, salt, signature. Kept nowhere."""
    made = create_challenge(
        ChallengeOptions(
            max_number=HARDNESS,
            hmac_key=_key(settings.SECRET_KEY),
            expires=at.astimezone(UTC) + timedelta(seconds=LIFETIME),
            params={"form": f"{purpose.value}.{municipality_id}"},
        )
    )
    return dict(made.to_dict())


def solved(answer: str, *, purpose: Purpose, municipality_id: int, at: datetime) -> bool:
    """Whether this is the solution (base64 of JSON) of a challenge for this form, in time and for the first time."""
    payload = _read(answer)
    if payload is None:
        return False
    facts = parse_qs(payload.salt.partition("?")[2])
    expires = (facts.get("expires") or [""])[0]
    if facts.get("form") != [f"{purpose.value}.{municipality_id}"] or not expires.isdecimal():
        return False
    if not at.timestamp() <= int(expires) <= at.timestamp() + LIFETIME:
        return False
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(verify_solution(payload, _key(key), check_expires=False)[0] for key in keys):
        return False
    return first_use(payload.challenge, seconds=LIFETIME + 60)


def _read(answer: str) -> Payload | None:
    """The answer with every part of the kind it must be; None for everything else."""
    if not answer or len(answer) > MAX_ANSWER:
        return None
    try:
        sent = json.loads(base64.b64decode(answer, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or sent.get("algorithm") != "SHA-256":
        return None
    words = [sent.get(name) for name in ("challenge", "salt", "signature")]
    number = sent.get("number")
    if not all(isinstance(word, str) and word.isascii() for word in words) or type(number) is not int or number < 0:
        return None
    return Payload("SHA-256", sent["challenge"], number, sent["salt"], sent["signature"])
