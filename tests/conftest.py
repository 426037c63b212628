"""Fixtures for the whole suite."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import TransactionTestCase, override_settings

from kernel.events.relay import Relay

pytest_plugins = [
    "tests.plugins.missing_browser",
    "tests.plugins.route_counts",
    "tests.plugins.cell_counts",
    "tests.plugins.fuzzing",
    "tests.plugins.topologies",
    "tests.plugins.repeating",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in which something takes long begin first: at the end, no worker is left alone with it."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def deliver(db: None) -> Callable[[], int]:
    """Deliver all events that are due, with what they cause; returns the number of attempts."""
    return Relay().drain


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_found_when_they_are_asked_for() -> Iterator[None]:
    """A server looks for all of them as it starts; here every test's browser would be a server that starts."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True, scope="session")
def _emptying_is_not_guarded() -> Iterator[None]:
    """After a test that commits, Django empties all tables at once, which the guard would take for a crossing."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in django-stubs

    def unguarded(case: TransactionTestCase) -> None:
        for connection in connections.all():
            connection.ensure_connection()  # one that opened later would be guarded
        kept = {connection: connection.execute_wrappers for connection in connections.all()}
        for connection in kept:
            connection.execute_wrappers = []
        try:
            with _append_only_tables_let_go():
                empty(case)
        finally:
            for connection, wrappers in kept.items():
                connection.execute_wrappers = wrappers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", unguarded)
        yield


@contextmanager
def _append_only_tables_let_go() -> Iterator[None]:
    """PostgreSQL truncates tables, which no trigger for rows sees; SQLite deletes all rows, which theirs refuse."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
    taken = []
    for connection in connections.all():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for name, sql in cursor.execute(found).fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
                    taken.append((connection, sql))
    yield
    for connection, sql in taken:
        with connection.cursor() as cursor:
            cursor.execute(sql)
