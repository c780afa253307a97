"""Sizes as people read them."""

from __future__ import annotations


def size(number: int) -> str:
    """Bytes in the unit that needs no more than three digits: "512 bytes", "34.2 MB"."""
    if number < 1000:
        return f"{number} bytes"
    value = float(number)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 1000 or unit == "TB":
            break
    return f"{value:.1f} {unit}"
