"""The forms of the duties: terms in days, a person's address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Topic
from geo.models import Municipality
from moderation.setup.seen import Seen

MOST = 32_767
"""Days; what the columns hold, nearly ninety years."""


class TermsForm(Seen, forms.Form):
    """Days after closing; an empty field takes what stands above."""

    contact_days = forms.IntegerField(label=_("Contact data"), required=False, min_value=1, max_value=MOST)
    original_days = forms.IntegerField(label=_("Originals of photos"), required=False, min_value=1, max_value=MOST)
    photo_days = forms.IntegerField(label=_("Photos"), required=False, min_value=1, max_value=MOST)
    case_days = forms.IntegerField(label=_("Words and place"), required=False, min_value=1, max_value=MOST)

    def __init__(self, *args: Any, row: Municipality | Topic, above: dict[str, int], **kwargs: Any) -> None:
        kwargs |= {"initial": {name: getattr(row, name) for name in self.base_fields}, "label_suffix": ""}
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = _("Empty: %(n)d days") % {"n": above[name]}


class PersonForm(forms.Form):
    """Whose data it is about."""

    email = forms.EmailField(label=_("E-mail address of the person"), max_length=254)


class EraseForm(PersonForm):
    """What is to be deleted."""

    words = forms.ChoiceField(
        label=_("What is to be deleted?"),
        widget=forms.RadioSelect,
        choices=[
            ("0", _("The address, name and phone, wherever they stand; the cases stay without them")),
            ("1", _("Also words, place and photos of the person's closed cases")),
        ],
        initial="0",
    )
