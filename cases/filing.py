"""The file number of a case in another system of the town hall."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases.change import Act, By, change
from cases.errors import Invalid
from cases.models import Case, Entry
from cases.policy import Deed

NUMBER_MAX, URL_MAX = 60, 500


def checked_url(text: str) -> str:
    """An address on the web without name or password in it, "" for none. Raises Invalid({"url": …}).

    Names without a dot are common inside a house, so more than scheme and host is not asked for.
    """
    url = text.replace("\x00", "").strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        good = good and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or len(url) > URL_MAX or any(one.isspace() or ord(one) < 32 for one in url):
        raise Invalid({"url": [_("Please write the address as https://… without name and password.")]})
    return url


def link_file(*, case: Case, number: str, url: str = "", by: By, act: Act | None = None) -> Entry:
    """Note the file number and where it opens; both empty take them away. Raises Invalid for an address without a
    number, and for one that is none."""
    number = " ".join(number.replace("\x00", "").split())
    if len(number) > NUMBER_MAX:
        raise Invalid({"number": [_("Please shorten it to %(max)d characters.") % {"max": NUMBER_MAX}]})
    url = checked_url(url)
    if url and not number:
        raise Invalid({"number": [_("Please write the file number as well.")]})
    asked = {"number": number, "url": url}
    with change(case=case, by=by, deed=Deed.FILE_LINKED, permission=Permission.EDIT, asked=asked, act=act) as step:
        if not step.replayed:
            row = step.case
            step.entry.data = {"before": row.file_number, "number": number}
            row.file_number, row.file_url = number, url
    return step.entry
