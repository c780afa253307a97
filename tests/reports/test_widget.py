"""`/widget/`: for the frames of named sites only, without scripts, showing what the map shows."""

import re

import pytest


def test_nobody_may_frame_it_until_somebody_is_named(client, town, release):
    release()
    answer = client.get("/widget/")
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert not answer.cookies
    town.municipality.embed_origins = ["https://www.harsewinkel.example"]
    town.municipality.save()
    policy = client.get("/widget/").headers["Content-Security-Policy"]
    assert re.search(r"frame-ancestors 'self' https://www\.harsewinkel\.example(;|$)", policy)
    assert "default-src 'self'" in policy


def test_all_other_pages_stay_out_of_frames(client, town):
    town.municipality.embed_origins = ["https://www.harsewinkel.example"]
    town.municipality.save()
    answer = client.get("/")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_no_header_forbids_what_the_policy_allows(client, town):
    assert "X-Frame-Options" not in client.get("/widget/").headers


def test_it_needs_no_script_and_opens_beside(client, town, release):
    case = release()
    text = client.get("/widget/").content.decode()
    assert "<script" not in text
    assert '<base target="_blank">' in text
    assert f"/meldungen/{case.number}/" in text
    assert 'href="/melden/"' in text


def test_a_selection_shows_no_other(client, town, release, make_report):
    pothole, lamp = release(), release(category=town.lamp)
    make_report("GEHEIM")
    slug = town.lamp.topic.slug
    text = client.get(f"/widget/?kategorie={slug}").content.decode()
    assert str(lamp.number) in text
    assert str(pothole.number) not in text
    assert "GEHEIM" not in text
    assert f"/melden/?kategorie={slug}" in text


@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("-3", 1), ("x", 3), ("999999999999999999999", 3), ("", 3)])
def test_the_number_of_rows_stays_reasonable(asked, shown, client, town, release):
    for _time in range(3):
        release()
    assert client.get(f"/widget/?anzahl={asked}").content.decode().count('href="/meldungen/') == shown
