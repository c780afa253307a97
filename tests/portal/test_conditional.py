"""Who has a public page already gets no second copy of it."""

import pytest


@pytest.mark.parametrize("path", ["/", "/karte/", "/datenschutz/", "/api/v1/categories/"])
def test_the_same_public_page_is_not_sent_twice(client, town, path):
    first = client.get(path)
    mark = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": mark})
    assert again.status_code == 304
    assert not again.content
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_a_change_makes_another_page(client, town):
    mark = client.get("/").headers["ETag"]
    type(town.municipality).objects.filter(pk=town.municipality.pk).update(name="Anderswo")
    assert client.get("/", headers={"If-None-Match": mark}).status_code == 200


def test_compressed_pages_are_known_again(client, town):
    first = client.get("/datenschutz/", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/datenschutz/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_pages_of_a_session_have_no_mark(client, town):
    assert "ETag" not in client.get("/konto/login/").headers
