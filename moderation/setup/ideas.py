"""Set-up: how many supporters an idea needs, and how long it has to find them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geo.models import Municipality
from geo.policy import IDEA_DAYS
from geo.settling import settle
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, row_of
from moderation.setup.seen import Seen
from moderation.setup.views import page


class IdeasForm(Seen, forms.Form):
    """Both may be empty."""

    idea_goal = forms.IntegerField(
        label=gettext_lazy("Supporters an idea needs"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=gettext_lazy("Empty: as your county has it, else ideas need none."),
    )
    idea_days = forms.IntegerField(
        label=gettext_lazy("Days it has to find them"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=gettext_lazy("From the release on. Empty: %(n)d days.") % {"n": IDEA_DAYS},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Two numbers."""
    first = {"idea_goal": town.idea_goal, "idea_days": town.idea_days}
    form = IdeasForm(request.POST if request.method == "POST" else None, initial=first, label_suffix="")
    if form.is_valid():
        try:
            with logged(request, town, "ideas", row_of(town, first)):
                settle(municipality=town, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup_ideas")
    return page(request, town, "ideas", form)
