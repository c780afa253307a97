"""`/verwaltung/einrichtung/schluessel/`: keys for programs, and whether they need one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import keys
from accounts.models import ApiKey, Unit
from accounts.policy import Scope
from accounts.units import in_order, indented
from cases.routing import BERLIN
from geo.models import Municipality
from geo.settling import settle
from moderation.access import staff
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, row_of
from moderation.setup.views import status_of

SCOPES: Final = {
    Scope.READ.value: gettext_lazy("Read what is public"),
    Scope.SUBMIT.value: gettext_lazy("Hand in reports"),
    Scope.TRIAGE.value: gettext_lazy("Work on cases as clerks do"),
    Scope.FIELD.value: gettext_lazy("Work on cases as crews do, without contact data"),
    Scope.ADMIN.value: gettext_lazy("Everything, as administrators do"),
}
USUAL: Final = timedelta(days=365)


class KeyForm(forms.Form):
    """A key to be."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=keys.NAME_MAX,
        help_text=gettext_lazy("Such as the name of the program and of who runs it; stands in the history."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.SUBMIT.value],
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("For which unit?"),
        required=False,
        help_text=gettext_lazy("Then it sees and changes the cases of this unit alone."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.units = {str(one.pk): one for one in units}
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [("", _("the whole house")), *((pk, indented(one)) for pk, one in self.units.items())]
        self.fields["expires_on"].initial = (timezone.localdate() + USUAL).isoformat()

    def end(self) -> datetime:
        """The last instant of the last day."""
        day: date = self.cleaned_data["expires_on"]
        return datetime.combine(min(day, date(9000, 1, 1)), time(23, 59, 59), BERLIN)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All keys, and a new one, which is shown this once."""
    units = in_order(Unit.objects.filter(municipality=town, active=True))
    form = KeyForm(request.POST if request.method == "POST" else None, units=units)
    made: ApiKey | None = None
    secret = ""
    if form.is_valid():
        try:
            made, secret = keys.make(
                municipality=town,
                name=form.cleaned_data["name"],
                scopes=[Scope(value) for value in form.cleaned_data["scopes"]],
                unit=form.units.get(form.cleaned_data["unit"]),
                expires_at=form.end(),
                by=staff(request),
                at=timezone.now(),
            )
        except ValidationError as error:
            tell(form, error)
        else:
            form = KeyForm(None, units=units)
    rows = (
        ApiKey.objects.filter(municipality=town).select_related("unit", "made_by").order_by("revoked_at", "name", "pk")
    )
    now = timezone.now()
    context = {
        **steps.context(town),
        "town": town,
        "form": form,
        "rows": [(key, [SCOPES[one] for one in key.scopes], key.expires_at <= now) for key in rows],
        "made": made,
        "secret": secret,
        "endpoint": f"{town.base_url()}/open311/v2/",
    }
    response = render(request, "moderation/setup/keys.html", context, status=status_of(form))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@administrators_only
def revoke(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Shut one out at once."""
    key = get_object_or_404(ApiKey, municipality=town, pk=pk)
    keys.revoke(key=key, by=staff(request), at=timezone.now())
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
    return redirect("setup_keys")


@require_POST
@administrators_only
def need(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Whether programs need a key to hand in reports."""
    with logged(request, town, "api_key", row_of(town, ["keys_only"])):
        settle(municipality=town, keys_only="keys_only" in request.POST)
    messages.success(request, _("Saved."))
    return redirect("setup_keys")
