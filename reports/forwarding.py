"""What an outside body may see of a report that was forwarded to it, and do with it.

Only what it needs: kind, place, the released wording, photos that are released or that staff chose for it, and what
the town hall asks. Contact data only where staff said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import forwarding
from cases.change import Act, By
from cases.models import Contact, Entry, File, Forward
from cases.policy import CLOCK_STOPPED, State
from geo.localized import localized
from reports.models import Photo
from reports.services import attach_staff_photos
from reports.showing import place_of


@dataclass(frozen=True)
class TheirStep:
    """One thing the outside body can say."""

    slug: str
    label: Any
    done: Any
    verb: Callable[..., Entry]
    words: bool = False
    """It needs words."""


STEPS = (
    TheirStep(
        "angenommen",
        _("We take care of it"),
        _("Thank you. The town hall knows that you take care of it."),
        forwarding.accept,
    ),
    TheirStep("in-arbeit", _("We are working on it"), _("Thank you. The state is set."), forwarding.start),
    TheirStep("erledigt", _("It is settled"), _("Thank you very much. The report is settled."), forwarding.settle),
    TheirStep(
        "nachricht", _("Only a message to the town hall"), _("Your message has arrived."), forwarding.answer, words=True
    ),
    TheirStep(
        "zurueck",
        _("This is not ours: back to the town hall"),
        _("The report is back at the town hall."),
        forwarding.hand_back,
        words=True,
    ),
)
BY_SLUG = {step.slug: step for step in STEPS}


def offered(forward: Forward) -> list[TheirStep]:
    """The steps that still tell something new."""
    said = {"angenommen"} if forward.accepted_at is not None else set()
    under_way = forward.case.entries.filter(data__forward=forward.pk, data__step=State.OPEN.value)
    if State(forward.case.state) not in CLOCK_STOPPED and under_way.exists():
        said |= {"angenommen", "in-arbeit"}
    return [step for step in STEPS if step.slug not in said]


@dataclass(frozen=True)
class Shown:
    """Everything of the report that the outside body sees."""

    number: str
    category: str
    place: str
    district: str
    point: tuple[float, float] | None
    text: str
    """"" while the text is not released."""
    language: str
    words: str
    """What the town hall asks."""
    photos: list[File]
    contact: Contact | None


def shown(forward: Forward) -> Shown:
    """What the page shows; `forward` comes with `case` and its `report`, `topic`, `district`, `contact`."""
    case, report = forward.case, forward.case.report
    return Shown(
        number=str(case.number),
        category=localized(case.topic.name),
        place=place_of(case),
        district=case.district.name if case.district else "",
        point=(case.point.x, case.point.y) if case.point else None,
        text=report.public_text if report.text_released else "",
        language=case.language,
        words=forward.text,
        photos=visible_files(forward),
        contact=case.contact if forward.with_contact else None,
    )


def visible_files(forward: Forward) -> list[File]:
    """The photos of the report they may see, ready ones only."""
    chosen = Q(file__in=forward.photos or [])
    photos = Photo.objects.filter(Q(released=True) | chosen, report__case=forward.case_id, file__ready_at__isnull=False)
    return [photo.file for photo in photos.select_related("file").order_by("position", "pk")]


def tell(*, forward: Forward, step: TheirStep, text: str, files: Sequence[File], act: Act) -> Entry:
    """Do one step; photos become photos of the report by staff, which wait for their release. Raises as the verbs."""
    given: dict[str, Any] = {"forward": forward, "act": act}
    if step.slug == "angenommen":
        if text or files:
            step = BY_SLUG["nachricht"]
        else:
            return step.verb(**given)
    with transaction.atomic():
        entry = step.verb(**given, text=text, files=files)
        if files:
            attach_staff_photos(entry=entry, files=files, by=By.outside(forward.name))
    return entry
