"""What is filled in once for many cases: the fields of the deed's own form, with the choices of the first case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.models import Case
from cases.services import TEXT_MAX
from geo.localized import localized
from moderation import deeds
from moderation.bulk.policy import BY_NAME
from moderation.bulk.services import SAME
from moderation.forms import TextForm
from moderation.forms.base import area
from moderation.models import Bulk


class BulkForm(forms.Form):
    """Fields of one deed. What a case allows, its own form and the verb say later."""

    def __init__(self, *args: Any, bulk: Bulk, case: Case, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.bulk, self.case = bulk, case
        known = BY_NAME[bulk.deed]
        pattern = deeds.BY_NAME[bulk.deed].form(case=case)
        self.blocks = getattr(pattern, "blocks", [])
        if isinstance(pattern, TextForm) and self.blocks:
            self.fields["block"] = pattern.fields["block"]
        for name in known.fields:
            self.fields[name] = pattern.fields[name]
        for name in ("unit", "assignee"):
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField):
                offered: Any = field.choices
                field.choices = [(SAME, _("as it is")), *offered]
                self.initial[name] = SAME
        if "text" in self.fields:
            self.fields["text"].widget = area()
            self.fields["text"].widget.attrs["maxlength"] = TEXT_MAX
        if not self.is_bound:
            self.initial |= bulk.data

    def insert(self) -> None:
        """Put the chosen text block below what was typed."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        chosen = next((one for one in self.blocks if str(one.pk) == data.get("block")), None)
        if chosen is not None:
            typed = str(data.get("text", "")).strip()
            words = localized(chosen.text, self.case.language)
            data["text"], data["block"] = f"{typed}\n\n{words}" if typed else words, ""
        self.data = data

    @property
    def entered(self) -> dict[str, str]:
        """What was entered, as text, as the form of each case takes it."""
        return {name: str(self.data.get(name, "")) for name in BY_NAME[self.bulk.deed].fields}
