"""`manage.py doctor`: name what is wrong and what to do about it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from portal.watch.doctor import examine
from portal.watch.policy import Level


class Command(BaseCommand):
    """Looks at everything an operator would, changes nothing and sends no mail; ends with 1 if something is broken."""

    help = "Look at settings, database, processes, mail, disk and files; say what is wrong and what to do about it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of findings for programs")
        parser.add_argument("--quiet", action="store_true", help="only what is not ok")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = dict.fromkeys(Level, 0)
        listed = []
        with translation.override("en"):
            for finding in examine(at=timezone.now()):
                counts[finding.level] += 1
                if options["quiet"] and finding.is_ok:
                    continue
                if options["json"]:
                    listed.append({name: value for name, value in asdict(finding).items() if name != "alert"})
                    continue
                self.stdout.write(
                    f"{finding.level.value:<9}{finding.title}: {finding.text}", self._style(finding.level)
                )
                if finding.advice:
                    self.stdout.write(f"{'':<9}→ {finding.advice}")
                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps(listed, ensure_ascii=False, indent=2))
        else:
            warnings, failures = counts[Level.WARNING], counts[Level.FAILURE]
            self.stdout.write(f"{counts[Level.OK]} ok, {warnings} to look at, {failures} broken")
        if counts[Level.FAILURE]:
            sys.exit(1)

    def _style(self, level: Level) -> Any:
        styles = {Level.FAILURE: self.style.ERROR, Level.WARNING: self.style.WARNING}
        return styles.get(level, self.style.SUCCESS)
