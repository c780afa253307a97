"""`manage.py reroute_cases SLUG`: district and unit of all cases anew, after boundaries or areas changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from cases.rerouting import Outcome, reroute_all
from geo.models import Municipality


class Command(BaseCommand):
    """Running it again changes nothing; it may be stopped at any time."""

    help = "Give open cases to the unit that is responsible at their place now, and all cases their district."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="municipality or county, with all below it")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        parser.add_argument(
            "--everything", action="store_true", help="also cases whose unit somebody chose or that were accepted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        municipality = Municipality.objects.filter(slug=options["slug"]).first()
        if municipality is None:
            raise CommandError(f"There is no municipality “{options['slug']}”.")
        silent = options["verbosity"] < 1
        with tqdm(unit=" cases", disable=silent, file=self.stderr) as progress:
            outcome = reroute_all(
                municipality=municipality,
                at=timezone.now(),
                everything=options["everything"],
                dry_run=options["dry_run"],
                seen=progress.update,
            )
        self._say(outcome, dry=options["dry_run"])

    def _say(self, outcome: Outcome, *, dry: bool) -> None:
        self.stdout.write(
            f"{outcome.looked_at} cases with a place: {outcome.districts} in another district,"
            f" {outcome.moved} to another unit, {outcome.kept} stay with the unit that somebody chose or that accepted"
            + (" (nothing was written)" if dry else "")
        )
        if outcome.elsewhere:
            self.stdout.write(
                f"{outcome.elsewhere} open cases lie in another municipality now. They stay until somebody hands them"
                f" over: {', '.join(outcome.examples)}" + (" …" if outcome.elsewhere > len(outcome.examples) else "")
            )
