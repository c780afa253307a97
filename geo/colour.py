"""Contrast of the colour a municipality chooses (WCAG 2.1, relative luminance)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Normal text needs this ratio (WCAG 1.4.3).
ENOUGH = 4.5
LIGHT = "#ffffff"
DARK = "#141a22"
_HEX = re.compile(r"^#[0-9a-f]{6}$")


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white)."""
    parts = []
    for channel in _channels(colour):
        value = channel / 255
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lightened(colour: str, background: str = DARK) -> str:
    """`colour` mixed with white until it is readable on the dark `background`."""
    red, green, blue = _channels(colour)
    for step in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(c + (255 - c) * step / 100):02x}" for c in (red, green, blue))
        if contrast(mixed, background) >= ENOUGH:
            return mixed
    return LIGHT


def darkened(colour: str, background: str = LIGHT) -> str:
    """`colour` mixed with black until it is readable on the light `background`."""
    red, green, blue = _channels(colour)
    for step in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(c * (100 - step) / 100):02x}" for c in (red, green, blue))
        if contrast(mixed, background) >= ENOUGH:
            return mixed
    return "#000000"


def validate_accent(value: str) -> None:
    """Accept `#rrggbb` (lower case) that carries white text and is readable on white."""
    if not _HEX.match(value):
        raise ValidationError(_("Write the colour as #rrggbb in lower case."), code="colour")
    if contrast(value, LIGHT) < ENOUGH:
        raise ValidationError(_("This colour is too light: white text on it needs a contrast of 4.5."), code="contrast")
