"""What the public may see of a report: decided here and nowhere else.

Pages, JSON, feeds, search and mails build on `PublicReport`; none of them touches Report.text, Photo or Entry itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case, Entry, File, Support
from cases.policy import FACTS, Deed, State, taken_up_again
from geo.localized import localized
from geo.models import District, Municipality
from reports.models import Photo
from reports.policy import KIND


@dataclass(frozen=True)
class Picture:
    """A released picture; `url(variant)` gives the WebP address, `jpeg(variant)` the JPEG one."""

    name: str
    width: int
    height: int
    ready: bool
    by_staff: bool = False

    def _path(self, variant: str, suffix: str) -> str:
        return reverse("picture", args=[self.name, variant, suffix])

    @property
    def small(self) -> str:
        """400 px WebP."""
        return self._path("small", "webp")

    @property
    def medium(self) -> str:
        """960 px WebP."""
        return self._path("medium", "webp")

    @property
    def large(self) -> str:
        """1600 px WebP."""
        return self._path("large", "webp")

    @property
    def small_jpeg(self) -> str:
        """400 px JPEG for browsers without WebP."""
        return self._path("small", "jpg")

    @property
    def medium_jpeg(self) -> str:
        """960 px JPEG."""
        return self._path("medium", "jpg")

    @property
    def large_jpeg(self) -> str:
        """1600 px JPEG."""
        return self._path("large", "jpg")


@dataclass(frozen=True)
class Moment:
    """One dot of the public timeline."""

    at: datetime
    deed: str
    look: str
    """Class of colour and icon of the state, "" where no state was set."""
    label: str
    again: bool
    """It takes up again what was closed."""
    text: str
    who: str
    pictures: list[Picture] = field(default_factory=list)


@dataclass(frozen=True)
class PublicReport:
    """Everything about a report that is released, and nothing else. `text` is "" while it is not released."""

    number: str
    url: str
    municipality: str
    category_slug: str
    category: str
    group: str
    icon: str
    sort: str
    supportable: bool
    """Others may say that they noticed it too: while it is open."""
    on_site: bool
    title: str
    text: str
    language: str
    """Of the text, two letters."""
    text_released: bool
    address: str
    district: str
    point: tuple[float, float] | None
    """(lon, lat), WGS84."""
    state: str
    look: str
    label: str
    state_since: datetime
    closed: bool
    submitted_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    expected_on: date | None
    unit: str
    reporter: str
    """Name of the reporter if they want it public and proved their address, else ""."""
    pictures: list[Picture]
    supporters: int
    former_number: str


def readable() -> QuerySet[Case, Case]:
    """Public report cases with all that `public_report` reads, in a bounded number of queries."""
    photos = Photo.objects.filter(released=True).select_related("file")
    return (
        Case.objects.public()
        .filter(kind=KIND)
        .select_related(
            "municipality__parent__parent",
            "topic__category",
            "topic__parent",
            "stage",
            "unit",
            "district",
            "contact",
            "report",
        )
        .prefetch_related(Prefetch("report__photos", queryset=photos, to_attr="released_photos"))
        .annotate(supporters=Count("supports", filter=Q(supports__confirmed_at__isnull=False), distinct=True))
    )


_SHOWN = (
    *("number", "municipality", "topic", "stage", "unit", "district", "state", "forwarded_to", "language", "point"),
    *("state_since", "submitted_at", "changed_at", "closed_at", "expected_on", "former_number"),
    *("contact__name", "contact__public_name", "contact__confirmed_at"),
    *("report__public_text", "report__text_released", "report__address", "report__address_by_citizen"),
)
"""What `public_report` reads of a case: making a row out of all its columns takes as long as everything else."""


def many(ids: Sequence[int]) -> list[PublicReport]:
    """Public reports by id, in the order given, for lists of up to a thousand; what is not public is left out.

    What many of them share (category, stage, unit …) is read and made once, in a bounded number of queries.
    """
    photos = Photo.objects.filter(released=True).select_related("file")
    cases = (
        Case.objects.public()
        .filter(kind=KIND, pk__in=ids)
        .select_related("report", "contact")
        .only(*_SHOWN)
        .prefetch_related(
            Prefetch("municipality", queryset=Municipality.objects.defer("boundary")),
            "topic__category",
            "topic__parent",
            "stage",
            "unit",
            Prefetch("district", queryset=District.objects.defer("boundary")),
            Prefetch("report__photos", queryset=photos, to_attr="released_photos"),
        )
        .annotate(supporters=Value(0))
    )
    found = {case.pk: case for case in cases}
    supported = Support.objects.filter(case__in=list(found), confirmed_at__isnull=False).order_by()
    for pk, count in supported.values_list("case").annotate(Count("pk")):
        found[pk].supporters = count  # type: ignore[attr-defined]
    return [public_report(found[pk]) for pk in ids if pk in found]


def place_of(case: Case) -> str:
    """The address that may be shown: words typed by a citizen only together with the released text."""
    report = case.report
    if report.address and (not report.address_by_citizen or report.text_released):
        return str(report.address)
    return case.district.name if case.district else ""


def public_report(case: Case) -> PublicReport:
    """The public view of a case out of `readable()`."""
    report, category, facts = case.report, case.topic.category, FACTS[State(case.state)]
    contact = case.contact
    named = contact is not None and contact.public_name and contact.confirmed_at is not None
    place = place_of(case)
    name = localized(case.topic.name)
    return PublicReport(
        number=str(case.number),
        url=case.municipality.base_url() + public_path(case),
        municipality=case.municipality.slug,
        category_slug=case.topic.slug,
        category=name,
        group=localized(case.topic.parent.name) if case.topic.parent else "",
        icon=category.icon,
        sort=category.sort,
        supportable=category.rules.supportable and not facts.closed,
        on_site=category.rules.on_site,
        title=f"{name}, {place}" if place else name,
        text=report.public_text if report.text_released else "",
        language=case.language,
        text_released=report.text_released,
        address=place,
        district=case.district.name if case.district else "",
        point=(case.point.x, case.point.y) if case.point else None,
        state=case.state,
        look=facts.look,
        label=case.state_label,
        state_since=case.state_since,
        closed=facts.closed,
        submitted_at=case.submitted_at,
        changed_at=case.changed_at,
        closed_at=case.closed_at,
        expected_on=case.expected_on,
        unit=case.unit.shown_name if case.unit else "",
        reporter=contact.name if named and contact is not None else "",
        pictures=[picture(photo) for photo in report.released_photos],  # type: ignore[attr-defined]
        supporters=case.supporters,  # type: ignore[attr-defined]
        former_number=case.former_number,
    )


def public_reports(cases: Iterable[Case]) -> list[PublicReport]:
    """`public_report` of many."""
    return [public_report(case) for case in cases]


def picture(photo: Photo) -> Picture:
    """The public face of a released photo."""
    file = photo.file
    return Picture(str(file.public_name), file.width, file.height, file.ready_at is not None, photo.by_staff)


def public_path(case: Case) -> str:
    """Path of the public page."""
    return reverse("report", args=[case.number])


TOLD_WITHOUT_WORDS = (Deed.SUBMITTED, Deed.FEEDBACK, Deed.QUESTION, Deed.ANSWER)
"""Deeds whose change of state everybody may see, while what was said stays between reporter and town hall."""


def timeline(case: Case) -> list[Moment]:
    """The public timeline, oldest first: how it came in, states and public updates with their released pictures."""
    photos = Photo.objects.filter(released=True).select_related("file")
    files = File.objects.filter(photo__released=True).prefetch_related(Prefetch("photo", queryset=photos))
    entries = (
        Entry.objects.filter(case=case)
        .filter(Q(public=True) | Q(deed__in=TOLD_WITHOUT_WORDS))
        .select_related("case")
        .prefetch_related(Prefetch("files", queryset=files, to_attr="released_files"))
    )
    return [_moment(entry) for entry in entries if entry.public or entry.deed == Deed.SUBMITTED or "to" in entry.data]


def reopened(entry: Entry) -> bool:
    """Whether an entry tells that what was closed is taken up again."""
    return taken_up_again(entry.data.get("from"), entry.data.get("to"))


def again(label: str) -> str:
    """Title of a step that takes a report up again: so, and in which state it is since."""
    return _("Taken up again: %(state)s") % {"state": label} if label else _("Taken up again")


def why_again(deed: str, on_site: bool) -> str:
    """Why it was taken up again, where the words of the person who wrote are not for the reader."""
    if deed != Deed.FEEDBACK.value:
        return ""
    return _("Somebody says that it is still there.") if on_site else _("The reporter asked for it.")


def _moment(entry: Entry) -> Moment:
    state = entry.data.get("to") if entry.deed != Deed.SUBMITTED.value else State.NEW.value
    facts = FACTS[State(state)] if state else None
    label = localized(entry.data.get("label")) or (
        dict(Case._meta.get_field("state").flatchoices).get(state, "") if state else ""
    )
    return Moment(
        at=entry.at,
        deed=entry.deed,
        look=facts.look if facts else "",
        label=str(label),
        again=reopened(entry),
        text=entry.text if entry.public else "",
        who=entry.actor,
        pictures=[picture(file.photo) for file in entry.released_files] if entry.public else [],  # type: ignore[attr-defined]
    )
