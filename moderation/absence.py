"""`/verwaltung/abwesenheit/`: when somebody is away and who stands in; the complaint management notes it for others."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import absence
from accounts.models import Absence, User
from moderation.access import staff, staff_only
from moderation.forms.people import DayInput
from moderation.setup.forms import tell


class AbsenceForm(forms.Form):
    """Days and a deputy; for whom, only those who look after others are asked."""

    user = forms.ChoiceField(label=gettext_lazy("Who is away?"))
    from_on = forms.DateField(label=gettext_lazy("First day"))
    until_on = forms.DateField(label=gettext_lazy("Last day"))
    deputy = forms.ChoiceField(
        label=gettext_lazy("Who stands in?"),
        help_text=gettext_lazy("Sees your cases on these days and works on them with their own rights."),
    )

    def __init__(self, *args: Any, me: User, others: list[User], today: date, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in [me, *others]}
        self.deputies = {
            str(one.pk): one for one in {one.pk: one for one in [*absence.colleagues(me), *others]}.values()
        }
        if others:
            self.deputies[str(me.pk)] = me
        who, deputy = self.fields["user"], self.fields["deputy"]
        assert isinstance(who, forms.ChoiceField)
        assert isinstance(deputy, forms.ChoiceField)
        who.choices = [(pk, _("I myself") if one.pk == me.pk else str(one)) for pk, one in self.people.items()]
        ordered = sorted(self.deputies.items(), key=lambda pair: str(pair[1]).casefold())
        deputy.choices = [("", _("Please choose")), *((pk, str(one)) for pk, one in ordered)]
        if not others:
            del self.fields["user"]
        self.me = me
        for name in ("from_on", "until_on"):
            self.fields[name].widget = DayInput(min=today.isoformat())

    def facts(self) -> dict[str, Any]:
        """Arguments for `accounts.absence.away`."""
        typed = self.cleaned_data
        return {
            "user": self.people[typed["user"]] if "user" in self.fields else self.me,
            "deputy": self.deputies[typed["deputy"]],
            "from_on": typed["from_on"],
            "until_on": typed["until_on"],
        }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def away(request: HttpRequest) -> HttpResponse:
    """What is noted, and a form for more."""
    me, today = staff(request), timezone.localdate()
    others = absence.looked_after(me)
    form = AbsenceForm(request.POST if request.method == "POST" else None, me=me, others=others, today=today)
    if form.is_valid():
        try:
            absence.away(**form.facts(), today=today)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("The absence is noted."))
            return redirect("desk_absence")
    context = {"form": form, "rows": _rows(me, others, today), "today": today}
    return render(request, "moderation/absence.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@staff_only
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence away."""
    me = staff(request)
    row = get_object_or_404(Absence, pk=pk, user__in=[me, *absence.looked_after(me)])
    absence.back(absence=row)
    messages.success(request, _("The absence is deleted."))
    return redirect("desk_absence")


def _rows(me: User, others: list[User], today: date) -> list[Absence]:
    """Absences that are not over: the own ones first, then by day."""
    people = [me.pk, *(one.pk for one in others)]
    rows = Absence.objects.filter(user_id__in=people, until_on__gte=today).select_related("user", "deputy")
    return sorted(rows, key=lambda row: (row.user_id != me.pk, row.from_on, row.pk))
