"""Forms of settings that two people may have open at once: whoever is slower sees both versions before anything is
overwritten.

The form carries a mark of what it began with. If that is not what stands there now, it is refused once with both
versions; sent again, the person has seen what they overwrite.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from moderation.case.bothversions import both_versions

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = object

NAME = "seen"


class Seen(_Form):
    """Mixin for a form with `initial`; its template prints `{{ form.seen_field }}`."""

    stale = False
    """Somebody else changed it meanwhile; what was typed is not saved yet."""

    def _now(self) -> str:
        """Mark of the values the form begins with now."""
        values = {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
            if not isinstance(field, forms.FileField)
        }
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:24]

    @property
    def seen_field(self) -> SafeString:
        """The hidden input; after a refusal with the mark of what was shown."""
        return format_html('<input type="hidden" name="{}" value="{}">', NAME, self._now())

    def clean(self) -> dict[str, Any]:
        """Refuse once, with both versions."""
        data: dict[str, Any] = super().clean() or {}
        seen = self.data.get(NAME, "")
        if seen and seen != self._now():
            self.stale = True
            self.add_error(None, _("Somebody else has changed this in the meantime. Nothing of yours is saved yet."))
            for one in both_versions(self, _Begun(self)):
                words = {"label": one.label, "now": one.now, "mine": one.mine}
                self.add_error(None, _("%(label)s – now: “%(now)s”, yours: “%(mine)s”.") % words)
            self.add_error(None, _("Please check it. Sent again, yours is saved."))
        return data


class _Begun:
    """What a form begins with, read like an unbound form."""

    def __init__(self, form: Any) -> None:
        self._form = form
        self.fields: dict[str, forms.Field] = form.fields

    def __getitem__(self, name: str) -> _Begun:
        self._name = name
        return self

    def value(self) -> Any:
        """The value of the field asked for last."""
        return self._form.get_initial_for_field(self.fields[self._name], self._name)
