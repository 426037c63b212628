"""Health is real: it falls when the database or the delivery of events does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.utils import timezone
from psycopg_pool import ConnectionPool, PoolTimeout

from config.settings.environment import database
from contracts.leaves import LeavesService
from kernel import health
from kernel.models import Delivery, OutboxEvent
from kernel.registry import Services, services
from tests.kernel.rpc.unreliable import Reply, unreliable

pytestmark = pytest.mark.django_db


def test_a_sound_process_is_healthy_to_anybody_who_asks(client: Client) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert response["X-Request-ID"]


def overdue_delivery() -> None:
    now = timezone.now()
    event = OutboxEvent.objects.create(
        uid=uuid4(), type_id="x", aggregate="x", body={}, request_id="x", published_at=now
    )
    Delivery.objects.create(event=event, consumer="x", aggregate="x", due_at=now - timedelta(hours=1))


def test_events_that_wait_too_long_make_it_unhealthy(client: Client) -> None:
    overdue_delivery()
    response = client.get("/health")
    assert response.status_code == 503
    assert [c["name"] for c in response.json()["checks"] if not c["ok"]] == ["outbox:default"]


def test_a_database_that_does_not_answer_makes_it_unhealthy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __getitem__(self, alias: str) -> object:
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connections", Broken())
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["checks"][0] == {"name": "database:default", "ok": False, "detail": "DatabaseError"}


def test_a_server_that_is_away_is_not_waited_for_as_long_as_requests_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    def nobody_there(pool: ConnectionPool, timeout: float | None = None) -> None:
        waited.append(timeout)
        raise PoolTimeout

    server = DatabaseWrapper(connections.settings["default"] | database("postgres://postgres@nowhere/school"), "away")
    monkeypatch.setattr(ConnectionPool, "open", lambda pool: None)
    monkeypatch.setattr(ConnectionPool, "getconn", nobody_there)
    monkeypatch.setattr(health, "connections", {"default": server})
    checks = client.get("/health").json()["checks"]
    assert checks[0] == {"name": "database:default", "ok": False, "detail": "OperationalError"}
    assert waited == [health.PATIENCE]


def test_the_status_of_all_contexts_tells_where_each_lives(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = client.get("/api/v1/services/status").json()
    assert set(body["services"]) >= {"users", "leaves"}
    assert body["services"]["leaves"] == {"binding": "local", "healthy": True}
    monkeypatch.setattr(services, "_bound", {i: b for i, b in services._bound.items() if i is not LeavesService})
    response = client.get("/api/v1/services/status")
    assert (response.status_code, response.json()["status"]) == (503, "degraded")
    assert response.json()["services"]["leaves"] == {"binding": "absent", "healthy": False}


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_a_module_elsewhere_is_asked_how_it_is(
    client: Client, monkeypatch: pytest.MonkeyPatch, status: int, healthy: bool
) -> None:
    with unreliable(lambda request: Reply(status)) as server:
        elsewhere = Services()
        elsewhere.connect(LeavesService, server.url)
        monkeypatch.setattr(health, "services", elsewhere)
        body = client.get("/api/v1/services/status").json()
    assert body["services"]["leaves"] == {"binding": "http", "healthy": healthy}
    assert [request.path for request in server.requests] == ["/health"]
