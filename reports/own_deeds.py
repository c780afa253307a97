"""What a reporter may do on the own page: one table row per deed, each with a page of its own.

A deed says when it is offered, which form it asks for and which verb it calls; reports.own shows and sends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases import files as stored
from cases import services
from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case, File
from cases.policy import EDGES, State
from cases.services import feedback_until
from outbox.events import emit
from reports.models import Report
from reports.policy import FEEDBACK
from reports.public_forms import (
    AnswerForm,
    CorrectForm,
    OwnFeedbackForm,
    OwnForm,
    PhotosForm,
    WithdrawForm,
)
from reports.services import attach_photo, correct
from reports.throttle import may_send

PHOTOS_IN_ALL = 4 * settings.PHOTO_MAX_COUNT
"""Pictures of one report, from the first to the last message."""


@dataclass(frozen=True)
class OwnDeed:
    """One thing a reporter may do."""

    slug: str
    """Last part of the address."""
    word: Any
    """The link on the own page."""
    icon: str
    title: Any
    """Heading of its page."""
    text: Any
    """What will happen: words, or a function of the report that finds them."""
    button: Any
    done: Any
    """What is said afterwards."""
    form: type[OwnForm]
    offered: Callable[[Report], bool]
    perform: Callable[[Report, Any], None]

    def lead(self, report: Report) -> str:
        """What will happen, said of this report."""
        return str(self.text(report) if callable(self.text) else self.text)


def keep_photos(report: Report, uploads: list[Any]) -> list[File]:
    """Store uploads with the case; Invalid when one is unusable or there are too many by now."""
    case = report.case
    if uploads and case.files.count() + len(uploads) > PHOTOS_IN_ALL:
        raise Invalid(
            {
                "photos": [
                    gettext("This report has enough photos. More than %(n)d are not possible.") % {"n": PHOTOS_IN_ALL}
                ]
            }
        )
    at, files, errors = timezone.now(), [], []
    for upload in uploads:
        try:
            files.append(stored.store(upload=upload, at=at, case=case, preview=True)[0])
        except Invalid as invalid:
            errors += invalid.errors["photos"]
    if errors:
        raise Invalid({"photos": errors})
    return files


def answer(*, report: Report, text: str, files: list[File], act: Act) -> None:
    """A message of the reporter; its pictures stand beside the others, so that staff can release them."""
    with transaction.atomic():
        services.message(case=report.case, by=By.citizen(), text=text, files=tuple(files), act=act)
        for file in files:
            if not hasattr(file, "photo"):
                attach_photo(case=report.case, file=file, by=By.citizen(), act=Act(at=act.at))


def _add_photos(report: Report, form: PhotosForm) -> None:
    files = keep_photos(report, form.cleaned_data["photos"])
    act = form.act()
    with transaction.atomic():
        for file in files:
            if not hasattr(file, "photo"):
                attach_photo(case=report.case, file=file, by=By.citizen(), act=Act(at=act.at))


def _correct(report: Report, form: CorrectForm) -> None:
    correct(case=report.case, text=form.cleaned_data["text"], by=By.citizen(), act=form.act())


def _withdraw(report: Report, form: WithdrawForm) -> None:
    services.withdraw(case=report.case, by=By.citizen(), text=form.cleaned_data["text"], act=form.act())


def hide_name(*, case: Case) -> None:
    """Take the reporter's name off the public page; doing it twice is the same. No version: it changes no fact."""
    if case.contact is not None:
        type(case.contact).objects.filter(pk=case.contact.pk, public_name=True).update(public_name=False)
        case.contact.refresh_from_db()


def _hide_name(report: Report, form: OwnForm) -> None:
    hide_name(case=report.case)


def _delete_contact(report: Report, form: OwnForm) -> None:
    services.delete_contact(case=report.case, by=By.citizen())


def _stop_mails(report: Report, form: OwnForm) -> None:
    if report.case.contact is not None:
        services.stop_mails(contact=report.case.contact, at=timezone.now())


def _confirm_again(report: Report, form: OwnForm) -> None:
    """Ask for the mail with the link once more."""
    contact = report.case.contact
    if contact is not None and not may_send(address=f"case {report.case.pk}", email=contact.email):
        raise Invalid({"": [gettext("That was often within a short time. Please try again in an hour.")]})
    with transaction.atomic():
        emit("case.confirmation_asked", case=report.case.pk)


