"""What the figures cost: queries, milliseconds, and the ratio to the bare SQL of the figures, in one run.

    DATA_DIR=var python -m bench.numbers --rows 50000

As in `bench.worklist` the rows are its own, and "bare" is the page's own SQL that counts, fetched without Django.
"""

from __future__ import annotations

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.many import many  # noqa: E402
from bench.worklist import TURNS, measure  # noqa: E402
from cases.models import Case  # noqa: E402

PAGES = {
    "30 days": "",
    "12 months": "?zeitraum=12monate&vergleich=vorjahr",
    "one category": "?kategorie=k3",
    "month's report": "monatsbericht/",
}


def main() -> None:
    """Make the rows, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=50_000)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        client = Client(HTTP_HOST="localhost")
        client.force_login(many(asked.parse_args().rows))
        print(f"{Case.objects.count()} cases on {connection.vendor}, median of {TURNS}")
        print(f"{'page':16}{'queries':>8}{'page ms':>10}{'SQL ms':>10}{'ratio':>8}")
        for name, address in PAGES.items():
            queries, page, bare = measure(client, f"/verwaltung/zahlen/{address}")
            print(f"{name:16}{queries:8}{page:10.1f}{bare:10.1f}{page / bare:8.2f}")
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
