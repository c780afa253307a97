"""Somebody calls or writes about what is known already: they are counted, and hear of it if they want to."""

from __future__ import annotations

from accounts.policy import Permission
from cases.change import Act, By, change
from cases.errors import NoSuchEdge
from cases.following import ask, checked_email, email_hash
from cases.models import Case, Entry, Support, new_secret
from cases.policy import ACTIVE, Deed, State
from cases.services import checked_text


def known_already(
    *, case: Case, by: By, text: str = "", email: str = "", language: str = "de", act: Act | None = None
) -> Entry:
    """Count one more person who noticed it, with their words as an internal note.

    With an e-mail address and a public case they get the mail to confirm that they support and follow. Without, staff
    vouch for them: they are counted at once, and nobody is written to. Raises Invalid, NoSuchEdge (closed), Denied,
    Conflict, KeyReused.
    """
    text = checked_text(text, required=False)
    address = checked_email(email) if email.strip() else ""
    asked = {"known": True, "text": text, "email": email_hash(address) if address else ""}
    with change(case=case, by=by, deed=Deed.NOTE, permission=Permission.NOTE, asked=asked, act=act) as step:
        if not step.replayed:
            if State(step.case.state) not in ACTIVE:
                raise NoSuchEdge
            step.entry.text, step.entry.data = text, {"known": True}
            if address and Case.objects.public().filter(pk=step.case.pk).exists():
                ask(case=step.case, email=address, support=True, follow=True, language=language, at=step.entry.at)
            else:
                Support.objects.get_or_create(
                    case=step.case,
                    email_hash=email_hash(address or new_secret()),
                    defaults={"created_at": step.entry.at, "confirmed_at": step.entry.at, "language": language},
                )
    return step.entry
