"""NUL, which PostgreSQL refuses, in addresses, queries and cookies: never an error of ours."""

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/meldungen/%00/",
        "/meine/%00/",
        "/abo/verwalten/%00/",
        "/bestaetigen/%00/",
        "/api/v1/reports/a%00b/",
        "/en/melden/%00/ort/",
    ],
)
def test_nothing_lies_at_an_address_with_it(path, client, town):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["/karte/?q=%00&nach=%00", "/melden/?kategorie=%%0000", "/api/v1/categories/?municipality=%00", "/orte/?q=%00"],
)
def test_it_is_left_out_of_queries(query, client, town):
    assert client.get(query).status_code == 200


def test_it_is_left_out_of_cookies(client, town):
    client.cookies.load('sessionid="abcdefgh\\000ijkl"')
    assert client.get("/verwaltung/").status_code == 302
    assert client.get("/meine-meldungen/").status_code == 200


def test_in_a_form_it_is_no_fault_of_ours(client, town):
    assert client.post("/melden/", {"kategorie": "a\0b"}).status_code in {302, 400}
