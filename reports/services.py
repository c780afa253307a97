"""The verbs of a report: hand in, release, correct, change category and place.

Rules of the case mechanism (lock, right, version, replay, one Entry, one event) come from cases.change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.policy import Permission
from accounts.services import may
from cases import files as stored
from cases import routing
from cases.change import Act, By, Step, change, payload_hash
from cases.errors import Invalid, NoSuchEdge
from cases.following import checked_email
from cases.models import Case, Contact, Entry, File
from cases.policy import Actor, Deed, State
from cases.services import checked_text, open_case, replayed
from forms.models import FormVersion
from forms.services import validate
from geo import grid
from geo.models import Municipality
from geo.services import district_of, locate, owner_of
from outbox.events import emit
from reports.categories import category_of
from reports.models import Category, Photo, Report
from reports.policy import ADDRESS_MAX, KIND, TEXT_MAX


@dataclass(frozen=True)
class Person:
    """Who reports, as typed. Everything may be empty where the municipality allows anonymous reports."""

    email: str = ""
    name: str = ""
    phone: str = ""
    public_name: bool = False


def submit(
    *,
    municipality: Municipality,
    category: Category,
    text: str,
    by: By,
    act: Act,
    point: Point | None = None,
    address: str = "",
    person: Person | None = None,
    answers: Mapping[str, Any] | None = None,
    files: Sequence[File] = (),
    source: str = "web",
    language: str = "de",
) -> tuple[Case, bool]:
    """Hand in a report; returns the case and whether this call made it.

    The same `act.client_key` with the same payload returns the case made before, also when both arrive at once.
    A point that belongs to a municipality below this one is filed there. Raises Invalid with messages per field
    (category, text, point, address, email, name, phone, photos, answers.<slug>) and KeyReused.
    """
    person = person or Person()
    asked = {
        "category": category.topic.slug,
        "text": text,
        "point": [round(point.x, 7), round(point.y, 7)] if point else None,
        "address": address,
        "person": [person.email, person.name, person.phone, person.public_name],
        "answers": dict(answers or {}),
    }
    owner = owner_of(point)
    if owner is not None and owner.pk != municipality.pk and owner.pk in municipality.family_ids():
        municipality = owner
        category = category_of(owner, category.topic.slug) or category
    if act.client_key is not None and (found := replayed(municipality, act, payload_hash(asked))):
        return found, False
    checked = _checked(municipality, category, text, point, address, person, answers or {}, language)
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
                district=district_of(municipality, point) if point else None,
                stage=next(iter(routing.stages(municipality, State.NEW)), None),
            )
            if entry is None:
                return case, False
            report = Report.objects.create(
                case=case,
                text=checked.text,
                address=checked.address,
                address_by_citizen=bool(address) and not _of_gazetteer(checked.address, point),
                answers=checked.answers,
                form_version=checked.version,
            )
            for position, file in enumerate(files):
                Photo.objects.create(
                    report=report, file=file, position=position, by_staff=by.actor is Actor.STAFF
                )
            File.objects.filter(pk__in=[file.pk for file in files]).update(case=case, entry=entry, draft=None)
            if category.release_at_once and category.rules.public:
                report.text_released, report.public_text = True, report.text
                report.save(update_fields=["text_released", "public_text"])
                for photo in report.photos.select_related("file"):
                    _release(photo)
                case.public_at = act.at
                case.save(update_fields=["public_at"])
            emit(f"case.{Deed.SUBMITTED}", case=case.pk, entry=entry.pk)
    except IntegrityError:
        # Two requests with one key at once: the other one was first.
        again = replayed(municipality, act, payload_hash(asked))
        if again is None:
            raise
        return again, False
    return case, True


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
    address: str,
    person: Person,
    raw: Mapping[str, Any],
    language: str,
) -> _Checked:
    """Everything that was typed, checked together, so that all errors are told at once."""
    errors: dict[str, list[str]] = {}
    version = current_version(category)
    answers: dict[str, Any] = {}
    if category.redirect_text:
        errors["category"] = [_("Reports of this kind are not taken here. Please choose another category.")]
    try:
        text = checked_text(text)
        if len(text) > TEXT_MAX:
            raise Invalid({"text": [_("Please shorten the text to %(max)d characters.") % {"max": TEXT_MAX}]})
    except Invalid as invalid:
        errors |= invalid.errors
    address = " ".join(address.replace("\x00", "").split())
    if len(address) > ADDRESS_MAX:
        errors["address"] = [_("Please shorten the address to %(max)d characters.") % {"max": ADDRESS_MAX}]
    if category.rules.place_required and point is None and not address:
        errors["point"] = [_("Where is it? Please choose a place on the map or write the address.")]
    if point is not None and (problem := outside(municipality, point)):
        errors["point"] = [problem]
    email = person.email.strip()
    if email:
        try:
            email = checked_email(email)
        except Invalid as invalid:
            errors |= invalid.errors
    elif not municipality.allow_anonymous:
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
    if point is not None and not address:
        address = locate(point).text
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
    if municipality.boundary is None:
        return ""
    owner = owner_of(point)
    if owner is not None and owner.pk in municipality.family_ids():
        return ""
    if owner is not None:
        return _("This place belongs to %(name)s. Please report it there: %(url)s") % {
            "name": owner.title,
            "url": owner.base_url(),
        }
    return _("This place is outside of %(name)s. Please choose a place inside the boundary.") % {
        "name": municipality.title
    }


def _of_gazetteer(address: str, point: Point | None) -> bool:
    return point is not None and locate(point).text == address


def current_version(category: Category) -> FormVersion | None:
    """The published version of the category's questions, None without questions."""
    if category.form_id is None:
        return None
    return (
        FormVersion.objects.filter(form_id=category.form_id, published_at__isnull=False)
        .order_by("-number")
        .first()
    )


