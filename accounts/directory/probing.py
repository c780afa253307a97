"""The test of the connection, for the administrator who sets it up: everything but a person logging in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory import tokens
from accounts.directory.troubles import Trouble, Why
from accounts.directory.wire import as_object, ask, basic
from accounts.models import Directory
from net.sealed import Unreadable, unseal


def probe(directory: Directory) -> str:
    """What is wrong, in words for an administrator; "" when nothing is.

    Asks for description and keys, then tries to redeem a code that does not exist: a directory refuses the code
    (invalid_grant) only after it has accepted client and secret.
    """
    try:
        description = tokens.described(directory.issuer, fresh=True)
        tokens.keys(description)
        return _client(directory, description)
    except Trouble as trouble:
        if trouble.why is Why.UNREACHABLE:
            return _("The directory cannot be reached: wrong address, or it is off (%(why)s).") % {
                "why": trouble.detail
            }
        if trouble.why is Why.REFUSED:
            return _(
                "The directory stands inside your house. The operator must first name it in NET_ALLOWED (%(why)s)."
            ) % {"why": trouble.detail}
        return _("At this address is no directory we can use: %(why)s.") % {"why": trouble.detail}


def _client(directory: Directory, description: dict[str, Any]) -> str:
    """Whether client and secret are accepted. Raises Trouble."""
    try:
        secret = unseal(directory.client_secret)
    except Unreadable:
        return _("The stored secret cannot be read any more. Please enter it again.")
    form = {
        "grant_type": "authorization_code",
        "code": "test-of-the-connection",
        "code_verifier": "test-of-the-connection-test-of-the-connection",
        "redirect_uri": directory.municipality.base_url() + reverse("directory_callback"),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    listed = description.get("token_endpoint_auth_methods_supported") or []
    if "client_secret_basic" in listed and "client_secret_post" not in listed:
        headers["Authorization"] = basic(directory.client_id, secret)
    else:
        form |= {"client_id": directory.client_id, "client_secret": secret}
    answer = ask(description["token_endpoint"], method="POST", headers=headers, body=urlencode(form).encode())
    try:
        error = str(as_object(answer.body, "").get("error", ""))
    except Trouble:
        error = ""
    if error in {"invalid_client", "unauthorized_client"} or answer.status == 401:
        return _("The directory does not accept client ID and secret.")
    if answer.status >= 500:
        return _("The directory answers with an error (%(status)d).") % {"status": answer.status}
    return ""
