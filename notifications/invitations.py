"""Mails to people who are to work here: the invitation, and the test whether mails go out at all."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.invitations import LIFETIME, Invited
from accounts.models import User
from geo.models import Municipality
from notifications.models import Delivery
from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit


def send_invitation(*, invited: Invited, by: str = "") -> None:
    """Tell somebody of their role, with the link to begin. `by` is the name of who invites."""
    user, membership = invited.user, invited.membership
    with translation.override(user.language):
        town = membership.municipality.title
        headline = _("Your access to the reports of %(town)s") % {"town": town}
        names = {"who": by or town, "town": town, "role": membership.get_role_display()}
        lines = [
            _("%(who)s has given you access to the reports of %(town)s. Your role: %(role)s.") % names,
            _("Choose a password here. The link works once and for %(days)d days:") % {"days": LIFETIME.days}
            if invited.waiting
            else _("Log in with your password, as before:"),
            invited.url,
            _("You do not know what this is about? Then leave this mail alone: without you nothing happens."),
        ]
    _post(user, membership.municipality, headline, "\n\n".join(lines))


def send_test(*, user: User, municipality: Municipality) -> None:
    """A mail to oneself the way all mails of the municipality go; `last_test` says what became of it."""
    with translation.override(user.language):
        headline = _("Test mail of %(town)s") % {"town": municipality.title}
        text = _("If you can read this, mails of %(town)s arrive. Please look at the sender, too.") % {
            "town": municipality.title
        }
    _post(user, municipality, headline, text, number=user.pk)


def last_test(*, user: User, municipality: Municipality) -> Delivery | None:
    """The latest test mail of this person, None before the first."""
    key = Recipient(Role.ACCOUNT, user.email, user.language, user.pk).key
    rows = Delivery.objects.filter(municipality=municipality, purpose=Purpose.ACCOUNT.value, recipient=key)
    return rows.order_by("-pk").first()


def send_factor_reset(*, user: User, municipality: Municipality, by: str) -> None:
    """Tell somebody that their second factor was taken away, so that a stranger's call does not go unnoticed."""
    with translation.override(user.language):
        headline = _("Your second factor was reset")
        lines = [
            _("%(who)s has taken away your authenticator app and passkeys for %(town)s, because they were lost.")
            % {"who": by, "town": municipality.title},
            _("Log in with your password and set a second factor up anew: %(url)s")
            % {"url": municipality.base_url() + reverse("account_login")},
            _("You did not ask for it? Then call your administrator at once."),
        ]
    _post(user, municipality, headline, "\n\n".join(lines))


def _post(user: User, municipality: Municipality, headline: str, text: str, number: int | None = None) -> None:
    to = Recipient(Role.ACCOUNT, user.email, user.language, number)
    facts = {"headline": headline, "text": text}
    write(planned=[Planned(Purpose.ACCOUNT, to, municipality, timezone.now(), facts=facts, urgent=True)], event=None)
    ring_after_commit(drain_deliveries)
