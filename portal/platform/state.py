"""How a municipality is, for those who look after several: in numbers and dates, without any case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from accounts.models import Membership
from accounts.policy import GRANTS, Permission
from cases.models import Case
from geo.models import Municipality
from notifications.failures import failures


@dataclass(frozen=True)
class State:
    """One municipality. `mails`: how many do not get through. `people`: who can log in, `administrators` of them."""

    town: Municipality
    last_report: datetime | None
    last_login: datetime | None
    mails: int
    people: int
    administrators: int

    @property
    def calm(self) -> bool:
        """Whether nobody needs to do anything."""
        return not self.mails and (self.administrators > 0 or not self.town.active)


def states(towns: list[Municipality]) -> list[State]:
    """In the order given; four queries, however many there are."""
    ids = [town.pk for town in towns]
    reports = dict(
        Case.objects.real()
        .filter(municipality__in=ids)
        .order_by()
        .values_list("municipality")
        .annotate(last=Max("submitted_at"))
    )
    mails = dict(failures().filter(municipality__in=ids).order_by().values_list("municipality").annotate(n=Count("pk")))
    rows = Membership.objects.filter(municipality__in=ids, user__is_active=True).order_by()
    people: dict[int, dict[str, Any]] = {
        row["municipality"]: dict(row)
        for row in rows.values("municipality").annotate(n=Count("user", distinct=True), last=Max("user__last_login"))
    }
    roles = [role.value for role, permissions in GRANTS.items() if Permission.ADMINISTER in permissions]
    admins = dict(rows.filter(role__in=roles).values_list("municipality").annotate(n=Count("user", distinct=True)))
    return [
        State(
            town,
            reports.get(town.pk),
            people.get(town.pk, {}).get("last"),
            mails.get(town.pk, 0),
            people.get(town.pk, {}).get("n", 0),
            admins.get(town.pk, 0),
        )
        for town in towns
    ]
