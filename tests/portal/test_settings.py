"""A value of the environment that makes no sense stops the start and is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "localhost"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:port"),
        ("SMTP_URL", "smtp://mail.example.org:99999"),
        ("SENDER_ADDRESS", "nobody"),
        ("STAFF_TOTP", "perhaps"),
        ("TILE_URL", "https://tiles.example.org/"),
        ("TILE_URL", "https://{x}.example.org/{z}/{y}.png"),
        ("TILE_ZOOMS", "18"),
        ("TILE_CACHE_MB", "0"),
        ("PORT", "high"),
        ("METRICS_TOKEN", "short"),
        ("OPERATOR_EMAIL", "it@town.example,nobody"),
        ("ALERT_QUEUE_MINUTES", "0"),
    ],
)
def test_nonsense_stops_the_start_with_its_name(name: str, value: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import portal.settings"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
    )
    assert run.returncode
    assert name in run.stderr.splitlines()[-1]
