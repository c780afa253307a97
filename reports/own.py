"""The reporter's own page `/meine/<secret>/`: everything as sent, messages both ways, and what may be done."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

from django.db import OperationalError
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import files as stored
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge
from cases.models import STATES, Case, Entry, File
from cases.policy import FACTS, Actor, Deed, State
from cases.reading import note_read
from forms.services import present
from geo.localized import localized
from reports import own_deeds
from reports.asking import here, private, remember
from reports.models import Photo, Report
from reports.own_deeds import DEEDS, OwnDeed
from reports.policy import FEEDBACK
from reports.public_forms import AnswerForm, OwnForm, tell
from reports.showing import again, public_path, reopened, why_again
from reports.together import original_of

_NOBODY = "x" * 22
METHODS = ["GET", "HEAD", "POST"]


def find(secret: str) -> Report:
    """The report of a secret; 404 otherwise. The index holds 128 random bits; a miss compares as long as a hit."""
    report = (
        Report.objects.select_related(
            "case__municipality__parent__parent",
            "case__topic__category",
            "case__topic__parent",
            "case__stage",
            "case__unit",
            "case__district",
            "case__contact",
            "form_version",
        )
        .filter(case__secret=secret)
        .first()
    )
    known = report.case.secret if report is not None else _NOBODY
    if not secrets.compare_digest(secret.encode(), known.encode()) or report is None:
        raise Http404
    return report


def elsewhere(request: HttpRequest, report: Report) -> HttpResponseRedirect | None:
    """The page of another municipality's report is on its own site; None when it is here."""
    town = report.case.municipality
    if town.pk in here(request).family_ids():
        return None
    return HttpResponseRedirect(town.base_url() + request.path)


@private
@require_http_methods(METHODS)
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """The page; a POST is a message to the town hall."""
    report = find(secret)
    if (away := elsewhere(request, report)) is not None:
        return away
    remember(request, secret)
    if request.method == "POST":
        form = AnswerForm(request.POST, request.FILES)
        if _answered(report, form):
            return _back(report, "antwort")
        report = find(secret)
        return _page(request, report, form, status=422)
    if request.method == "GET":
        _read(report)
    return _page(request, report, AnswerForm.fresh(report.case.version))


def _read(report: Report) -> None:
    """Remember that the reporter has seen it; a database that takes nothing does not take the page away."""
    if report.case.contact is not None:
        with suppress(OperationalError):
            note_read(contact=report.case.contact, at=timezone.now())


def _answered(report: Report, form: AnswerForm) -> bool:
    """Whether the message was sent. Photos that arrived stay, also when the text was missing."""
    form.is_valid()
    typed: dict[str, Any] = form.cleaned_data
    kept = list(report.case.files.filter(entry=None, photo=None, key__in=typed.get("kept", "").split()))
    try:
        kept += own_deeds.keep_photos(report, typed.get("photos") or [])
        if not form.errors:
            own_deeds.answer(report=report, text=typed["text"], files=list(dict.fromkeys(kept)), act=form.act())
            return True
    except Invalid as invalid:
        tell(form, invalid)
    except (Conflict, KeyReused):
        _told_conflict(form)
    form.data = _renewed(form, report, kept=" ".join(file.key for file in kept))
    return False


def _told_conflict(form: OwnForm) -> None:
    form.add_error(
        None,
        _(
            "Something happened to your report in the meantime. Please look at it and send again: "
            "nothing you wrote is lost."
        ),
    )


def _renewed(form: OwnForm, report: Report, **more: str) -> Any:
    """The data of a refused form with the version as it is now, so that the next sending works."""
    data = form.data.copy()  # type: ignore[attr-defined]
    fresh = OwnForm.fresh(Case.objects.values_list("version", flat=True).get(pk=report.case.pk))
    data.update({name: str(value) for name, value in {**fresh.initial, **more}.items()})
    for name in {**fresh.initial, **more}:
        data[name] = data.getlist(name)[-1]
    return data


