"""What the directory says: its description (discovery), its keys, and the signed word about a person (ID token).

OpenID Connect Core 1.0, 3.1.3.7. django-allauth leaves the signature out where the token came by TLS and knows no
nonce; here both are checked, so that a token of another login, another program or another directory is worth nothing.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any, Final

import jwt
from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.directory.troubles import Trouble, Why
from accounts.directory.wire import ask_json, is_fit

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key pair only; "none" and shared secrets are no signatures for us."""
KEY_TYPES: Final = {"RSA", "EC"}
LEEWAY: Final = 60
"""Seconds two clocks may differ."""
KEPT: Final = 600
"""Seconds a description is kept, so that nobody can make us ask with every click."""
WELL_KNOWN: Final = "/.well-known/openid-configuration"
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Person:
    """What the directory says of somebody."""

    subject: str
    email: str
    email_verified: bool
    name: str
    groups: frozenset[str]
    strong: bool
    """It asked for a second factor."""


def described(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """The description at the issuer's address, checked. Raises Trouble."""
    key = f"directory:{issuer}"
    found = None if fresh else cache.get(key)
    if not isinstance(found, dict):
        found = ask_json(issuer.rstrip("/") + WELL_KNOWN)
        said = found.get("issuer")
        if not isinstance(said, str) or said.rstrip("/") != issuer.rstrip("/"):
            raise Trouble(Why.BROKEN, _("it calls itself %(name)s") % {"name": str(said)[:200]})
        for name in NEEDED:
            if not is_fit(found.get(name)):
                raise Trouble(Why.BROKEN, _("%(name)s is missing or is not https") % {"name": name})
        cache.set(key, found, KEPT)
    return found


def keys(description: dict[str, Any]) -> list[dict[str, Any]]:
    """The public keys that sign. Raises Trouble."""
    listed = ask_json(description["jwks_uri"]).get("keys")
    found = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"
    ]
    if not found:
        raise Trouble(Why.BROKEN, _("it shows no key for its signatures"))
    return found


def checked(*, token: object, description: dict[str, Any], client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that is signed, meant for us, in time, and of this very login. Raises Trouble."""
    if not isinstance(token, str) or not nonce:
        raise Trouble(Why.BROKEN, "there is no ID token in the answer")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Trouble(Why.BROKEN, f"the signature is made with {str(algorithm)[:20]}")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys(description), header.get("kid"), str(algorithm)),
            algorithms=[algorithm],
            audience=client_id,
            issuer=description["issuer"],
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise Trouble(Why.INVALID, f"ID token: {type(error).__name__}") from error
    authorised = claims.get("azp", client_id)
    if authorised != client_id or (isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims):
        raise Trouble(Why.INVALID, "ID token: made for another program")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Trouble(Why.INVALID, "ID token: of another login")
    return claims


def _key(found: list[dict[str, Any]], kid: object, algorithm: str) -> Any:
    """The key that is named; without a name the only one of its sort."""
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [key for key in found if key["kty"] == kind and (kid is None or key.get("kid") == kid)]
    if len(fitting) != 1:
        raise Trouble(Why.INVALID, "ID token: signed with an unknown key")
    return jwt.PyJWK.from_json(json.dumps(fitting[0]), algorithm).key


def person(claims: dict[str, Any], *, groups_claim: str, strong_acr: str) -> Person:
    """What we need of the claims. Raises Trouble where the person has no number."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or len(subject) > 190:
        raise Trouble(Why.BROKEN, "the person has no usable number (sub)")
    email = claims.get("email")
    name = claims.get("name") or " ".join(
        part for part in (claims.get("given_name"), claims.get("family_name")) if isinstance(part, str)
    )
    methods = claims.get("amr")
    return Person(
        subject=subject,
        email=email.strip().lower() if isinstance(email, str) else "",
        email_verified=claims.get("email_verified") in (True, "true"),
        name=" ".join(str(name).split())[:120],
        groups=frozenset(_groups(claims, groups_claim)),
        strong=(isinstance(methods, list) and "mfa" in methods) or claims.get("acr") in set(strong_acr.split()),
    )


def has(claims: dict[str, Any], groups_claim: str) -> bool:
    """Whether the claim with the groups is there at all."""
    return _at(claims, groups_claim) is not None


def _groups(claims: dict[str, Any], groups_claim: str) -> list[str]:
    """The names of the groups, folded; one name may stand without a list."""
    found = _at(claims, groups_claim)
    listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return [fold(one) for one in listed if isinstance(one, str)]


def _at(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by a way with dots such as realm_access.roles."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def fold(group: str) -> str:
    """Names of groups are compared without regard to case and to a leading slash (Keycloak writes ways)."""
    return group.strip().lstrip("/").casefold()
