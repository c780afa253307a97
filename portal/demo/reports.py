"""Some 330 reports over the last year, told through the verbs; the history sends no mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from cases import routing
from cases.models import Case
from geo.models import Address, Municipality
from geo.policy import KIND_ADDRESS
from notifications.consumers import mails
from outbox.registry import CONSUMERS
from portal.demo.hush import hush
from portal.demo.municipalities import Say
from portal.demo.pictures import Album
from portal.demo.stories import COUNTS, SMALL, Story, stories
from portal.demo.telling import Place, Scenery, Telling

CHUNK = 20
"""Reports in one transaction: short enough that others get their turn, long enough to be quick."""


def put_reports(say: Say, now: datetime) -> int:
    """Tell the stories that are missing; returns how many. Each is told completely or not at all."""
    missing = {town: found for town in COUNTS if (found := _missing(town, now))}
    if not missing:
        return 0
    with Album(shot for found in missing.values() for story in found for shot in story.shots()) as album:
        for slug, found in missing.items():
            scenery = scenery_of(Municipality.objects.get(slug=slug), now, album)
            for start in range(0, len(found), CHUNK):
                with transaction.atomic():
                    for story in found[start : start + CHUNK]:
                        tell(scenery, story)
            if len(found) > SMALL:
                say(f"  {scenery.town.name}: {len(found)} reports")
    return sum(map(len, missing.values()))


def _missing(town: str, now: datetime) -> list[Story]:
    planned = stories(town, now)
    keys = [story.key for story in planned]
    known = set(Case.objects.filter(municipality__slug=town, client_key__in=keys).values_list("client_key", flat=True))
    return [story for story in planned if story.key not in known]


def tell(scenery: Scenery, story: Story) -> Case:
    """One story; of the youngest the mails are left to be sent."""
    with hush(but=(_mails(),) if story.mailed else ()):
        return Telling(scenery, story).tell()


def _mails() -> str:
    """The name of the consumer that writes mails."""
    return next(name for name, consumer in CONSUMERS.items() if consumer.handle is mails)


def scenery_of(town: Municipality, now: datetime, album: Album) -> Scenery:
    """What the stories of a town share."""
    memberships = list(Membership.objects.filter(municipality=town).select_related("user").order_by("pk"))
    staff = {one.user.email.partition("@")[0]: one.user for one in memberships}
    units_of: dict[str, set[int]] = {}
    for one in memberships:
        if one.unit_id is not None:
            units_of.setdefault(one.user.email.partition("@")[0], set()).add(one.unit_id)
    houses = Address.objects.filter(municipality=town, kind=KIND_ADDRESS, demo=True).exclude(point=None)
    places = [
        Place(house.point, house.street.name if house.street else "")
        for house in houses.select_related("street").defer("street__line").order_by("pk")
        if house.point is not None
    ]
    stages = {stage.slug: stage for stage in routing.stages(town)}
    return Scenery(town, staff, units_of, places, stages, now, album)