@private
@require_http_methods(METHODS)
def deed(request: HttpRequest, secret: str, slug: str) -> HttpResponse:
    """The page of one deed, and doing it."""
    report = find(secret)
    if (away := elsewhere(request, report)) is not None:
        return away
    remember(request, secret)
    one = DEEDS.get(slug)
    if one is None:
        raise Http404
    if not one.offered(report):
        return HttpResponseRedirect(f"{reverse('own_report', args=[secret])}?vorbei={slug}")
    if request.method != "POST":
        initial = {"text": report.text} if slug == "text" else {}
        return _deed_page(request, report, one, one.form.fresh(report.case.version, **initial))
    form = one.form(request.POST, request.FILES)
    if form.is_valid() and _done(report, one, form):
        return _back(report, one.slug)
    form.data = _renewed(form, report)
    return _deed_page(request, report, one, form, status=422)


def _done(report: Report, one: OwnDeed, form: OwnForm) -> bool:
    try:
        one.perform(report, form)
    except Invalid as invalid:
        tell(form, invalid)
        return False
    except (Conflict, KeyReused):
        _told_conflict(form)
        return False
    except (Denied, NoSuchEdge):
        form.add_error(None, _("This is not possible any more: your report has moved on."))
        return False
    return True


def _deed_page(request: HttpRequest, report: Report, one: OwnDeed, form: OwnForm, status: int = 200) -> HttpResponse:
    context = {"report": report, "case": report.case, "deed": one, "lead": one.lead(report), "form": form}
    return render(request, "reports/own_deed.html", context, status=status)


def _back(report: Report, slug: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('own_report', args=[report.case.secret])}?fertig={slug}")


def _page(request: HttpRequest, report: Report, form: OwnForm, status: int = 200) -> HttpResponse:
    case = report.case
    done = request.GET.get("fertig", "")
    said = _("Your message has arrived.") if done == "antwort" else DEEDS[done].done if done in DEEDS else ""
    offered = own_deeds.offered(report)
    past = "" if said else _past(report, request.GET.get("vorbei", ""))
    contact = case.contact
    photos = [_drawn(photo.file, index) for index, photo in enumerate(_photos(report), 1)]
    context = {
        "report": report,
        "case": case,
        "category": localized(case.topic.name),
        "look": case.facts.look,
        "label": case.state_label,
        "answers": _answers(report),
        "photos": photos,
        "ready_photos": [photo for photo in photos if photo["ready"]],
        "moments": [_told(entry, case) for entry in _entries(case)],
        "asked": State(case.state) is State.WAITING,
        "writable": State(case.state) is not State.WITHDRAWN,
        "form": form,
        "kept": len(str(form["kept"].value() or "").split()),
        "disputed": next((one for one in offered if one.slug == FEEDBACK), None),
        "deeds": [one for one in offered if one.slug != FEEDBACK],
        "said": said,
        "past": past,
        "contact": contact,
        "original": original_of(case),
        "public_url": public_path(case) if case.public_at is not None and not case.confidential else "",
        "secret_url": case.municipality.base_url() + reverse("own_report", args=[case.secret]),
    }
    return render(request, "reports/own.html", context, status=status)


def _past(report: Report, slug: str) -> str:
    """What is said to somebody who followed an old link to a deed that is not offered now."""
    if slug not in DEEDS or DEEDS[slug].offered(report):
        return ""
    if slug == FEEDBACK and not report.case.facts.closed:
        return _("Your report is being worked on again. There is nothing to answer now.")
    return _("This is not possible any more: your report has moved on.")


def _answers(report: Report) -> list[tuple[str, str]]:
    if report.form_version is None:
        return []
    return present(report.form_version.definition, report.answers, get_language() or "de", public=False)


def _photos(report: Report) -> list[Photo]:
    """The reporter's own pictures, and those of the town hall that are public."""
    return list(report.photos.filter(Q(by_staff=False) | Q(released=True)).select_related("file"))