def attach_photo(*, case: Case, file: File, by: By, act: Act | None = None) -> Entry:
    """Add a stored file to the report: by the reporter, or by staff (then marked so). Not public until released."""
    with change(
        case=case,
        by=by,
        deed=Deed.PHOTO_ADDED,
        permission=Permission.NOTE,
        asked={"file": file.sha256},
        act=act,
    ) as step:
        if not step.replayed:
            report = Report.objects.get(case=step.case)
            position = report.photos.count()
            Photo.objects.get_or_create(
                file=file,
                defaults={"report": report, "position": position, "by_staff": by.actor is Actor.STAFF},
            )
            File.objects.filter(pk=file.pk).update(case=step.case, draft=None)
            step.entry.data = {"file": file.pk}
            step.entry.for_reporter = True
    return step.entry


def release_text(*, case: Case, by: By, text: str | None = None, act: Act | None = None) -> Entry:
    """Make the text public, in the clerk's wording if one is given (the citizen's own stays beside it)."""
    wording = None if text is None else checked_text(text)
    with change(
        case=case,
        by=by,
        deed=Deed.TEXT_RELEASED,
        permission=Permission.RELEASE,
        asked={"text": wording},
        act=act,
    ) as step:
        if not step.replayed:
            report = _report(step)
            report.public_text, report.text_released = wording or report.text, True
            report.save(update_fields=["public_text", "text_released"])
            _publish(step, report)
    return step.entry


