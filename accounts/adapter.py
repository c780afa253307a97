"""How django-allauth behaves here: nobody signs up by themselves, mails are plain, links follow the host."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, not by a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: citizens need no account, staff are invited."""
        return False
