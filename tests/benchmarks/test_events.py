"""How many events a second are published, and delivered by either transport, each to its consumers' tables."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from config.launch import background
from config.settings.environment import MODULES
from tests.benchmarks.event_acts import RUN
from tests.portal.prepared import prepare
from tests.processes import environment_for
from tests.servers.keeper import ROOT
from tests.servers.postgres import postgres
from tests.servers.valkey import valkey

pytestmark = pytest.mark.benchmark

EVENTS = 2000
STARTED = "SELECT count(*) FROM kernel_delivery WHERE state = 'done'"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres() as url:
        prepare(url, tmp_path_factory.mktemp("facts") / "facts.json")
        yield url


def act(name: str, url: str, **variables: str) -> float:
    """Seconds that one of `event_acts` took in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, name, str(EVENTS)],
        cwd=ROOT,
        env=environment_for(url) | variables,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.splitlines()[-1])


def consumers(url: str) -> int:
    """How many deliveries one event makes."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM kernel_delivery GROUP BY event_id) AS each"
        ).fetchone()
    assert row
    return int(row[0])


@contextmanager
def processes(url: str, redis: str) -> Iterator[None]:
    """A worker, and a relay that feeds it, as the server of the house has one."""
    environment = environment_for(url) | {"REDIS_URL": redis}
    relay = "import django; django.setup(); from kernel.events import runner; runner.start().join()"
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        for command in (background.worker(MODULES), [sys.executable, "-c", relay])
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=60)


def tell(what: str, seconds: float, each: int) -> None:
    print(f"\n{what}: {EVENTS / seconds:.0f} events/s, {each * EVENTS / seconds:.0f} deliveries/s")


def test_events_per_second(database: str) -> None:
    published = act("publish", database)
    each = consumers(database)
    tell("published, a transaction each", published, each)
    tell("delivered in process", act("deliver", database), each)
    with valkey() as redis:
        act("publish", database)
        with processes(database, redis):
            with psycopg.connect(database) as connection:
                (before,) = connection.execute(STARTED).fetchone() or (0,)
                while connection.execute(STARTED).fetchone() == (before,):
                    time.sleep(0.01)  # until the processes have started
            tell("delivered through Celery", act("wait", database), each)
