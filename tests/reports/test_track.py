"""From a number, as somebody remembers it, to the page."""

from cases.change import By
from cases.models import Case
from cases.services import withdraw
from reports import track


def ask(client, typed):
    return client.get("/verfolgen/", {"nummer": typed})


def test_the_form_alone(client, town):
    assert "HSW-2026-000123" in client.get("/verfolgen/").content.decode()


def test_leads_to_the_page_public_or_in_review(client, release, make_report):
    for case in (release(), make_report()):
        typed = f" {case.number.lower().replace('-', ' ')} "
        assert ask(client, typed)["Location"] == f"/meldungen/{case.number}/"


def test_what_may_not_be_known_is_not_found(client, town, make_report):
    withdrawn = make_report()
    withdraw(case=withdrawn, by=By.citizen())
    unreleased = make_report()
    Case.objects.filter(pk=unreleased.pk).update(former_number="ALT-9")
    confidential = make_report("Kritik", category=town.complaint)
    for typed in (withdrawn.number, confidential.number, "ALT-9", "HSW-2026-99999", "%", "x" * 999, "\x00"):
        response = ask(client, typed)
        assert response.status_code in (404, 200), typed
        assert "Location" not in response, typed


def test_advice_when_nothing_is_found(client, town):
    text = ask(client, "<b>77</b>").content.decode()
    assert "gibt es nicht" in text
    assert "<b>77" not in text


def test_too_many_tries_are_slowed_down(client, town, monkeypatch):
    monkeypatch.setattr(track, "TRIES_PER_HOUR", 1)
    ask(client, "1")
    assert ask(client, "2").status_code == 429
