"""The settings that come along, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real

from portal.backup.environment import as_lines, carried, from_lines, key_mark, key_of, take_over


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.SECRET_KEY = "the key of this machine, which is long enough to be one"
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SENDER_ADDRESS", "noreply@stadt.example")
    monkeypatch.setenv("SMTP_URL", "smtp://melder:geheim@mail.example:25")
    monkeypatch.setenv("DATABASE_URL", "postgis://u:p@db.example/anliegen")


def test_secrets_come_along_only_when_asked_for():
    assert set(carried(secrets=False)) & {"SENDER_ADDRESS", "SMTP_URL", "SECRET_KEY"} == {"SENDER_ADDRESS"}
    everything = carried(secrets=True)
    assert everything["SECRET_KEY"] == real.SECRET_KEY
    assert everything["SMTP_URL"].startswith("smtp://melder")
    assert "DATABASE_URL" not in everything, "that belongs to the machine"
    assert from_lines(as_lines(everything)) == everything


def test_what_differs_is_put_aside_for_the_operator(tmp_path):
    told = take_over({"SENDER_ADDRESS": "melder@stadt.example"}, key_mark(), readable=True)
    assert "SENDER_ADDRESS" in told[0]
    assert (tmp_path / "restored.env").read_text() == "SENDER_ADDRESS=melder@stadt.example\n"
    assert (tmp_path / "restored.env").stat().st_mode & 0o777 == 0o600


def test_nothing_to_say_when_all_is_the_same(tmp_path):
    assert take_over(carried(secrets=False), key_mark(), readable=True) == []
    assert not (tmp_path / "restored.env").exists()


def test_a_key_of_the_environment_stays(monkeypatch, tmp_path):
    own = real.SECRET_KEY
    monkeypatch.setenv("SECRET_KEY", own)
    with key_of({"SECRET_KEY": "the old one"}):
        assert own == real.SECRET_KEY
        assert real.SECRET_KEY_FALLBACKS == ["the old one"]
    assert real.SECRET_KEY_FALLBACKS == []
    told = take_over({"SECRET_KEY": "the old one"}, key_mark("the old one"), readable=True)
    assert "another one" in told[0]
    assert not (tmp_path / "secret_key").exists()


def test_without_the_key_the_operator_is_told():
    told = " ".join(take_over({}, key_mark("the old one"), readable=False))
    assert "SECRET_KEY_FALLBACKS" in told
