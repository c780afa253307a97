"""What the public sees: wording, photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.forms.base import DeedForm, area
from reports.models import Photo
from reports.services import reworded


class WordingForm(DeedForm):
    """The text as everybody reads it, in the citizen's or an own wording."""

    text = forms.CharField(label=gettext_lazy("Public wording"), widget=area(6), strip=True)
    reason = forms.CharField(
        label=gettext_lazy("Reason, if you change the wording (the reporter is told)"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
    )
    REASONS = (
        gettext_lazy("The text named a person."),
        gettext_lazy("The text held a telephone number, an address or a number plate."),
        gettext_lazy("The text held an insult or an accusation."),
        gettext_lazy("The text was hard to understand."),
    )

    def prepare(self) -> None:
        report = self.case.report
        self.initial.setdefault("text", report.public_text or report.text)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("text") and not data.get("reason"):
            wording = self.wording
            if wording is not None and reworded(self.case.report, wording):
                self.add_error("reason", _("Please say why. The reporter is told that you changed the text."))
        return data

    @property
    def reasons(self) -> list[str]:
        """Reasons to choose from, in the language of the reporter."""
        with translation.override(self.case.language):
            return [str(one) for one in self.REASONS]

    @property
    def wording(self) -> str | None:
        """The own wording, None for the citizen's words as they are."""
        typed = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        return None if typed == self.case.report.text.replace("\r\n", "\n").strip() else typed


class ReleaseForm(WordingForm):
    """The text, and photos that go with it."""

    photos = forms.MultipleChoiceField(
        label=gettext_lazy("Release these photos as well"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        super().prepare()
        report = self.case.report
        # What was sent may be sent again: then a chosen photo is released already.
        self.waiting: Sequence[Photo] = [one for one in report.photos.all() if self.is_bound or not one.released]
        field = self.fields["photos"]
        assert isinstance(field, forms.MultipleChoiceField)
        numbers = {photo.pk: number for number, photo in enumerate(report.photos.all(), 1)}
        field.choices = [(str(photo.pk), _("Photo %(n)d") % {"n": numbers[photo.pk]}) for photo in self.waiting]
        if not self.waiting:
            del self.fields["photos"]


class PhotoForm(DeedForm):
    """One photo of the case."""

    photo = forms.IntegerField(widget=forms.HiddenInput)

    def clean_photo(self) -> Photo:
        found = Photo.objects.select_related("file", "report__case").filter(
            report__case=self.case, pk=self.cleaned_data["photo"]
        )
        photo = found.first()
        if photo is None:
            raise forms.ValidationError(_("This photo does not belong to the case."))
        return photo