def _entries(case: Case) -> list[Entry]:
    """What concerns the reporter, oldest first. Notes and assignments of the town hall are not among it."""
    files = File.objects.select_related("photo").order_by("pk")
    entries = (
        Entry.objects.filter(case=case)
        .filter(Q(public=True) | Q(for_reporter=True) | Q(deed__in=[Deed.SUBMITTED.value, Deed.FEEDBACK.value]))
        .exclude(deed=Deed.PHOTO_ADDED.value, actor=Actor.STAFF.value)
        .prefetch_related(Prefetch("files", queryset=files))
    )
    found = list(entries)
    told = {file.pk for entry in found for file in entry.files.all()}
    return [entry for entry in found if _concerns(entry, told)]


def _concerns(entry: Entry, told: set[int]) -> bool:
    """Not: a photo that is told with its message, and what somebody else said without any change."""
    if entry.deed == Deed.PHOTO_ADDED.value:
        return entry.data.get("file") not in told
    return entry.deed != Deed.FEEDBACK.value or entry.for_reporter or reopened(entry)


WORDS = {
    Deed.SUBMITTED.value: gettext_lazy("You reported it"),
    Deed.ANSWER.value: gettext_lazy("Your message"),
    Deed.MESSAGE.value: gettext_lazy("Message to you"),
    Deed.QUESTION.value: gettext_lazy("Question to you"),
    Deed.UPDATE.value: gettext_lazy("News"),
    Deed.PHOTO_ADDED.value: gettext_lazy("You added a photo"),
    Deed.TEXT_RELEASED.value: gettext_lazy("Your text was changed before it became public"),
}


def _told(entry: Entry, case: Case) -> dict[str, Any]:
    mine = entry.actor == Actor.CITIZEN.value
    to = entry.data.get("to") if isinstance(entry.data.get("to"), str) else None
    state = State.NEW.value if entry.deed == Deed.SUBMITTED.value else to
    label = localized(entry.data.get("label")) or str(dict(STATES).get(to or "", ""))
    title, text = str(WORDS.get(entry.deed) or label), entry.text
    if entry.deed == Deed.FEEDBACK.value and not entry.for_reporter:
        mine, text = False, why_again(entry.deed, case.topic.category.rules.on_site)
    if entry.deed == Deed.TEXT_RELEASED.value and text:
        text = _("Reason: %(reason)s") % {"reason": text}
    if reopened(entry):
        title = again(label)
    elif entry.deed == Deed.FEEDBACK.value:
        title = _("You say: it is not settled") if entry.data.get("still_there") else _("You say: it is settled")
    unit = case.unit.shown_name if case.unit else case.municipality.title
    return {
        "at": entry.at,
        "title": title[:1].upper() + title[1:],
        "who": _("you") if mine else unit if entry.actor == Actor.STAFF.value else "",
        "text": text,
        "state": FACTS[State(state)].look if state in set(State) else "",
        "photos": [] if entry.deed == Deed.SUBMITTED.value else _entry_photos(entry),
    }


def _entry_photos(entry: Entry) -> list[dict[str, Any]]:
    """Pictures of a message; of a public word of the town hall only those that are released."""
    shown: list[dict[str, Any]] = []
    for file in entry.files.all():
        photo = getattr(file, "photo", None)
        if entry.public and entry.actor == Actor.STAFF.value and not (photo and photo.released):
            continue
        shown.append(_drawn(file, len(shown) + 1))
    return [one for one in shown if one["ready"]]


def _drawn(file: File, index: int) -> dict[str, Any]:
    """A picture as `gallery` draws it; before the worker has made all sizes, the small one stands for them."""
    made = file.ready_at is not None

    def address(variant: str, suffix: str) -> str:
        return reverse("internal_picture", args=[file.key, variant if made else "small", suffix])

    return {
        "ready": stored.previewed(file),
        "failed": file.failed,
        "src": address("medium", "jpg"),
        "webp": address("medium", "webp") if made else "",
        "large": address("large", "jpg"),
        "width": file.width,
        "height": file.height,
        "alt": _("Photo %(n)d") % {"n": index},
    }
