"""Security headers and cookies of every response, in one table."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from cases.change import By
from reports.services import release_text
from tests.reports.test_nothing_unreleased import addresses

ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "worker-src": "'self'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Never more than the origin leaves the site; pages whose address is a secret do not even say their path to themselves.
REFERRER = {"same-origin", "strict-origin"}
#: who, address, status, what Cache-Control must say, cookies it sets
TABLE = [
    ("visitor", "/", 200, "public", set()),
    ("visitor", "/en/", 200, "public", set()),
    ("visitor", "/karte/", 200, "public", set()),
    ("visitor", "/karte/daten.json?bbox=8,51,9,52&zoom=9", 200, "public", set()),
    ("visitor", "/karte/kacheln/9/267/168.json", 200, "public", set()),
    ("visitor", "/statistik/", 200, "public", set()),
    ("visitor", "/meldungen/NUMBER/", 200, "public", set()),
    ("visitor", "/meldungen/feed/", 200, "public", set()),
    ("visitor", "/impressum/", 200, "public", set()),
    ("visitor", "/verfolgen/", 200, "", set()),
    ("visitor", "/api/v1/reports/", 200, "", set()),
    ("visitor", "/api/docs/", 200, "", set()),
    ("visitor", "/sw.js", 200, "no-cache", set()),
    ("visitor", "/meldungen/NUMBER/folgen/", 200, "no-store", {"csrftoken"}),
    ("visitor", "/melden/", 200, "no-store", {"csrftoken"}),
    ("visitor", "/meine/SECRET/", 200, "no-store", {"csrftoken", "sessionid"}),
    ("visitor", "/konto/anmelden/", 200, "no-store", {"csrftoken", "sessionid"}),
    ("visitor", "/verwaltung/", 302, "", set()),
    ("visitor", "/gibt-es-nicht/", 404, "", set()),
    ("visitor", "/api/v1/gibt-es-nicht/", 404, "", set()),
    ("manager", "/verwaltung/", 200, "no-store", {"csrftoken", "sessionid"}),
    ("manager", "/verwaltung/vorgang/PK/", 200, "no-store", {"csrftoken", "sessionid"}),
    ("manager", "/verwaltung/einrichtung/", 403, "", {"sessionid"}),
]


def policy_of(answer):
    """The Content-Security-Policy by directive."""
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {name: value for name, _blank, value in (part.strip().partition(" ") for part in parts) if name}


@pytest.fixture
def case(town, make_report):
    found = make_report("Ein Loch", email="erika@example.org")
    release_text(case=found, by=By.staff(town.manager))
    return found


@pytest.mark.parametrize(("who", "path", "status", "cache", "cookies"), TABLE)
def test_the_table(who, path, status, cache, cookies, town, case):
    client = Client()
    if who == "manager":
        client.force_login(town.manager)
    # The secret last: its random letters may spell one of the other words.
    path = path.replace("NUMBER", str(case.number)).replace("PK", str(case.pk)).replace("SECRET", case.secret)
    answer = client.get(path)
    assert answer.status_code == status
    assert policy_of(answer) == POLICY
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["Referrer-Policy"] in REFERRER
    assert cache in answer.headers.get("Cache-Control", "")
    assert set(answer.cookies) <= cookies
    for cookie in answer.cookies.values():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    if "public" in answer.headers.get("Cache-Control", ""):
        assert b"csrfmiddlewaretoken" not in answer.content


def test_no_address_of_the_platform_lacks_a_header(town, case):
    """All public addresses with their parameters; the widget alone may stand in frames."""
    client = Client()
    for path in itertools.chain.from_iterable(addresses(case).values()):
        answer = client.get(path)
        framed = path.startswith("/widget/")
        wanted = {**POLICY, "frame-ancestors": "'self'"} if framed else POLICY
        assert policy_of(answer) == wanted, path
        headers = {name: value for name, value in ALWAYS.items() if not (framed and name == "X-Frame-Options")}
        assert {name: answer.headers.get(name) for name in headers} == headers, path
        assert answer.headers["Referrer-Policy"] in REFERRER, path


def test_a_foreign_host_header_is_not_echoed(client, town):
    answer = client.get("/", headers={"host": "boese.example"})
    assert answer.status_code == 400
    assert b"boese.example" not in answer.content


def test_behind_tls_cookies_are_secure_and_the_browser_stays_there(tmp_path):
    """With the example of the documentation, each name as it stands in the settings that run."""
    example = (ROOT / "docs" / "production.env.example").read_text()
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    names = [
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_HTTPONLY",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_SAMESITE",
        "DEBUG",
    ]
    program = f"import json, portal.settings as s; print(json.dumps([getattr(s, name) for name in {names!r}]))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **values, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(zip(names, json.loads(run.stdout.splitlines()[-1]), strict=True))
    assert found.pop("SECURE_HSTS_SECONDS") >= 31_536_000
    assert (found.pop("SESSION_COOKIE_SAMESITE"), found.pop("CSRF_COOKIE_SAMESITE")) == ("Lax", "Lax")
    assert found.pop("DEBUG") is False
    assert all(value is True for value in found.values()), found
