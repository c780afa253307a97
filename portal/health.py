"""What a supervisor or load balancer asks: is the process alive, may it get requests."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from portal.backup import nightly
from portal.celery import app
from portal.outage import outage
from portal.watch import beats

Check = Callable[[], None]

log = structlog.get_logger("anliegen.health")


def process() -> HttpResponse:
    """200 as soon as the process answers at all."""
    return JsonResponse({"status": "ok"})


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise RuntimeError(f"{len(missing)} migrations are not applied")


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def _storage() -> None:
    name = default_storage.save("health/probe", ContentFile(b"ok"))
    default_storage.delete(name)


def _cache() -> None:
    cache.set("health", 1, 10)
    if cache.get("health") != 1:
        raise RuntimeError("the cache forgets")


CHECKS: dict[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "storage": _storage,
    "cache": _cache,
}


def ready() -> HttpResponse:
    """200 if database, migrations, broker, storage and cache answer, else 503 with the names of what does not.

    The reason goes to the log, not to the answer: it may name hosts. When the last nightly backup was made is told
    as well, and whether worker and scheduler are at work; neither makes the web process unready.
    """
    checks = {}
    for name, check in CHECKS.items():
        try:
            check()
            checks[name] = "ok"
        except Exception as error:  # noqa: BLE001  every failure means "not ready" and is logged
            log.error(
                "not_ready",
                check=name,
                error=type(error).__name__,
                outage=outage(error),
                detail=str(error) if settings.DEBUG else "",
            )
            checks[name] = "failed"
    good = all(result == "ok" for result in checks.values())
    told = {"status": "ok" if good else "failed", "checks": checks, "backup": nightly.status().word}
    if good:
        told["work"] = "silent" if beats.silent(timezone.now()) else "ok"
    return JsonResponse(told, status=200 if good else 503)
