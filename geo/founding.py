"""Opens a municipality from its boundary: checks, derives what was not said, and makes the row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from geo.area_file import COUNTY_DIGITS, Area
from geo.boundaries import surround
from geo.folding import fold
from geo.models import Municipality
from geo.policy import STATES
from geo.spatial import within_box

#: Boundaries of different years and scales differ by slivers; more than this share of the smaller area is an overlap.
SLIVER = 0.02
#: So much of an area must lie in a county's boundary to belong to it.
BELONGS = 0.9
#: Closed in every town hall beside the public holidays.
CLOSED_DAYS = ["12-24", "12-31"]


class Refused(Exception):
    """It cannot be opened; the text says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """What was asked for; what is empty is derived from the file, the key and the neighbours."""

    ags: str
    name: str = ""
    designation: str = ""
    slug: str = ""
    host: str = ""
    prefix: str = ""
    sender_address: str = ""
    contact_email: str = ""


@dataclass
class Founded:
    """What came of it. `kept` names wishes that were not followed, since the municipality exists already."""

    municipality: Municipality
    created: bool
    boundary_changed: bool
    kept: list[str] = field(default_factory=list)
    orphans: list[Municipality] = field(default_factory=list)
    """Municipalities of a new county that stand on their own so far."""


def check_key(ags: str) -> None:
    """Raises Refused for what cannot be an official key."""
    if ags[:2] not in STATES or len(ags) not in {COUNTY_DIGITS, 8} or not ags.isdecimal():
        raise Refused(f"“{ags}” is no official key: five digits for a county, eight for a municipality.")


