"""Whether a machine wrote a mail: such mails are never answered and never become a report (RFC 3834, RFC 5230)."""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from intake import mime
from intake.policy import Reason

_SUBJECT: Final = re.compile(
    r"^\W*(automatische antwort|auto-?reply|autoreply|automatic reply|abwesenheits(notiz|benachrichtigung|meldung)"
    r"|abwesend\b|out of (the )?office|abwesenheitsassistent|lesebestätigung|gelesen:|read:|ungelesen gelöscht"
    r"|undelivered mail|undeliverable|unzustellbar|mail delivery (failed|failure)|delivery status notification"
    r"|returned mail|failure notice|mailzustellung)",
    re.IGNORECASE,
)
_MACHINES: Final = {
    *("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "nicht-antworten"),
    *("keine-antwort", "bounce", "bounces", "autoreply", "auto-reply", "daemon"),
}
_LIST_HEADERS: Final = ("List-Id", "List-Unsubscribe", "List-Post", "X-Mailing-List", "Feedback-ID")
_SUPPRESS: Final = {"all", "oof", "autoreply"}


def reason(message: Message, sender: str) -> Reason | None:
    """AUTOMATIC or LIST, None for what a person wrote."""
    submitted = mime.header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return Reason.AUTOMATIC
    if mime.kind(message) == "multipart/report":
        return Reason.AUTOMATIC
    if any(mime.header(message, name) for name in _LIST_HEADERS):
        return Reason.LIST
    precedence = mime.header(message, "Precedence").lower()
    if precedence in {"bulk", "list"}:
        return Reason.LIST
    if precedence in {"junk", "auto_reply", "auto-reply"}:
        return Reason.AUTOMATIC
    asked = {word.strip() for word in mime.header(message, "X-Auto-Response-Suppress").lower().split(",")}
    if asked & _SUPPRESS:
        return Reason.AUTOMATIC
    if any(mime.header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return Reason.AUTOMATIC
    if mime.raw_headers(message, "Return-Path")[:1] == ["<>"]:
        return Reason.AUTOMATIC
    local = sender.partition("@")[0].partition("+")[0]
    if local in _MACHINES or _SUBJECT.match(mime.header(message, "Subject")):
        return Reason.AUTOMATIC
    return None
