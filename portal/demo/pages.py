"""The texts of the demo's towns: imprint and contact in full, as a town would write them; the rest is the standard."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from geo.models import Municipality
from pages.models import Page
from pages.policy import Key
from pages.services import write_page
from portal.demo.data import towns

FOLDER = Path(__file__).resolve().parent / "texts"
KEYS = (Key.IMPRINT, Key.CONTACT)


@transaction.atomic
def put_pages() -> None:
    """Texts that are missing; what somebody wrote meanwhile stays. Members of the county inherit."""
    known = set(Page.objects.values_list("municipality__slug", "key"))
    for row in towns():
        for key in KEYS:
            if "parent" in row or (row["slug"], key.value) in known:
                continue
            files = {language: FOLDER / f"{key.value}.{language}.md" for language in ("de", "en")}
            text = {language: file.read_text("utf-8") for language, file in files.items() if file.is_file()}
            town = Municipality.objects.get(slug=row["slug"])
            write_page(municipality=town, key=key, text=text, at=timezone.now(), by=None)
