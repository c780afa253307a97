"""The verbs of a report: hand in (see reports.submission), release, correct, change category and place.

Rules of the case mechanism (lock, right, version, replay, one Entry, one event) come from cases.change.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policy import Permission
from accounts.services import may
from cases import files as stored
from cases import routing
from cases.change import Act, By, Step, change
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Entry, File
from cases.policy import Actor, Deed, State
from cases.services import checked_text
from geo import grid
from geo.services import district_of, locate
from reports.models import Category, Photo, Report
from reports.policy import ADDRESS_MAX, TEXT_MAX
from reports.submission import Person, current_version, outside, show_photo, submit

__all__ = [
    "Person",
    "attach_photo",
    "attach_staff_photos",
    "change_category",
    "change_place",
    "correct",
    "current_version",
    "outside",
    "releasable",
    "release_photo",
    "release_text",
    "reworded",
    "submit",
    "unrelease",
    "withdraw_photo",
    "withdraw_text",
]


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


def release_text(*, case: Case, by: By, text: str | None = None, reason: str = "", act: Act | None = None) -> Entry:
    """Make the text public, in the clerk's wording if one is given (the citizen's own stays beside it).

    A wording that is not the citizen's is told to them, with the reason if one is given.
    """
    wording = None if text is None else checked_text(text)
    reason = checked_text(reason, field="reason", required=False)
    with change(
        case=case,
        by=by,
        deed=Deed.TEXT_RELEASED,
        permission=Permission.RELEASE,
        asked={"text": wording, "reason": reason} if reason else {"text": wording},
        act=act,
    ) as step:
        if not step.replayed:
            report = _report(step)
            _publish(step)
            if wording is not None and reworded(report, wording):
                step.entry.data, step.entry.text, step.entry.for_reporter = {"reworded": True}, reason, True
            report.public_text, report.text_released = wording or report.text, True
            report.save(update_fields=["public_text", "text_released"])
    return step.entry


def reworded(report: Report, wording: str) -> bool:
    """Whether a wording is neither the citizen's own nor the one that is public already."""
    known = {report.text, report.public_text if report.text_released else report.text}
    return wording.replace("\r\n", "\n").strip() not in {one.replace("\r\n", "\n").strip() for one in known}


