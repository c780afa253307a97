"""Closed for a while: a page that says so, JSON for programs, health as always."""

import pytest
from django.conf import settings as configured

from portal.maintenance import FILE


@pytest.fixture
def closed(settings, tmp_path):
    """The file that closes the platform."""
    settings.DATA_DIR = tmp_path
    file = tmp_path / FILE
    file.write_text("Bis etwa 18 <b>Uhr</b>.\nNur für uns\n")
    return file


def test_every_page_says_that_it_will_be_back(client, closed):
    for path in ("/", "/melden/", "/verwaltung/", "/gibt-es-nicht/"):
        page = client.get(path)
        text = page.content.decode()
        assert page.status_code == 503
        assert int(page["Retry-After"]) > 0
        assert page["Cache-Control"] == "no-store"
        assert "default-src 'self'" in page["Content-Security-Policy"]
        assert "Bis etwa 18 &lt;b&gt;Uhr" in text
        assert "Nur für uns" not in text
        assert 'href="tel:112"' in text
        assert not page.cookies


def test_programs_get_json(client, closed):
    answer = client.post("/api/v1/reports/", {}, content_type="application/json")
    assert answer.status_code == 503
    assert answer.json()["status"] == 503
    assert answer["Retry-After"]


def test_whether_the_process_lives_is_another_question(client, closed):
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_open_again_without_a_restart(client, closed, settings):
    closed.unlink()
    assert "Wartung" not in client.get("/impressum/").content.decode()
    settings.MAINTENANCE = True
    assert "Wartung" in client.get("/impressum/").content.decode()


def test_a_platform_is_open_unless_somebody_closes_it():
    assert configured.MAINTENANCE is False