@transaction.atomic
def found(*, wish: Wish, area: Area) -> Founded:
    """Make the municipality, or give the one with this key its boundary anew. Raises Refused.

    Of a municipality that exists only the boundary is touched: the rest is its administrator's.
    """
    check_key(wish.ags)
    here = Municipality.objects.select_for_update().filter(ags=wish.ags).first()
    if here is not None:
        return _again(here, wish, area)
    parent = _parent(wish.ags, area.boundary)
    _check_overlap(wish.ags, area.boundary)
    made = _new(wish, area, parent)
    try:
        made.full_clean(exclude=["boundary"])
    except ValidationError as error:
        raise Refused(" ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())) from error
    made.save()
    if parent is not None and parent.boundary is None:
        surround(parent)
    return Founded(made, True, True, orphans=_orphans(made))


def _again(here: Municipality, wish: Wish, area: Area) -> Founded:
    outcome = Founded(here, False, False)
    for name in ("name", "designation", "slug", "host", "prefix", "sender_address", "contact_email"):
        wanted = getattr(wish, name)
        if wanted and wanted != getattr(here, name):
            outcome.kept.append(f"{name} ({getattr(here, name) or 'empty'})")
    if here.boundary is None or not here.boundary.equals_exact(area.boundary):
        _check_overlap(wish.ags, area.boundary)
        here.boundary = area.boundary
        here.save(update_fields=["boundary", "updated_at"])
        outcome.boundary_changed = True
    return outcome


def _new(wish: Wish, area: Area, parent: Municipality | None) -> Municipality:
    name = wish.name or area.name
    if not name:
        raise Refused("The file does not say what the municipality is called: give --name.")
    usual = "Landkreis" if _is_county(wish.ags) else "Gemeinde"
    slug = wish.slug or _slug(name, wish.ags)
    if Municipality.objects.filter(slug=slug).exists():
        raise Refused(f"The short name “{slug}” is taken; give another one with --slug.")
    first = Municipality.objects.default() is None
    made = Municipality(
        slug=slug,
        name=name,
        designation=wish.designation or area.designation or usual,
        ags=wish.ags,
        state_key=wish.ags[:2],
        parent=parent,
        host=_host(wish.host, slug, parent, first=first),
        is_default=first,
        boundary=area.boundary,
        prefix=_prefix(wish.prefix, name),
        sender_address=wish.sender_address,
        contact_email=wish.contact_email,
        closed_days=CLOSED_DAYS,
    )
    made.sender_name = made.title[:100]
    return made


# Where it lies ------------------------------------------------------------------------------------------------------
def _is_county(ags: str) -> bool:
    return len(ags) == COUNTY_DIGITS


def _share(one: GEOSGeometry, other: GEOSGeometry, *, of: float) -> float:
    """How much of the area `of` both have in common, 0 to 1 (in square degrees, both at one place)."""
    return float(one.intersection(other).area) / of if of else 0.0


def _near(boundary: MultiPolygon) -> list[Municipality]:
    return list(within_box(Municipality.objects.exclude(boundary=None), "boundary", boundary.extent).order_by("id"))


def _parent(ags: str, boundary: MultiPolygon) -> Municipality | None:
    """The county by key, else the smallest county that holds the area."""
    if _is_county(ags):
        return None
    by_key = Municipality.objects.filter(ags=ags[:COUNTY_DIGITS]).first()
    if by_key is not None:
        return by_key
    holding = [
        (one.boundary.area, one.pk, one)
        for one in _near(boundary)
        if _is_county(one.ags) and one.boundary and _share(one.boundary, boundary, of=boundary.area) >= BELONGS
    ]
    return min(holding)[2] if holding else None


def _check_overlap(ags: str, boundary: MultiPolygon) -> None:
    """Two municipalities, or two counties, never own the same place."""
    for one in _near(boundary):
        county = _is_county(one.ags) or (not one.ags and one.children.exists())
        if one.ags == ags or county != _is_county(ags) or one.boundary is None:
            continue
        share = _share(one.boundary, boundary, of=min(one.boundary.area, boundary.area))
        if share > SLIVER:
            raise Refused(
                f"The area overlaps with {one.title} ({one.ags or one.slug}), {share:.0%} of the smaller one."
                " Is it the right file, key and coordinate system?"
            )


def _orphans(county: Municipality) -> list[Municipality]:
    if not _is_county(county.ags):
        return []
    return list(Municipality.objects.filter(ags__startswith=county.ags, parent=None).exclude(pk=county.pk))


@transaction.atomic
def adopt(*, county: Municipality, children: list[Municipality]) -> None:
    """Put municipalities below a county: from now on they inherit what they have no row of their own for."""
    for child in children:
        child.parent = county
        child.full_clean(exclude=["boundary"])
        child.save(update_fields=["parent", "updated_at"])


# What it is called --------------------------------------------------------------------------------------------------
def _slug(name: str, ags: str) -> str:
    """“Rethem (Aller)” → rethem-aller; with the key where the name exists already."""
    slug = slugify(fold(name))[:40].strip("-") or f"gemeinde-{ags}"
    return f"{slug}-{ags}" if Municipality.objects.filter(slug=slug).exists() else slug


def _host(wanted: str, slug: str, parent: Municipality | None, *, first: bool) -> str:
    """The host named, else built as the other municipalities' are, else below the default one's."""
    host = wanted.strip().lower().rstrip(".") or _derived_host(slug, parent, first=first)
    taken = Municipality.objects.filter(host=host).first()
    if taken is not None:
        raise Refused(f"The host name {host} belongs to {taken.title}; give another one with --host.")
    return host


def _derived_host(slug: str, parent: Municipality | None, *, first: bool) -> str:
    if first:
        if settings.PUBLIC_SCHEME == "https":
            raise Refused("Under which host name will the first municipality be reached? Give --host.")
        return "localhost"
    siblings = Municipality.objects.filter(parent=parent) if parent else Municipality.objects.none()
    for one in [*siblings, *Municipality.objects.order_by("id")]:
        if one.host.startswith(f"{one.slug}."):
            return f"{slug}{one.host[len(one.slug) :]}"
    default = Municipality.objects.default()
    return f"{slug}.{default.host if default else 'localhost'}"


def _prefix(wanted: str, name: str) -> str:
    """Capital letters before the numbers of its cases: those named, else three out of the name."""
    prefix = wanted.strip().upper()
    if prefix:
        taken = Municipality.objects.filter(prefix=prefix).first()
        if taken is not None:
            raise Refused(f"The prefix {prefix} belongs to {taken.title}; give another one with --prefix.")
        return prefix
    known = set(Municipality.objects.values_list("prefix", flat=True))
    found = next((one for one in _prefixes(name) if one not in known), None)
    if found is None:
        raise Refused("No prefix is left for this name; give one with --prefix.")
    return found


def _prefixes(name: str) -> Iterator[str]:
    """SCH, then other letters of the name in their order, then four of them."""
    letters = "".join(c for c in fold(name).upper() if "A" <= c <= "Z")
    yield from [letters[:3]] if len(letters) > 2 else []
    for size in (2, 3, 4):
        for rest in combinations(letters[1:], size):
            yield letters[0] + "".join(rest)
