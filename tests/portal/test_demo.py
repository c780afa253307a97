"""The demo platform: complete, true to its rules, and quiet about its past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.utils import timezone
from PIL import Image

from accounts.models import Unit, User
from cases import files as stored
from cases import routing
from cases.models import Case, Contact, Entry, File, Responsibility
from cases.policy import State
from dispatch import lists, routes
from forms.services import check_definition
from geo.models import Address, District, Municipality, Street
from geo.signals import GROUND_CHANGED
from notifications.models import Delivery
from outbox.models import Job
from portal.context import site
from portal.demo import gazetteer, load, pictures, reports, stories
from portal.demo.canvas import SIZE
from portal.demo.catalogue import put_catalogue
from portal.demo.data import data, members, password, towns
from portal.demo.gazetteer import put_gazetteer
from portal.demo.logins import as_text, demo_logins
from portal.demo.municipalities import put_municipalities
from portal.demo.people import put_people, put_responsibilities
from portal.demo.pictures import Album, Shot, drawn
from portal.demo.telling import PLOTS
from reports.categories import category_of, tree
from reports.models import Category, Photo

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)
COUNTS = {"harsewinkel": 26, "soltau": 4}


def silent(_line: str) -> None:
    """No progress in tests."""


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Municipalities, people, categories and the streets of two towns, loaded once for all tests of this module."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(DEMO=True, PASSWORD_HASHERS=hashers), transaction.atomic():
        put_municipalities(silent)
        put_people()
        put_catalogue()
        with pytest.MonkeyPatch.context() as patch:
            only_two_towns(patch)
            put_gazetteer(silent)
        put_responsibilities()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ground(once: None, db: None, settings: Any) -> None:
    """What `once` has loaded, in a transaction of the test's own."""
    settings.DEMO = True


