"""`/verwaltung/einrichtung/plakate/`: posters and labels with QR codes, as PDF."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geo.models import Municipality
from moderation.case.choices import by_slug
from moderation.setup import steps
from moderation.setup.access import administrators_only
from reports.policy import ASSET_MAX
from reports.poster import Poster, pdf, read_lines

MOST = 200
"""Pages of one file."""


class PosterForm(forms.Form):
    """What stands on the posters."""

    headline = forms.CharField(label=gettext_lazy("Headline"), max_length=80)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), required=False, help_text=gettext_lazy("It is chosen already in the form.")
    )
    assets = forms.CharField(
        label=gettext_lazy("Objects, one per line"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "Such as “Playground Am Teich”, or with its place: “Lamp 4711; 51.960; 8.230”. One page each; without any, "
            "one poster for everywhere."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, town: Municipality, data: QueryDict | None) -> None:
        super().__init__(data, label_suffix="", initial={"headline": _("Something broken? Tell us.")})
        groups = by_slug(town)
        self.names = {slug: name for _group, topics in groups for slug, name in topics}
        self.fields["category"].choices = [("", _("all")), *groups]  # type: ignore[attr-defined]

    def clean_assets(self) -> list[tuple[str, float | None, float | None]]:
        """Names with their places."""
        found, wrong = read_lines(self.cleaned_data["assets"])
        wrong += [
            _("“%(name)s…” is too long.") % {"name": name[:30]} for name, *_place in found if len(name) > ASSET_MAX
        ]
        if len(found) > MOST:
            wrong.append(_("At most %(n)d objects at once.") % {"n": MOST})
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def posters(self) -> list[Poster]:
        """One per object, or a single one."""
        headline, category = self.cleaned_data["headline"], self.cleaned_data["category"]
        name = self.names.get(category, "")
        things = self.cleaned_data["assets"] or [("", None, None)]
        return [Poster(headline, category, name, asset, lat, lon) for asset, lat, lon in things]


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The form; POST answers with the PDF, or with the form and what is wrong."""
    form = PosterForm(town, request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = HttpResponse(pdf(town, form.posters()), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="plakate-{town.slug}.pdf"'
        return answer
    context = {**steps.context(town), "town": town, "form": form}
    return render(request, "moderation/setup/posters.html", context, status=422 if form.is_bound else 200)
