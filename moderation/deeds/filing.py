"""Deeds that tie a case to other systems."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases.change import Act, By
from cases.errors import Invalid
from cases.filing import link_file
from cases.models import Case, File
from moderation.deeds.base import Deed, Readers
from moderation.forms.filing import FileForm


def _link(form: FileForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    try:
        link_file(case=case, number=typed["file_number"], url=typed["url"], by=by, act=act)
    except Invalid as invalid:
        names = {"number": "file_number"}
        raise Invalid({names.get(field, field): words for field, words in invalid.errors.items()}) from invalid


DEEDS = (
    Deed(
        "aktenzeichen",
        _("Link a file number"),
        _("Save the file number"),
        _("The file number is saved."),
        Permission.EDIT,
        FileForm,
        _link,
        menu="link",
        mails=False,
        readers=Readers.STAFF,
    ),
)
