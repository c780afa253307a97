"""Logging in by the directory of the town: who comes in, as what, and everything that must not work."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.directory import tokens, wire
from accounts.directory.admitting import LAPSE, lapse
from accounts.directory.keeping import Rule, set_directory
from accounts.directory.probing import probe
from accounts.models import Directory, RuleChange, User
from accounts.policy import Role
from accounts.services import grant
from net.sealed import is_sealed, unseal
from tests.accounts.provider import CLIENT, OTHER_KEY, SECRET, Provider

PASSWORD = "geheim-geheim-1"


@pytest.fixture
def client():
    """A browser at the address of Harsewinkel."""
    return Client(headers={"host": "localhost"})


@pytest.fixture(scope="module")
def _server():
    provider = Provider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def provider(_server, settings):
    _server.reset()
    settings.NET_ALLOWED = [_server.host]
    settings.PUBLIC_PORT = ""
    return _server


@pytest.fixture
def directory(town, provider):
    """Harsewinkel's, with the yard's clerks, the managers and the administrators."""
    return keep(town, provider)


def keep(town, provider, **facts):
    rules = [
        Rule("Bauhof", Role.CLERK, town.yard),
        Rule("Beschwerden", Role.MANAGER),
        Rule("IT", Role.ADMIN),
    ]
    facts = {"rules": rules, "active": True, "issuer": provider.issuer, "client_id": CLIENT, **facts}
    return set_directory(municipality=town.municipality, by=town.admin, client_secret=SECRET, **facts)


def come(client, provider, **query):
    """Off to the directory and back; returns the last answer."""
    gone = client.get(reverse("directory_login"), query)
    assert gone.status_code == 302, gone.content
    return client.get(reverse("directory_callback"), provider.authorise(gone["Location"]))


def refused(answer, words, status=403):
    """The page says why, and nobody is logged in."""
    assert answer.status_code == status, answer.content
    assert words in answer.content.decode()
    assert "_auth_user_id" not in answer.wsgi_request.session


def roles(user):
    return {(one.role, one.unit_id, one.directory_at is not None) for one in user.memberships.all()}


# Coming in -----------------------------------------------------------------------------------------------------------
def test_only_a_town_with_a_directory_shows_the_way(client, directory, neighbour):
    words = "Mit dem Konto der Stadt anmelden"
    assert words in client.get(reverse("account_login")).content.decode()
    assert words not in client.get(reverse("account_login"), headers={"host": "heek.localhost"}).content.decode()
    assert client.get(reverse("directory_login"), headers={"host": "heek.localhost"}).status_code == 404


def test_the_first_login_makes_the_account_with_the_roles_of_its_groups(client, town, directory, provider):
    answer = come(client, provider, next="/verwaltung/?q=Loch")
    assert (answer.status_code, answer["Location"]) == (302, "/verwaltung/?q=Loch")
    user = User.objects.get(email="berta@harsewinkel.example")
    assert (user.name, user.has_usable_password()) == ("Berta Beispiel", False)
    assert roles(user) == {("clerk", town.yard.pk, True)}
    assert SocialAccount.objects.get(user=user).extra_data == {}
    assert client.get(reverse("desk")).status_code == 200
    assert client.session.get_expiry_age() <= 10 * 3600
    assert RuleChange.objects.get(subject="person").after["role"] == "clerk"


def test_each_login_brings_the_roles_in_line_and_leaves_those_given_by_hand(client, town, directory, provider):
    come(client, provider)
    user = User.objects.get(email="berta@harsewinkel.example")
    grant(user=user, municipality=town.municipality, role=Role.EDITOR)
    provider.claims |= {"groups": ["beschwerden"], "name": "Berta Neu", "email": "berta.neu@harsewinkel.example"}
    come(client, provider)
    user.refresh_from_db()
    assert roles(user) == {("manager", None, True), ("editor", None, False)}
    assert (user.name, user.email) == ("Berta Neu", "berta.neu@harsewinkel.example")
    client.logout()
    provider.claims["groups"] = ["alle"]
    refused(come(client, provider), "gehört zu keiner der Gruppen")
    assert roles(user) == {("editor", None, False)}


def test_nobody_without_a_group_gets_an_account(client, directory, provider):
    provider.claims["groups"] = ["alle"]
    refused(come(client, provider), "gehört zu keiner der Gruppen")
    provider.claims.pop("groups")
    provider.userinfo = {"sub": "4711"}
    refused(come(client, provider), "gehört zu keiner der Gruppen")
    assert not User.objects.filter(email="berta@harsewinkel.example").exists()


def test_groups_may_come_from_userinfo_of_the_same_person_only(client, town, provider):
    keep(town, provider, groups_claim="realm_access.roles")
    provider.userinfo = {"sub": "4712", "realm_access": {"roles": ["IT"]}}
    refused(come(client, provider), "konnte nicht geprüft werden")
    provider.userinfo["sub"] = "4711"
    come(client, provider)
    assert roles(User.objects.get(email="berta@harsewinkel.example")) == {("admin", None, True)}


# Accounts that are there already -------------------------------------------------------------------------------------
def test_a_local_account_is_linked_when_the_address_is_confirmed(client, town, directory, provider):
    provider.claims |= {"email": town.clerk.email, "email_verified": False}
    refused(come(client, provider), "bestätigt nicht")
    assert not SocialAccount.objects.exists()
    provider.claims["email_verified"] = True
    come(client, provider)
    assert SocialAccount.objects.get().user == town.clerk
    assert roles(town.clerk) == {("clerk", town.yard.pk, False)}  # given by hand before, and stays so
    client.logout()
    provider.claims["sub"] = "4712"
    refused(come(client, provider), "mit jemand anderem im Verzeichnis verbunden")


def test_an_account_of_another_town_or_the_platform_is_never_opened(client, town, neighbour, directory, provider):
    operator = User.objects.create_superuser("betrieb@example.org", PASSWORD, name="Betrieb")
    for email in (neighbour.clerk.email, operator.email):
        provider.claims["email"] = email
        refused(come(client, provider), "arbeitet auch für eine andere Kommune")
    provider.claims["email"] = "berta@harsewinkel.example"
    come(client, provider)
    user = User.objects.get(email="berta@harsewinkel.example")
    grant(user=user, municipality=neighbour.municipality, role=Role.MANAGER)
    client.logout()
    refused(come(client, provider), "arbeitet auch für eine andere Kommune")


def test_the_state_of_one_town_is_worth_nothing_in_another(client, town, neighbour, directory, provider):
    keep(neighbour, provider)
    gone = client.get(reverse("directory_login"))
    back = provider.authorise(gone["Location"])
    refused(client.get(reverse("directory_callback"), back, headers={"host": "heek.localhost"}), "noch einmal")


def test_a_locked_account_stays_locked(client, directory, provider):
    come(client, provider)
    client.logout()
    User.objects.filter(email="berta@harsewinkel.example").update(is_active=False)
    refused(come(client, provider), "gesperrt")


def test_roles_that_no_directory_confirms_lapse(client, directory, provider):
    come(client, provider)
    assert lapse(at=timezone.now() + LAPSE - timedelta(hours=1)) == 0
    assert lapse(at=timezone.now() + LAPSE + timedelta(hours=1)) == 1


def test_at_a_foreign_host_one_is_led_to_the_towns_own_first(directory):
    gone = Client().get(reverse("directory_login"), {"next": "/verwaltung/?q=Loch"})
    assert gone["Location"].startswith("http://localhost/konto/verzeichnis/?next=")
    assert "127.0.0.1" in Client().get(gone["Location"])["Location"]


# What must not work --------------------------------------------------------------------------------------------------
LIES = {
    "another program": lambda claims: claims.update(aud="anderes"),
    "several programs": lambda claims: claims.update(aud=[CLIENT, "anderes"]),
    "another issuer": lambda claims: claims.update(iss="https://example.org"),
    "too old": lambda claims: claims.update(exp=claims["iat"] - 600, iat=claims["iat"] - 900),
    "without end": lambda claims: claims.pop("exp"),
    "another login": lambda claims: claims.update(nonce="von-gestern"),
    "no nonce": lambda claims: claims.pop("nonce"),
}


def test_a_token_that_is_not_right_opens_nothing(client, directory, provider):
    for lie, change in LIES.items():
        provider.change = change
        refused(come(client, provider), "konnte nicht geprüft werden")
        assert not User.objects.filter(email="berta@harsewinkel.example").exists(), lie
    provider.change = lambda claims: None
    provider.key = OTHER_KEY
    refused(come(client, provider), "konnte nicht geprüft werden")
    for algorithm in ("none", "HS256"):
        provider.algorithm = algorithm
        refused(come(client, provider), "nicht so geantwortet", 502)
    assert not SocialAccount.objects.exists()


def test_state_and_code_work_once_and_in_this_browser_only(client, directory, provider):
    back = provider.authorise(client.get(reverse("directory_login"))["Location"])
    other = Client(headers={"host": "localhost"})
    refused(other.get(reverse("directory_callback"), back), "konnte nicht geprüft werden")
    assert client.get(reverse("directory_callback"), back).status_code == 302
    client.logout()
    refused(client.get(reverse("directory_callback"), back), "konnte nicht geprüft werden")
    refused(client.get(reverse("directory_callback"), {"code": "x", "state": "y"}), "konnte nicht geprüft werden")
    refused(client.get(reverse("directory_callback")), "konnte nicht geprüft werden")


def test_without_the_verifier_of_the_start_the_code_is_worth_nothing(client, directory, provider):
    gone = client.get(reverse("directory_login"))["Location"]
    assert "code_challenge_method=S256" in gone
    assert "code_verifier" not in gone
    back = provider.authorise(gone)
    provider.codes[back["code"]]["code_challenge"] = "von-anderswo"
    refused(client.get(reverse("directory_callback"), back), "konnte nicht geprüft werden")


def test_the_request_has_no_wishes(client, town, directory, provider):
    client.force_login(town.editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    wish = {
        "process": "connect",
        "scope": "alles",
        "auth_params": "nonce=x&prompt=none",
        "next": "https://evil.example/",
    }
    gone = client.get(reverse("directory_login"), wish)["Location"]
    asked = parse_qs(urlsplit(gone).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["nonce"] != ["x"]
    assert "prompt" not in asked
    assert "evil.example" not in gone
    answer = client.get(reverse("directory_callback"), provider.authorise(gone))
    assert answer["Location"] == reverse("desk")
    assert SocialAccount.objects.get().user.email == "berta@harsewinkel.example"


def test_who_breaks_off_reads_so(client, directory, provider):
    back = provider.authorise(client.get(reverse("directory_login"))["Location"])
    answer = client.get(reverse("directory_callback"), {"state": back["state"], "error": "access_denied"})
    refused(answer, "abgebrochen")


def test_a_directory_that_is_away_leaves_the_other_login(client, town, directory, provider, settings, monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.2)
    monkeypatch.setattr(wire, "TOTAL", 0.3)
    provider.delay = 1.0
    refused(client.get(reverse("directory_login")), "antwortet gerade nicht", 502)
    provider.delay = 0.0
    settings.NET_ALLOWED = []
    refused(client.get(reverse("directory_login")), "nicht so geantwortet", 502)
    answer = client.post(reverse("account_login"), {"login": town.clerk.email, "password": PASSWORD})
    assert answer["Location"] == reverse("desk")


def test_only_https_and_nothing_inside_the_house(town, settings, provider):
    settings.NET_ALLOWED = ["intern:80", "192.168.1.1:80"]
    for issuer in ("http://intern/", "http://192.168.1.1", "ftp://x", "https://u:p@x", "javascript:x", provider.issuer):
        assert not wire.is_fit(issuer)
    with pytest.raises(wire.Trouble) as error:
        tokens.described("https://127.0.0.1:9/x")
    assert "not a public address" in error.value.detail


def test_a_description_may_not_speak_for_somebody_else(client, directory, provider):
    provider.description = {"issuer": "https://example.org"}
    refused(client.get(reverse("directory_login")), "nicht so geantwortet", 502)
    provider.description = {"token_endpoint": "http://192.168.1.1/token"}
    refused(client.get(reverse("directory_login")), "nicht so geantwortet", 502)


# Second factor -------------------------------------------------------------------------------------------------------
def test_the_second_factor_is_asked_once(client, town, directory, provider, settings):
    settings.STAFF_TOTP = "required"
    come(client, provider)
    assert client.get(reverse("desk"))["Location"] == reverse("mfa_activate_totp")
    TOTP.activate(User.objects.get(email="berta@harsewinkel.example"), generate_totp_secret())
    client.logout()
    assert come(client, provider)["Location"].startswith(reverse("mfa_authenticate"))
    client.logout()
    provider.change = lambda claims: claims.update(amr=["pwd", "mfa"])
    come(client, provider)
    assert client.get(reverse("desk")).status_code == 200
    client.logout()
    keep(town, provider, strong_acr="hoch sehr-hoch")
    provider.change = lambda claims: claims.update(acr="hoch")
    come(client, provider)
    assert client.get(reverse("desk")).status_code == 200


# Setting it ----------------------------------------------------------------------------------------------------------
def test_the_secret_is_sealed_never_shown_and_goes_with_another_issuer(client, town, directory, provider):
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM accounts_directory")
        kept = cursor.fetchone()[0]
    assert is_sealed(kept)
    assert unseal(kept) == SECRET
    assert SECRET not in json.dumps(list(RuleChange.objects.values_list("before", "after")))
    client.force_login(town.admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("setup_directory")).content.decode()
    assert SECRET not in page
    assert kept not in page
    call_command("reseal")
    directory.refresh_from_db()
    assert unseal(directory.client_secret) == SECRET
    sent = {"active": "on", "issuer": "https://example.org/x", "client_id": CLIENT, "groups_claim": "groups"}
    sent |= {"group-0": "Bauhof", "role-0": "clerk", "unit-0": str(town.yard.pk)}
    answer = client.post(reverse("setup_directory"), sent)
    assert answer.status_code == 422
    assert "Ohne das Geheimnis" in answer.content.decode()


def test_the_page_keeps_groups_and_tests_the_connection(client, town, provider):
    client.force_login(town.admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"issuer": provider.issuer + "/", "client_id": CLIENT, "client_secret": SECRET, "groups_claim": "groups"}
    sent |= {"active": "on", "group-0": "Bauhof", "role-0": "field", "probe": "1"}
    wrong = client.post(reverse("setup_directory"), sent)
    assert wrong.status_code == 422
    assert "brauchen eine Stelle" in wrong.content.decode()
    sent["unit-0"] = str(town.yard.pk)
    right = client.post(reverse("setup_directory"), sent, follow=True).content.decode()
    assert "Kennung und Geheimnis werden angenommen" in right
    assert Directory.objects.get().groups.get().unit == town.yard
    sent |= {"client_secret": "falsch"}
    again = client.post(reverse("setup_directory"), sent, follow=True).content.decode()
    assert "nimmt Kennung und Geheimnis nicht an" in again
    provider.description = {"jwks_uri": f"http://{provider.host}/nichts"}
    assert "antwortet mit dem Status 404" in probe(Directory.objects.get())


def test_only_administrators_of_this_town_set_it(client, town, neighbour, directory):
    for user in (town.manager, neighbour.admin):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("setup_directory")).status_code == 403
    with pytest.raises(PermissionError):
        set_directory(municipality=town.municipality, by=neighbour.admin, rules=[], issuer="https://example.org")


def test_a_connection_can_be_undone(client, town, directory, provider):
    come(client, provider)
    client.logout()
    link = SocialAccount.objects.get()
    client.force_login(town.admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Berta Beispiel" in client.get(reverse("setup_directory")).content.decode()
    client.post(reverse("setup_directory_let_go", args=[link.pk]))
    assert not SocialAccount.objects.exists()
    assert roles(link.user) == set()
