"""`manage.py doctor` names what is wrong and what to do, and ends with 1 when something is broken."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from portal import health
from portal.watch import doctor, surroundings
from portal.watch.policy import Level
from tests.portal.watching import alive

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(settings, town, tmp_path):
    """A platform in order."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir(mode=0o700)
    settings.SECRET_KEY = "k8vJq2mX5tRz0LwYc7HnKd4PfBs9GuEa1TiOo6NxWyQ3kCjMhZZ"
    settings.OPERATOR_EMAIL = ["it@town.example"]
    settings.BACKUP_DIR = ""
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    User.objects.create_superuser("it@town.example", "geheim-geheim-1", name="Ina")
    alive(timezone.now())
    return settings


def findings(*, failing: bool = False) -> dict[str, dict[str, str]]:
    out = StringIO()
    if failing:
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", "--json", stdout=out)
        assert ended.value.code == 1
    else:
        call_command("doctor", "--json", stdout=out)
    return {one["key"]: one for one in json.loads(out.getvalue())}


def test_a_platform_in_order(sound):
    found = findings()
    assert {one["level"] for key, one in found.items() if key != "backup"} == {"ok"}, found
    assert found["backup"]["level"] == "warning"
    assert set(health.CHECKS) < set(found)
    name = "SpatiaLite" if connection.vendor == "sqlite" else "PostGIS"
    assert name in found["database_version"]["text"]
    assert found["host.harsewinkel"]["text"] == "reaches browsers of this machine only"


def test_words_for_people(sound):
    out = StringIO()
    call_command("doctor", stdout=out)
    told = out.getvalue()
    assert "ok       Spatial indexes: in order" in told
    assert "warning  Backup: none is made by itself\n         → Set BACKUP_DIR" in told
    assert told.splitlines()[-1].endswith(" ok, 1 to look at, 0 broken")
    out = StringIO()
    call_command("doctor", "--quiet", stdout=out)
    assert len(out.getvalue().splitlines()) == 3


def test_what_is_wrong_is_named(sound, monkeypatch, town):
    sound.SECRET_KEY = "example-only-8vJq2mX5tRz0LwYc7HnKd4PfBs9GuEa1TiOo6NxWyQ3kCjMh-replace-me"
    sound.HTTPS, sound.DEMO, sound.STAFF_TOTP = True, False, "required"
    sound.ALLOWED_HOSTS = ["elsewhere.example"]
    sound.DATA_DIR.chmod(0o777)
    (sound.STATIC_ROOT / "staticfiles.json").unlink()
    User.objects.filter(is_superuser=True).delete()
    monkeypatch.setattr(doctor, "unsound", lambda: ["geo_address.point"])
    found = findings(failing=True)
    bad = {key for key, one in found.items() if one["level"] == "failure"}
    assert bad >= {
        "secret_key", "relay", "host.harsewinkel", "permissions.data", "static", "spatial_indexes"
    }  # fmt: skip
    assert "ALLOWED_HOSTS" in found["host.harsewinkel"]["advice"]
    assert found["administrator"]["level"] == "warning"
    assert found["public.TRUSTED_PROXIES"]["level"] == "warning"


def test_a_relay_that_is_away(sound, town):
    sound.RELAY_URL = "smtp://127.0.0.1:1"
    assert findings(failing=True)["relay"]["level"] == "failure"
    sound.RELAY_URL = sound.MAIL_DIR.as_uri()
    town.municipality.smtp_relay = "smtp://127.0.0.1:1"
    town.municipality.save()
    sound.DEMO, sound.SMTP_URL = False, "smtp://relay.example"
    found = findings(failing=True)
    assert found["relay"]["level"] == "ok"
    assert found["relay.harsewinkel"]["level"] == "failure"


def test_without_a_database_the_rest_is_still_looked_at(sound, monkeypatch):
    def away() -> None:
        raise RuntimeError("connection refused")

    monkeypatch.setitem(health.CHECKS, "database", away)
    found = findings(failing=True)
    assert "connection refused" in found["database"]["text"]
    assert found["static"]["level"] == "ok"
    assert "queue" not in found


def test_confidential_files_that_others_may_read(sound, tmp_path):
    secret = tmp_path / "passphrase"
    secret.write_text("words")
    secret.chmod(0o644)
    sound.BACKUP_PASSPHRASE_FILE = str(secret)
    [finding] = [one for one in surroundings.file_findings() if one.key == "permissions.passphrase"]
    assert finding.level is Level.WARNING
    assert Path(finding.advice.split()[-1]) == secret
