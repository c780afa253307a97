"""Passkeys of citizens without a browser: who may add one, what opens nothing, and when they go."""

from datetime import timedelta

import pytest

from cases.change import Act, By
from cases.services import delete_contact
from citizens import passkeys
from citizens.models import Access, Passkey
from citizens.policy import PASSKEY_UNUSED, PASSKEYS
from tests.accounts.test_passkeys import NONSENSE
from tests.citizens.test_mine import ERIKA, enter, own  # noqa: F401 a fixture
from tests.conftest import AT

ADD, OPEN = "/meine-meldungen/passkey/neu/", "/meine-meldungen/passkey/"


@pytest.fixture(autouse=True)
def _no_rings(monkeypatch):
    monkeypatch.setattr("outbox.bell.ring", lambda task: None)


def kept(town, email=ERIKA, **facts):
    """A passkey as it is kept."""
    number = Passkey.objects.count()
    row = {"credential_id": f"k{number}", "credential": "", "created_at": AT, "used_at": AT, **facts}
    return Passkey.objects.create(municipality=town.municipality, email=email, **row)


def test_only_who_opened_the_page_may_add_one(client, own):  # noqa: F811
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"credential": "{}"})["Location"] == "/meine-meldungen/"
    enter(client)
    asked = client.get(ADD)
    assert "no-store" in asked["Cache-Control"]
    options = asked.json()["creation_options"]["publicKey"]
    assert options["rp"] == {"name": "Stadt Harsewinkel", "id": "testserver"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"


def test_nonsense_is_kept_by_nobody_and_opens_nothing(client, own):  # noqa: F811
    for sent in NONSENSE:
        assert client.get(OPEN).status_code == 200
        refused = client.post(OPEN, {"credential": sent})
        assert refused.status_code == 422
        assert "öffnet hier nichts" in refused.content.decode()
    enter(client)
    for sent in NONSENSE:
        client.get(ADD)
        assert client.post(ADD, {"credential": sent})["Location"].endswith("?fertig=passkey-nicht")
    assert not Passkey.objects.exists()
    assert Access.objects.count() == 1


def test_a_key_that_did_not_sign_opens_nothing(client, town, own):  # noqa: F811
    kept(town)
    client.get(OPEN)
    sent = '{"id": "k0", "rawId": "k0", "type": "public-key", "response": {}}'
    assert client.post(OPEN, {"credential": sent}).status_code == 422


def test_tries_are_throttled(client, town, monkeypatch):
    monkeypatch.setattr("citizens.passkey_views.PASSKEY_TRIES", 2)
    assert [client.get(OPEN).status_code for _ in range(3)] == [200, 200, 429]


def test_there_are_enough_at_some_point(client, town, own):  # noqa: F811
    enter(client)
    for _ in range(PASSKEYS):
        kept(town)
    assert client.get(ADD).status_code == 409


def test_removed_on_the_page_and_only_ones_own(client, town, own):  # noqa: F811
    mine, other = kept(town), kept(town, "paul@example.org")
    enter(client)
    assert client.get("/meine-meldungen/").content.decode().count('name="passkey"') == 1
    for row in (mine, other):
        client.post("/meine-meldungen/beenden/", {"passkey": row.pk})
    assert list(Passkey.objects.all()) == [other]


def test_deleting_the_address_deletes_its_passkeys(client, town, own):  # noqa: F811
    kept(town)
    other = kept(town, "paul@example.org")
    enter(client)
    client.post("/meine-meldungen/loeschen/")
    assert list(Passkey.objects.all()) == [other]


def test_what_opens_nothing_or_is_not_used_is_forgotten(town, own):  # noqa: F811
    kept(town)
    kept(town, "niemand@example.org")
    assert passkeys.forget(at=AT) == 1
    assert passkeys.forget(at=AT) == 0
    delete_contact(case=own, by=By.system(), act=Act(at=AT))
    assert passkeys.forget(at=AT) == 1
    kept(town)
    assert passkeys.forget(at=AT + PASSKEY_UNUSED + timedelta(days=1)) == 1
    assert not Passkey.objects.exists()
