"""What citizens send from the pages of a report. The rules stand in the verbs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cases.change import Act
from cases.errors import Invalid
from reports.flow_forms import EmailForm
from reports.policy import TEXT_MAX

TOO_LONG = {"max_length": _("The text has %(show_value)d characters. Please shorten it to %(limit_value)d.")}


class HoneypotForm(forms.Form):
    """Has a field that people do not see; programs that fill in everything give themselves away by it."""

    homepage = forms.CharField(
        required=False,
        label=_("Please leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_homepage(self) -> str:
        """Nothing is done; a person whose browser filled it in sees why, finds it empty and just sends again."""
        if self.cleaned_data["homepage"]:
            self.add_error(None, _("Please send it once more."))
        return ""


class InterestForm(EmailForm, HoneypotForm):
    """Support ("mir auch aufgefallen") or follow: one is what somebody came for, the other a box to tick."""

    support = forms.BooleanField(
        required=False, label=_("I noticed this too"), help_text=_("We only count it. Your address is not kept for it.")
    )
    follow = forms.BooleanField(
        required=False,
        label=_("Tell me how it goes on"),
        help_text=_("By e-mail, until you unsubscribe with one click."),
    )

    def __init__(self, *args: Any, supportable: bool, wish: str = "follow", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wish = wish
        if not supportable:
            del self.fields["support"]
        self.fields.pop(wish)

    def clean(self) -> dict[str, Any]:
        """What somebody came for counts without a box."""
        return {**self.cleaned_data, self.wish: True}


class FeedbackForm(HoneypotForm):
    """ "Ist noch da" or "Ist erledigt", with a word on it. Of a `closed` report only "ist noch da" is worth telling."""

    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    """Sending twice (double click, back button) is once."""

    still_there = forms.ChoiceField(
        label=_("How does it look?"),
        choices=[("1", _("It is still there")), ("0", _("It is settled"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of both.")},
    )
    text = forms.CharField(
        label=_("What do you see?"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when it is still there. Only the town hall reads it."),
        error_messages=TOO_LONG,
    )

    def __init__(self, *args: Any, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if closed:
            self.fields["still_there"].widget = forms.HiddenInput()
            self.fields["text"].required, self.fields["text"].help_text = True, _("Only the town hall reads it.")
            self.fields["text"].error_messages["required"] = self.nothing_said

    nothing_said = _("Please write in a few words what is still there.")

    def clean(self) -> dict[str, Any]:
        """Whoever says that it is still there says what they see."""
        typed = dict(self.cleaned_data)
        if typed.get("still_there") == "1" and not typed.get("text") and "text" not in self.errors:
            self.add_error("text", self.nothing_said)
        return typed


class SeveralFiles(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several uploads; what is in them is checked by cases.files.store."""

    widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The uploads that hold something."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        found = [file for file in files if file and file.size]
        if self.required and not found:
            raise forms.ValidationError(_("Please choose a photo."))
        if len(found) > settings.PHOTO_MAX_COUNT:
            raise forms.ValidationError(_("At most %(n)d photos at once, please.") % {"n": settings.PHOTO_MAX_COUNT})
        return found


class OwnForm(forms.Form):
    """A form of the own page: knows the version it was made for, and its own key, so that sending twice is once."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def act(self) -> Act:
        """The circumstances for the verb."""
        return Act(client_key=self.cleaned_data.get("client_key"), version=self.cleaned_data.get("version"))

    @classmethod
    def fresh(cls, version: int, **initial: Any) -> OwnForm:
        """Unbound, for the case as it stands."""
        return cls(initial={"version": version, "client_key": uuid.uuid4(), **initial})


class AnswerForm(OwnForm):
    """A word to the town hall, with photos."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write a few words."), **TOO_LONG},
    )
    photos = PhotosField(label=_("Photos"), required=False)
    kept = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    """Keys of photos that arrived with an earlier, incomplete sending."""


class PhotosForm(OwnForm):
    """More photos."""

    photos = PhotosField(label=_("Photos"), help_text=_("JPEG, PNG, WebP, AVIF or HEIC, up to 20 MB each."))


class CorrectForm(OwnForm):
    """The text, worded anew."""

    text = forms.CharField(
        label=_("Your text"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Please write a few words."), **TOO_LONG},
    )


class WithdrawForm(OwnForm):
    """Taking it back, with a word on why if somebody wants to give one."""

    text = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TOO_LONG,
    )


class OwnFeedbackForm(OwnForm, FeedbackForm):
    """ "Wurde es gelöst?", asked of the reporter, whatever the report is about."""

    still_there = forms.ChoiceField(
        label=_("How does it look?"),
        choices=[("1", _("No, not yet")), ("0", _("Yes"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of both.")},
    )
    text = forms.CharField(
        label=_("What is missing?"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed if it was not solved. Only the town hall reads it."),
        error_messages=TOO_LONG,
    )
    nothing_said = _("Please write in a few words what is missing.")


def tell(form: forms.Form, invalid: Invalid | Mapping[str, list[str]]) -> None:
    """Put what a verb found wrong to the fields of a form, everything else above it."""
    errors = invalid.errors if isinstance(invalid, Invalid) else invalid
    for name, messages in errors.items():
        form.add_error(name if name in form.fields else None, list(messages))
