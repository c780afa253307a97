"""Who gets which mail if a deed is done: tried out and taken back, so that it is what would be sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from cases.change import Act, By
from cases.errors import Refused
from cases.models import Case, File
from moderation.case.page import CasePage
from moderation.deeds import Deed, Readers
from moderation.forms import DeedForm, TextForm
from moderation.refusals import in_words
from notifications.policy import Role
from notifications.previewing import Preview, dry_run


@dataclass(frozen=True)
class ShownMail:
    """One mail, to one kind of recipient."""

    whom: str
    subject: str
    text: str
    language: str
    language_word: str
    """Name of the language where it is not German."""


@dataclass(frozen=True)
class ShownMails:
    """What the panel says of mails."""

    mails: list[ShownMail]
    nobody: str = ""
    """Why the reporter gets none; "" where one goes or nothing is for them."""
    problem: str = ""
    """Why it cannot be told yet."""


def whom(role: Role, count: int, name: str = "") -> str:
    """Recipients in words, with their number; units and outside bodies by name where it is known."""
    if name:
        return name
    n = {"n": count}
    match role:
        case Role.REPORTER:
            return _("The reporter")
        case Role.FOLLOWER:
            return ngettext("%(n)d person who follows", "%(n)d people who follow", count) % n
        case Role.SUPPORTER:
            return ngettext("%(n)d person who supports it", "%(n)d people who support it", count) % n
        case Role.SUBSCRIBER:
            return ngettext("%(n)d subscriber", "%(n)d subscribers", count) % n
        case Role.UNIT:
            return _("The unit")
        case Role.OUTSIDE:
            return _("The outside body")
        case Role.ON_CALL:
            return _("The on-call service")
        case Role.COLLEAGUE | Role.WATCHER:
            return ngettext("%(n)d colleague", "%(n)d colleagues", count) % n
        case _other:
            return ngettext("%(n)d further recipient", "%(n)d further recipients", count) % n


def shown_mail(one: Preview) -> ShownMail:
    """A mail in the words of the desk."""
    foreign = one.language and one.language != "de"
    text = one.text
    if one.role is Role.SUBSCRIBER:
        text = _("They hear of the new report, at once or with others of the day, as they have chosen.")
    word = get_language_info(one.language)["name_translated"] if foreign else ""
    return ShownMail(whom(one.role, one.count, one.name), one.subject, text, one.language, word)


def why_none(case: Case) -> str:
    """Why the reporter gets no mail."""
    contact = case.contact
    if contact is None or not contact.email:
        return _("The reporter gets no mail: they left no e-mail. They can read it on their own page.")
    if contact.bounced_at is not None:
        return _("The reporter gets no mail: the last one did not arrive.")
    if contact.mails_stopped_at is not None:
        return _("The reporter gets no mail: they want none.")
    if contact.confirmed_at is None:
        return _("The reporter gets no mail: they have not confirmed their e-mail yet.")
    return ""


def shown_mails(page: CasePage, deed: Deed, form: DeedForm, files: Sequence[File]) -> ShownMails:
    """The mails that would follow if the form were sent now. Afterwards page and form must be read anew."""
    reason = why_none(page.case)
    if isinstance(form, TextForm):
        form.trial = True
        form.full_clean()
    if not form.is_valid():
        return ShownMails([], problem=_("Something is still missing, so there is no preview yet."))
    typed = form.cleaned_data
    act = Act(at=page.at, client_key=typed["client_key"], version=typed["version"])
    by = By.staff(page.user)
    words = deed.readers in {Readers.REPORTER, Readers.EVERYBODY}
    run = partial(deed.run, form, page.case, by, act, files)
    return tried(case=page.case, run=run, nobody=reason if words else "")


def tried(*, case: Case, run: Callable[[], object], nobody: str = "") -> ShownMails:
    """The mails that would follow from `run`; `nobody` is said where none goes to the reporter."""
    try:
        found = dry_run(case=case, run=run)
    except Refused as refused:
        return ShownMails([], problem=in_words(refused))
    told = any(one.role is Role.REPORTER for one in found)
    return ShownMails([shown_mail(one) for one in found], nobody="" if told else nobody)
