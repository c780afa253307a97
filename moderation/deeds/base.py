"""What a deed of the desk is: a form, a right, and the verb it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases.change import Act, By
from cases.models import Case, File
from moderation.forms import DeedForm

NO_EDGE = _("The state of the case does not allow this any more.")
Run = Callable[[Any, Case, By, Act, Sequence[File]], None]


class Readers(StrEnum):
    """Who reads the words of a deed."""

    NOBODY = ""
    STAFF = "staff"
    REPORTER = "reporter"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Deed:
    """One deed of the desk."""

    name: str
    """Its word in the address."""
    title: Any
    button: Any
    said: Any
    """What is told when it is done."""
    permission: Permission
    form: type[DeedForm]
    run: Run
    no_edge: Any = NO_EDGE
    offered: Callable[[Case], bool] = lambda case: True
    menu: str = ""
    """Icon in the menu of further deeds; "" for deeds that stand elsewhere."""
    mails: bool = True
    """Mails may follow: the panel shows who gets which. False for what must not be tried out and taken back."""
    readers: Readers = Readers.NOBODY
    """Who reads what is typed, so that the panel can say it."""
