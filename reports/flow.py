"""The report flow: a draft that is filled in step by step, and what becomes of it.

A draft is known by its secret (128 bit, in the address), like a case: whoever has the link may go on. It is kept on the
server, so the plain forms lose nothing, and holds its `client_key` from the start, so sending twice makes one report.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from cases import files as stored
from cases.change import Act, By
from cases.errors import KeyReused
from cases.models import Case, Draft, File
from cases.services import confirm_contact
from forms.definition import fields_of
from forms.models import FormVersion
from geo.models import Municipality
from geo.spatial import make_point
from reports.categories import offered_category
from reports.models import Category
from reports.nearby import nearby
from reports.policy import KIND, NEARBY_MAX, PhotoRule
from reports.submission import Person, current_version, family_of, photo_problem, submit

PLACE: Final = "ort"
WHAT: Final = "was"
MORE: Final = "genauer"
SIMILAR: Final = "aehnliche"
SAME: Final = "dabei"
CONTACT: Final = "kontakt"
CHECK: Final = "pruefen"
COUNTED: Final = (PLACE, WHAT, SIMILAR, CONTACT, CHECK)
#: Sub-pages count as the step they belong to.
COUNTED_AS: Final = {MORE: WHAT, SAME: SIMILAR}
DRAFT_DAYS: Final = 30
JUST_SENT: Final = timedelta(hours=1)
BY_MAIL: Final = "mail"
"""`Typed.source` of what began as a mail."""


@dataclass
class Typed:
    """What somebody has typed so far. `point` is (lon, lat), WGS84."""

    point: tuple[float, float] | None = None
    address: str = ""
    placeless: bool = False
    """They said that it has no place (praise, criticism)."""
    category: str = ""
    asset: str = ""
    """The thing a link named."""
    text: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    """Category whose questions were answered and whose danger was read."""
    warned: str = ""
    """Digest of the personal data in the text that was pointed out."""
    photo_place: tuple[float, float] | None = None
    """Where a photo was taken, until they said whether it is the place; stored nowhere else."""
    similar: list[str] = field(default_factory=list)
    """Numbers of open reports nearby that were found last."""
    similar_to: str = ""
    """Category and place for which `similar` was looked up."""
    same: str = ""
    email: str = ""
    name: str = ""
    phone: str = ""
    public_name: bool = False
    contact_seen: bool = False
    source: str = "web"
    """How it came in; becomes Case.source."""
    proved: str = ""
    """The e-mail address to which the link was sent by which they came: it need not be confirmed again."""

    def where(self) -> Point | None:
        """The point, None without one."""
        return make_point(*self.point) if self.point else None

    def person(self) -> Person:
        """Who reports, as the verb wants it."""
        return Person(self.email, self.name, self.phone, self.public_name)


KNOWN = {one.name for one in fields(Typed)}


def read(draft: Draft) -> Typed:
    """What a draft holds; keys that nobody knows any more are left out."""
    typed = Typed(**{key: value for key, value in draft.data.items() if key in KNOWN})
    typed.point = (typed.point[0], typed.point[1]) if typed.point else None
    typed.photo_place = (typed.photo_place[0], typed.photo_place[1]) if typed.photo_place else None
    return typed


@contextmanager
def editing(draft: Draft) -> Iterator[Typed]:
    """Change what was typed, the row locked, so that a photo arriving meanwhile overwrites nothing."""
    with transaction.atomic():
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        typed = read(locked)
        yield typed
        locked.data = asdict(typed)
        locked.save(update_fields=["data", "changed_at"])
    draft.data = locked.data


def start(
    *, municipality: Municipality, point: Point | None = None, address: str = "", category: str = "", asset: str = ""
) -> Draft:
    """A new draft, with what the link already said."""
    typed = Typed(point=(point.x, point.y) if point else None, address=address, category=category, asset=asset)
    return Draft.objects.create(municipality=municipality, kind=KIND, data=asdict(typed))


def find(*, municipality: Municipality, secret: str, at: datetime) -> Draft | None:
    """The draft of this secret, None if there is none (any more) in this municipality.

    If the browser sent it by itself through the API meanwhile, it is marked as sent.
    """
    draft = (
        Draft.objects.filter(
            municipality=municipality,
            kind=KIND,
            secret=secret,
            changed_at__gte=at - timedelta(days=DRAFT_DAYS),
        )
        .select_related("case__municipality", "municipality")
        .first()
    )
    if draft is not None and draft.case is None and (case := _made(municipality, draft)) is not None:
        _close(draft, case)
    return draft


def _made(municipality: Municipality, draft: Draft) -> Case | None:
    """The case that was made with the draft's key, None if there is none yet."""
    return Case.objects.filter(
        municipality_id__in=family_of(municipality), kind=KIND, client_key=draft.client_key
    ).first()


def _close(draft: Draft, case: Case) -> None:
    """The draft became this case: what was typed is deleted here, and so are pictures that did not go along."""
    Draft.objects.filter(pk=draft.pk).update(case=case, data={})
    for file in photos(draft):
        stored.delete(file=file)
    draft.case, draft.data = case, {}


