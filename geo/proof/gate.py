"""Whether a form takes what is sent: the rule of `geo.proof.policy` as a verb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from geo.models import Municipality
from geo.proof import alarm, challenges, delay
from geo.proof.policy import WAIT, Purpose
from geo.throttle import note_refusal


@dataclass(frozen=True)
class Refused:
    """What is asked for: solve a challenge (`alone`: nothing was sent that should have been one), or wait."""

    wait: int
    """Seconds until the same form may be sent again without a solution."""
    token: str
    """To be sent with it."""
    alone: bool


def wanted(*, municipality: Municipality, address: str, program: bool = False) -> bool:
    """Whether a proof is asked for now. A page shows it before anybody sends; counts nothing."""
    if address in settings.TRUSTED_ADDRESSES:
        return municipality.proof_of_work and not program
    return municipality.proof_of_work or alarm.under_attack(municipality.pk)


def admit(
    *,
    municipality: Municipality,
    purpose: Purpose,
    address: str,
    at: datetime,
    proof: str = "",
    token: str = "",
    program: bool = False,
) -> Refused | None:
    """Count a try and say what is missing; None lets it in, and what was sent as proof is used up then.

    To be called with what is otherwise right, so that nobody works for an input that is refused anyway.
    """
    if address not in settings.TRUSTED_ADDRESSES:
        alarm.count(municipality.pk)
    if not wanted(municipality=municipality, address=address, program=program):
        return None
    town = municipality.pk
    if proof and challenges.solved(proof, purpose=purpose, municipality_id=town, at=at):
        return None
    left: int | None = None
    if token and not proof:
        left = delay.seconds_left(token, purpose=purpose, municipality_id=town, address=address, at=at)
        if left == 0:
            return None
    note_refusal("proof")
    if left is None:
        return Refused(WAIT, delay.token(purpose=purpose, municipality_id=town, at=at), alone=not proof)
    return Refused(left, token, alone=True)
