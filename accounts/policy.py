"""Who may what: the one table of roles and permissions. Imports nothing of ours.

A permission is what a verb asks for; a role is what a person has in a municipality (or in one unit of it). Code asks
permissions, never role names. The platform operator alone has no municipality: see `accounts.platform`.
"""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a municipality."""

    ADMIN = "admin"
    MANAGER = "manager"
    CLERK = "clerk"
    FIELD = "field"
    EDITOR = "editor"
    COUNTY = "county"
    """Sets the rules that a county's municipalities inherit, and appoints their administrators. Sees no cases."""
    OPERATOR = "operator"
    """Runs the platform: no membership, but `User.is_superuser`. Sees no cases."""


class MailRhythm(StrEnum):
    """When a unit is told of new cases."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NONE = "none"


NO_MAILBOX = "telefon.invalid"
"""Accounts of crew phones have an address here, which no mail can reach (RFC 6761, 6.4)."""


class Scope(StrEnum):
    """What a key of a program is good for."""

    READ = "read"
    """Read what is public, with a throttle of its own."""
    SUBMIT = "submit"
    """Hand in reports."""
    TRIAGE = "triage"
    """What a clerk does: release, answer, set states, assign."""
    FIELD = "field"
    """What a field worker does: set states, write notes."""
    ADMIN = "admin"
    """What an administrator does."""


class Permission(StrEnum):
    """What a verb asks for."""

    SEE = "see"
    """Read internal facts of cases."""
    SEE_CONTACT = "see_contact"
    """Read who reported, with e-mail and phone."""
    RELEASE = "release"
    """Make text and photos public, or take them back."""
    EDIT = "edit"
    """Change category and place."""
    MOVE = "move"
    """Change state and stage, write public updates and to the reporter."""
    NOTE = "note"
    """Write internal notes, add photos."""
    ASSIGN = "assign"
    """Give a case to a unit or a person."""
    ADMINISTER = "administer"
    """Set the municipality up: name, look, mail, units, categories, users."""
    WRITE = "write"
    """Write the texts of the pages: imprint, privacy, contact …"""
    PRIVACY = "privacy"
    """Terms of keeping, holds, information and erasure for a person."""
    CONFIDENTIAL = "confidential"
    """See complaints and worries, which are never public."""
    EMERGENCY = "emergency"
    """Switch the emergency mode on and off."""
    APPOINT = "appoint"
    """Appoint and dismiss county administrators, and appoint administrators of the municipalities below."""
    OPERATE = "operate"
    """Open, close and delete municipalities, appoint their first administrators."""


P = Permission
ABOVE: frozenset[Permission] = frozenset({P.APPOINT, P.OPERATE})
"""What reaches beyond one municipality: nobody who works in one has it."""
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission) - ABOVE,
    Role.MANAGER: frozenset(Permission) - ABOVE - {P.ADMINISTER},
    Role.CLERK: frozenset({P.SEE, P.SEE_CONTACT, P.RELEASE, P.EDIT, P.MOVE, P.NOTE, P.ASSIGN}),
    Role.FIELD: frozenset({P.SEE, P.MOVE, P.NOTE}),
    Role.EDITOR: frozenset({P.SEE, P.RELEASE, P.EDIT, P.NOTE, P.WRITE}),
    Role.COUNTY: frozenset({P.ADMINISTER, P.WRITE, P.EMERGENCY, P.APPOINT}),
    Role.OPERATOR: frozenset({P.OPERATE, P.APPOINT}),
}

WHOLE_MUNICIPALITY: frozenset[Role] = frozenset({Role.ADMIN, Role.MANAGER, Role.EDITOR, Role.COUNTY})
"""Roles whose rights hold in the whole municipality; the others see the cases of their units, or handed to them."""

SCOPE_ROLES: dict[Scope, Role] = {Scope.TRIAGE: Role.CLERK, Scope.FIELD: Role.FIELD, Scope.ADMIN: Role.ADMIN}
"""The role that a scope gives the account behind a key, in its municipality or the one unit it is for; the other
scopes give none, so that nothing that is not public is ever read with them."""
WHOLE_HOUSE_SCOPES: frozenset[Scope] = frozenset({Scope.ADMIN})
"""Scopes that a key for one unit cannot have."""
