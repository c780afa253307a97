"""Emergency mode: other categories and a notice, until a time, without any job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import RuleChange
from geo.models import Municipality
from reports.categories import offered, offered_category, why_not
from reports.emergency import begin, end, remove_set, running, save_set
from reports.models import Emergency
from tests.conftest import Town, make_category, make_municipality


@pytest.fixture
def flood(town: Town) -> Emergency:
    """A set with a category that only staff choose on other days."""
    make_category(town.municipality, "keller", "Keller unter Wasser", staff_only=True)
    return save_set(
        municipality=town.municipality,
        by=town.admin,
        name={"de": "Hochwasser"},
        notice={"de": "Bleiben Sie zu Hause."},
        phones=[["Bürgertelefon", "05247 9350"]],
        topics=["keller", town.lamp.topic.slug],
    )


def slugs(town: Municipality) -> set[str]:
    return {one.topic.slug for group in offered(town, timezone.localdate()) for one in group.categories}


def on(flood: Emergency, town: Town, hours: int = 6, **facts: Any) -> Emergency:
    now = timezone.now()
    return begin(emergency=flood, until=now + timedelta(hours=hours), by=town.manager, at=now, **facts)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda deed, **_facts: deed())


def test_flow_map_and_interface_offer_the_prepared_categories_only(flood: Emergency, town: Town, client: Any) -> None:
    before, here = slugs(town.municipality), town.municipality
    assert "keller" not in before
    on(flood, town)
    assert slugs(here) == {"keller", town.lamp.topic.slug}
    assert {row["slug"] for row in client.get(reverse("api_categories")).json()} == slugs(here)
    assert offered_category(here, town.pothole.topic.slug, timezone.localdate()) is None
    keller = offered_category(here, "keller", timezone.localdate())
    assert keller is not None
    assert why_not(keller, timezone.localdate(), here) == "", "and it is taken"
    page = client.get("/karte/").content.decode()
    assert str(town.pothole.topic) not in page
    for address in ("/", "/melden/"):
        text = client.get(address).content.decode()
        assert "Bleiben Sie zu Hause." in text
        assert 'href="tel:052479350"' in text
    end(emergency=flood, by=town.manager, at=timezone.now())
    assert slugs(here) == before
    assert "Bleiben Sie" not in client.get("/").content.decode()


def test_it_ends_by_itself_to_the_second(flood: Emergency, town: Town) -> None:
    row = on(flood, town)
    assert row.until is not None
    assert running(town.municipality, row.until - timedelta(seconds=1)) is not None
    assert running(town.municipality, row.until) is None


def test_a_countys_holds_for_its_towns(town: Town) -> None:
    county = make_municipality("kreis", "Kreis", "KRS", lon=8.3, lat=51.9)
    Municipality.objects.filter(pk=town.municipality.pk).update(parent=county)
    now = timezone.now()
    facts = {"slug": "sturm", "name": {"de": "Sturm"}, "notice": {"de": "Meiden Sie Wälder."}}
    Emergency.objects.create(
        municipality=county, topics=[town.lamp.topic.slug], begun_at=now, until=now + timedelta(hours=1), **facts
    )
    here = Municipality.objects.get(pk=town.municipality.pk)
    assert slugs(here) == {town.lamp.topic.slug}


def test_who_may_and_what_is_noted(flood: Emergency, town: Town, neighbour: Town) -> None:
    now = timezone.now()
    for user in (town.clerk, town.editor, neighbour.manager):
        with pytest.raises(PermissionError):
            begin(emergency=flood, until=now + timedelta(hours=1), by=user, at=now)
    with pytest.raises(PermissionError):
        remove_set(emergency=flood, by=town.manager, at=now)
    with pytest.raises(ValidationError):
        begin(emergency=flood, until=now - timedelta(hours=1), by=town.manager, at=now)
    on(flood, town)
    with pytest.raises(ValidationError):
        remove_set(emergency=flood, by=town.admin, at=timezone.now())
    assert RuleChange.objects.filter(subject="emergency", actor=town.manager, label="Hochwasser").count() == 1


def test_the_pages(flood: Emergency, town: Town, neighbour: Town, client: Any) -> None:
    client.force_login(town.manager)
    page = client.get(reverse("emergencies")).content.decode()
    assert "Hochwasser" in page
    until = timezone.localtime(timezone.now() + timedelta(hours=5))
    wrong = client.post(reverse("emergency_on", args=[flood.pk]), {"until": "gestern"})
    assert wrong.status_code == 422
    client.post(reverse("emergency_on", args=[flood.pk]), {"until": until.strftime("%Y-%m-%dT%H:%M")})
    assert running(town.municipality) is not None
    client.post(reverse("emergency_off", args=[flood.pk]))
    assert running(town.municipality) is None
    assert client.get(reverse("emergency_edit", args=[flood.pk])).status_code == 403
    client.force_login(town.admin)
    typed = {"name_de": "Sturm", "notice_de": "Drinnen bleiben.", "phones": "Telefon: keine", "topics": ["keller"]}
    assert client.post(reverse("emergency_new"), typed).status_code == 422
    assert client.post(reverse("emergency_new"), {**typed, "phones": "12"}).status_code == 422
    assert client.post(reverse("emergency_new"), {**typed, "phones": "Bauhof: 05247 1234"}).status_code == 302
    assert Emergency.objects.get(slug="sturm").phones == [["Bauhof", "05247 1234"]]
    client.force_login(town.clerk)
    assert client.get(reverse("emergencies")).status_code == 403
    client.force_login(neighbour.manager)
    assert client.post(reverse("emergency_off", args=[flood.pk])).status_code in (403, 404)
