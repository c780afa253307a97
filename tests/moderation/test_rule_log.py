"""`/verwaltung/einrichtung/protokoll/`: what the set-up changes is noted, and read in words."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import Membership, RuleChange
from moderation.setup.log_words import lines
from tests.conftest import Town
from tests.moderation.conftest import forms_of


def _send(client: Client, name: str, /, *args: str, **typed: object) -> None:
    """The page's own form, with own entries."""
    address = reverse(name, args=args)
    values = next(
        data
        for action, data in forms_of(client.get(address))
        if action in ("", address) and "csrfmiddlewaretoken" in data
    )
    answer = client.post(address, {**values, **typed})
    assert answer.status_code == 302, (name, answer.context["form"].errors)


def test_every_step_leaves_its_line(login, town: Town) -> None:
    admin = login(town.admin)
    _send(admin, "setup_name", name="Neustadt")
    _send(admin, "setup_look", accent="#0b5394")
    _send(admin, "setup_mail", sender_name="Neustadt", scheme="smtps", host="8.8.8.8", user="a", password="streng")
    _send(admin, "setup_unit_new", name="Forst", mail_rhythm="digest")
    _send(admin, "setup_patience", **{"accept-first": "5", "accept-second": "9"})
    _send(admin, "setup_ideas", idea_goal="50")
    admin.post(reverse("setup_embed"), {"embed_origins": "https://www.example.org"})
    _send(admin, "setup_intake", address="melden@example.org", scheme="")
    found = {row.subject for row in RuleChange.objects.filter(municipality=town.municipality, actor=town.admin)}
    assert found == {"name", "look", "mail", "unit", "patience", "ideas", "embedding", "mailbox"}
    page = admin.get(reverse("setup_log")).content.decode()
    assert "<del>Harsewinkel</del>" in page
    assert "<ins>Neustadt</ins>" in page
    assert "streng" not in page
    only = admin.get(reverse("setup_log"), {"thema": "unit"}).content.decode()
    assert "Forst" in only
    assert "<ins>Neustadt</ins>" not in only


def test_people_are_noted_by_number(login, town: Town, neighbour: Town) -> None:
    admin = login(town.admin)
    typed = {"name": "Ida Neu", "email": "ida@example.org", "role": "clerk", "unit": str(town.yard.pk)}
    admin.post(reverse("setup_person_new"), typed)
    row = RuleChange.objects.get(subject="person")
    ida = Membership.objects.get(user__email="ida@example.org")
    assert (row.label, row.after) == (str(ida.user_id), {"role": "clerk", "unit": str(town.yard)})
    assert "Ida" not in f"{row.before}{row.after}"
    assert "Person: Ida Neu" in admin.get(reverse("setup_log")).content.decode(), "by the name they have now"
    admin.post(reverse("setup_person_leave", args=[ida.pk]))
    assert RuleChange.objects.filter(subject="person", after={}).exists()
    assert login(town.manager).get(reverse("setup_log")).status_code == 403
    assert login(neighbour.admin).get(reverse("setup_log")).status_code == 403


def test_the_log_is_paged_with_few_queries(login, town: Town, django_assert_max_num_queries) -> None:
    rows = [
        RuleChange(
            municipality=town.municipality,
            actor=town.admin,
            at="2026-03-02T09:00Z",
            subject="unit",
            after={"name": str(n)},
        )
        for n in range(120)
    ]
    RuleChange.objects.bulk_create(rows)
    admin = login(town.admin)
    with django_assert_max_num_queries(14):
        page = admin.get(reverse("setup_log"), {"seite": "2"})
    assert page.context["page"].paginator.num_pages == 3
    assert len(page.context["changes"]) == 50


def test_values_are_words(town: Town) -> None:
    after = {"hours": {"0": [["08:00", "12:00"]], "1": [["08:00", "12:00"]]}, "parent": None, "mail_rhythm": "digest"}
    change = RuleChange(subject="unit", label="Bauhof", before={"mail_rhythm": "at_once"}, after=after)
    found = {line.name: (line.before, line.after) for line in lines(change)}
    assert found["Sprechzeiten"] == ("–", "Montag und Dienstag 08:00–12:00")
    assert found["Team von"] == ("–", "–")
    until = RuleChange(subject="emergency", before={"until": None}, after={"until": "2026-03-02T17:00:00+00:00"})
    assert lines(until)[0].after == "02.03.2026 18:00"
