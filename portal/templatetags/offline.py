"""What scripts need to know about the service worker and the pages that open without a network."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal import crew
from portal.install import icon_address
from portal.offline import release

register = template.Library()


@register.simple_tag(takes_context=True)
def offline_data(context: Context) -> SafeString:
    """Data attributes for `<html>`; without `data-worker` pages take the worker away (setting OFFLINE)."""
    municipality = context.get("municipality")
    if municipality is None:
        return SafeString()
    found = {"data-shell": reverse("report_offline"), "data-device": reverse("device")}
    if settings.OFFLINE:
        found |= {"data-worker": reverse("worker"), "data-release": release(municipality)}
    return format_html_join("", ' {}="{}"', found.items())


@register.simple_tag(takes_context=True)
def install_links(context: Context) -> SafeString:
    """The manifest and the icon for iPhones, in `<head>`."""
    municipality = context.get("municipality")
    if municipality is None:
        return SafeString()
    return format_html(
        '<link rel="manifest" href="{}"><link rel="apple-touch-icon" href="{}">',
        reverse("manifest"),
        icon_address(municipality, 180),
    )


@register.simple_tag(takes_context=True)
def field_data(context: Context) -> SafeString:
    """Data attributes for `<html>` of the field view; without `data-worker` it takes its worker away."""
    municipality = context.get("municipality")
    if municipality is None:
        return SafeString()
    shell = reverse("field")
    found = {"data-shell": shell, "data-api": f"{shell}api/", "data-desk": reverse("desk")}
    found |= {"data-login": f"{shell}anmelden/?next={shell}", "data-logout": f"{shell}abmelden/"}
    found |= {"data-ground": reverse("geo:base_layer"), "data-release": crew.release(municipality)}
    if settings.OFFLINE:
        found["data-worker"] = reverse("field_worker")
    return format_html_join("", ' {}="{}"', found.items())


@register.simple_tag(takes_context=True)
def field_links(context: Context) -> SafeString:
    """The manifest of the field view and the icon for iPhones, in `<head>`."""
    municipality = context.get("municipality")
    if municipality is None:
        return SafeString()
    return format_html(
        '<link rel="manifest" href="{}"><link rel="apple-touch-icon" href="{}">',
        reverse("field_manifest"),
        icon_address(municipality, 180),
    )
