"""What one has to oneself is nobody else's for as long."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from django.db import connections

from kernel.locks import alone_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("in_memory", [True, False])
def test_with_sqlite_a_thread_waits_for_another(
    in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not in_memory:
        (tmp_path / "school.sqlite3").touch()
        name = str(tmp_path / "school.sqlite3")
        monkeypatch.setattr("kernel.locks._name_of", lambda connection: name)
    _one_after_the_other("thing", "thing")


@pytest.mark.postgres
def test_on_a_server_a_thread_waits_for_another_of_the_same_thing_only() -> None:
    _one_after_the_other("thing", "thing")
    with alone_with("leaves", "one"), ThreadPoolExecutor(1) as threads:
        threads.submit(_enter, "another", Event()).result(timeout=30)


def _one_after_the_other(first: str, second: str) -> None:
    entered = Event()
    with ThreadPoolExecutor(1) as threads:
        with alone_with("leaves", first):
            waiting = threads.submit(_enter, second, entered)
            assert not entered.wait(timeout=0.2)
        waiting.result(timeout=30)
    assert entered.is_set()


def _enter(name: str, entered: Event) -> None:
    try:
        with alone_with("leaves", name):
            entered.set()
    finally:
        connections.close_all()
