"""The set-up of reports by mail."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.urls import reverse

from geo.models import Municipality
from net.guard import Refused
from net.sealed import unseal_password

TYPED = {
    "address": "Melder@Stadt.example",
    "scheme": "imaps",
    "host": "imap.stadt.example",
    "port": "",
    "user": "melder@stadt.example",
    "password": "ge/heim",
    "folder": "",
}


def test_an_administrator_sets_address_and_mailbox(town, login):
    client, url = login(town.admin), reverse("setup_intake")
    assert client.post(url, TYPED).status_code == 302
    row = Municipality.objects.get(pk=town.municipality.pk)
    assert row.intake_address == "melder@stadt.example"
    assert "heim" not in row.intake_imap
    assert unseal_password(row.intake_imap).endswith("melder%40stadt.example:ge%2Fheim@imap.stadt.example/INBOX")
    page = client.get(url).content.decode()
    assert "imap.stadt.example" in page
    assert "heim" not in page
    assert client.post(url, {**TYPED, "password": ""}).status_code == 302
    assert client.post(url, {**TYPED, "password": "", "host": "evil.example"}).status_code == 422
    assert login(town.manager).get(url).status_code == 403


def test_an_address_with_a_plus_or_of_another_town_is_refused(town, neighbour, login):
    Municipality.objects.filter(pk=neighbour.municipality.pk).update(intake_address="heek@land.example")
    client, url = login(town.admin), reverse("setup_intake")
    for address in ("a+b@stadt.example", f"{'x' * 31}@stadt.example", "heek@land.example", ""):
        assert client.post(url, {**TYPED, "address": address}).status_code == 422


def test_the_try_says_why_it_does_not_work(town, login, monkeypatch):
    def refuse(*args, **options):
        raise Refused("imap.stadt.example is not a public address")

    monkeypatch.setattr("moderation.setup.mailbox.Box", refuse)
    answer = login(town.admin).post(reverse("setup_intake"), {**TYPED, "probe": "1"})
    said = [str(one) for one in get_messages(answer.wsgi_request)]
    assert answer.status_code == 302
    assert any("not a public address" in one for one in said)
