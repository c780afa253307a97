"""What everybody may keep goes out compressed; what is meant for one person never, since its length could be felt."""

import gzip

import pytest

from tests.reports.conftest import release

__all__ = ["release"]
ACCEPTED = {"accept-encoding": "br, gzip"}


@pytest.mark.parametrize("path", ["/", "/karte/", "/meldungen/feed/", "/karte/daten.json?bbox=8,51,9,53&zoom=12"])
def test_public_texts_are_compressed(path, client, town, release):
    for number in range(5):
        release(f"Loch {number}")
    plain, packed = client.get(path), client.get(path, headers=ACCEPTED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_known_pages_stay_known(client, town):
    tag = client.get("/karte/", headers=ACCEPTED).headers["ETag"]
    assert client.get("/karte/", headers={**ACCEPTED, "if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/melden/", "/meldungen/NUMBER/folgen/", "/meine/SECRET/", "/konto/anmelden/"])
def test_pages_with_a_token_or_a_secret_are_not(path, client, town, release):
    case = release()
    answer = client.get(path.replace("NUMBER", case.number).replace("SECRET", case.secret), headers=ACCEPTED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
