"""What Prometheus is told."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.base import PageRequest
from contracts.errors import Forbidden
from contracts.leaves import LeavesService
from kernel.models import Delivery
from kernel.registry import services
from tests import actors

pytestmark = pytest.mark.django_db


def figures(**headers: str) -> dict[str, float]:
    """By name and labels, as they are written."""
    page = Client().get("/metrics", headers=headers)
    assert page.status_code == 200
    lines = page.content.decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def call(outcome: str) -> str:
    labels = f'binding="local",module="leaves",operation="own",outcome="{outcome}"'
    return f"module_calls_total{{{labels}}}"


def test_calls_of_modules_are_counted_by_how_they_end() -> None:
    before = figures()
    leaves = services.get(LeavesService)
    leaves.own(actor=actors.student(), page=PageRequest())
    with pytest.raises(Forbidden):
        leaves.own(actor=actors.hod(), page=PageRequest())
    after = figures()
    for outcome in ("answered", "refused"):
        assert after[call(outcome)] - before.get(call(outcome), 0) == 1


def test_requests_and_statements_are_counted() -> None:
    before, after = figures(), figures()
    requests = "django_http_requests_before_middlewares_total"
    statements = 'database_statements_total{database="default"}'
    assert after[requests] == before[requests] + 1
    assert after[statements] > before[statements]


def test_what_waits_in_the_outbox_is_told_with_its_age() -> None:
    assert figures()['outbox_depth{database="default"}'] == 0
    day = date(2031, 1, 6)
    services.get(LeavesService).apply(actor=actors.student(), first_day=day, last_day=day, reason="A wedding")
    found = figures()
    waiting = Delivery.objects.count()
    assert waiting >= 1
    assert found['outbox_depth{database="default"}'] == waiting
    assert found['deliveries{database="default",state="pending"}'] == waiting
    assert found['outbox_age_seconds{database="default"}'] > 0


def test_with_a_token_only_who_has_it_is_told(settings: Settings) -> None:
    settings.METRICS_TOKEN = "t" * 32
    for wrong in ({}, {"Authorization": "Bearer other"}, {"Authorization": "t" * 32}):
        assert Client().get("/metrics", headers=wrong).status_code == 401
    assert figures(Authorization=f"Bearer {'t' * 32}")


def test_production_without_a_token_has_no_metrics(settings: Settings) -> None:
    settings.METRICS_TOKEN, settings.METRICS_OPEN = "", False
    assert Client().get("/metrics").status_code == 404
