"""The Valkey starter: a real server, and nothing left of it."""

import sys
from pathlib import Path

import pytest
from kombu import Connection
from redis import Redis

from config.settings.environment import broker
from tests.servers.valkey import main, valkey

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_a_started_server_keeps_values_and_leaves_no_folder_behind() -> None:
    with valkey() as url:
        client = Redis.from_url(url, decode_responses=True)
        client.set("key", "value")
        assert client.get("key") == "value"
        client.close()
        folder = Path(url.removeprefix("unix://").split("?")[0]).parent
        assert folder.is_dir()

    assert not folder.exists()


def test_celery_reaches_it_by_its_own_spelling_of_the_address() -> None:
    with valkey() as url, Connection(broker(url)) as connection:
        connection.ensure_connection(max_retries=1)
        assert connection.connected


def test_a_server_given_by_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/3")

    with valkey() as url:
        assert url == "redis://elsewhere:6379/3"


def test_the_command_line_hands_the_address_on_and_returns_the_commands_code() -> None:
    program = "import os, redis, sys; sys.exit(7 if redis.Redis.from_url(os.environ['REDIS_URL']).ping() else 1)"

    assert main(["--", sys.executable, "-c", program]) == 7