def withdraw_text(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """Take the text off the public pages."""
    with change(
        case=case, by=by, deed=Deed.TEXT_WITHDRAWN, permission=Permission.RELEASE, asked={}, act=act
    ) as step:
        if not step.replayed:
            report = _report(step)
            report.text_released = False
            report.save(update_fields=["text_released"])
            _publish(step, report)
    return step.entry


def release_photo(*, photo: Photo, by: By, act: Act | None = None) -> Entry:
    """Make one photo public under a new random name."""
    with change(
        case=photo.report.case,
        by=by,
        deed=Deed.PHOTO_RELEASED,
        permission=Permission.RELEASE,
        asked={"photo": photo.pk},
        act=act,
    ) as step:
        if not step.replayed:
            report = _report(step)
            _release(photo)
            step.entry.data = {"photo": photo.pk}
            _publish(step, report)
    return step.entry


def withdraw_photo(*, photo: Photo, by: By, act: Act | None = None) -> Entry:
    """Take one photo off the public pages; its address is dead."""
    with change(
        case=photo.report.case,
        by=by,
        deed=Deed.PHOTO_WITHDRAWN,
        permission=Permission.RELEASE,
        asked={"photo": photo.pk},
        act=act,
    ) as step:
        if not step.replayed:
            report = _report(step)
            photo.released = False
            photo.save(update_fields=["released"])
            stored.withdraw(file=photo.file)
            step.entry.data = {"photo": photo.pk}
            _publish(step, report)
    return step.entry


def _report(step: Step) -> Report:
    return Report.objects.select_related("case__topic__category").get(case=step.case)


def _release(photo: Photo) -> None:
    photo.released = True
    photo.save(update_fields=["released"])
    stored.release(file=photo.file)


def _publish(step: Step, report: Report) -> None:
    """Set or clear `public_at` after a release or withdrawal. Raises NoSuchEdge for what may never be public."""
    case = step.case
    released = report.text_released or report.photos.filter(released=True).exists()
    hidden = (
        case.confidential or not _category(case).rules.public or (case.stage is not None and case.stage.hides)
    )
    if released and hidden:
        raise NoSuchEdge
    if not released:
        case.public_at = None
    elif case.public_at is None:
        case.public_at = step.entry.at


def _category(case: Case) -> Category:
    return Category.objects.get(topic_id=case.topic_id)


def correct(*, case: Case, text: str, by: By, act: Act | None = None) -> Entry:
    """The reporter words it anew, as long as the text is not public. The earlier wording stays in the history."""
    text = checked_text(text)
    if len(text) > TEXT_MAX:
        raise Invalid({"text": [_("Please shorten the text to %(max)d characters.") % {"max": TEXT_MAX}]})
    with change(
        case=case, by=by, deed=Deed.CORRECTED, permission=Permission.EDIT, asked={"text": text}, act=act
    ) as step:
        if not step.replayed:
            report = _report(step)
            if report.text_released:
                raise NoSuchEdge
            step.entry.text = report.text
            report.text = text
            report.save(update_fields=["text"])
    return step.entry


def change_category(*, case: Case, category: Category, by: By, act: Act | None = None) -> Entry:
    """Set another category: the deadline is frozen anew and the case goes to the unit now responsible.

    What may not be public in the new category is taken off the public pages.
    """
    asked = {"category": category.pk}
    with change(
        case=case, by=by, deed=Deed.CATEGORY_CHANGED, permission=Permission.EDIT, asked=asked, act=act
    ) as step:
        if not step.replayed:
            row = step.case
            if category.topic.municipality_id not in row.municipality.chain_ids():
                raise Invalid({"category": [_("This category does not belong to the municipality.")]})
            step.entry.data = {"from": row.topic_id, "to": category.topic_id, "unit_before": row.unit_id}
            row.topic, row.confidential = category.topic, category.topic.confidential
            row.due_at = routing.due(row.municipality, row.submitted_at, category.topic.working_days)
            _reroute(row)
            if not category.rules.public or row.confidential:
                _unrelease(row)
    return step.entry


def _unrelease(case: Case) -> None:
    report = Report.objects.get(case=case)
    report.text_released = False
    report.save(update_fields=["text_released"])
    for photo in report.photos.filter(released=True).select_related("file"):
        photo.released = False
        photo.save(update_fields=["released"])
        stored.withdraw(file=photo.file)
    case.public_at = None


def _reroute(case: Case) -> None:
    unit = routing.unit_for(municipality=case.municipality, topic=case.topic, point=case.point)
    if unit is not None and unit.pk != case.unit_id:
        case.unit, case.assignee = unit, None
    elif case.confidential:
        case.unit = None


def change_place(
    *, case: Case, by: By, point: Point | None, address: str = "", act: Act | None = None
) -> Entry:
    """Set the place: by the clerk for a report in words, or moved. District and unit follow."""
    asked = {"point": [round(point.x, 7), round(point.y, 7)] if point else None, "address": address}
    with change(
        case=case, by=by, deed=Deed.PLACE_CHANGED, permission=Permission.EDIT, asked=asked, act=act
    ) as step:
        if not step.replayed:
            row = step.case
            if point is not None and (problem := outside(row.municipality, point)):
                raise Invalid({"point": [problem]})
            report = _report(step)
            step.entry.data = {
                "from": [row.point.x, row.point.y] if row.point else None,
                "to": asked["point"],
                "address_before": report.address,
                "unit_before": row.unit_id,
            }
            row.point, row.grid = point, grid.of_point(point)
            row.district = district_of(row.municipality, point) if point else None
            report.address = checked_text(address, field="address", required=False)[:ADDRESS_MAX] or (
                locate(point).text if point else ""
            )
            report.address_by_citizen = False
            report.save(update_fields=["address", "address_by_citizen"])
            _reroute(row)
    return step.entry


def attach_staff_photos(*, entry: Entry, files: Sequence[File], by: By) -> None:
    """Show photos that came with a public update (before/after). Whoever may not release leaves that to the desk."""
    case = Case.objects.select_related("topic__category", "unit").get(pk=entry.case_id)
    report = Report.objects.get(case=case)
    release = case.topic.category.rules.public and may(
        by.user, Permission.RELEASE, municipality_id=case.municipality_id, unit=case.unit
    )
    with transaction.atomic():
        File.objects.filter(pk__in=[file.pk for file in files]).update(case=case, entry=entry, draft=None)
        for file in files:
            photo, new = Photo.objects.get_or_create(
                file=file, defaults={"report": report, "position": report.photos.count(), "by_staff": True}
            )
            if new and release:
                _release(photo)
