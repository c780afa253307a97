"""`manage.py rules export SLUG FILE`, `manage.py rules import SLUG FILE [--dry-run]`: the rules of a municipality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.models import RuleChange
from geo.models import Municipality
from moderation.setup.log_words import lines, title
from moderation.transfer.applying import Difference, Unfit, apply, read
from moderation.transfer.reading import written


class Command(BaseCommand):
    """Writes the rules to a file, or takes a file over."""

    help = "Write the rules of a municipality to FILE, or make them those of FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("deed", choices=["export", "import"])
        parser.add_argument("municipality", metavar="SLUG")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only show what an import would change")

    def handle(self, *args: Any, **options: Any) -> None:
        town = Municipality.objects.filter(slug=options["municipality"]).first()
        if town is None:
            raise CommandError(f"There is no municipality {options['municipality']!r}.")
        file: Path = options["file"]
        try:
            if options["deed"] == "export":
                file.write_text(written(town), "utf-8")
                self.stdout.write(f"{file}: the rules of {town.title}")
                return
            outcome = apply(municipality=town, rules=read(file.read_bytes()), by=None, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(str(error)) from None
        except Unfit as unfit:
            raise CommandError("\n".join(["Nothing was changed:", *unfit.problems])) from None
        with translation.override("en"):
            for one in outcome.differences:
                self._tell(one)
        for name in outcome.kept:
            self.stdout.write(f"not in the file, but in use: {name} is switched off")
        done = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(outcome.differences)} rules {done}.")

    def _tell(self, one: Difference) -> None:
        self.stdout.write(f"{title(one.subject)} {one.label}".strip())
        for line in lines(RuleChange(subject=one.subject, label=one.label, before=one.before, after=one.after)):
            self.stdout.write(f"  {line.name}: {line.before} -> {line.after}")
