"""What people of the demo follow: a place, a district, a subject; and one who reported often, for "Meine Meldungen"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from cases import following
from cases.models import Case, Contact, Follow
from geo.models import Address, Municipality
from geo.policy import KIND_ADDRESS
from portal.demo.hush import hush
from portal.demo.stories import REGULAR
from reports.categories import tree
from reports.policy import KIND
from subscriptions.models import Subscriber, Subscription
from subscriptions.policy import Rhythm
from subscriptions.services import ask, confirm
from subscriptions.wanted import Circle, Wanted

NEIGHBOUR: Final = "otto.vorbild@buerger.example"
FOLLOWED: Final = 2
"""Reports of others that the regular follows and noticed too."""
READ_UNTIL: Final = timedelta(days=60)
"""What is younger, the regular has not read yet."""


@transaction.atomic
def put_subscriptions(now: datetime) -> int:
    """Subscriptions of the default town, told without mails; returns how many. A second run changes nothing."""
    town = Municipality.objects.default()
    if town is None or Subscriber.objects.filter(municipality=town).exists():
        return 0
    wishes = _wishes(town)
    with hush():
        for email, wanted, rhythm in wishes:
            ask(municipality=town, email=email, wanted=wanted, rhythm=rhythm, language="de", at=now)
        for row in Subscription.objects.filter(subscriber__municipality=town):
            confirm(subscription=row, at=now)
        _follow(town, now)
    Contact.objects.filter(email=REGULAR).update(read_at=now - READ_UNTIL)
    return len(wishes)


def _wishes(town: Municipality) -> list[tuple[str, Wanted, Rhythm]]:
    """Who wants what: as far as the town has districts, houses and categories."""
    found = [(NEIGHBOUR, Wanted(words="Spielplatz"), Rhythm.WEEKLY)]
    if (group := next(iter(tree(town)), None)) is not None:
        found.append((NEIGHBOUR, Wanted(categories=(group.topic.slug,)), Rhythm.DAILY))
    if (district := town.districts.order_by("-slug").first()) is not None:
        found.append((REGULAR, Wanted(districts=(district.slug,)), Rhythm.DAILY))
    house = Address.objects.filter(municipality=town, kind=KIND_ADDRESS, point__isnull=False).order_by("pk").first()
    if house is not None and house.point is not None:
        circle = Circle(round(house.point.x, 5), round(house.point.y, 5), 500, house.label)
        found.append((REGULAR, Wanted(circle=circle), Rhythm.ONCE))
    return found


def _follow(town: Municipality, now: datetime) -> None:
    """The regular follows and noticed too what others reported."""
    others = Case.objects.public().active().filter(kind=KIND, municipality=town).exclude(contact__email=REGULAR)
    for case in others.order_by("-submitted_at", "-pk")[:FOLLOWED]:
        following.ask(case=case, email=REGULAR, support=True, follow=True, language="de", at=now)
        following.confirm(token=Follow.objects.get(case=case, email=REGULAR).token, at=now)
