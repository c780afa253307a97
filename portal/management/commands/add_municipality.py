"""`manage.py add_municipality AGS --boundaries FILE`: opens a municipality in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.http.request import validate_host
from django.utils import translation

from geo.area_file import read_area
from geo.founding import Refused, Wish, check_key
from geo.models import Municipality
from geo.reading import BadFile
from portal.tenant import Opened, open_municipality

WISHES = ("name", "designation", "slug", "host", "prefix")


class Command(BaseCommand):
    """Makes a working tenant; a second run changes nothing but the boundary."""

    help = "Open a municipality (or a county) from its official key and a file with its boundary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ags", metavar="AGS", help="official key: eight digits, or five for a county")
        parser.add_argument("--boundaries", type=Path, required=True, metavar="FILE", help="GeoJSON with its area")
        parser.add_argument("--srid", type=int, help="EPSG code of the coordinates, default: the file's own, else 4326")
        parser.add_argument("--name", default="", help="default: from the file")
        parser.add_argument("--designation", default="", help="such as Stadt, Gemeinde, Landkreis")
        parser.add_argument("--slug", default="", help="short name in addresses and interfaces")
        parser.add_argument("--host", default="", help="host name of its site")
        parser.add_argument("--prefix", default="", help="two to six letters before the numbers of its cases")
        parser.add_argument("--sender", default="", metavar="MAIL", help="sender of its mails")
        parser.add_argument("--contact", default="", metavar="MAIL", help="address that citizens may write to")
        parser.add_argument("--admin", default="", metavar="MAIL", help="first administrator: is invited by mail")
        parser.add_argument("--adopt", action="store_true", help="put municipalities of a new county below it")
        parser.add_argument("--dry-run", action="store_true", help="check and tell, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wish = Wish(
            ags=options["ags"].strip(),
            sender_address=options["sender"],
            contact_email=options["contact"],
            **{name: options[name].strip() for name in WISHES},
        )
        path: Path = options["boundaries"]
        try:
            check_key(wish.ags)
            area = read_area(path, ags=wish.ags, srid=options["srid"])
            with translation.override("en"), transaction.atomic():
                opened = open_municipality(
                    wish=wish, area=area, admin=options["admin"].strip().lower(), adopting=options["adopt"]
                )
                transaction.set_rollback(options["dry_run"])
        except BadFile as error:
            raise CommandError(f"{path.name}: {error}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self._tell(opened, dry=options["dry_run"])

    def _tell(self, opened: Opened, *, dry: bool) -> None:
        town, founded = opened.founded.municipality, opened.founded
        done = "would be " if dry else ""
        if not opened.changed:
            self.stdout.write(f"{town.title} is open already, nothing changed: {town.base_url()}")
        elif founded.created:
            below = f" in {town.parent.title}" if town.parent else ""
            self.stdout.write(f"{town.title}{below} {done}opened: {town.base_url()}")
            state = town.get_state_key_display()
            self.stdout.write(f"  short name {town.slug}, numbers {town.prefix}-…, state {state}")
            rows = f"{opened.rows} rows of the standard catalogue" if opened.rows else "categories of its county"
            self.stdout.write(f"  {rows}; every report goes to “{opened.unit or 'its unit'}” at first")
        else:
            what = "boundary changed" if founded.boundary_changed else "completed"
            self.stdout.write(f"{town.title} {done}{what}: {town.base_url()}")
        if founded.kept:
            self.stdout.write(f"  left as it is, since it exists: {', '.join(founded.kept)}")
        for child in opened.adopted:
            self.stdout.write(f"  {child.title} {done}put below it")
        if founded.orphans and not opened.adopted:
            names = ", ".join(one.title for one in founded.orphans)
            self.stdout.write(f"  stand on their own still, --adopt puts them below it: {names}")
        self._tell_administrator(opened, dry=dry)
        self._warn(town)

    def _tell_administrator(self, opened: Opened, *, dry: bool) -> None:
        invited = opened.invited
        if invited is None:
            if opened.founded.created:
                self.stdout.write("  nobody may administer it yet: run it again with --admin MAIL")
        elif invited.waiting and not dry:
            self.stdout.write(f"  {invited.user.email} begins here (the link was mailed, works once, for two weeks):")
            self.stdout.write(f"  {invited.url}")
        elif invited.new:
            self.stdout.write(f"  {invited.user.email} administers it")

    def _warn(self, town: Municipality) -> None:
        if not validate_host(town.host, list(settings.ALLOWED_HOSTS)):
            self.stderr.write(f"{town.host} is not in ALLOWED_HOSTS: add it, or nobody will reach the site.")