def _feedback(report: Report, form: OwnFeedbackForm) -> None:
    typed = form.cleaned_data
    services.feedback(
        case=report.case,
        by=By.citizen(),
        still_there=typed["still_there"] == "1",
        text=typed["text"],
        own=True,
        act=form.act(),
    )


def _disputable(report: Report) -> bool:
    return State(report.case.state) is State.DONE and report.case.topic.category.rules.disputable


def _feedback_means(report: Report) -> str:
    until = feedback_until(report.case)
    if until is None or until < timezone.now():
        return gettext("It was settled more than 14 days ago. Your answer goes to the town hall, which decides.")
    day = date_format(timezone.localtime(until), "MONTH_DAY_FORMAT")
    return gettext("If not, we take your report up again. This is possible until %(day)s.") % {"day": day}


def _active(report: Report) -> bool:
    return not report.case.facts.closed


def _withdrawable(report: Report) -> bool:
    return report.case.public_at is None and State.WITHDRAWN in EDGES[State(report.case.state)]


def _has_contact(report: Report) -> bool:
    return report.case.contact is not None


def _unconfirmed(report: Report) -> bool:
    contact = report.case.contact
    return contact is not None and bool(contact.email) and contact.confirmed_at is None


def _mailed(report: Report) -> bool:
    contact = report.case.contact
    return contact is not None and bool(contact.email) and contact.mails_stopped_at is None


def _named(report: Report) -> bool:
    return report.case.contact is not None and report.case.contact.public_name


DEEDS: dict[str, OwnDeed] = {
    deed.slug: deed
    for deed in (
        OwnDeed(
            FEEDBACK,
            _("Was it solved?"),
            "check-circle",
            _("Was it solved?"),
            _feedback_means,
            _("Send the answer"),
            _("Thank you. Your answer has arrived."),
            OwnFeedbackForm,
            _disputable,
            _feedback,
        ),
        OwnDeed(
            "fotos",
            _("Add photos"),
            "camera",
            _("Add photos"),
            _("Only the town hall sees them until they are released. Please show no faces and no number plates."),
            _("Send the photos"),
            _("The photos have arrived."),
            PhotosForm,
            _active,
            _add_photos,
        ),
        OwnDeed(
            "text",
            _("Correct the text"),
            "edit",
            _("Correct the text"),
            _("You can change it as long as it is not public."),
            _("Save the text"),
            _("The text is changed."),
            CorrectForm,
            lambda report: _active(report) and not report.text_released,
            _correct,
        ),
        OwnDeed(
            "zurueckziehen",
            _("Withdraw the report"),
            "delete",
            _("Withdraw the report?"),
            _("Nobody works on it any more then. This cannot be taken back."),
            _("Withdraw the report"),
            _("The report is withdrawn."),
            WithdrawForm,
            _withdrawable,
            _withdraw,
        ),
        OwnDeed(
            "name-verbergen",
            _("Hide my name"),
            "eye-off",
            _("Hide your name on the public page?"),
            _("The town hall still sees it."),
            _("Hide my name"),
            _("Your name is not shown any more."),
            OwnForm,
            _named,
            _hide_name,
        ),
        OwnDeed(
            "link-senden",
            _("Send the link to confirm again"),
            "mail",
            _("Send the link to confirm again?"),
            _("We write to the address you gave. Please look into the folder for spam as well."),
            _("Send the link"),
            _("The mail is on its way."),
            OwnForm,
            _unconfirmed,
            _confirm_again,
        ),
        OwnDeed(
            "keine-mails",
            _("Stop mails"),
            "mail",
            _("Stop mails about this report?"),
            _("You can always look here what became of it."),
            _("Stop mails"),
            _("We write no more mails about it."),
            OwnForm,
            _mailed,
            _stop_mails,
        ),
        OwnDeed(
            "daten-loeschen",
            _("Delete my contact data"),
            "lock",
            _("Delete your contact data?"),
            _(
                "Name, e-mail and phone are deleted at once. The report stays, but we cannot write to you any more. "
                "Please keep the address of this page: it is the only way back here."
            ),
            _("Delete my contact data"),
            _("Your contact data are deleted."),
            OwnForm,
            _has_contact,
            _delete_contact,
        ),
    )
}


def offered(report: Report) -> list[OwnDeed]:
    """What may be done with the report as it stands."""
    return [deed for deed in DEEDS.values() if deed.offered(report)]


__all__ = ["DEEDS", "AnswerForm", "OwnDeed", "answer", "hide_name", "keep_photos", "offered"]
