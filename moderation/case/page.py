"""Everything the page of one case shows: what citizens see, what is internal, and what can be done next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from cases.change import lies_with
from cases.kinds import kind_of
from cases.models import PRIORITIES, WAITS_FOR, Case, Entry, Look, Support
from cases.numbers import is_late
from cases.policy import CLOCK_STOPPED, EDGES, Deed, State
from dispatch.lists import is_listed
from dispatch.models import Job
from forms.services import present
from geo.localized import localized
from geo.models import Municipality
from moderation import deeds
from moderation.access import rights, seen_by
from moderation.case import choices, history
from moderation.case.looks import ShownLook, looks_of
from moderation.deeds.together import can_be_merged
from moderation.forms.redaction import LOOKS
from moderation.worklist.lists import Query, Worklist, marked
from moderation.worklist.rows import Row, marks_of, place_words, rows_of
from notifications.models import Delivery
from notifications.policy import Role
from reports.hints import Hint, hints
from reports.models import Photo
from reports.privacy import Finding, findings
from reports.services import releasable
from reports.similar import Similar, similar


def case_for(user: User, pk: int) -> Case:
    """A case of somebody's desk with all that its page reads; Http404 for one they may not know of."""
    photos = Photo.objects.select_related("file").order_by("position", "id")
    covers = Municipality.objects.filter(pk=OuterRef("municipality_id"), boundary__covers=OuterRef("point"))
    confirmed = Support.objects.filter(case=OuterRef("pk"), confirmed_at__isnull=False).order_by()
    confirmed = confirmed.values("case").annotate(number=Count("pk")).values("number")  # type: ignore[assignment]
    found = (
        marked(seen_by(user))
        .annotate(
            inside=Exists(covers),
            looked_at=Exists(Look.objects.filter(case=OuterRef("pk"))),
            supporting=Coalesce(Subquery(confirmed), 0),
        )
        .select_related(
            "municipality__parent__parent",
            "topic__category",
            "topic__parent",
            "stage",
            "unit__municipality",
            "assignee",
            "contact",
            "district",
            "job__team",
            "report__form_version",
        )
        .defer(
            "municipality__boundary",
            "municipality__parent__boundary",
            "municipality__parent__parent__boundary",
            "unit__municipality__boundary",
            "district__boundary",
        )
        .prefetch_related(Prefetch("report__photos", queryset=photos))
    )
    return get_object_or_404(found, pk=pk)


@dataclass(frozen=True)
class ShownPhoto:
    """A photo with its release."""

    photo: Photo
    number: int
    item: dict[str, Any] | None
    """What the component `photo` takes; None while the variants are not made."""
    kept_back: bool
    may_release: bool
    may_withdraw: bool
    redact_url: str
    """Where parts of it are painted over; "" for who may not, or while the variants are not made."""


@dataclass(frozen=True)
class SentMail:
    """A mail about the case."""

    subject: str
    whom: str
    at: datetime
    sent_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Step:
    """The usual next step: a panel to open (`url`), a state set at once (`stage`), or a press (`once`)."""

    name: str
    label: str
    url: str = ""
    stage: str = ""
    once: bool = False
    """Done by one press, without a panel or further choices."""


