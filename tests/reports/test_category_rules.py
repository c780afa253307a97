"""What a category demands is obeyed wherever citizens report: flow, links, interface. Staff may always."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case, File, Topic
from reports.categories import category_of, offered
from reports.models import Category
from reports.services import submit
from reports.standard.catalogue import put_catalogue
from tests.conftest import AT, Town, jpeg, make_category
from tests.reports.flow_story import Story, step_of


def around(day: date, *, now: bool) -> dict[str, str]:
    """A season of some weeks that holds the day, or one half a year away."""
    middle = day if now else day + timedelta(days=182)
    return {
        "season_from": (middle - timedelta(days=20)).strftime("%m-%d"),
        "season_until": (middle + timedelta(days=20)).strftime("%m-%d"),
    }


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [("05-01", "09-30", date(2026, 5, 1), date(2026, 10, 1)), ("11-01", "03-31", date(2026, 1, 9), date(2026, 4, 1))],
)
def test_season_may_reach_beyond_new_year(first: str, last: str, inside: date, outside: date) -> None:
    row = Category(season_from=first, season_until=last)
    assert row.in_season(inside)
    assert not row.in_season(outside)


def slugs(town: Town) -> set[str]:
    return {one.topic.slug for group in offered(town.municipality, timezone.localdate()) for one in group.categories}


def test_out_of_season_and_staff_only_are_not_offered_to_citizens(town: Town, client: Client) -> None:
    today = timezone.localdate()
    make_category(town.municipality, "raupen", "Raupen", **around(today, now=True))
    make_category(town.municipality, "streuen", "Streuen", **around(today, now=False))
    make_category(town.municipality, "intern", "Nur intern", staff_only=True)
    assert slugs(town) >= {"raupen", "schlagloch"}
    assert not slugs(town) & {"streuen", "intern"}
    listed = {row["slug"] for row in client.get(reverse("api_categories")).json()}
    assert listed == slugs(town) - {"falschparken"}
    assert "streuen" not in client.get("/melden/?kategorie=schlagloch").content.decode()
    page = client.get("/melden/?kategorie=streuen").content.decode()
    assert "„Streuen“ kann nur vom" in page
    story = Story(client)
    story.start(kategorie="intern")
    assert story.typed.category == ""
    story.place()
    assert step_of(story.what(category="intern")) == "was"


def sent(town: Town, category: Category, by: By, at: datetime = AT, **facts: Any) -> Case:
    case, _new = submit(
        municipality=town.municipality,
        category=category,
        text="Etwas ist kaputt.",
        by=by,
        act=Act(at=at, client_key=uuid4()),
        point=town.middle,
        **facts,
    )
    return case


def test_the_verb_refuses_citizens_and_lets_staff(town: Town) -> None:
    intern = make_category(town.municipality, "intern", "Nur intern", staff_only=True)
    late = make_category(town.municipality, "streuen", "Streuen", season_from="11-01", season_until="12-31")
    for category in (intern, late):
        with pytest.raises(Invalid) as refused:
            sent(town, category, By.citizen())
        assert set(refused.value.errors) == {"category"}
        assert sent(town, category, By.staff(town.manager)).topic == category.topic


def test_a_group_that_is_off_takes_its_categories_along(town: Town) -> None:
    assert category_of(town.municipality, "schlagloch") is not None
    Topic.objects.filter(slug="strasse").update(active=False)
    assert category_of(town.municipality, "schlagloch") is None


def test_a_photo_that_is_needed_is_asked_for_in_the_flow(town: Town, client: Client) -> None:
    make_category(town.municipality, "graffito", "Graffito", photo_rule="required")
    story = Story(client)
    story.start()
    story.place()
    page = story.what(category="graffito")
    assert step_of(page) == "was"
    assert "mindestens ein Foto" in page.content.decode()
    assert story.typed.text
    assert step_of(story.what(category="graffito", photos=jpeg("blue"))) == "kontakt"
    story.contact()
    story.send()
    assert Case.objects.get().report.photos.count() == 1


def test_where_no_photos_are_taken_the_flow_says_so(town: Town, client: Client) -> None:
    make_category(town.municipality, "laerm", "Lärm", photo_rule="none")
    story = Story(client)
    story.start()
    story.place()
    page = story.what(category="laerm", photos=jpeg("blue"))
    assert step_of(page) == "was"
    assert "keine Fotos" in page.content.decode()
    key = File.objects.get(draft=story.draft).key
    story.what(category="laerm", remove=key)
    assert step_of(story.what(category="laerm")) == "kontakt"


def test_the_interface_keeps_the_photo_rule(town: Town, client: Client) -> None:
    make_category(town.municipality, "graffito", "Graffito", photo_rule="required")
    make_category(town.municipality, "laerm", "Lärm", photo_rule="none")

    def post(slug: str, **more: Any) -> Any:
        report = {"client_key": str(uuid4()), "category": slug, "text": "Etwas.", "address": "Am Markt 1", **more}
        return client.post(reverse("api_reports"), report, content_type="application/json")

    assert set(post("graffito").json()["errors"]) == {"photos"}
    assert post("graffito", photos_follow=1).status_code == 201
    assert set(post("laerm", photos_follow=1).json()["errors"]) == {"photos"}
    key = str(uuid4())
    number = post("laerm", client_key=key).json()["number"]
    answer = client.post(reverse("api_photos", args=[number]), {"client_key": key, "photos": jpeg("blue")})
    assert answer.status_code == 400


def test_the_standard_tree_knows_seasons(town: Town) -> None:
    put_catalogue(town.municipality)
    winter = category_of(town.municipality, "glatte-strasse")
    assert winter is not None
    assert winter.in_season(date(2026, 1, 6))
    assert not winter.in_season(date(2026, 7, 6))