def unfinished(*, municipality: Municipality, secrets: list[str], at: datetime) -> list[Draft]:
    """Drafts of these secrets that hold something and were not sent, newest first."""
    rows = Draft.objects.filter(
        municipality=municipality,
        kind=KIND,
        secret__in=secrets,
        case=None,
        changed_at__gte=at - timedelta(days=DRAFT_DAYS),
    ).order_by("-changed_at")
    sent = set(
        Case.objects.filter(client_key__in=[draft.client_key for draft in rows]).values_list("client_key", flat=True)
    )
    found = []
    for draft in rows:
        typed = read(draft)
        if draft.client_key in sent:
            continue
        if typed.text or typed.address or typed.point or typed.category:
            found.append(draft)
    return found


def just_sent(*, municipality: Municipality, secrets: list[str], seen: list[int], at: datetime) -> list[Case]:
    """Reports that drafts of these secrets became within the last hour and whose receipt was not `seen` (ids), newest
    first: whoever lost the answer on the way sees that it arrived."""
    return list(
        Case.objects.filter(draft__municipality=municipality, draft__secret__in=secrets, kind=KIND)
        .filter(submitted_at__gte=at - JUST_SENT, erased_at=None)
        .exclude(pk__in=seen)
        .select_related("topic", "report")
        .distinct()
        .order_by("-submitted_at")[:3]
    )


def category(draft: Draft, typed: Typed) -> Category | None:
    """The chosen category, None if none is chosen or it is not offered (any more)."""
    if not typed.category:
        return None
    return offered_category(draft.municipality, typed.category, timezone.localdate())


def questions(chosen: Category) -> FormVersion | None:
    """The questions of a category, None if it asks none."""
    version = current_version(chosen)
    return version if version is not None and fields_of(version.definition) else None


def needs_more(chosen: Category) -> bool:
    """Whether a page of its own follows the category: a danger to tell, or questions."""
    return chosen.danger or questions(chosen) is not None


def look_around(draft: Draft) -> list[str]:
    """Look up open reports nearby of the same kind, once per category and place; their numbers."""
    typed = read(draft)
    chosen, point = category(draft, typed), typed.where()
    key = f"{typed.category} {typed.point}"
    if typed.similar_to != key:
        numbers: list[str] = []
        if chosen is not None and point is not None and chosen.rules.supportable:
            found = nearby(municipality=draft.municipality, category=chosen, point=point, limit=NEARBY_MAX)
            numbers = [report.number for report, _metres in found]
        with editing(draft) as changed:
            changed.similar, changed.similar_to, changed.same = numbers, key, ""
        return numbers
    return typed.similar


def first_gap(draft: Draft) -> str | None:
    """The first step that still misses something, None when the draft can be sent."""
    typed = read(draft)
    chosen = category(draft, typed)
    placed = bool(typed.point or typed.address)
    if not placed and not typed.placeless:
        return PLACE
    if chosen is None or not typed.text.strip() or photos_wrong(draft, chosen):
        return WHAT
    if chosen.rules.place_required and not placed:
        return PLACE
    if needs_more(chosen) and typed.told != typed.category:
        return MORE
    return None if typed.contact_seen else CONTACT


def photos_wrong(draft: Draft, chosen: Category) -> str:
    """What the photos of a draft lack, or that there may be none, in words; "" if they fit the category."""
    if chosen.photo_rule == PhotoRule.OPTIONAL:
        return ""
    return photo_problem(chosen, draft.files.count())


def numbered(step: str) -> tuple[int, int]:
    """(n, total) of "Schritt n von total": always five, so that no count takes back what another promised.

    Without anything similar nearby the third is passed over, and the fourth says so.
    """
    return COUNTED.index(COUNTED_AS.get(step, step)) + 1, len(COUNTED)


def photos(draft: Draft) -> list[File]:
    """The draft's pictures in the order of their arrival."""
    return list(draft.files.order_by("id"))


def send(*, draft: Draft, at: datetime, language: str) -> Case:
    """Hand in the draft; sent before, it is the same case. Raises Invalid with messages per field.

    What was typed is then deleted from the draft: it stands on the case, where erasure finds it.
    """
    typed = read(draft)
    sent = Draft.objects.select_related("case").get(pk=draft.pk).case
    if sent is not None:
        return sent
    chosen = category(draft, typed)
    assert chosen is not None, "first_gap() is None"
    try:
        case, _new = submit(
            municipality=draft.municipality,
            category=chosen,
            text=typed.text,
            by=By.citizen(),
            act=Act(at=at, client_key=draft.client_key),
            point=typed.where(),
            address=typed.address,
            asset=typed.asset,
            person=typed.person(),
            answers=typed.answers,
            files=photos(draft),
            source=typed.source,
            language=language,
        )
    except KeyReused:
        # The browser sent this draft by itself before, and then something was changed. It is the report already made.
        made = _made(draft.municipality, draft)
        if made is None:
            raise
        case = made
    contact = case.contact
    if typed.proved and contact is not None and contact.email.lower() == typed.proved:
        confirm_contact(contact=contact, act=Act(at=at))
    _close(draft, case)
    return case


def discard(*, draft: Draft) -> None:
    """Delete a draft with its pictures."""
    with transaction.atomic():
        for file in photos(draft):
            stored.delete(file=file)
        draft.delete()


def key_of(draft: Draft) -> uuid.UUID:
    """The key under which the browser may send this draft by itself."""
    return uuid.UUID(str(draft.client_key))
