"""Why somebody does not come in by the directory, in words for them; and what an administrator reads in a test."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Why(StrEnum):
    """The reasons."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    BROKEN = "broken"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    NO_GROUP = "no_group"
    NO_EMAIL = "no_email"
    UNVERIFIED = "unverified"
    ELSEWHERE = "elsewhere"
    INACTIVE = "inactive"
    OTHER_PERSON = "other_person"


WORDS: Final[dict[Why, str | Promise]] = {
    Why.UNREACHABLE: _("The directory does not answer. Please try again later, or log in with e-mail and password."),
    Why.BROKEN: _(
        "The directory did not answer as it should. Please tell the people who look after the computers; until then "
        "you can log in with e-mail and password, if you have one."
    ),
    Why.REFUSED: _("This platform may not speak with the directory. Please log in with e-mail and password."),
    Why.INVALID: _("This login could not be checked, or it took too long. Please begin once more."),
    Why.CANCELLED: _("You have broken off the login. Nothing has happened."),
    Why.NO_GROUP: _(
        "Your account belongs to none of the groups that work here. Please ask your administrator to add you to one."
    ),
    Why.NO_EMAIL: _("The directory does not tell your e-mail address, which is needed here. Please ask for it there."),
    Why.UNVERIFIED: _(
        "There is already an account with your e-mail address, and the directory does not confirm that the address is "
        "yours. Please log in with e-mail and password."
    ),
    Why.ELSEWHERE: _(
        "Your account also works for another municipality or for the whole platform. Please log in with e-mail and "
        "password."
    ),
    Why.INACTIVE: _("Your account here is locked. Please ask your administrator."),
    Why.OTHER_PERSON: _(
        "The account with your e-mail address is connected with somebody else in the directory. Please ask your "
        "administrator to undo the connection."
    ),
}

FAULTS: Final = frozenset({Why.UNREACHABLE, Why.REFUSED, Why.BROKEN})
"""What the directory is to blame for; everything else is about the person or the attempt."""


class Trouble(OAuth2Error):  # type: ignore[misc]
    """A login by the directory that does not work. `detail` is for administrators and the log: hosts, no persons."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail
