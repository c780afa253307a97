"""Numbers as tables write them."""

from __future__ import annotations

import math


def decimal(text: str) -> float | None:
    """ "8,23", "2'683'920" and "8.23" as finite numbers; None for anything else."""
    plain = text.strip().replace("'", "").replace("’", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        found = float(plain)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
