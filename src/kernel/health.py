"""Whether this process can work: its databases, and how far its events lag behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from pydantic import BaseModel

from contracts.base import Service
from kernel.databases import alias_of, module_aliases
from kernel.models import Delivery, DeliveryState
from kernel.registry import services

PATIENCE = 2.0
"""Seconds that a database or another process gets to say how it is."""
LAG_IS_BAD_AFTER = timedelta(minutes=5)


class Check(BaseModel):
    name: str
    ok: bool
    detail: str = ""


def database_check(alias: str) -> Check:
    """Whether the database answers."""
    try:
        _ask(connections[alias])
    except Error as error:
        return Check(name=f"database:{alias}", ok=False, detail=type(error).__name__)
    return Check(name=f"database:{alias}", ok=True)


def _ask(connection: BaseDatabaseWrapper) -> None:
    """Raises Error. While a server is away, its pool would have us wait as long as it has everybody wait."""
    pool = getattr(connection, "pool", None)
    if pool is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return
    pool.open()
    with connection.wrap_database_errors, pool.connection(timeout=PATIENCE) as pooled:
        pooled.execute("SELECT 1")


def outbox_lag(alias: str) -> timedelta:
    """How long the oldest delivery that is due has waited; nothing when none is."""
    oldest = (
        Delivery.objects.using(alias)
        .filter(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED], due_at__lte=timezone.now())
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return timezone.now() - oldest if oldest else timedelta()


def outbox_check(alias: str) -> Check:
    """Whether the oldest event that is due has waited too long, and how many deliveries were given up."""
    try:
        lag = outbox_lag(alias)
        dead = Delivery.objects.using(alias).filter(state=DeliveryState.DEAD).count()
    except Error as error:
        return Check(name=f"outbox:{alias}", ok=False, detail=type(error).__name__)
    return Check(
        name=f"outbox:{alias}", ok=lag < LAG_IS_BAD_AFTER, detail=f"lag {lag.total_seconds():.0f} s, {dead} dead"
    )


def checks_of(alias: str) -> list[Check]:
    """What there is to say of a database; of one that is away, no more than that, since each question waits for it."""
    answers = database_check(alias)
    return [answers, outbox_check(alias)] if answers.ok else [answers]


def health(request: HttpRequest) -> JsonResponse:
    """`/health`: 200 when all checks pass, 503 otherwise."""
    checks = [check for alias in module_aliases() for check in checks_of(alias)]
    ok = all(c.ok for c in checks)
    body = {"status": "ok" if ok else "failing", "checks": [c.model_dump() for c in checks]}
    return JsonResponse(body, status=200 if ok else 503)


def services_status(request: HttpRequest) -> JsonResponse:
    """`/api/v1/services/status`: for each of the contexts where it lives and how it is: whether its database answers,
    or, elsewhere, whether its process says that it is well.
    """
    bindings = {interface: services.binding(interface) for interface in Service.interfaces.values()}
    elsewhere = [interface for interface, binding in bindings.items() if binding == "http"]
    with ThreadPoolExecutor(max_workers=len(elsewhere) or 1) as threads:
        healthy = dict(zip(elsewhere, threads.map(_is_well, elsewhere), strict=True))
    here = {interface: alias_of(interface.module) for interface, binding in bindings.items() if binding == "local"}
    answers = {alias: database_check(alias).ok for alias in set(here.values())}
    healthy |= {interface: answers[alias] for interface, alias in here.items()}
    modules = {
        name: {"binding": bindings[interface], "healthy": healthy.get(interface, False)}
        for name, interface in sorted(Service.interfaces.items())
    }
    ok = all(m["healthy"] for m in modules.values())
    return JsonResponse({"status": "ok" if ok else "degraded", "services": modules}, status=200 if ok else 503)


def _is_well(interface: type[Service]) -> bool:
    return services.target(interface).healthy(seconds=PATIENCE)
