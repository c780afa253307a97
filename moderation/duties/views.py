"""The pages of the duties. What is deleted and who may do it, the verbs in `cases` decide."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import Permission
from cases import duties, persons, routing
from cases.change import By
from cases.errors import Invalid
from cases.models import Erasure, Hold, Topic
from cases.policy import Part
from cases.terms import effective
from geo.localized import localized
from geo.models import Municipality
from moderation.access import staff
from moderation.duties.forms import EraseForm, PersonForm, TermsForm
from moderation.setup.access import allowed_to
from moderation.setup.logged import logged, row_of

SHOWN = 200
"""Rows of tonight's list and of the log that are shown."""
PARTS = {
    Part.CONTACT.value: gettext_lazy("contact data"),
    Part.PHOTOS.value: gettext_lazy("photos"),
    Part.CASE.value: gettext_lazy("words and place"),
    "person": gettext_lazy("on request of a person"),
}
duty = allowed_to(Permission.PRIVACY)


def tonight(now: datetime) -> datetime:
    """When the next nightly run begins (see cases.tasks), in Berlin."""
    local = timezone.localtime(now)
    at = datetime.combine(local.date(), time(3, 41), local.tzinfo)
    return at if at > local else at + timedelta(days=1)


@require_safe
@duty
def overview(request: HttpRequest, town: Municipality) -> HttpResponse:
    """What tonight's run will delete, what is kept on purpose, and what was deleted."""
    run = tonight(timezone.now())
    due = list(duties.due(at=run, municipality=town))
    holds = Hold.objects.filter(case__municipality=town, ended_at=None).select_related("case", "by").order_by("-at")
    context = {
        "town": town,
        "run": run,
        "counts": [(label, found[part]) for part, label in PARTS.items() if (found := _counted(due))[part]],
        "due": [
            {"one": one, "part": PARTS[one.part.value], "title": localized(one.case.topic.name)}
            for one in islice(due, SHOWN)
        ],
        "more": max(0, len(due) - SHOWN),
        "holds": holds,
        "log": [
            {"row": row, "part": PARTS.get(row.part, row.part)}
            for row in Erasure.objects.filter(municipality=town).select_related("by").order_by("-at", "-pk")[:SHOWN]
        ],
        "terms": _terms(town),
    }
    return render(request, "moderation/duties/overview.html", context)


def _counted(due: list[duties.Due]) -> Counter[str]:
    return Counter(one.part.value for one in due)


def _terms(town: Municipality) -> list[tuple[Any, int]]:
    found = effective([*town.chain()])
    labels = {name: field.label for name, field in TermsForm.base_fields.items()}
    return [(labels[name], found[name]) for name in labels]


@require_http_methods(["GET", "HEAD", "POST"])
@duty
def terms(request: HttpRequest, town: Municipality, topic: int | None = None) -> HttpResponse:
    """How many days what is kept, for the municipality or one of its own categories."""
    row = None
    if topic is not None:
        row = Topic.objects.filter(pk=topic, municipality=town).select_related("parent").first()
        if row is None:
            raise Http404
    above = effective([row.parent, *town.chain()] if row is not None else [*town.chain()[1:]])
    form = TermsForm(request.POST if request.method == "POST" else None, row=row or town, above=above)
    if form.is_valid():
        try:
            with logged(request, town, "terms", row_of(row or town, form.cleaned_data), str(row or "")):
                duties.set_terms(municipality=town, topic=row, days=form.cleaned_data)
        except Invalid as invalid:
            for name, told in invalid.errors.items():
                for one in told:
                    form.add_error(name if name in form.fields else None, one)
        else:
            messages.success(request, _("Saved."))
            return redirect("duties")
    own = [one for one in routing.topics(town) if one.municipality_id == town.pk]
    context = {
        "town": town,
        "form": form,
        "topic": row,
        "topics": [
            {"pk": one.pk, "name": localized(one.name), "own": _own(one)} for one in own if one.children.count() == 0
        ],
    }
    return render(request, "moderation/duties/terms.html", context, status=422 if form.errors else 200)


def _own(topic: Topic) -> bool:
    return any(getattr(topic, name) is not None for name in TermsForm.base_fields)


@require_http_methods(["GET", "HEAD", "POST"])
@duty
def person(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Everything that belongs to an address. The address travels in the body, so that it stands in no log."""
    form = PersonForm(request.POST if request.method == "POST" else None, label_suffix="")
    found = None
    if form.is_valid():
        found = persons.find(email=form.cleaned_data["email"], municipality=town)
        if "download" in request.POST:
            return _download(form.cleaned_data["email"], town, found)
    context = {"town": town, "form": form, "found": found}
    if found:
        context["erase"] = EraseForm(initial={"email": form.cleaned_data["email"], "words": "0"}, label_suffix="")
    return render(request, "moderation/duties/person.html", context, status=422 if form.errors else 200)


def _download(email: str, town: Municipality, found: list[persons.Piece]) -> HttpResponse:
    """The information as a file that a program can read (Art. 20 DSGVO)."""
    content = {
        "controller": town.title,
        "email": email,
        "at": timezone.now().isoformat(timespec="seconds"),
        "kept": [{"what": piece.what, "facts": dict(_unique(piece.facts)), "note": piece.kept} for piece in found],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="auskunft.json"'
    return response


def _unique(facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Labels told apart where one stands twice."""
    seen: Counter[str] = Counter()
    told = []
    for label, words in facts:
        seen[label] += 1
        told.append((f"{label} ({seen[label]})" if seen[label] > 1 else label, words))
    return told


@require_POST
@duty
def forget(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Delete what belongs to an address."""
    form = EraseForm(request.POST, label_suffix="")
    if not form.is_valid():
        email = PersonForm(request.POST, label_suffix="")
        found = persons.find(email=request.POST.get("email", ""), municipality=town) if email.is_valid() else None
        context = {"town": town, "form": email, "found": found, "erase": form}
        return render(request, "moderation/duties/person.html", context, status=422)
    at, by = timezone.now(), By.staff(staff(request))
    done = persons.forget(
        email=form.cleaned_data["email"], municipality=town, by=by, at=at, words=form.cleaned_data["words"] == "1"
    )
    duties.note(municipality=town, part="person", pieces=sum(done.values()), by=by, at=at)
    left = persons.find(email=form.cleaned_data["email"], municipality=town)
    if left:
        messages.warning(request, _("Deleted, but for what is kept on purpose: %(n)d.") % {"n": len(left)})
    else:
        messages.success(request, _("Nothing belongs to this address any more."))
    return redirect(reverse("duties"))


@require_safe
@duty
def record(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The record of processing (Art. 30 DSGVO) with the terms as they are set."""
    return render(request, "moderation/duties/record.html", {"town": town, "terms": _terms(town)})
