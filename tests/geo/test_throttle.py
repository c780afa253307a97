"""`allowed`: so many times in so many seconds."""

from __future__ import annotations

import pytest

from geo import throttle


def test_counts_per_name_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.throttle.time.time", lambda: 1000.0)
    assert [throttle.allowed("a", "1.2.3.4", limit=2, seconds=60) for _ in range(3)] == [True, True, False]
    assert throttle.allowed("a", "1.2.3.5", limit=2, seconds=60)
    assert throttle.allowed("b", "1.2.3.4", limit=2, seconds=60)
    monkeypatch.setattr("geo.throttle.time.time", lambda: 1060.0)
    assert throttle.allowed("a", "1.2.3.4", limit=2, seconds=60)


def test_a_limit_of_nothing() -> None:
    assert not throttle.allowed("a", "1.2.3.4", limit=0, seconds=60)


def test_refusals_are_counted_by_name() -> None:
    assert throttle.refusals() == {}
    for _ in range(3):
        throttle.allowed("a", "1.2.3.4", limit=1, seconds=60)
    throttle.allowed("b", "1.2.3.4", limit=0, seconds=60)
    assert throttle.refusals() == {"a": 2, "b": 1}