def only_two_towns(patch: pytest.MonkeyPatch) -> None:
    """The gazetteer of Harsewinkel and Soltau: drawing all takes longer than all else."""
    patch.setattr(gazetteer, "towns", lambda: [row for row in towns() if row["slug"] in COUNTS])
    patch.setattr(gazetteer, "members", list)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of thirty reports with small pictures, so that a test takes seconds."""
    tiny = BytesIO()
    Image.new("RGB", (64, 48), "grey").save(tiny, "JPEG")
    made = {f"{size}.{suffix}": tiny.getvalue() for size in ("large", "medium", "small") for suffix in ("webp", "jpg")}

    def developed(shot: Shot) -> tuple[bytes, dict[str, bytes]]:
        picture = BytesIO()
        tone = (shot.look * 60, len(shot.scene) * 9, 255 * shot.settled)
        Image.new("RGB", (64, 48), tone).save(picture, "JPEG")
        return picture.getvalue(), made

    monkeypatch.setattr(stories, "COUNTS", COUNTS)
    monkeypatch.setattr(reports, "COUNTS", COUNTS)
    monkeypatch.setattr(pictures, "_developed", developed)
    only_two_towns(monkeypatch)


def test_each_town_has_its_real_boundary(ground: None) -> None:
    assert Municipality.objects.get(is_default=True).slug == "harsewinkel"
    assert not Municipality.objects.filter(boundary=None).exists()
    for row in towns() + members():
        town = Municipality.objects.get(slug=row["slug"])
        town.full_clean(exclude=["boundary"])
        if "centre" in row:
            assert shapely.from_wkb(bytes(town.boundary.wkb)).contains(shapely.Point(row["centre"])), town  # type: ignore[union-attr]
    county = Municipality.objects.get(slug="heidekreis")
    assert county.children.count() == 23
    soltau = Municipality.objects.get(slug="soltau")
    assert Municipality.objects.owning(soltau.boundary.point_on_surface) == soltau  # type: ignore[union-attr]


def test_the_tree_is_whole_and_children_inherit_it(ground: None) -> None:
    county, walsrode, soltau = (Municipality.objects.get(slug=slug) for slug in ("heidekreis", "walsrode", "soltau"))
    assert [len(tree(town)) for town in (county, walsrode, soltau)] == [11, 11, 11]
    assert Category.objects.filter(topic__municipality__slug="harsewinkel", frequent=True).count() == 6
    lamp, inherited = category_of(soltau, "laterne-aus"), category_of(walsrode, "laterne-aus")
    assert lamp is not None
    assert inherited is not None
    assert (lamp.topic.municipality, lamp.topic.working_days) == (soltau, 3)
    assert inherited.topic.municipality == county
    assert {stage.state for stage in routing.stages(walsrode)} == set(State)


@pytest.mark.parametrize("slug", sorted(data("questions")))
def test_the_questions_are_sound(slug: str) -> None:
    questions = data("questions")[slug]
    step = {"slug": "angaben", "title": questions["title"], "fields": questions["fields"]}
    assert check_definition({"steps": [step]}) == []


def test_the_data_fit_together() -> None:
    rows = {row["slug"]: row for group in data("categories") for row in group["categories"]}
    told = data("reports")["categories"]
    assert set(told) == {slug for slug, row in rows.items() if "redirect" not in row} - {"barriere-melden"}
    assert sum(len(row["texts"]) for row in told.values()) >= 80
    assert {scene for row in told.values() for scene in row["scenes"]} == set(pictures.SCENES)
    units = {unit["slug"] for unit in data("towns")["units"]}
    assert {row["unit"] for row in rows.values() if row.get("unit")} <= units
    assert {row["questions"] for row in rows.values() if "questions" in row} <= set(data("questions"))
    plots = {plot for _age, weights in stories.DEFECTS for plot in weights} | set(stories.IDEAS)
    assert plots <= set(PLOTS)


def test_a_picture_is_the_same_every_time_and_large() -> None:
    first = drawn(Shot("pothole", 0))
    assert first == drawn(Shot("pothole", 0))
    assert first != drawn(Shot("pothole", 0, settled=True))
    assert Image.open(BytesIO(first)).size == SIZE


def test_the_streets_lie_inside_and_are_marked_as_demo(ground: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Municipality.objects.get(slug="harsewinkel")
    assert Street.objects.filter(municipality=town).count() >= 45
    assert not Street.objects.filter(demo=False).exists()
    boundary = shapely.from_wkb(bytes(town.boundary.wkb))  # type: ignore[union-attr]
    for address in Address.objects.filter(municipality=town)[:400]:
        assert address.point is not None
        assert boundary.contains(shapely.Point(address.point.coords))
    assert set(District.objects.filter(municipality=town).values_list("name", flat=True)) == {
        "Harsewinkel",
        "Marienfeld",
        "Greffen",
    }
    road = Responsibility.objects.get(municipality=town, area__isnull=False)
    middle = Address.objects.get(municipality=town, kind="street", street__name="Gütersloher Straße").point
    pothole = category_of(town, "schlagloch")
    assert pothole is not None
    assert routing.unit_for(municipality=town, topic=pothole.topic, point=middle) == road.unit
    before = Address.objects.count()
    only_two_towns(monkeypatch)
    put_gazetteer(silent)
    assert Address.objects.count() == before


def test_the_stories_are_the_same_every_time_and_never_in_the_future() -> None:
    told = stories.stories("harsewinkel", NOW)
    assert told == stories.stories("harsewinkel", NOW)
    assert len(told) == stories.COUNTS["harsewinkel"]
    assert all(NOW - timedelta(days=372) < story.submitted_at < NOW for story in told)
    assert sum(story.submitted_at > NOW - timedelta(days=30) for story in told) > 30
    assert {story.key for story in told} == {
        story.key for story in stories.stories("harsewinkel", NOW + timedelta(days=9))
    }
    assert not any(
        story.email and not story.confirmed and NOW - story.submitted_at > timedelta(days=3) for story in told
    )


def test_an_interrupted_run_is_completed_and_a_further_one_changes_nothing(
    few: None, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setattr(reports, "CHUNK", 5)
    with monkeypatch.context() as patch:
        patch.setattr(Album, "store", failing_at_the(12, Album.store))
        with pytest.raises(OSError, match="full"):
            load.load(silent, timezone.now())
    told, now = Case.objects.count(), timezone.now()
    assert 0 < told < 30
    assert load.load(silent, now) == 30 - told
    the_demo_is_true(now)
    counted = [model.objects.count() for model in (Case, Entry, File, Contact, Delivery, Address, User, Job)]
    assert load.load(silent, timezone.now()) == 0
    assert [model.objects.count() for model in (Case, Entry, File, Contact, Delivery, Address, User, Job)] == counted


def failing_at_the(number: int, store: Any) -> Any:
    """`store`, until the disk is full."""
    seen = []

    def fails(*args: Any, **facts: Any) -> File:
        seen.append(args)
        if len(seen) == number:
            raise OSError("the disk is full")
        stored: File = store(*args, **facts)
        return stored

    return fails


def the_demo_is_true(now: datetime) -> None:
    """All states, nothing in the future, nothing public that is not released, and the past sent no mail."""
    assert Case.objects.count() == 30
    cases = Case.objects.filter(municipality__slug="harsewinkel")
    states = Counter(cases.values_list("state", flat=True))
    assert {State.NEW.value, State.OPEN.value, State.DONE.value} <= set(states)
    assert not Entry.objects.filter(at__gt=now).exists()
    assert not File.objects.filter(ready_at=None).exists()
    assert Photo.objects.filter(by_staff=True, released=True).exists()
    assert not cases.public().filter(report__text_released=False, report__photos__released=False).exists()
    assert not Job.objects.filter(done_at=None).exists()
    the_tours_are_short(now)
    mailed = {story.key for name in COUNTS for story in stories.stories(name, now) if story.mailed}
    assert set(Delivery.objects.exclude(case=None).values_list("case__client_key", flat=True)) <= mailed
    assert Delivery.objects.filter(sent_at__isnull=False).exists()


def the_tours_are_short(now: datetime) -> None:
    """The yard has jobs today, some of them left from yesterday; no proposed tour is longer than the order entered."""
    yard = Unit.objects.get(municipality__slug="harsewinkel", slug="bauhof")
    today = timezone.localdate(now)
    listed = lists.of_day(team=yard, day=today, at=now)
    assert any(lists.rolled_over(job, on=today) for job in listed)
    for team in Unit.objects.filter(jobs__isnull=False).distinct():
        for ahead in range(-1, 2):
            route = routes.proposed(team=team, day=today + timedelta(days=ahead), at=now)
            assert route.proposed <= route.entered


def test_a_picture_lies_in_the_storage_once(few: None, db: None) -> None:
    shot = Shot("bags", 0)
    with Album([shot]) as album:
        one, other = (album.store(shot, at=NOW) for _ in range(2))
    for name in ("originals/{}", "variants/{}/small.webp"):
        paths = [Path(default_storage.path(name.format(file.key))) for file in (one, other)]
        assert paths[0].samefile(paths[1])
    stored.remove(one.key)
    with default_storage.open(f"originals/{other.key}") as picture:
        assert Image.open(picture).size == (64, 48)


def test_every_plot_keeps_to_the_rights_of_those_who_act(ground: None, few: None) -> None:
    town, now = Municipality.objects.get(slug="harsewinkel"), timezone.now()
    sorts = {"praise": ["lob"], "complaint": ["beschwerde"]}
    scenes = [
        (plot, category)
        for plot in sorted(PLOTS)
        for category in sorts.get(plot, ["wilder-muell", "hecke", "laterne-dauerhaft"])
    ]
    told = [
        stories.Story(
            town=town.slug,
            index=index,
            category=category,
            text="Ein Versuch",
            submitted_at=now - timedelta(days=90),
            plot=plot,
            seed=f"{plot}/{category}/{index}",
            scene="bags",
            email=f"erika.{index}@buerger.example",
            confirmed=True,
            in_words="Hinter der alten Molkerei",
            followers=1,
            rejection="nicht-loesbar",
        )
        for number, (plot, category) in enumerate(scenes)
        # By turns one with a colleague in charge and one with a bounced mail.
        for index in [(17 * number + 12, 60 * (number + 5000) + 25)[number % 2]]
    ]
    with Album(shot for story in told for shot in story.shots()) as album:
        scenery = reports.scenery_of(town, now, album)
        for story in told:
            reports.tell(scenery, story)
    assert Case.objects.count() == len(told)
    assert not Job.objects.filter(done_at=None).exclude(event__name=GROUND_CHANGED).exists()


def test_everybody_can_log_in(ground: None, client: Client) -> None:
    logins = demo_logins()
    assert len(logins) == len(towns()) * len(data("towns")["roles"])
    assert {login["town"] for login in logins} >= {"Stadt Harsewinkel", "Landkreis Heidekreis"}
    manager = User.objects.get(email="manager@harsewinkel.example")
    assert manager.check_password(password())
    village = Municipality.objects.get(slug="walsrode")
    assert [login["email"] for login in demo_logins(village)] == ["manager@walsrode.example"]
    assert password() in as_text()


def test_the_login_page_gets_the_logins_of_its_town(ground: None) -> None:
    request = RequestFactory().get("/konto/")
    request.municipality = Municipality.objects.get(slug="heek")  # type: ignore[attr-defined]
    assert {login["town"] for login in site(request)["demo_logins"]} == {"Gemeinde Heek"}


def test_a_real_platform_gets_no_demo(ground: None, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        call_command("demo")
    assert demo_logins() == []


def test_the_command_prints_the_logins(ground: None) -> None:
    out = StringIO()
    call_command("demo", "--logins", stdout=out)
    assert "manager@harsewinkel.example" in out.getvalue()
    assert "@soltau.example" in out.getvalue()
