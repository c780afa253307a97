"""Forms for the texts of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from moderation.setup.seen import Seen
from pages.models import Statement
from pages.policy import TEXT_MAX

if TYPE_CHECKING:
    _StatementForm = forms.ModelForm[Statement]
else:
    _StatementForm = forms.ModelForm

LANGUAGES = (("de", gettext_lazy("German")), ("en", gettext_lazy("English")))


class PageForm(Seen, forms.Form):
    """One text in both languages."""

    de = forms.CharField(
        label=gettext_lazy("German"),
        required=False,
        max_length=TEXT_MAX,
        help_text=gettext_lazy("Empty: the text of your county, or the standard one."),
        widget=forms.Textarea(attrs={"rows": 18, "class": "pagedesk__area", "lang": "de"}),
    )
    en = forms.CharField(
        label=gettext_lazy("English"),
        required=False,
        max_length=TEXT_MAX,
        help_text=gettext_lazy("Empty: English readers see the German text, marked as German."),
        widget=forms.Textarea(attrs={"rows": 12, "class": "pagedesk__area", "lang": "en"}),
    )


class StatementForm(Seen, _StatementForm):
    """What only the municipality can say of the accessibility of its pages."""

    class Meta:
        model = Statement
        fields = ("conformance", "method", "prepared_on", "reviewed_on")
        widgets = {
            "conformance": forms.RadioSelect,
            "method": forms.RadioSelect,
            "prepared_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "reviewed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    LISTS = ("failing", "burden", "outside")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.LISTS:
            model_field = Statement._meta.get_field(name)
            for language, word in LANGUAGES:
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=f"{model_field.verbose_name} ({word})",  # type: ignore[union-attr]
                    required=False,
                    max_length=5000,
                    initial=getattr(self.instance, name).get(language, ""),
                    widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
                )

    def _post_clean(self) -> None:
        """The verb checks the model, not the form."""

    def facts(self) -> dict[str, Any]:
        """Arguments for `pages.statement.write_statement`."""
        typed = self.cleaned_data
        found: dict[str, Any] = {name: typed[name] for name in self.Meta.fields}
        for name in self.LISTS:
            words = {language: typed[f"{name}_{language}"].strip() for language, _word in LANGUAGES}
            found[name] = {language: one for language, one in words.items() if one}
        return found


class VideoForm(forms.Form):
    """A video as MP4 or WebM."""

    video = forms.FileField(
        label=gettext_lazy("Video"),
        help_text=gettext_lazy("MP4 (H.264) or WebM, up to 200 MB. Best without sound, signed by a deaf person."),
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
    )
