"""How django-allauth behaves here: nobody signs up by themselves, mails are plain, links follow the host."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, not by a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: citizens need no account, staff are invited."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work; that the password is changed is told there."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)
