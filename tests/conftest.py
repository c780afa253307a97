"""The cast and the stage of all tests: two towns, the people in them, and reports made through the real verbs."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Unit, User
from accounts.policy import Role
from accounts.services import grant
from cases.change import Act, By
from cases.models import Case, Responsibility, Stage, Topic
from cases.policy import State
from geo.models import Municipality
from reports.models import Category
from reports.policy import Sort
from reports.services import Person, submit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
SHARED_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests come first, so that no worker is left alone with one at the end; others stay as shuffled.

    What is marked to run on one database alone must not use any.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        asks = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("once") and (asks or item.get_closest_marker("django_db")):
            raise pytest.UsageError(f"{item.nodeid} uses the database, so it must run on both of them")


def pytest_collection_finish() -> None:
    """Collect garbage seldom: modules and tests stay anyway, and looking through them again and again takes a tenth of
    the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Files, mails and cache of a test stay in its own folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    settings.TRUSTED_ADDRESSES = []
    settings.MAIL_DIR = tmp_path / "mail"
    settings.RELAY_URL = settings.MAIL_DIR.as_uri()
    cache.clear()
    yield
    cache.clear()


def square(lon: float, lat: float, half: float = 0.05) -> MultiPolygon:
    """A square boundary around a place, `half` degrees to each side."""
    return MultiPolygon(
        Polygon.from_bbox((lon - half, lat - half, lon + half, lat + half)),
        srid=4326,
    )


def make_municipality(slug: str, name: str, prefix: str, *, lon: float, lat: float, **facts: Any) -> Municipality:
    """A town with a square boundary, stages for every state and no categories."""
    municipality = Municipality.objects.create(
        slug=slug,
        name=name,
        prefix=prefix,
        host=facts.pop("host", f"{slug}.localhost"),
        state_key="05",
        designation="Stadt",
        boundary=square(lon, lat),
        sender_name=f"Stadt {name}",
        sender_address=f"melder@{slug}.example",
        contact_email=f"rathaus@{slug}.example",
        **facts,
    )
    for position, (stage, state, label) in enumerate(
        [
            ("eingegangen", State.NEW, "eingegangen"),
            ("in-arbeit", State.OPEN, "in Bearbeitung"),
            ("eingeplant", State.OPEN, "eingeplant"),
            ("rueckfrage", State.WAITING, "Rückfrage an Sie"),
            ("erledigt", State.DONE, "erledigt"),
            ("nicht-zustaendig", State.REJECTED, "nicht in unserer Zuständigkeit"),
            ("zurueckgezogen", State.WITHDRAWN, "zurückgezogen"),
        ]
    ):
        Stage.objects.create(
            municipality=municipality,
            slug=stage,
            state=state.value,
            label={"de": label},
            position=position,
            waits_for="reporter" if stage == "rueckfrage" else "others",
        )
    return municipality


def make_category(municipality: Municipality, slug: str, name: str, **facts: Any) -> Category:
    """A category in the group "Straße"."""
    group, _new = Topic.objects.get_or_create(
        municipality=municipality, slug="strasse", defaults={"name": {"de": "Straße"}}
    )
    topic = Topic.objects.create(
        municipality=municipality,
        slug=slug,
        name={"de": name},
        parent=group,
        confidential=facts.pop("confidential", False),
        working_days=facts.pop("working_days", 10),
    )
    return Category.objects.create(topic=topic, **facts)


@dataclass
class Town:
    """A municipality with its people: complaint manager, clerk, field worker, editor, administrator."""

    municipality: Municipality
    yard: Unit
    greens: Unit
    manager: User
    clerk: User
    field: User
    editor: User
    admin: User
    other_clerk: User
    pothole: Category
    lamp: Category
    idea: Category
    praise: Category
    complaint: Category

    @property
    def middle(self) -> Point:
        """A point well inside the boundary."""
        assert self.municipality.boundary is not None
        return self.municipality.boundary.centroid


def make_town(slug: str, name: str, prefix: str, *, lon: float, lat: float, **facts: Any) -> Town:
    """A town with two units, people, five categories and their responsibilities."""
    town = make_municipality(slug, name, prefix, lon=lon, lat=lat, **facts)
    yard = Unit.objects.create(municipality=town, slug="bauhof", name="Bauhof", email=f"bauhof@{slug}.example")
    greens = Unit.objects.create(municipality=town, slug="gruen", name="Grünflächen", email=f"gruen@{slug}.example")

    def person(word: str, role: Role, unit: Unit | None = None) -> User:
        user = User.objects.create_user(f"{word}@{slug}.example", "geheim-geheim-1", name=word.title())
        grant(user=user, municipality=town, role=role, unit=unit)
        return user

    pothole = make_category(town, "schlagloch", "Schlagloch", icon="pothole", frequent=True)
    Responsibility.objects.create(municipality=town, topic=pothole.topic.parent, unit=yard)
    return Town(
        municipality=town,
        yard=yard,
        greens=greens,
        manager=person("manager", Role.MANAGER),
        clerk=person("clerk", Role.CLERK, yard),
        field=person("field", Role.FIELD, yard),
        editor=person("editor", Role.EDITOR),
        admin=person("admin", Role.ADMIN),
        other_clerk=person("other", Role.CLERK, greens),
        pothole=pothole,
        lamp=make_category(town, "laterne", "Laterne aus", icon="lamp"),
        idea=make_category(town, "idee", "Idee", sort=Sort.IDEA.value, icon="idea"),
        praise=make_category(town, "lob", "Lob", sort=Sort.PRAISE.value, icon="praise"),
        complaint=make_category(
            town, "beschwerde", "Beschwerde", sort=Sort.COMPLAINT.value, icon="complaint", confidential=True
        ),
    )


@pytest.fixture
def town(db: None) -> Town:
    """Harsewinkel, the default municipality."""
    return make_town("harsewinkel", "Harsewinkel", "HSW", lon=8.23, lat=51.96, is_default=True, host="localhost")


@pytest.fixture
def neighbour(db: None) -> Town:
    """Heek, whose people must never see anything of Harsewinkel."""
    return make_town("heek", "Heek", "HEK", lon=7.10, lat=52.11)


@pytest.fixture
def make_report(town: Town) -> Callable[..., Case]:
    """`make_report(text=…, category=…, email=…, at=…)` hands in a report and returns its case."""

    def make(
        text: str = "Tiefes Loch vor dem Haus",
        *,
        of: Town | None = None,
        category: Category | None = None,
        point: Point | bool | None = True,
        email: str = "",
        at: datetime = AT,
        **facts: Any,
    ) -> Case:
        where = of or town
        case, new = submit(
            municipality=where.municipality,
            category=category or where.pothole,
            text=text,
            by=By.citizen(),
            act=Act(at=at, client_key=uuid.uuid4()),
            point=where.middle if point is True else point or None,
            person=Person(email=email),
            **facts,
        )
        assert new
        return case

    return make


def jpeg(
    colour: str = "red", size: tuple[int, int] = (640, 480), name: str = "foto.jpg", **save: Any
) -> SimpleUploadedFile:
    """A generated JPEG upload."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", **save)
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")
