"""Which version of the platform this is, as far as the folder tells."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.conf import settings


def version() -> str:
    """The version in pyproject.toml."""
    with Path(settings.BASE_DIR, "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def commit() -> str:
    """The commit that is checked out; "" outside of a repository."""
    folder = Path(settings.BASE_DIR, ".git")
    try:
        head = (folder / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head
        if (folder / name).exists():
            return (folder / name).read_text().strip()
        packed = (folder / "packed-refs").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
