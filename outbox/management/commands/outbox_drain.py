"""`manage.py outbox_drain`: do now what is due, without a worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outbox.leases import retry
from outbox.models import LeasedQuerySet
from outbox.registry import TABLES
from outbox.work import backlog, run_all


class Command(BaseCommand):
    help = "Handles everything that is due in the outbox now and prints counts. Safe beside running workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry-parked", action="store_true", help="make parked items due again first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry_parked"]:
            for table in TABLES.values():
                retry(LeasedQuerySet(table.model).all())
        for label, result in run_all().items():
            rest = backlog()[label]
            self.stdout.write(
                f"{label}: {result.done} done, {result.failed} failed, {result.parked} parked now; "
                f"{rest['waiting']} waiting, {rest['parked']} parked in all"
            )
