"""Whether the menu of the desk offers what only some may do."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.policy import Permission
from accounts.services import is_operator, may, reach

register = template.Library()


def _may(context: Any, permission: Permission) -> bool:
    request = context.get("request")
    town = getattr(request, "municipality", None)
    return town is not None and may(request.user, permission, municipality_id=town.pk)


@register.simple_tag(takes_context=True)
def from_above(context: Any) -> bool:
    """`{% from_above as above %}`: the person looks after several municipalities (operator, county administrator)."""
    user = getattr(context.get("request"), "user", None)
    return is_operator(user) or bool(reach(user, Permission.APPOINT))


@register.simple_tag(takes_context=True)
def may_set_up(context: Any) -> bool:
    """`{% may_set_up as admin %}`: the person administers the municipality of this host."""
    return _may(context, Permission.ADMINISTER)


@register.simple_tag(takes_context=True)
def may_switch_emergency(context: Any) -> bool:
    """`{% may_switch_emergency as switcher %}`: the person switches the emergency mode on and off."""
    return _may(context, Permission.EMERGENCY)


@register.simple_tag(takes_context=True)
def may_keep(context: Any) -> bool:
    """`{% may_keep as keeper %}`: the person sets terms of keeping and answers requests about personal data."""
    return _may(context, Permission.PRIVACY)


@register.simple_tag(takes_context=True)
def may_write(context: Any) -> bool:
    """`{% may_write as writer %}`: the person writes its pages."""
    return _may(context, Permission.WRITE)
