"""Passkeys of staff without a browser: what is no answer of a device is refused, and pages say what they are."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.accounts.test_login import confirm, log_in

NONSENSE = [
    "",
    "x",
    "[]",
    '"x"',
    "{}",
    '{"response": "x"}',
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}),
    json.dumps(
        {
            "id": "eA",
            "rawId": "eA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "authenticatorData": "eA",
                "attestationObject": "oA",
                "signature": "eA",
                "userHandle": "Y2l0aXplbi54",
            },
            "clientExtensionResults": {},
        }
    ),
]


def test_nonsense_logs_nobody_in(client, town):
    address = reverse("mfa_login_webauthn")
    asked = client.get(address, headers={"accept": "application/json"}).json()["request_options"]["publicKey"]
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "testserver"
    for sent in NONSENSE:
        assert client.post(address, {"credential": sent})["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_nonsense_becomes_no_passkey(client, town):
    log_in(client, town.manager)
    confirm(client)
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["name"] == "Stadt Harsewinkel"
    assert 'value="Passkey 1"' in page.content.decode()
    for sent in NONSENSE:
        again = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": sent, "passwordless": "on"})
        assert again.status_code == 200
    assert "noch keinen Passkey" in client.get(reverse("mfa_list_webauthn")).content.decode()


@pytest.mark.parametrize("name", ["account_login", "mfa_index", "mfa_list_webauthn", "mfa_add_webauthn"])
def test_pages_run_under_the_policy(name, client, town):
    if name != "account_login":
        log_in(client, town.manager)
        confirm(client)
    text = client.get(reverse(name)).content.decode()
    assert "Passkey" in text
    assert "onload.js" not in text
    assert "style=" not in text


def test_where_a_factor_is_required_a_passkey_does(client, town, settings):
    settings.STAFF_TOTP = "required"
    log_in(client, town.manager)
    confirm(client)
    assert reverse("mfa_add_webauthn") in client.get("/verwaltung/", follow=True).content.decode()
    Authenticator.objects.create(user=town.manager, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})
    assert client.get(reverse("desk")).status_code == 200