def withdraw_text(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """Take the text off the public pages."""
    with change(case=case, by=by, deed=Deed.TEXT_WITHDRAWN, permission=Permission.RELEASE, asked={}, act=act) as step:
        if not step.replayed:
            report = _report(step)
            report.text_released = False
            report.save(update_fields=["text_released"])
            _withdraw(step, report)
    return step.entry


def release_photo(*, photo: Photo, by: By, act: Act | None = None) -> Entry:
    """Make one photo public under a new random name."""
    return _decide_on_photo(photo, Deed.PHOTO_RELEASED, by, act)


def withdraw_photo(*, photo: Photo, by: By, act: Act | None = None) -> Entry:
    """Take one photo off the public pages; its address is dead."""
    return _decide_on_photo(photo, Deed.PHOTO_WITHDRAWN, by, act)


def _decide_on_photo(photo: Photo, deed: Deed, by: By, act: Act | None) -> Entry:
    asked = {"photo": photo.pk}
    case = photo.report.case
    with change(case=case, by=by, deed=deed, permission=Permission.RELEASE, asked=asked, act=act) as step:
        if not step.replayed:
            step.entry.data = asked
            if deed is Deed.PHOTO_RELEASED:
                _publish(step)
                show_photo(photo)
            else:
                _hide_photo(photo)
                _withdraw(step, _report(step))
    return step.entry


def _hide_photo(photo: Photo) -> None:
    """The reverse of `show_photo`: its public name dies."""
    photo.released = False
    photo.save(update_fields=["released"])
    stored.withdraw(file=photo.file)


def _report(step: Step) -> Report:
    return Report.objects.get(case=step.case)


def releasable(case: Case) -> bool:
    """Whether anything of the case may be released as it stands.

    Never what is confidential or of a sort that is not public, nothing while a stage hides the case, and nothing new
    of what the reporter took back before it was public, nor an internal part, nor a case whose words were deleted.
    Reads `topic.category` and `stage`.
    """
    hidden = case.stage is not None and case.stage.hides
    taken_back = State(case.state) is State.WITHDRAWN and case.public_at is None
    closed_off = case.part_of_id is not None or case.erased_at is not None
    return not (case.confidential or hidden or taken_back or closed_off) and case.topic.category.rules.public


def _publish(step: Step) -> None:
    """The case is public from now on, if it was not before; what somebody practises on never is.

    Raises NoSuchEdge for what may not be released.
    """
    if not releasable(step.case):
        raise NoSuchEdge
    if step.case.practice_by_id is None:
        step.case.public_at = step.case.public_at or step.entry.at


def _withdraw(step: Step, report: Report) -> None:
    """With its last released part the case leaves the public pages; taking back never makes it public."""
    if not report.text_released and not report.photos.filter(released=True).exists():
        step.case.public_at = step.case.public_before = None


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
    with change(case=case, by=by, deed=Deed.CATEGORY_CHANGED, permission=Permission.EDIT, asked=asked, act=act) as step:
        if not step.replayed:
            row = step.case
            if category.topic.municipality_id not in row.municipality.chain_ids():
                raise Invalid({"category": [_("This category does not belong to the municipality.")]})
            step.entry.data = {"from": row.topic_id, "to": category.topic_id, "unit_before": row.unit_id}
            named_before = routing.unit_for(municipality=row.municipality, topic=row.topic, point=row.point)
            row.topic, row.confidential = category.topic, category.topic.confidential
            due = routing.due(row.municipality, row.submitted_at, category.topic.working_days)
            row.due_at = due if category.rules.deadline else None
            routing.reroute(row, named_before, at=step.entry.at)
            step.entry.data["unit"] = row.unit_id
            if not category.rules.public or row.confidential:
                unrelease(row)
    return step.entry


def unrelease(case: Case) -> None:
    """Take everything off the public pages; part of a verb, which saves the case."""
    report = Report.objects.get(case=case)
    report.text_released = False
    report.save(update_fields=["text_released"])
    for photo in report.photos.filter(released=True).select_related("file"):
        _hide_photo(photo)
    case.public_at = case.public_before = None


def change_place(
    *,
    case: Case,
    by: By,
    point: Point | None,
    address: str = "",
    on_site: bool = False,
    act: Act | None = None,
) -> Entry:
    """Set the place: by the clerk for a report in words, or moved. District and unit follow.

    Who stands there (`on_site`) needs the right to work on it only; it stays with the unit whose people found it.
    """
    asked = {"point": [round(point.x, 7), round(point.y, 7)] if point else None, "address": address}
    right = Permission.MOVE if on_site else Permission.EDIT
    with change(case=case, by=by, deed=Deed.PLACE_CHANGED, permission=right, asked=asked, act=act) as step:
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
            named_before = routing.unit_for(municipality=row.municipality, topic=row.topic, point=row.point)
            row.point, row.grid = point, grid.of_point(point)
            row.district = district_of(row.municipality, point) if point else None
            report.address = checked_text(address, field="address", required=False)[:ADDRESS_MAX] or (
                locate(point).text if point else ""
            )
            report.address_by_citizen = False
            report.save(update_fields=["address", "address_by_citizen"])
            if not on_site:
                routing.reroute(row, named_before, at=step.entry.at)
            step.entry.data["unit"] = row.unit_id
    return step.entry


def attach_staff_photos(*, entry: Entry, files: Sequence[File], by: By, internal: bool = False) -> None:
    """Show photos that came with a public update (before/after). Whoever may not release leaves that to the desk.

    Those of an `internal` entry are shown to nobody by that; the desk may release them later.
    """
    case = Case.objects.select_related("topic__category", "unit", "stage").get(pk=entry.case_id)
    report = Report.objects.get(case=case)
    release = (
        not internal
        and releasable(case)
        and may(by.user, Permission.RELEASE, municipality_id=case.municipality_id, unit=case.unit)
    )
    with transaction.atomic():
        File.objects.filter(pk__in=[file.pk for file in files]).update(case=case, entry=entry, draft=None)
        for file in files:
            photo, new = Photo.objects.get_or_create(
                file=file, defaults={"report": report, "position": report.photos.count(), "by_staff": True}
            )
            if new and release:
                show_photo(photo)
