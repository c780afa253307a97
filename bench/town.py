"""The town whose reports are measured: boundary, districts, streets, units, people, the standard categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction

from accounts.models import Unit, User
from accounts.policy import Role
from accounts.services import grant
from bench.streets import names
from cases.models import Case, Responsibility, Stage, Topic
from cases.policy import Means, State
from geo.models import District, Municipality
from reports.standard.catalogue import put_catalogue

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLUG = "bench"
LON, LAT = 8.23, 51.96
HALF = 0.1
"""Half of the town's width and height, in degrees."""
COLUMNS, ROWS = 4, 3
"""Its districts."""
STREETS = 1_500
EMAIL, PASSWORD = "manager@bench.example", "geheim-geheim-1"
"""The complaint manager."""
UNITS = (
    "Bauhof", "Tiefbauamt", "Ordnungsamt", "Grünflächenamt", "Stadtwerke", "Straßenverkehrsamt", "Umweltamt", "Rathaus",
)  # fmt: skip
CLERKS = 3
"""In each unit."""


class Foreign(Exception):
    """The database holds cases of somebody else."""


@dataclass(frozen=True)
class Town:
    """Ids of what rows refer to; lists in the order of `categories`, `districts` and `units`."""

    municipality: Municipality
    categories: list[int]
    slugs: list[str]
    confidential: list[bool]
    days: list[int]
    unit_of: list[int]
    """The unit that settles a category."""
    districts: list[int]
    clerks: dict[int, list[int]]
    """Unit → users."""
    stages: dict[State, list[Stage]]
    duplicate: Stage
    manager: User


def make() -> Town:
    """The town, made once. Raises Foreign if the database holds anything of another municipality."""
    if Municipality.objects.exclude(slug=SLUG).exists() or Case.objects.exclude(municipality__slug=SLUG).exists():
        raise Foreign("This database belongs to somebody else: measurements need an empty, migrated one of their own.")
    town = Municipality.objects.filter(slug=SLUG).first() or _found()
    units = list(Unit.objects.filter(municipality=town).order_by("pk"))
    topics = list(
        Topic.objects.filter(municipality=town, category__isnull=False, category__staff_only=False)
        .select_related("category")
        .order_by("pk")
    )
    topics = [topic for topic in topics if not topic.category.redirect_text]
    routed = dict(Responsibility.objects.filter(municipality=town).values_list("topic_id", "unit_id"))
    stages: dict[State, list[Stage]] = {state: [] for state in State}
    for stage in Stage.objects.filter(municipality=town, means="").order_by("position"):
        stages[State(stage.state)].append(stage)
    clerks: dict[int, list[int]] = {}
    for user, unit in User.objects.filter(memberships__unit__in=units).values_list("pk", "memberships__unit"):
        clerks.setdefault(unit, []).append(user)
    return Town(
        municipality=town,
        categories=[topic.pk for topic in topics],
        slugs=[topic.slug for topic in topics],
        confidential=[topic.confidential for topic in topics],
        days=[topic.working_days for topic in topics],
        unit_of=[routed[topic.pk] for topic in topics],
        districts=list(District.objects.filter(municipality=town).order_by("pk").values_list("pk", flat=True)),
        clerks=clerks,
        stages=stages,
        duplicate=Stage.objects.get(municipality=town, means=Means.DUPLICATE.value),
        manager=User.objects.get(email=EMAIL),
    )


def _box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


@transaction.atomic
def _found() -> Municipality:
    town = Municipality.objects.create(
        slug=SLUG,
        name="Bench",
        designation="Stadt",
        prefix="BEN",
        host="localhost",
        is_default=True,
        boundary=_box(LON - HALF, LAT - HALF, LON + HALF, LAT + HALF),
        state_key="05",
    )
    put_catalogue(town)
    wide, high = 2 * HALF / COLUMNS, 2 * HALF / ROWS
    for at in range(COLUMNS * ROWS):
        west, south = LON - HALF + at % COLUMNS * wide, LAT - HALF + at // COLUMNS * high
        shape = _box(west, south, west + wide, south + high)
        District.objects.create(municipality=town, slug=f"d{at}", name=f"Ortsteil {at + 1}", boundary=shape)
    units = [
        Unit.objects.create(municipality=town, slug=f"u{at}", name=name, email=f"u{at}@bench.example")
        for at, name in enumerate(UNITS)
    ]
    for at, topic in enumerate(Topic.objects.filter(municipality=town, category__isnull=False).order_by("pk")):
        Responsibility.objects.create(municipality=town, topic=topic, unit=units[at % len(units)])
    Responsibility.objects.create(municipality=town, unit=units[-1])
    for unit in units:
        for number in range(CLERKS):
            user = User(email=f"{unit.slug}-{number}@bench.example", name=f"{unit.name} {number + 1}")
            user.set_unusable_password()
            user.save()
            grant(user=user, municipality=town, role=Role.CLERK, unit=unit)
    manager = User.objects.create_user(EMAIL, PASSWORD, name="Beschwerdestelle")
    grant(user=manager, municipality=town, role=Role.MANAGER)
    return town


@dataclass(frozen=True)
class Streets:
    """Where streets lie: name, begin, and the way to the end in degrees."""

    name: NDArray[Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    to_lon: NDArray[np.float64]
    to_lat: NDArray[np.float64]


def streets() -> Streets:
    """The same ones in every run, dense in the middle, 200 to 1,500 metres long."""
    chance = np.random.default_rng(5)
    turn, metres = chance.uniform(0, 2 * np.pi, STREETS), chance.uniform(200, 1_500, STREETS)
    return Streets(
        name=np.array(names(STREETS), dtype=object),
        lon=chance.normal(LON, 0.035, STREETS),
        lat=chance.normal(LAT, 0.022, STREETS),
        to_lon=np.cos(turn) * metres / 68_600,
        to_lat=np.sin(turn) * metres / 111_300,
    )


def places(chance: np.random.Generator, along: NDArray[np.int64], lines: Streets) -> tuple[Any, Any]:
    """Longitudes and latitudes: along streets, in the core, at forty hotspots, and anywhere. `along`: whose street."""
    size = len(along)
    kind = chance.choice(4, size, p=[0.45, 0.35, 0.1, 0.1])
    spots = np.random.default_rng(6)
    spot_lon, spot_lat = spots.normal(LON, 0.03, 40), spots.normal(LAT, 0.02, 40)
    spot = chance.integers(0, 40, size)
    share, off = chance.random(size), chance.normal(0, 5e-5, (2, size))
    lon = np.select(
        [kind == 0, kind == 1, kind == 2],
        [
            lines.lon[along] + share * lines.to_lon[along] + off[0],
            chance.normal(LON, 0.012, size),
            spot_lon[spot] + off[0] * 6,
        ],
        chance.uniform(LON - HALF, LON + HALF, size),
    )
    lat = np.select(
        [kind == 0, kind == 1, kind == 2],
        [
            lines.lat[along] + share * lines.to_lat[along] + off[1],
            chance.normal(LAT, 0.008, size),
            spot_lat[spot] + off[1] * 4,
        ],
        chance.uniform(LAT - HALF, LAT + HALF, size),
    )
    edge = HALF - 1e-6
    return np.clip(lon, LON - edge, LON + edge), np.clip(lat, LAT - edge, LAT + edge)


def district_at(lon: Any, lat: Any) -> Any:
    """Position of the district of each place."""
    column = ((lon - LON + HALF) / (2 * HALF) * COLUMNS).astype(np.int64)
    return ((lat - LAT + HALF) / (2 * HALF) * ROWS).astype(np.int64) * COLUMNS + column
