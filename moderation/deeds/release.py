"""Deeds that decide what the public sees."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases.change import Act, By
from cases.models import Case, File
from moderation import forms
from moderation.deeds.base import Deed
from reports import services as reports


def _release(form: forms.ReleaseForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    """Text first, then each chosen photo, each with an entry of its own; all of it or nothing."""
    chosen = set(form.cleaned_data.get("photos", []))
    with transaction.atomic():
        reports.release_text(case=case, by=by, text=form.wording, reason=form.cleaned_data["reason"], act=act)
        for photo in form.waiting:
            if str(photo.pk) in chosen and act.client_key is not None:
                key = uuid.uuid5(act.client_key, str(photo.pk))
                reports.release_photo(photo=photo, by=by, act=replace(act, version=None, client_key=key))


def _reword(form: forms.WordingForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.release_text(case=case, by=by, text=form.wording, reason=form.cleaned_data["reason"], act=act)


def _withdraw_text(form: forms.DeedForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.withdraw_text(case=case, by=by, act=act)


def _release_photo(form: forms.PhotoForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.release_photo(photo=form.cleaned_data["photo"], by=by, act=act)


def _withdraw_photo(form: forms.PhotoForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.withdraw_photo(photo=form.cleaned_data["photo"], by=by, act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse, or what is of no use.
def _unreleased_text(case: Case) -> bool:
    return reports.releasable(case) and not case.report.text_released


def _released_text(case: Case) -> bool:
    return reports.releasable(case) and case.report.text_released


P = Permission
NOT_PUBLIC = _("Nothing of this case may become public.")
DEEDS = (
    Deed(
        "freigeben",
        _("Release the text"),
        _("Release"),
        _("Released."),
        P.RELEASE,
        forms.ReleaseForm,
        _release,
        no_edge=NOT_PUBLIC,
        offered=_unreleased_text,
        menu="eye",
    ),
    Deed(
        "wortlaut",
        _("Change the public wording"),
        _("Save the wording"),
        _("The public wording is changed."),
        P.RELEASE,
        forms.WordingForm,
        _reword,
        no_edge=NOT_PUBLIC,
        offered=_released_text,
        menu="edit",
    ),
    Deed(
        "text-zurueckziehen",
        _("Take the text back"),
        _("Do not show the text"),
        _("The text is not public."),
        P.RELEASE,
        forms.DeedForm,
        _withdraw_text,
        no_edge=NOT_PUBLIC,
    ),
    Deed(
        "foto-freigeben",
        _("Release the photo"),
        _("Release"),
        _("The photo is released."),
        P.RELEASE,
        forms.PhotoForm,
        _release_photo,
        no_edge=NOT_PUBLIC,
        offered=reports.releasable,
    ),
    Deed(
        "foto-zurueckziehen",
        _("Take the photo back"),
        _("Do not show the photo"),
        _("The photo is not public."),
        P.RELEASE,
        forms.PhotoForm,
        _withdraw_photo,
        no_edge=NOT_PUBLIC,
    ),
)
