"""What `manage.py doctor` looks at, in order: settings, database, what runs, what the platform reaches.

What can be judged at any time comes from `judging`, what /readyz asks from `portal.health`; here stands only what takes
too long, or asks too far outside, to be asked every minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, NotSupportedError, connection
from django.http.request import validate_host
from django.utils import timezone

from accounts.models import User
from geo.models import Municipality
from geo.spatial_index import unsound
from net.guard import NetError, resolves
from net.sealed import Unreadable
from net.smtp import Relay
from portal import health
from portal.backup.release import commit, version
from portal.watch import surroundings
from portal.watch.facts import gather
from portal.watch.judging import Finding, judge
from portal.watch.policy import CLOCK_SKEW, Level

RELAY_SECONDS = 10.0
RELAYS = 20
"""So many relays of municipalities are asked."""


def examine(*, at: datetime) -> Iterator[Finding]:
    """Look at everything; without a database what needs one is left out. English, but for what `judging` says."""
    yield Finding("version", Level.OK, "Version", f"{version()} {commit()[:12]}".strip())
    yield from surroundings.settings_findings()
    probes = {name: _probed(name, check) for name, check in health.CHECKS.items()}
    yield from probes.values()
    if probes["database"].is_ok:
        try:
            yield from _database()
            yield from judge(gather(at=at))
            yield from _people()
            yield from _relays()
            yield from _hosts()
        except (DatabaseError, InterfaceError) as error:
            if probes["migrations"].is_ok:  # else it is no wonder that tables or columns are missing
                yield Finding("database", Level.FAILURE, "Database", str(error).strip(), "Look into its log.")
    yield from surroundings.file_findings()


def _probed(name: str, check: health.Check) -> Finding:
    """What /readyz asks, with the reason and what to do."""
    titles = {
        "database": ("Database answers", "Is DATABASE_URL right, and does the server run?"),
        "migrations": (
            "Migrations",
            "Run manage.py migrate, with a backup before it (script/upgrade does both).",
        ),
        "broker": (
            "Broker",
            "Is REDIS_URL right, and does Redis run? Without REDIS_URL: can DATA_DIR be written?",
        ),
        "storage": ("Storage can be written", "Give DATA_DIR/files to the user the platform runs as."),
        "cache": ("Cache", "Is REDIS_URL right? Without REDIS_URL: can DATA_DIR/cache be written?"),
    }
    title, advice = titles.get(name, (name, ""))
    try:
        check()
    except Exception as error:  # noqa: BLE001  whatever a probe raises is the finding
        return Finding(name, Level.FAILURE, title, f"{type(error).__name__}: {error}".strip(), advice)
    return Finding(name, Level.OK, title, "yes")


def _database() -> Iterator[Finding]:
    title = "Database version"
    spatial = ".".join(str(part) for part in connection.ops.spatial_version)  # type: ignore[attr-defined]
    name = "PostGIS" if connection.vendor == "postgresql" else "SpatiaLite"
    numbers = ".".join(str(part) for part in connection.get_database_version())
    text = f"{connection.display_name} {numbers}, {name} {spatial}"
    try:
        connection.check_database_version_supported()
        yield Finding("database_version", Level.OK, title, text)
    except NotSupportedError as error:
        yield Finding("database_version", Level.FAILURE, title, f"{text}: {error}", "Upgrade the database server.")

    missing, title = unsound(), "Spatial indexes"
    if missing:
        names = ", ".join(missing)
        yield Finding("spatial_indexes", Level.FAILURE, title, names, "manage.py migrate makes them anew.")
    else:
        yield Finding("spatial_indexes", Level.OK, title, "in order")

    if connection.vendor == "postgresql":
        before = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs = cursor.fetchone()[0]
        skew = abs(theirs - (before + (timezone.now() - before) / 2))
        text = f"{skew.total_seconds():.1f} seconds apart from the database"
        level = Level.OK if skew <= CLOCK_SKEW else Level.FAILURE
        advice = "" if level is Level.OK else "Let both machines keep their time by NTP (timedatectl)."
        yield Finding("clock", level, "Clock", text, advice)


def _people() -> Iterator[Finding]:
    title = "Platform administrator"
    count = User.objects.filter(is_superuser=True, is_active=True).count()
    if count:
        yield Finding("administrator", Level.OK, title, f"{count} with this right")
    else:
        yield Finding("administrator", Level.WARNING, title, "nobody", "Run manage.py createsuperuser.")


def _relays() -> Iterator[Finding]:
    """The platform's relay and the municipalities' own, all the way to the login."""
    if not settings.SMTP_URL and not settings.DEMO:
        text = f"Mails are written to {settings.MAIL_DIR} and reach nobody."
        yield Finding("relay", Level.FAILURE, "Mail relay", text, "Set SMTP_URL.")
    else:
        yield _relay("relay", "Mail relay", str(settings.RELAY_URL))
    asked = {str(settings.RELAY_URL)}
    rows = Municipality.objects.filter(active=True).exclude(smtp_relay="").defer("boundary").order_by("pk")
    for town in rows[:RELAYS]:
        title = f"Mail relay of {town.title}"
        try:
            url = town.relay_url()
        except Unreadable:
            advice = "SECRET_KEY has changed: put the former one into SECRET_KEY_FALLBACKS, or enter the password anew."
            yield Finding(f"relay.{town.slug}", Level.FAILURE, title, "its password cannot be read", advice)
            continue
        if url and url not in asked and not settings.DEMO:
            asked.add(url)
            yield _relay(f"relay.{town.slug}", title, url)


def _relay(key: str, title: str, url: str) -> Finding:
    try:
        with Relay(url, timeout=RELAY_SECONDS / 2, total=RELAY_SECONDS) as relay:
            relay.check()
    except NetError as error:
        advice = "Are host, port, user and password right, and is there a way through the firewall?"
        return Finding(key, Level.FAILURE, title, error.log_text, advice)
    return Finding(key, Level.OK, title, "answers")


def _hosts() -> Iterator[Finding]:
    """Whether citizens get to each municipality by its name."""
    for town in Municipality.objects.filter(active=True).defer("boundary").order_by("slug"):
        key, title = f"host.{town.slug}", f"Host name {town.host}"
        if not validate_host(town.host, settings.ALLOWED_HOSTS):
            advice = "Add it to ALLOWED_HOSTS (and to CSRF_TRUSTED_ORIGINS)."
            yield Finding(key, Level.FAILURE, title, "is refused by ALLOWED_HOSTS", advice)
        elif town.host == "localhost" or town.host.endswith(".localhost"):
            level = Level.WARNING if settings.HTTPS else Level.OK
            yield Finding(key, level, title, "reaches browsers of this machine only")
        elif not resolves(town.host):
            yield Finding(key, Level.FAILURE, title, "leads nowhere", "Enter it in the DNS.")
        else:
            yield Finding(key, Level.OK, title, "leads to a machine")
