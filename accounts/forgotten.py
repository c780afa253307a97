"""A forgotten password: asking writes one event for every address, and the mail is made by the worker.

So neither the answer nor its time tells who has an account.
"""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.models import SocialAccount
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services import home_of
from outbox.events import emit
from outbox.models import Event
from outbox.registry import consumer

ASKED = "accounts.reset_asked"
"""Event: {people, language}; `people` is empty where nobody has the address."""
_MAIL = "account/email/password_reset_key"


@transaction.atomic
def ask(*, people: Iterable[int], language: str) -> None:
    """Note that a new password is asked for; `people` are ids of users."""
    emit(ASKED, people=list(people), language=language)


@consumer("accounts.reset_mails", events=[ASKED])
def mails(event: Event) -> None:
    """Write the mails with the link. It leads to the municipality of the person, whatever host was asked."""
    for user in User.objects.filter(pk__in=event.payload["people"], is_active=True):
        if not user.has_usable_password() and SocialAccount.objects.filter(user=user).exists():
            continue  # lives by the directory of the municipality alone: what it takes away stays taken
        if not user.has_mailbox:
            continue  # a crew's phone
        home = home_of(user)
        with translation.override(event.payload["language"]):
            key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
            path = reverse("account_reset_password_from_key", kwargs=key)
            facts = {
                "user": user,
                "municipality": home,
                "password_reset_url": (home.base_url() if home is not None else "") + path,
            }
            subject = " ".join(render_to_string(f"{_MAIL}_subject.txt", facts).split())
            text = render_to_string(f"{_MAIL}_message.txt", facts).strip()
            EmailMessage(subject, text, to=[user.email]).send()
