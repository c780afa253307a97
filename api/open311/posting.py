"""A request handed in by a program: the verb of the pages, with the same gate and the same throttles.

Senders come again when no answer arrived. What comes with the same fields and photos from the same sender within
`AGAIN_SECONDS` (at most twice that) is the same request and gets the same number; so does what carries the same
`client_key` (a UUID), however late.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from accounts.policy import Scope
from api.open311.asking import Asked, Problem
from api.open311.formats import Answer
from api.open311.keys import require
from api.open311.policy import AGAIN_SECONDS
from api.open311.services import language, unknown_service
from api.photos import check_photos, take_photos
from cases.change import Act, By
from cases.models import Case
from cases.routing import BERLIN
from cases.services import note
from forms.definition import fields_of
from forms.field_types import TYPES
from geo.localized import localized
from geo.models import Municipality
from geo.proof.asking import refused_program
from geo.proof.policy import WAIT, Purpose
from outbox.kept import looking
from reports.categories import category_of
from reports.models import Category
from reports.services import Person, current_version, submit
from reports.throttle import HOUR, may_send, may_send_by_key, sends_left

_SPACE: Final = uuid.UUID("6f0f4f0e-3c1b-5d0a-9d0d-0b3a4f8c3110")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}T.+")
_LINK: Final = re.compile(r"https?://[^\s<>\"]{4,490}")
MEDIA_URLS: Final = 5


@looking()
def post(request: HttpRequest, asked: Asked, municipality: Municipality, key: ApiKey | None) -> Answer:
    """Hand in a request. Raises Problem, cases.errors.Invalid and KeyReused."""
    if key is not None or municipality.keys_only:
        key = require(key, municipality, Scope.SUBMIT)
    code = asked.text("service_code")
    if not code:
        raise Problem(400, _("service_code was not provided."))
    category = category_of(municipality, code[:80])
    if category is None:
        raise unknown_service(code)
    if category.redirect_text:
        raise Problem(400, f"service_code: {localized(category.redirect_text)}")
    place = asked.place()
    person = _person(asked)
    sender = f"key:{key.pk}" if key is not None else str(request.META.get("REMOTE_ADDR", ""))
    case, new = submit(
        municipality=municipality,
        category=category,
        text=asked.text("description") or localized(category.topic.name),
        point=Point(*place, srid=4326) if place else None,
        address=asked.text("address_string", "address"),
        person=person,
        answers=_answers(category, asked),
        by=By.citizen(),
        act=Act(client_key=_client_key(asked, municipality, sender)),
        source="api",
        language=language(),
        photos=len(asked.files),
        gate=partial(_admit, request, municipality, key, person.email, asked),
    )
    take_photos(case=case, uploads=asked.files)
    _note_links(case, asked)
    headers = budget(request, key)
    row = {"service_request_id": str(case.number), "service_notice": _notice(case), "account_id": None}
    return Answer("service_requests", [row], status=201 if new else 200, headers=headers)


def budget(request: HttpRequest, key: ApiKey | None) -> dict[str, str]:
    """Headers that say how much may be sent still."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    limit, left, reset = sends_left(address=address, key=key.pk if key is not None else None)
    return {"RateLimit-Limit": str(limit), "RateLimit-Remaining": str(left), "RateLimit-Reset": str(reset)}


def _admit(request: HttpRequest, municipality: Municipality, key: ApiKey | None, email: str, asked: Asked) -> None:
    """The gate of what is no repetition. Who has a key is known, so no proof of work is asked of it."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if key is not None:
        fine = may_send_by_key(key=key.pk, email=email)
    else:
        if refused_program(request, Purpose.REPORT, municipality):
            words = _("Very many reports are coming in. Please try again later, or ask the municipality for a key.")
            raise Problem(429, words, headers={"Retry-After": str(WAIT)})
        fine = may_send(address=address, email=email)
    if not fine:
        headers = {"Retry-After": str(HOUR), **budget(request, key)}
        if int(headers["RateLimit-Remaining"]) == 0:
            headers["Retry-After"] = headers["RateLimit-Reset"]
        raise Problem(429, _("Too many reports from this sender. Please try again in an hour."), headers=headers)
    check_photos(asked.files)


def _person(asked: Asked) -> Person:
    names = [asked.text("first_name"), asked.text("last_name")]
    return Person(
        email=asked.text("email"),
        name=" ".join(name for name in names if name),
        phone=asked.text("phone"),
    )


def _answers(category: Category, asked: Asked) -> dict[str, Any]:
    """Attributes as the form engine reads answers; codes that nobody asked for are left out."""
    version = current_version(category)
    if version is None:
        return {}
    sent = asked.attributes()
    found: dict[str, Any] = {}
    for question in fields_of(version.definition):
        values = sent.get(question["slug"], [])
        if not values:
            continue
        if TYPES[question["type"]].many:
            found[question["slug"]] = values
        else:
            found[question["slug"]] = _day_of(values[0]) if question["type"] == "date" else values[0]
    return found


def _day_of(text: str) -> str:
    """The day of a time, since a question asks for a day and the standard knows only times."""
    if not _DAY.fullmatch(text):
        return text
    try:
        at = parse_datetime(text)
    except (ValueError, OverflowError):
        return text
    if at is None:
        return text
    try:
        return (at.astimezone(BERLIN) if at.tzinfo is not None else at).date().isoformat()
    except (ValueError, OverflowError):
        return text


def _client_key(asked: Asked, municipality: Municipality, sender: str) -> uuid.UUID:
    """The sender's own, else one out of everything that was sent, the same for a while."""
    if own := asked.text("client_key"):
        try:
            return uuid.UUID(own)
        except ValueError:
            raise Problem(400, _("client_key: please send a UUID."))
    return recognised(
        [sender, asked.everything(), [_digest(file) for file in asked.files]],
        lambda key: Case.objects.filter(municipality__in=municipality.family_ids(), client_key=key).exists(),
    )


def recognised(facts: list[Any], known: Callable[[uuid.UUID], bool]) -> uuid.UUID:
    """A key out of facts and the time: the one of the time before if it is `known`, else that of now."""
    now, digest = int(time.time() // AGAIN_SECONDS), sha256(json.dumps(facts).encode()).hexdigest()
    before = uuid.uuid5(_SPACE, f"{digest}:{now - 1}")
    return before if known(before) else uuid.uuid5(_SPACE, f"{digest}:{now}")


def _digest(file: Any) -> str:
    file.seek(0)
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _note_links(case: Case, asked: Asked) -> None:
    """Addresses of pictures elsewhere stand in an internal note: nothing is fetched from there, nothing is shown."""
    links = [link for link in asked.several("media_url") if _LINK.fullmatch(link)][:MEDIA_URLS]
    if links:
        text = _("Pictures at the sender's: %(links)s") % {"links": "\n".join(links)}
        key = uuid.uuid5(_SPACE, f"{case.pk}:{text}")
        note(case=case, by=By.system(), text=text, act=Act(at=timezone.now(), client_key=key))


def _notice(case: Case) -> str:
    if case.public_at is not None:
        return _("Thank you. Your report is public and will be looked at.")
    return _("Thank you. Your report has arrived. It becomes public when it was looked at.")
