#!/usr/bin/env python3
"""Tell whether every string of every package has its German translation, and the catalogues are up to date.

A copy of each package goes through `makemessages`: a string that the catalogue does not know comes back as
untranslated or fuzzy, just like one whose translation is missing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "de"


def run(*command: str, folder: Path) -> str:
    """Standard output of a command that must succeed."""
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)} failed in {folder.name}:\n{result.stdout}{result.stderr}")
    return result.stdout


def open_entries(package: Path, scratch: Path) -> str:
    """The entries of a package's German catalogue that lack a translation, as gettext prints them."""
    copy = scratch / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    (copy / "locale").mkdir(exist_ok=True)
    # -P: a package may have a module named like one of the standard library
    run(sys.executable, "-P", "-m", "django", "makemessages", "--locale", LANGUAGE, folder=copy)
    catalogue = copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return ""
    run("msgfmt", "--check-format", "--output-file", os.devnull, str(catalogue), folder=copy)
    kinds = ("--untranslated", "--only-fuzzy")
    return "".join(run("msgattrib", "--no-obsolete", kind, str(catalogue), folder=copy) for kind in kinds)


def main() -> None:
    """Check all packages; exit with 1 and the open entries when something is missing."""
    missing = {}
    with tempfile.TemporaryDirectory() as scratch:
        for package in sorted(path.parent for path in ROOT.glob("*/__init__.py")):
            if package.name not in {"tests", "bench"} and (entries := open_entries(package, Path(scratch))):
                missing[package.name] = entries
    for name, entries in missing.items():
        print(f"{name}/locale/{LANGUAGE}/LC_MESSAGES/django.po lacks:\n\n{entries}")
    if missing:
        sys.exit(f"Translations are missing in: {', '.join(missing)}")
    print("Every string has its German translation.")


if __name__ == "__main__":
    main()