@dataclass
class CasePage:
    """One look at a case."""

    user: User
    case: Case
    query: Query
    at: datetime

    @cached_property
    def rights(self) -> frozenset[Permission]:
        """What the person may do here."""
        return rights(self.user, self.case)

    def offered(self, name: str) -> bool:
        """Whether the deed is open to this person in this state."""
        deed = deeds.BY_NAME[name]
        return deed.permission in self.rights and deed.offered(self.case)

    def can_take_back_text(self) -> bool:
        """Whether "not public" still says anything new about the text."""
        undecided = releasable(self.case) and not self.text_kept_back
        return Permission.RELEASE in self.rights and (self.case.report.text_released or undecided)

    def url(self, tun: str = "") -> str:
        """Address of the page, with a panel opened."""
        address = reverse("desk_case", args=[self.case.pk]) + self.query.address(tun=tun)
        return f"{address}#tun" if tun else address

    @cached_property
    def entries(self) -> list[Entry]:
        """The whole history, oldest first."""
        rows = self.case.entries.select_related("user").prefetch_related("files")
        return list(rows.order_by("version", "id"))

    @cached_property
    def told(self) -> list[history.Told]:
        """The history in words, newest first."""
        return history.told(reversed(self.entries))

    def since(self, version: int) -> list[history.Told]:
        """What happened after a version."""
        return [one for one in reversed(self.told) if one.version > version]

    @cached_property
    def _kept_back(self) -> set[int]:
        found: set[int] = set()
        for entry in self.entries:
            if entry.deed == Deed.PHOTO_WITHDRAWN.value:
                found.add(entry.data.get("photo", 0))
            elif entry.deed == Deed.PHOTO_RELEASED.value:
                found.discard(entry.data.get("photo", 0))
        return found

    @property
    def text_kept_back(self) -> bool:
        """Whether somebody decided that the text stays internal."""
        released = self.case.report.text_released
        return not released and any(entry.deed == Deed.TEXT_WITHDRAWN.value for entry in self.entries)

    @cached_property
    def photos(self) -> list[ShownPhoto]:
        """All photos in order, each with what may be decided about it."""
        may_decide, open_to_release = Permission.RELEASE in self.rights, self.offered("foto-freigeben")
        found = []
        for number, photo in enumerate(self.case.report.photos.all(), 1):
            kept_back = photo.pk in self._kept_back
            undecided = open_to_release and not kept_back
            found.append(
                ShownPhoto(
                    photo,
                    number,
                    history.shown(photo.file) if photo.file.ready_at is not None else None,
                    kept_back,
                    may_release=open_to_release and not photo.released,
                    may_withdraw=may_decide and (photo.released or undecided),
                    redact_url=self.redact_url(photo) if may_decide else "",
                )
            )
        return found

    def redact_url(self, photo: Photo) -> str:
        """The page on which parts of the photo are painted over."""
        return reverse("desk_redact", args=[self.case.pk, photo.pk]) if photo.file.ready_at is not None else ""

    @property
    def releasable_photos(self) -> list[ShownPhoto]:
        """The photos that may be released together with the text."""
        return [one for one in self.photos if one.may_release]

    @cached_property
    def step(self) -> Step | None:
        """The usual next step, None where nothing is usual."""
        case, state = self.case, State(self.case.state)
        if self.offered("weitergeben"):
            return Step("weitergeben", _("Pass the praise on"), url=self.url("weitergeben"))
        if self.offered("annehmen") and lies_with(case, self.user):
            return Step("annehmen", _("Accept"), once=True)
        if self.offered("freigeben") and state is State.NEW and not self.text_kept_back:
            return Step("freigeben", _("Release"), url=self.url("freigeben"))
        if not self.offered("status"):
            return None
        if state is State.NEW:
            return Step("status", _("Take into work"), stage=choices.first_stage(case, State.OPEN))
        if state in CLOCK_STOPPED and State.OPEN in EDGES[state]:
            return Step("status", _("Continue the work"), stage=choices.first_stage(case, State.OPEN))
        if self.offered("erledigt"):
            return Step("erledigt", _("Report as settled"), url=self.url("erledigt"))
        return None

    def menu(self, besides: str = "") -> list[dict[str, Any]]:
        """The deeds that are open, for "Weitere", without the one that stands in the bar already."""
        return [
            {"name": deed.name, "label": deed.title, "icon": deed.menu, "url": self.url(deed.name)}
            for deed in deeds.DEEDS
            if deed.menu and deed.name != besides and self.offered(deed.name)
        ]

    @property
    def priority(self) -> str:
        """The priority in a word."""
        return str(dict(PRIORITIES).get(self.case.priority, ""))

    @property
    def job(self) -> Job | None:
        """On which list it is; None where it is on none, or settled."""
        return self.case.job if is_listed(self.case) and not self.case.facts.closed else None

    @property
    def waits_for(self) -> str:
        """Whom a waiting case waits for, in words."""
        return str(dict(WAITS_FOR).get(self.case.waits_for, ""))

    @property
    def watchers(self) -> list[User]:
        """Colleagues who watch the case; one query."""
        return [row.user for row in self.case.watchers.select_related("user").order_by("pk")]

    @property
    def looks(self) -> list[ShownLook]:
        """Who looked at contact data and originals."""
        return looks_of(self.case) if getattr(self.case, "looked_at", True) else []

    @property
    def purposes(self) -> list[tuple[str, Any]]:
        """What contact data may be opened for."""
        return LOOKS

    @property
    def may_open_contact(self) -> bool:
        """Whether there is anything to show to this person."""
        contact = self.case.contact
        known = contact is not None and bool(contact.name or contact.email or contact.phone)
        return known and Permission.SEE_CONTACT in self.rights

    @cached_property
    def similar(self) -> list[Similar]:
        """Likely duplicates among the cases the person sees, for who could merge them."""
        if Permission.MOVE not in self.rights or not can_be_merged(self.case):
            return []
        return similar(self.case, among=seen_by(self.user))

    @cached_property
    def hints(self) -> list[Hint]:
        """What to look at twice: as long as something is to be decided."""
        inside = getattr(self.case, "inside", False)
        return hints(self.case, similar=self.similar, inside=inside) if not self.case.facts.closed else []

    @property
    def findings(self) -> list[Finding]:
        """Personal data that stands in the text."""
        return findings(self.case.report.public_text or self.case.report.text)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Answers to the category's questions; `private` ones never become public."""
        report = self.case.report
        if report.form_version is None:
            return []
        definition, language = report.form_version.definition, get_language() or "de"
        public = present(definition, report.answers, language, public=True)
        return [
            {"label": label, "text": text, "private": (label, text) not in public}
            for label, text in present(definition, report.answers, language, public=False)
        ]

    @property
    def mails(self) -> list[SentMail]:
        """Mails about the case, newest first; addresses only stand in the contact data."""
        words = {
            Role.REPORTER: _("to the reporter"),
            Role.FOLLOWER: _("to a follower"),
            Role.SUPPORTER: _("to a supporter"),
            Role.UNIT: _("to the unit"),
            Role.ON_CALL: _("to the on-call service"),
            Role.OUTSIDE: _("to the outside body"),
            Role.ACCOUNT: _("to a colleague"),
            Role.COLLEAGUE: _("to a colleague"),
            Role.WATCHER: _("to a colleague who watches"),
        }
        found = []
        for mail in (
            Delivery.objects.filter(case=self.case).defer("text", "html", "headers").order_by("-created_at")[:50]
        ):
            problem = ""
            if mail.bounced:
                problem = _("did not arrive")
            elif mail.failed_at is not None:
                problem = _("could not be sent")
            elif mail.done_at is not None and mail.sent_at is None:
                problem = _("no longer wanted")
            found.append(SentMail(mail.subject, words[Role(mail.role)], mail.created_at, mail.sent_at, problem))
        return found

    def context(self, opened: str = "") -> dict[str, Any]:
        """What the template reads; `opened` is the deed whose panel is open."""
        case = self.case
        beside, following = Worklist(self.user, self.query, self.at).beside(case)
        rows: list[Row] = rows_of(beside, self.query, self.at, case.pk)
        linked = self.step.name if self.step is not None and (self.step.url or self.step.once) else ""
        return {
            "view": self,
            "case": case,
            "report": case.report,
            "title": localized(case.topic.name),
            "place": place_words(case),
            "marks": marks_of(case),
            "late": is_late(case, self.at),
            "beside": rows,
            "next_url": reverse("desk_case", args=[following.pk]) + self.query.address() if following else "",
            "list_url": reverse("desk") + self.query.address() + f"#v{case.pk}",
            "query_string": self.query.address(),
            "public_url": kind_of(case).public_path(case) if case.public_at is not None else "",
            "sees_contact": Permission.SEE_CONTACT in self.rights,
            "releasable": releasable(case),
            "release_url": self.url("freigeben") if self.offered("freigeben") else "",
            "wording_url": self.url("wortlaut") if self.offered("wortlaut") else "",
            "supporters": case.supporting,  # type: ignore[attr-defined]  # an annotation of case_for
            "step": self.step,
            "new_key": uuid.uuid4,
            "menu": self.menu(besides=opened or linked),
        }
