"""`/verwaltung/einrichtung/einbetten/`: which web sites may show the widget, and the line to paste there."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geo.models import District, Municipality
from geo.settling import settle
from moderation.case.choices import by_slug
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, row_of
from moderation.setup.seen import Seen
from moderation.setup.views import status_of
from reports.widget import MOST, SHOWN, count_of

HEIGHT = 640
"""Of the frame, in CSS pixels; five rows fit into it at 360 px width."""


class OriginsForm(Seen, forms.Form):
    """The web sites, one per line."""

    embed_origins = forms.CharField(
        label=gettext_lazy("Web sites that may show it, one per line"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("For example https://www.example.org. Nobody else can put it into a page."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )

    def origins(self) -> list[str]:
        """What was typed, without blanks, slashes at the end and repetitions."""
        lines = [line.strip().rstrip("/").lower() for line in self.cleaned_data["embed_origins"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


class SelectionForm(forms.Form):
    """What the widget shows."""

    kategorie = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    stadtteil = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    anzahl = forms.IntegerField(
        label=gettext_lazy("Number of reports"), required=False, min_value=1, max_value=MOST, initial=SHOWN
    )

    def __init__(self, town: Municipality, data: QueryDict | None) -> None:
        super().__init__(data, label_suffix="")
        districts = District.objects.filter(municipality__in=town.family_ids()).defer("boundary")
        parts = [(one.slug, one.name) for one in districts]
        self.fields["kategorie"].choices = [("", _("all")), *by_slug(town)]  # type: ignore[attr-defined]
        self.fields["stadtteil"].choices = [("", _("all")), *parts]  # type: ignore[attr-defined]

    def query(self) -> str:
        """The address bar of the widget; what makes no sense is left out."""
        if not (self.is_bound and self.is_valid()):
            return ""
        found = QueryDict(mutable=True)
        for name in ("kategorie", "stadtteil"):
            if value := self.cleaned_data.get(name):
                found[name] = value
        if (count := count_of(str(self.cleaned_data.get("anzahl") or ""))) != SHOWN:
            found["anzahl"] = str(count)
        return found.urlencode()


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """POST sets the sites; GET shows the line to paste and the widget itself for a selection."""
    form = OriginsForm(
        request.POST if request.method == "POST" else None,
        initial={"embed_origins": "\n".join(town.embed_origins)},
        label_suffix="",
    )
    if form.is_valid():
        try:
            with logged(request, town, "embedding", row_of(town, ["embed_origins"])):
                settle(municipality=town, embed_origins=form.origins())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup_embed")
    selection = SelectionForm(town, request.GET or None)
    query = selection.query()
    path = reverse("widget") + (f"?{query}" if query else "")
    code = format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border:0"></iframe>',
        town.base_url() + path,
        _("%(name)s: latest reports") % {"name": town.title},
        HEIGHT,
    )
    context = {
        **steps.context(town),
        "town": town,
        "form": form,
        "selection": selection,
        "code": str(code),
        "widget": path,
        "height": HEIGHT,
    }
    return render(request, "moderation/setup/embed.html", context, status=status_of(form))
