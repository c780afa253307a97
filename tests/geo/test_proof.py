"""The proof of work: what opens a form and what does not, the way by waiting, and the alarm that switches it on."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from altcha.v1 import Challenge, Payload, solve_challenge

from geo.models import Municipality
from geo.proof import alarm, challenges, delay, gate
from geo.proof.policy import CALM, LIFETIME, TRIES_PER_MINUTE, WAIT, WAIT_LIFETIME, WAITS_PER_ADDRESS, Purpose

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE: dict[str, Any] = {"purpose": Purpose.REPORT, "municipality_id": 7}


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.proof.challenges.HARDNESS", 500)


def answer(made: dict[str, Any], **changed: Any) -> str:
    """The solution of a challenge, as a browser sends it."""
    challenge = Challenge(made["algorithm"], made["challenge"], made["maxNumber"], made["salt"], made["signature"])
    found = solve_challenge(challenge)
    assert found is not None
    sent = Payload(made["algorithm"], made["challenge"], found.number, made["salt"], made["signature"]).to_dict()
    return base64.b64encode(json.dumps({**sent, **changed}).encode()).decode()


def test_a_solution_opens_its_form_once() -> None:
    sent = answer(challenges.challenge(**HERE, at=AT))
    assert not challenges.solved(sent, purpose=Purpose.MINE, municipality_id=7, at=AT)
    assert not challenges.solved(sent, purpose=Purpose.REPORT, municipality_id=8, at=AT)
    assert challenges.solved(sent, **HERE, at=AT)
    assert not challenges.solved(sent, **HERE, at=AT)


def test_a_solution_is_good_for_a_while_only() -> None:
    sent = answer(challenges.challenge(**HERE, at=AT))
    assert not challenges.solved(sent, **HERE, at=AT + timedelta(seconds=LIFETIME + 1))
    assert challenges.solved(sent, **HERE, at=AT + timedelta(seconds=LIFETIME - 1))


def test_a_key_that_was_changed_still_opens(settings: Any) -> None:
    sent = answer(challenges.challenge(**HERE, at=AT))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another one", [settings.SECRET_KEY]
    assert challenges.solved(sent, **HERE, at=AT)


NONSENSE = ["", "x", "é", "W10=", "e30=", "bnVsbA==", "[" * 3000, base64.b64encode(b"[" * 1400).decode()]


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_opens_nothing(sent: str) -> None:
    assert not challenges.solved(sent, **HERE, at=AT)


def test_a_bent_solution_opens_nothing() -> None:
    made = challenges.challenge(**HERE, at=AT)
    longer = made["salt"].replace("expires=1", "expires=2")
    for bent in (
        {"signature": "0" * 64},
        {"number": -1},
        {"number": "1"},
        {"number": True},
        {"algorithm": "SHA-1"},
        {"salt": longer},
        {"salt": 3},
        {"challenge": None},
    ):
        assert not challenges.solved(answer(made, **bent), **HERE, at=AT)
    assert challenges.solved(answer(made), **HERE, at=AT)


def test_waiting_opens_the_form_once() -> None:
    token = delay.token(**HERE, at=AT)
    later = {"address": "1.2.3.4", "at": AT + timedelta(seconds=WAIT)}
    assert delay.seconds_left(token, **HERE, address="1.2.3.4", at=AT + timedelta(seconds=5)) == WAIT - 5
    assert delay.seconds_left(token, purpose=Purpose.MINE, municipality_id=7, **later) is None
    assert delay.seconds_left(token, **HERE, **later) == 0
    assert delay.seconds_left(token, **HERE, **later) is None
    assert delay.seconds_left(token[:-1], **HERE, **later) is None
    old = AT + timedelta(seconds=WAIT_LIFETIME + 1)
    assert delay.seconds_left(delay.token(**HERE, at=AT), **HERE, address="1.2.3.4", at=old) is None


def test_waiting_for_many_at_once_is_no_way_round() -> None:
    tokens = [delay.token(**HERE, at=AT) for _ in range(WAITS_PER_ADDRESS + 3)]
    later = {"address": "1.2.3.4", "at": AT + timedelta(seconds=WAIT)}
    found = [delay.seconds_left(token, **HERE, **later) for token in tokens]
    assert found.count(0) == WAITS_PER_ADDRESS
    # What was one too many is not lost: it opens for somebody who comes from elsewhere.
    assert delay.seconds_left(tokens[-1], **HERE, address="5.6.7.8", at=later["at"]) == 0


def admit(municipality: Municipality, address: str = "1.2.3.4", **facts: Any) -> gate.Refused | None:
    return gate.admit(municipality=municipality, purpose=Purpose.MINE, address=address, at=AT, **facts)


def test_nothing_is_asked_until_an_attack_and_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1_000_020.0
    monkeypatch.setattr("geo.proof.alarm.time.time", lambda: clock)
    here, other = Municipality(pk=1), Municipality(pk=2)
    assert [admit(here) for _ in range(TRIES_PER_MINUTE - 1)] == [None] * (TRIES_PER_MINUTE - 1)
    refused = admit(here)
    assert refused is not None
    assert (refused.wait, refused.alone) == (WAIT, True)
    assert admit(other) is None
    proof = answer(challenges.challenge(purpose=Purpose.MINE, municipality_id=1, at=AT))
    assert admit(here, proof=proof) is None
    assert admit(here, proof=proof) is not None
    clock += CALM + 1
    assert not alarm.under_attack(1)
    assert admit(here) is None


def test_an_attack_that_goes_on_keeps_it_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1_000_020.0
    monkeypatch.setattr("geo.proof.alarm.time.time", lambda: clock)
    for _ in range(TRIES_PER_MINUTE):
        alarm.count(1)
    clock += CALM - 60
    for _ in range(TRIES_PER_MINUTE):
        alarm.count(1)
    clock += CALM - 60
    assert alarm.under_attack(1)


def test_programs_of_the_house_are_left_alone(settings: Any) -> None:
    settings.TRUSTED_ADDRESSES = ["1.2.3.4"]
    here = Municipality(pk=1)
    assert [admit(here) for _ in range(TRIES_PER_MINUTE * 2)] == [None] * TRIES_PER_MINUTE * 2
    assert not alarm.under_attack(1)
    here.proof_of_work = True
    assert admit(here, program=True) is None
    assert admit(here) is not None


def test_a_cache_that_is_down_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = answer(challenges.challenge(**HERE, at=AT))
    monkeypatch.setattr("django.core.cache.cache.add", lambda *args: False)
    monkeypatch.setattr("django.core.cache.cache.get", lambda *args: None)
    assert challenges.solved(sent, **HERE, at=AT)
