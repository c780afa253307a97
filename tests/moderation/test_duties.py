"""The page of data protection: only for who answers for it; terms, tonight's list, a person's request."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import duties
from cases import services as cases
from cases.change import Act, By
from cases.models import Erasure
from cases.policy import State

NAMES = ("duties", "duties_terms", "duties_person", "duties_record")


@pytest.fixture
def settled(town, make_report):
    """A case with a contact, closed a year ago."""
    case = make_report("Kaputte Bank", email="erika@example.org")
    at = timezone.now() - timedelta(days=365)
    cases.move(case=case, to=State.DONE, by=By.staff(town.clerk), act=Act(at=at))
    return case


def test_only_for_who_answers_for_it(login, town, neighbour, client):
    for name in NAMES:
        assert login(town.manager).get(reverse(name)).status_code == 200
        assert login(town.clerk).get(reverse(name)).status_code == 403
        assert login(neighbour.manager).get(reverse(name)).status_code == 403
        assert client.get(reverse(name)).status_code == 302


def test_tonights_list_and_the_log(manager, settled, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        page = manager.get(reverse("duties")).content.decode()
    assert settled.number in page
    assert "1</strong> × Kontaktdaten" in page
    duties.erase_due(at=timezone.now())
    page = manager.get(reverse("duties"))
    assert page.context["due"] == []
    assert [one["row"].number for one in page.context["log"]] == [settled.number]


def test_terms_are_saved_or_told_what_is_wrong(manager, town, settled):
    url = reverse("duties_terms")
    typed = {"contact_days": "400", "original_days": "", "photo_days": "500", "case_days": "600"}
    assert manager.post(url, typed).status_code == 302
    town.municipality.refresh_from_db()
    assert (town.municipality.contact_days, town.municipality.original_days) == (400, None)
    assert manager.get(reverse("duties")).context["due"] == []
    wrong = manager.post(url, {**typed, "case_days": "450"})
    assert wrong.status_code == 422
    assert "Nichts kann länger bleiben als der Vorgang selbst (450 Tage)." in wrong.content.decode()
    town.municipality.refresh_from_db()
    assert town.municipality.case_days == 600
    own = reverse("duties_terms_topic", args=[settled.topic.pk])
    assert "Leer: 400 Tage" in manager.get(own).content.decode()


def test_terms_that_somebody_else_set_meanwhile_are_shown_first(manager, town):
    url = reverse("duties_terms")
    seen = re.search(r'name="seen" value="(\w+)"', manager.get(url).content.decode())
    type(town.municipality).objects.filter(pk=town.municipality.pk).update(contact_days=90)
    answer = manager.post(url, {"seen": seen and seen[1], "contact_days": "400"})
    assert answer.status_code == 422
    assert "jetzt: „90“, bei Ihnen: „400“" in answer.content.decode()
    town.municipality.refresh_from_db()
    assert town.municipality.contact_days == 90


def test_a_foreign_category_has_no_terms_here(manager, neighbour):
    assert manager.get(reverse("duties_terms_topic", args=[neighbour.pothole.topic.pk])).status_code == 404


def test_a_person_is_informed_and_erased(manager, town, settled):
    url = reverse("duties_person")
    assert manager.post(url, {"email": "kein e-mail"}).status_code == 422
    assert "gehört nichts" in manager.post(url, {"email": "andere@example.org"}).content.decode()
    page = manager.post(url, {"email": "Erika@example.org"})
    assert "Kaputte Bank" in page.content.decode()
    file = manager.post(url, {"email": "erika@example.org", "download": "1"})
    assert file["Content-Disposition"].startswith("attachment")
    assert "Kaputte Bank" in json.dumps(json.loads(file.content), ensure_ascii=False)
    done = manager.post(reverse("duties_forget"), {"email": "erika@example.org", "words": "1"}, follow=True)
    assert "Zu dieser Adresse gehört nichts mehr." in done.content.decode()
    settled.refresh_from_db()
    settled.report.refresh_from_db()
    assert (settled.contact, settled.report.text) == (None, "")
    assert Erasure.objects.filter(by=town.manager).exists()


def test_a_case_is_kept_on_purpose_at_the_desk(manager, settled, act_on):
    assert act_on(manager, settled, "aufbewahren", text="Klage").status_code == 302
    page = manager.get(reverse("duties")).content.decode()
    assert "Klage" in page
    assert manager.get(reverse("duties")).context["due"] == []
    assert act_on(manager, settled, "aufbewahren-beenden").status_code == 302
    assert len(manager.get(reverse("duties")).context["due"]) == 1
