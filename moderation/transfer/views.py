"""`/verwaltung/einrichtung/regeln/`: the rules as a file, and a file taken over after its differences were seen."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import RuleChange
from geo.models import Municipality
from moderation.access import staff
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.log_words import lines, title
from moderation.transfer.applying import Difference, Outcome, Unfit, apply, read
from moderation.transfer.reading import written

SECONDS: Final = 3600
"""So long a file waits between being shown and being taken over."""


class FileForm(forms.Form):
    """The file."""

    rules = forms.FileField(
        label=gettext_lazy("File with rules"),
        help_text=gettext_lazy("Nothing is changed yet: first you see every difference."),
        widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
    )


@require_safe
@administrators_only
def download(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The file."""
    answer = HttpResponse(written(town), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="regeln-{town.slug}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """GET: download and upload. POST of a file shows what it changes; POST of its token takes it over."""
    if "take" in request.POST:
        return _take(request, town)
    form = FileForm(request.POST or None, request.FILES or None, label_suffix="")
    context: dict[str, Any] = {**steps.context(town), "town": town, "form": form}
    if form.is_valid():
        text = form.cleaned_data["rules"].read()
        try:
            outcome = apply(municipality=town, rules=read(text), by=staff(request), dry_run=True)
        except Unfit as unfit:
            for one in unfit.problems[:50]:
                form.add_error("rules", one)
        else:
            token = secrets.token_urlsafe(16)
            cache.set(_key(request, town, token), (text, _mark(town)), SECONDS)
            context |= {"outcome": outcome, "differences": _words(outcome), "token": token}
            return render(request, "moderation/setup/rules_differences.html", context)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "moderation/setup/rules.html", context, status=status)


def _take(request: HttpRequest, town: Municipality) -> HttpResponse:
    key = _key(request, town, request.POST["take"])
    text, mark = cache.get(key) or (None, "")
    if text is None:
        messages.error(request, _("The file was not kept that long. Please choose it once more."))
    elif mark != _mark(town):
        messages.error(request, _("Somebody has changed the rules meanwhile. Please look at the differences anew."))
    else:
        try:
            outcome = apply(municipality=town, rules=read(text), by=staff(request))
        except Unfit as unfit:
            messages.error(request, " ".join(unfit.problems[:5]))
        else:
            messages.success(request, _("%(n)d rules are taken over.") % {"n": len(outcome.differences)})
            cache.delete(key)
            return redirect("setup_log")
    return redirect("setup_rules")


def _key(request: HttpRequest, town: Municipality, token: str) -> str:
    return f"rules:{town.pk}:{staff(request).pk}:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _mark(town: Municipality) -> str:
    return hashlib.sha256(written(town).encode()).hexdigest()


def _words(outcome: Outcome) -> list[dict[str, Any]]:
    """The differences as the log of the rules will show them."""

    def change(one: Difference) -> RuleChange:
        return RuleChange(subject=one.subject, label=one.label, before=one.before, after=one.after)

    return [
        {
            "title": title(one.subject),
            "label": one.label,
            "made": not one.before,
            "gone": not one.after,
            "lines": lines(change(one)),
        }
        for one in outcome.differences
    ]
