"""Units and staff of the demo, and which unit settles what where."""

from __future__ import annotations

from typing import Any

import shapely
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Unit, User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Responsibility, Topic
from geo.models import Municipality, Street
from portal.demo.data import data, members, password, towns
from portal.demo.municipalities import multi

ROAD_REACH = 0.00022
"""Half the width of the strip along a road of the state or county, in degrees (some twenty metres)."""


@transaction.atomic
def put_people() -> None:
    """Units and logins that are missing."""
    hashed = _Hashed()
    for row in towns():
        town = Municipality.objects.get(slug=row["slug"])
        units = {unit["slug"]: _unit(town, row, unit) for unit in _units(row)}
        for role, name in zip(data("towns")["roles"], row["people"], strict=True):
            user = _user(f"{role['local']}@{row['slug']}.example", name, hashed)
            held: list[Unit | None] = [units[slug] for slug in role.get("units", []) if slug in units]
            for unit in held or [None]:
                grant(user=user, municipality=town, role=Role(role["role"]), unit=unit)
    for row in members():
        town = Municipality.objects.get(slug=row["slug"])
        _unit(town, {"phone": town.contact_phone, "on_call": town.phone_on_call}, _yard())
        user = _user(f"manager@{row['slug']}.example", f"Rathaus {town.name}", hashed)
        grant(user=user, municipality=town, role=Role.MANAGER)


class _Hashed:
    """The hash of the one password, made when first needed: a hash per login would take half a minute."""

    def __init__(self) -> None:
        self._hash = ""

    def __call__(self) -> str:
        self._hash = self._hash or make_password(password())
        return self._hash


def _units(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A town's units; a county has its roads and what no municipality does."""
    if row.get("county"):
        return [
            {"slug": "kreis", "name": "Kreisstraßen", "public": "die Kreisstraßenmeisterei des Landkreises"},
            {"slug": "umwelt", "name": "Naturschutz und Wasser", "public": "das Amt für Naturschutz und Wasser"},
        ]
    units: list[dict[str, Any]] = list(data("towns")["units"])
    road = row.get("road")
    if road and "of" not in road:
        units.append({"slug": road["unit"], "name": road["name"], "public": road["public"], "external": True})
    return units


def _yard() -> dict[str, Any]:
    return {"slug": "bauhof", "name": "Bauhof", "public": "der Bauhof", "on_call": True}


def _unit(town: Municipality, row: dict[str, Any], unit: dict[str, Any]) -> Unit:
    domain = f"{town.slug}.example"
    on_call = bool(unit.get("on_call"))
    found, _new = Unit.objects.get_or_create(
        municipality=town,
        slug=unit["slug"],
        defaults={
            "name": unit["name"],
            "public_name": unit["public"],
            "email": f"{unit['slug']}@{domain}",
            "phone": row["phone"],
            "on_call_email": f"bereitschaft@{domain}" if on_call else "",
            "on_call_phone": row["on_call"] if on_call else "",
            "external": bool(unit.get("external")),
        },
    )
    return found


def _user(email: str, name: str, hashed: _Hashed) -> User:
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, None, name=name)
        found.password = hashed()
        found.save(update_fields=["password"])
    return found


@transaction.atomic
def put_responsibilities() -> None:
    """Which unit settles which category, and the strips of roads that belong to somebody else; once per town."""
    for row in towns():
        town = Municipality.objects.get(slug=row["slug"])
        if not Responsibility.objects.filter(municipality=town).exists():
            _of_town(town, row)
    for row in members():
        town = Municipality.objects.get(slug=row["slug"])
        if not Responsibility.objects.filter(municipality=town).exists():
            Responsibility.objects.create(municipality=town, unit=Unit.objects.get(municipality=town, slug="bauhof"))


def _of_town(town: Municipality, row: dict[str, Any]) -> None:
    units = {unit.slug: unit for unit in Unit.objects.filter(municipality=town)}
    if row.get("county"):
        Responsibility.objects.create(municipality=town, unit=units["umwelt"])
        return
    topics = {
        topic.slug: topic for topic in Topic.objects.filter(municipality__in=town.chain()).order_by("municipality_id")
    }
    for group in data("categories"):
        for category in group["categories"]:
            if category.get("unit"):
                topic, unit = topics[category["slug"]], units[category["unit"]]
                Responsibility.objects.create(municipality=town, topic=topic, unit=unit)
    _of_road(town, row["road"], topics["strasse-wege"])


def _of_road(town: Municipality, road: dict[str, Any], topic: Topic) -> None:
    """Everything about the road itself along one street belongs to the state or the county."""
    owner = Municipality.objects.get(slug=road["of"]) if "of" in road else town
    street = Street.objects.filter(municipality=town, name=road["street"]).first()
    if street is None or street.line is None:
        return
    line = shapely.from_wkb(bytes(street.line.wkb))
    name = road["name"]
    Responsibility.objects.create(
        municipality=town,
        topic=topic,
        area=multi(line.buffer(ROAD_REACH, cap_style="flat")),
        area_name=f"{road['street']} ({road['number']})",
        unit=Unit.objects.get(municipality=owner, slug=road["unit"]),
        text={
            "de": f"Die {road['street']} ist hier die {road['number']}. Um diese Straße kümmert sich {name}; "
            "wir geben Ihre Meldung dorthin weiter.",
            "en": f"{road['street']} is the {road['number']} here. {name} looks after it; we pass your report on.",
        },
    )
