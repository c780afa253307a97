"""Security headers and cookies of every kind of answer, in one table."""

import pytest

PAGES = [
    "/",
    "/karte/",
    "/melden/",
    "/verfolgen/",
    "/konto/anmelden/",
    "/api/docs/",
    "/gibt-es-nicht/",
    "/design/",
    "/impressum/",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_locked_down(path, client, town):
    answer = client.get(path)
    assert answer.status_code in {200, 404}
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    ["/", "/karte/", "/verfolgen/", "/impressum/", "/api/v1/reports/", "/karte/daten.json?bbox=8,51,9,52&zoom=9"],
)
def test_cacheable_pages_set_no_cookie_and_hold_no_token(path, client, town):
    answer = client.get(path)
    assert answer.status_code == 200
    assert not answer.cookies
    assert b"csrfmiddlewaretoken" not in answer.content


def test_cookies_of_the_login_are_not_for_scripts(client, town):
    client.post("/konto/anmelden/", {"login": town.manager.email, "password": "geheim-geheim-1"})
    cookies = client.cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == "Lax"


def test_a_foreign_host_header_is_not_echoed(client, town):
    answer = client.get("/", headers={"host": "boese.example"})
    assert answer.status_code == 400
    assert b"boese.example" not in answer.content
