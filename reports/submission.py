"""Handing in a report: everything typed is checked together, then written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import files as stored
from cases import routing
from cases.change import Act, By, payload_hash
from cases.errors import Invalid
from cases.following import checked_email
from cases.models import Case, Contact, File
from cases.opening import open_case, replayed
from cases.policy import Actor, Deed, State
from cases.services import checked_text
from forms.models import FormVersion
from forms.services import validate
from geo import grid
from geo.folding import one_line
from geo.models import Municipality
from geo.services import IN_SIGHT, locate, owner_of
from geo.whereabouts import Whereabouts, whereabouts
from outbox.events import emit
from outbox.kept import kept, looking
from reports.categories import category_of, why_not
from reports.models import Category, Photo, Report
from reports.policy import ADDRESS_MAX, ASSET_MAX, KIND, TEXT_MAX, PhotoRule


@dataclass(frozen=True)
class Person:
    """Who reports, as typed. Everything may be empty where the municipality allows anonymous reports."""

    email: str = ""
    name: str = ""
    phone: str = ""
    public_name: bool = False


@looking()
def submit(
    *,
    municipality: Municipality,
    category: Category,
    text: str,
    by: By,
    act: Act,
    point: Point | None = None,
    address: str = "",
    asset: str = "",
    person: Person | None = None,
    answers: Mapping[str, Any] | None = None,
    files: Sequence[File] = (),
    source: str = "web",
    language: str = "de",
    gate: Callable[[], None] | None = None,
    photos: int = 0,
) -> tuple[Case, bool]:
    """Hand in a report; returns the case and whether this call made it.

    The same `act.client_key` with the same payload returns the case made before, also when both arrive at once.
    A point that belongs to a municipality below this one is filed there. `gate` is called for what is no repetition,
    before anything else is looked at: it refuses by raising (a throttle). `photos` says how many come after this call,
    beside `files`. Raises Invalid with messages per field
    (category, text, point, address, asset, email, name, phone, photos, answers.<slug>) and KeyReused.
    """
    person, answers = person or Person(), answers or {}
    asked = {
        "category": category.topic.slug,
        "text": text,
        "point": [round(point.x, 7), round(point.y, 7)] if point else None,
        "address": address,
        "person": [person.email, person.name, person.phone, person.public_name],
        "answers": dict(answers),
    }
    if asset:
        asked["asset"] = asset
    digest = payload_hash(asked)
    place = whereabouts(point) if point is not None else Whereabouts(None, None, "")
    owner = place.owner
    there = True
    if owner is not None and owner.pk != municipality.pk and owner.pk in family_of(municipality):
        municipality = owner
        known = category_of(owner, category.topic.slug)
        category, there = known or category, known is not None
    if act.client_key is not None and (found := replayed(municipality, act, digest)):
        return found, False
    if gate is not None:
        gate()
    problem = _elsewhere(municipality, owner) if point is not None else ""
    for_somebody = by.actor is Actor.STAFF
    day = timezone.localdate(act.at)
    wrong = {} if for_somebody else _unfitting(municipality, category, day, len(files) + photos, there)
    checked = _checked(
        municipality, category, text, point, problem, address, person, answers, language, for_somebody, wrong
    )
    if point is not None and (owner is None or owner.pk != municipality.pk):  # it has no boundary
        around = locate(point, owner=municipality, within=IN_SIGHT)
        place = Whereabouts(municipality, around.district.pk if around.district else None, around.text)
    found_address = place.text
    stage = routing.first_stage(municipality, State.NEW)
    unit = routing.unit_for(municipality=municipality, topic=category.topic, point=point)
    shown = category.release_at_once and category.rules.public
    try:
        with transaction.atomic():
            case, entry = open_case(
                municipality=municipality,
                kind=KIND,
                topic=category.topic,
                asked=asked,
                by=by,
                act=act,
                contact=checked.contact(act.at),
                source=source,
                language=language,
                point=point,
                grid=grid.of_point(point),
                district_id=place.district_id,
                stage=stage,
                unit=unit,
                deadline=category.rules.deadline,
                public_at=act.at if shown else None,
            )
            report = Report.objects.create(
                case=case,
                text_released=shown,
                public_text=checked.text if shown else "",
                asset=one_line(asset, ASSET_MAX),
                text=checked.text,
                address=checked.address or found_address,
                address_by_citizen=bool(checked.address) and checked.address != found_address,
                answers=checked.answers,
                form_version=checked.version,
            )
            Photo.objects.bulk_create(
                Photo(report=report, file=file, position=position, by_staff=by.actor is Actor.STAFF)
                for position, file in enumerate(files)
            )
            if files:
                File.objects.filter(pk__in=[file.pk for file in files]).update(case=case, entry=entry, draft=None)
            for photo in report.photos.select_related("file") if shown and files else ():
                show_photo(photo)
            emit(f"case.{Deed.SUBMITTED}", case=case.pk, entry=entry.pk)
    except IntegrityError:
        # Two requests with one key at once: the other one was first.
        again = replayed(municipality, act, digest)
        if again is None:
            raise
        return again, False
    return case, True


def family_of(municipality: Municipality) -> list[int]:
    """Its `family_ids`, kept."""
    return kept(("family", municipality.pk), municipality.family_ids)


def _unfitting(
    municipality: Municipality, category: Category, day: date, photos: int, there: bool
) -> dict[str, list[str]]:
    """What of category and photos keeps a citizen's report from being taken: {"category": …, "photos": …}. `there`: the
    municipality that owns the place has the category too."""
    errors = {}
    if not there:
        errors["category"] = [_("Reports of this kind are not taken here. Please choose another category.")]
    elif words := why_not(category, day, municipality):
        errors["category"] = [words]
    if words := photo_problem(category, photos):
        errors["photos"] = [words]
    return errors


def photo_problem(category: Category, photos: int) -> str:
    """Why so many photos are too few or too many for a category, in words; "" if they fit."""
    if category.photo_rule == PhotoRule.REQUIRED and not photos:
        return _("Please add at least one photo. Reports of this kind cannot be judged without it.")
    if category.photo_rule == PhotoRule.NONE and photos:
        return _("For reports of this kind no photos are taken. Please remove them.")
    return ""


@dataclass
class _Checked:
    text: str
    address: str
    person: Person
    answers: dict[str, Any]
    version: FormVersion | None

    def contact(self, at: datetime) -> Contact | None:
        """The contact row to make, None for an anonymous report."""
        if not (self.person.email or self.person.phone or self.person.name):
            return None
        return Contact(
            email=self.person.email,
            name=self.person.name,
            phone=self.person.phone,
            public_name=self.person.public_name,
            created_at=at,
        )


def _checked(
    municipality: Municipality,
    category: Category,
    text: str,
    point: Point | None,
    elsewhere: str,
    address: str,
    person: Person,
    raw: Mapping[str, Any],
    language: str,
    for_somebody: bool,
    errors: dict[str, list[str]],
) -> _Checked:
    """Everything that was typed, checked together, so that all errors are told at once; `errors` are known already.

    Staff who write down a call or a letter (`for_somebody`) may leave out the address and the category's questions.
    """
    version = current_version(category) if raw or not for_somebody else None
    answers: dict[str, Any] = {}
    if category.redirect_text:
        errors["category"] = [_("Reports of this kind are not taken here. Please choose another category.")]
    try:
        text = checked_text(text)
        if len(text) > TEXT_MAX:
            raise Invalid({"text": [_("Please shorten the text to %(max)d characters.") % {"max": TEXT_MAX}]})
    except Invalid as invalid:
        errors |= invalid.errors
    address = one_line(address)
    if len(address) > ADDRESS_MAX:
        errors["address"] = [_("Please shorten the address to %(max)d characters.") % {"max": ADDRESS_MAX}]
    if category.rules.place_required and point is None and not address:
        errors["point"] = [_("Where is it? Please choose a place on the map or write the address.")]
    if elsewhere:
        errors["point"] = [elsewhere]
    email = person.email.strip()
    if email:
        try:
            email = checked_email(email)
        except Invalid as invalid:
            errors |= invalid.errors
    elif not municipality.allow_anonymous and not for_somebody:
        errors["email"] = [_("Please write your e-mail address, so that we can answer.")]
    if len(person.name) > 120:
        errors["name"] = [_("Please shorten the name.")]
    if len(person.phone) > 40:
        errors["phone"] = [_("Please shorten the phone number.")]
    if version is not None:
        answers, wrong = validate(version.definition, raw, language=language)
        errors |= {f"answers.{slug}": messages for slug, messages in wrong.items()}
    if errors:
        raise Invalid(errors)
    return _Checked(
        text,
        address,
        Person(
            email,
            person.name.replace("\x00", "").strip(),
            person.phone.replace("\x00", "").strip(),
            person.public_name,
        ),
        answers,
        version,
    )


def outside(municipality: Municipality, point: Point) -> str:
    """Why a point cannot be reported here, naming whose it is; "" if it can."""
    return _elsewhere(municipality, owner_of(point))


def _elsewhere(municipality: Municipality, owner: Municipality | None) -> str:
    """`outside` of a point whose owner is known."""
    if owner is not None and (owner.pk == municipality.pk or owner.pk in family_of(municipality)):
        return ""
    if municipality.boundary is None:
        return ""
    if owner is not None:
        return _("This place belongs to %(name)s. Please report it there: %(url)s") % {
            "name": owner.title,
            "url": owner.base_url(),
        }
    return _("This place is outside of %(name)s. Please choose a place inside the boundary.") % {
        "name": municipality.title
    }


def current_version(category: Category) -> FormVersion | None:
    """The published version of the category's questions, None without questions."""
    if category.form_id is None:
        return None
    rows = FormVersion.objects.filter(form_id=category.form_id, published_at__isnull=False).order_by("-number")
    return kept(("form", category.form_id), rows.first)


def show_photo(photo: Photo) -> None:
    """Mark a photo released and give its file a public name; part of a verb, never called alone."""
    photo.released = True
    photo.save(update_fields=["released"])
    stored.release(file=photo.file)
