"""The municipalities of the demo with their real boundaries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from shapely.geometry import shape

from geo.boundaries import areas, import_boundaries
from geo.models import Municipality
from portal.demo.data import BOUNDARIES, data, members, towns

Say = Callable[[str], None]


def put_municipalities(say: Say) -> None:
    """Make what is missing; what somebody changed meanwhile stays."""
    with transaction.atomic():
        names = _names()
        wanted = [_town(row) for row in towns()] + [_member(row, names) for row in members()]
        known = set(Municipality.objects.values_list("slug", flat=True))
        parents: dict[str, Municipality] = {}
        for facts, parent in wanted:
            if facts["slug"] in known:
                continue
            if parent and parent not in parents:
                parents[parent] = Municipality.objects.get(slug=parent)
            facts["is_default"] = facts["is_default"] and not Municipality.objects.filter(is_default=True).exists()
            Municipality.objects.create(**facts, parent=parents.get(parent))
            say(f"  {facts['name']}")
        _boundaries()


def slugs() -> list[str]:
    """Short names of all municipalities of the demo."""
    return [row["slug"] for row in (*towns(), *members())]


def _names() -> dict[str, dict[str, Any]]:
    """Name and designation by official key, as the boundary file has them."""
    file = json.loads(BOUNDARIES.read_text("utf-8"))
    return {feature["properties"]["ags"]: feature["properties"] for feature in file["features"]}


def _town(row: dict[str, Any]) -> tuple[dict[str, Any], str]:
    slug, domain = row["slug"], f"{row['slug']}.example"
    title = f"{row['designation']} {row['name']}"
    facts = {
        "slug": slug,
        "name": row["name"],
        "designation": row["designation"],
        "ags": row["ags"],
        "state_key": row["ags"][:2],
        "host": row["host"],
        "is_default": row["host"] == "localhost",
        "prefix": row["prefix"],
        "accent": row["accent"],
        "coat_of_arms": f"arms/{row.get('parent', slug)}.svg",
        "sender_name": title,
        "sender_address": f"anliegen@{domain}",
        "reply_to": f"buergerbuero@{domain}",
        "contact_email": f"buergerbuero@{domain}",
        "contact_phone": row["phone"],
        "phone_on_call": row["on_call"],
        "website": f"https://www.{domain}/",
        "allow_anonymous": row.get("allow_anonymous", True),
        "texts": data("towns")["texts"],
        "closed_days": ["12-24", "12-31"],
    }
    return facts, row.get("parent", "")


def _member(row: dict[str, Any], names: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """A member of the county writes little of its own: the rest is inherited."""
    about, domain = names[row["ags"]], f"{row['slug']}.example"
    facts = {
        "slug": row["slug"],
        "name": about["name"],
        "designation": about["designation"],
        "ags": row["ags"],
        "state_key": about["state"],
        "host": f"{row['slug']}.localhost",
        "is_default": False,
        "prefix": row["prefix"],
        "accent": "#6d3b8c",
        "coat_of_arms": "arms/heidekreis.svg",
        "sender_name": f"{about['designation']} {about['name']}",
        "sender_address": f"anliegen@{domain}",
        "contact_email": f"rathaus@{domain}",
        "contact_phone": "089 99998-510",
        "phone_on_call": "089 99998-512",
    }
    return facts, "heidekreis"


def _boundaries() -> None:
    """Real boundaries where there are none yet. The county is what its municipalities and the area that belongs to
    none of them (Osterheide) cover together."""
    missing = Municipality.objects.filter(slug__in=slugs(), boundary=None)
    counties = [row for row in missing if len(row.ags) == 5]
    if counties:
        features = json.loads(BOUNDARIES.read_text("utf-8"))["features"]
        for county in counties:
            parts = [shape(one["geometry"]) for one in features if one["properties"]["ags"].startswith(county.ags)]
            county.boundary = multi(shapely.union_all(parts))
            county.save(update_fields=["boundary", "updated_at"])
    if missing.exclude(pk__in=[row.pk for row in counties]).exists():
        import_boundaries(BOUNDARIES)


def multi(geometry: Any) -> MultiPolygon:
    """A shapely area as Django stores it (WGS84)."""
    return areas(GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=4326))
