"""Notices an attack on the forms of a municipality: one counter a minute in the shared cache, kept by nobody else.

A cache that is down means that nothing is asked for: the throttles and the limits of the database remain.
"""

from __future__ import annotations

import time

import structlog
from django.core.cache import cache

from geo.proof.policy import CALM, TRIES_PER_MINUTE

log = structlog.get_logger("anliegen.proof")


def _key(municipality_id: int) -> str:
    return f"proof:attack:{municipality_id}"


def count(municipality_id: int) -> None:
    """Count one try of this minute; too many switch the proof on, or keep it on."""
    now = time.time()
    key = f"proof:tries:{municipality_id}:{int(now // 60)}"
    tries = 1
    if not cache.add(key, 1, 120):
        try:
            tries = int(cache.incr(key))
        except ValueError:
            return
    if tries % TRIES_PER_MINUTE == 0:
        if not under_attack(municipality_id):
            log.warning("proof_of_work_on", municipality=municipality_id, tries=tries)
        cache.set(_key(municipality_id), now + CALM, CALM * 4)


def under_attack(municipality_id: int) -> bool:
    """Whether its forms were attacked within the last CALM seconds."""
    until = cache.get(_key(municipality_id))
    if until is None:
        return False
    if time.time() < until:
        return True
    if cache.add(f"proof:over:{municipality_id}:{until}", 1, CALM * 4):
        log.warning("proof_of_work_off", municipality=municipality_id)
    return False
