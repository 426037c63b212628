"""What Prometheus is told at `/metrics`: requests (django-prometheus counts them), statements, calls of modules, and
how far events lag behind.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from contracts.errors import DomainError, ModuleUnavailable
from kernel.databases import module_aliases

STATEMENTS = Counter("database_statements", "SQL statements, by database.", ["database"])
CROSSINGS = Counter(
    "boundary_crossings", "Statements that reached over a module's border, by whose code sent them.", ["module"]
)
CALLS = Counter(
    "module_calls",
    "Operations that were asked of modules: answered, refused by a rule, or failed.",
    ["module", "operation", "binding", "outcome"],
)


def counted(call: Callable[..., Any], *, module: str, operation: str, binding: str) -> Callable[..., Any]:
    """The same call, which says how it ended."""

    @cache
    def outcome(name: str) -> Counter:
        return CALLS.labels(module, operation, binding, name)

    def counting(**arguments: Any) -> Any:
        try:
            result = call(**arguments)
        except ModuleUnavailable:
            outcome("failed").inc()
            raise
        except DomainError:
            outcome("refused").inc()
            raise
        except BaseException:
            outcome("failed").inc()
            raise
        outcome("answered").inc()
        return result

    return counting


class Outbox(Collector):
    """The deliveries of each database as they are now."""

    def collect(self) -> Iterator[Metric]:
        # Not above: what these stand on is counted here.
        from kernel.health import outbox_lag
        from kernel.models import Delivery, DeliveryState

        waiting = GaugeMetricFamily("outbox_depth", "Deliveries that are not done.", labels=["database"])
        age = GaugeMetricFamily("outbox_age_seconds", "How long the oldest that is due waits.", labels=["database"])
        states = GaugeMetricFamily("deliveries", "Deliveries by state.", labels=["database", "state"])
        for alias in module_aliases():
            counts = dict(Delivery.objects.using(alias).order_by().values_list("state").annotate(n=Count("pk")))
            for state in DeliveryState:
                states.add_metric([alias, state.value], counts.get(state.value, 0))
            waiting.add_metric([alias], counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.CLAIMED, 0))
            age.add_metric([alias], outbox_lag(alias).total_seconds())
        yield from (waiting, age, states)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics`: with METRICS_TOKEN as bearer token; without that setting it is there locally, and not in production.

    All processes of a server are added up, in the folder that its supervisor names in PROMETHEUS_MULTIPROC_DIR.
    """
    if settings.METRICS_TOKEN:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    elif not settings.METRICS_OPEN:
        return HttpResponseNotFound()
    live = CollectorRegistry()
    live.register(Outbox())
    return HttpResponse(generate_latest(_processes()) + generate_latest(live), content_type=CONTENT_TYPE_LATEST)


def _processes() -> CollectorRegistry:
    """What this process has counted, or all processes of the server together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
