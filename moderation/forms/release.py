"""What the public sees: wording, photos."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.forms.base import DeedForm, area
from reports.models import Photo


class WordingForm(DeedForm):
    """The text as everybody reads it, in the citizen's or an own wording."""

    text = forms.CharField(label=gettext_lazy("Public wording"), widget=area(6), strip=True)

    def prepare(self) -> None:
        report = self.case.report
        self.initial.setdefault("text", report.public_text or report.text)

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
