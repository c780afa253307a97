"""Which pages there are, as plain data. Imports nothing of ours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Key(StrEnum):
    """A page of the municipality; the value is the name of its address."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    CONTACT = "contact"
    EASY = "easy_language"
    SIGN = "sign_language"


@dataclass(frozen=True)
class About:
    """What is known of a page."""

    path: str
    title: Promise
    hint: Promise
    """For the person who writes it."""


ABOUT: Final[dict[Key, About]] = {
    Key.IMPRINT: About("impressum", _("Imprint"), _("Who is responsible for these pages, and how to reach them.")),
    Key.PRIVACY: About(
        "datenschutz", _("Privacy"), _("What you do with the data of citizens (Articles 13 and 14 GDPR).")
    ),
    Key.ACCESSIBILITY: About(
        "barrierefreiheit",
        _("Accessibility"),
        _("Further words below the statement, which is made of what you say about its state."),
    ),
    Key.CONTACT: About("kontakt", _("Contact"), _("How and when to reach you: phone, address, office hours.")),
    Key.EASY: About("leichte-sprache", _("Easy language"), _("What these pages are for, in Leichte Sprache.")),
    Key.SIGN: About("gebaerdensprache", _("Sign language"), _("Words beside the video in German Sign Language (DGS).")),
}
TEXT_MAX: Final = 30_000
"""Characters of one text in one language."""


class Conformance(StrEnum):
    """The three answers that Implementing Decision (EU) 2018/1523 knows."""

    FULL = "full"
    PARTIAL = "partial"
    NOT = "not"


class Method(StrEnum):
    """How the state was found out."""

    SELF = "self"
    """An assessment of one's own."""
    EXTERNAL = "external"
    """An assessment by a third party."""


VIDEO_MAX_BYTES: Final = 200 * 2**20
VIDEO_TYPES: Final = {"mp4": "video/mp4", "webm": "video/webm"}
