"""Quick entry: a call or a letter becomes a report, or one more person who noticed what is known already."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import Permission
from accounts.services import is_staff_of, reach
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused
from cases.known import known_already
from cases.models import Case
from geo.models import Municipality
from geo.search import search
from moderation.access import listed_for, seen_by, staff, staff_only
from moderation.forms.entry import EntryForm
from reports.models import Report
from reports.policy import KIND
from reports.services import Person, submit
from reports.similar import Similar, similar

FIELDS = {"point": "address"}
OPEN_DAYS = 730
"""What is still open may be the same also after a long time."""


def _town(request: HttpRequest) -> Municipality:
    """The municipality of this address, for whoever works there; Http 403 for everybody else."""
    town: Municipality = request.municipality  # type: ignore[attr-defined]
    user = staff(request)
    if not is_staff_of(user, town) or not reach(user, Permission.NOTE):
        raise PermissionDenied
    return town


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """The page, its help buttons (address, similar ones) without a script, and handing in."""
    town = _town(request)
    if request.method != "POST":
        return _page(request, EntryForm(municipality=town, initial={"client_key": uuid.uuid4()}))
    form = EntryForm(request.POST, municipality=town)
    if "find" in request.POST:
        hits = [hit for hit in search(town, request.POST.get("address", "")) if hit.point]
        form.errors.clear()
        return _page(request, form, hits=hits, searched=True)
    if chosen := request.POST.get("hit", ""):
        lon, _comma, rest = chosen.partition("|")
        lat, _comma, label = rest.partition("|")
        form.put(lon=lon[:20], lat=lat[:20], address=label[:250])
    if chosen or "look" in request.POST:
        form.errors.clear()
        return _page(request, form, looked=True)
    if (known := request.POST.get("known", "")).isdecimal() and len(known) < 18:
        return _known(request, form, int(known))
    if form.is_valid() and (made := _made(request, form)) is not None:
        return made
    return _page(request, form, status=422)


@require_POST
@staff_only
def near(request: HttpRequest) -> HttpResponse:
    """The similar open reports as a part of the page, asked for while somebody types. The words travel in the body, so
    that they stand in no log."""
    form = EntryForm(request.POST, municipality=_town(request))
    return render(request, "moderation/parts/known.html", {"similar": _similar(request, form)})


def _made(request: HttpRequest, form: EntryForm) -> HttpResponse | None:
    """Hand it in through the same verb as everybody's reports; None with its complaints in the form."""
    typed = form.cleaned_data
    try:
        case, _new = submit(
            municipality=form.municipality,
            category=typed["category"],
            text=typed["text"],
            by=By.staff(staff(request)),
            act=Act(at=timezone.now(), client_key=typed["client_key"]),
            point=typed["point"],
            address=typed["address"],
            person=Person(email=typed["email"], name=typed["name"], phone=typed["phone"]),
            source=typed["source"],
        )
    except Invalid as invalid:
        for field, words in invalid.errors.items():
            target = FIELDS.get(field, field)
            form.add_error(target if target in form.fields else None, words)
        return None
    except KeyReused:
        form.add_error(None, _("This form was sent before with other words. Please check it, then send it again."))
        form.put(client_key=str(uuid.uuid4()))
        return None
    messages.success(request, _("Taken: %(number)s.") % {"number": case.number})
    return _onward(request, case)


def _onward(request: HttpRequest, case: Case) -> HttpResponse:
    """To the case, or on with the next call where it now lies on another desk."""
    if seen_by(staff(request)).filter(pk=case.pk).exists():
        return redirect(reverse("desk_case", args=[case.pk]) + "#case")
    return redirect("desk_new")


def _known(request: HttpRequest, form: EntryForm, pk: int) -> HttpResponse:
    """ "Ist schon bekannt": count the caller, and let them follow if they left an address."""
    case = _open(request).filter(pk=pk).first()
    form.is_valid()
    typed: dict[str, Any] = form.cleaned_data
    words: dict[type[Refused], str] = {
        NoSuchEdge: _("This report is closed meanwhile. Please take a new one."),
        Denied: _("You do not have the right to do this."),
        Conflict: _("This report was changed meanwhile. Please try again."),
        KeyReused: _("This form was sent before with other words. Please check it, then send it again."),
    }
    form.errors.clear()
    if case is None or "client_key" not in typed:
        form.add_error(None, words[NoSuchEdge])
        return _page(request, form, status=409)
    try:
        known_already(
            case=case,
            by=By.staff(staff(request)),
            text=str(request.POST.get("text", "")),
            email=str(request.POST.get("email", "")),
            act=Act(at=timezone.now(), client_key=typed["client_key"]),
        )
    except Invalid as invalid:
        for field, told in invalid.errors.items():
            form.add_error(field if field in form.fields else None, told)
        return _page(request, form, status=422)
    except Refused as refused:
        form.add_error(None, words[type(refused)])
        form.put(client_key=str(uuid.uuid4()))
        return _page(request, form, status=409)
    messages.success(request, _("Counted with %(number)s.") % {"number": case.number})
    return _onward(request, case)


def _open(request: HttpRequest) -> QuerySet[Case]:
    """Reports this person may add somebody to."""
    return Case.objects.filter(pk__in=listed_for(staff(request)).values("pk")).active()


def _similar(request: HttpRequest, form: EntryForm) -> list[Similar]:
    """Open reports like the one that is being typed; nothing before category and place or words are there."""
    category, point = form.chosen(), form.point()
    text = str(form.data.get("text", ""))[:2000].replace("\x00", "")
    if category is None or (point is None and not text.strip()):
        return []
    typed = Case(
        municipality=form.municipality, kind=KIND, topic=category.topic, point=point, submitted_at=timezone.now()
    )
    typed.report = Report(text=text)
    return similar(typed, among=_open(request), days=OPEN_DAYS)


def _page(request: HttpRequest, form: EntryForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    context = {
        "form": form,
        "municipality": form.municipality,
        "similar": _similar(request, form) if form.is_bound else [],
        **extra,
    }
    return render(request, "moderation/new.html", context, status=status)
