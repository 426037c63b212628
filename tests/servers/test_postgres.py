"""The PostgreSQL starter: a real server, and nothing left of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.servers import keeper
from tests.servers.keeper import temporary_folder
from tests.servers.postgres import cluster, main, postgres, socket_url

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def folder_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_a_started_server_takes_statements_and_leaves_no_folder_behind() -> None:
    with postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE school ENCODING 'UTF8'")
            row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()
        assert row is not None
        assert row[0] >= 150000
        assert folder_of(url).is_dir()

    assert not folder_of(url).exists()


def test_what_was_committed_survives_a_crash() -> None:
    with temporary_folder("pg-") as folder, cluster(folder, synchronous_commit="on") as server:
        with psycopg.connect(socket_url(folder)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.crash()
        server.start()
        with psycopg.connect(socket_url(folder)) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_it_listens_on_its_socket_only() -> None:
    with postgres() as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_database_given_by_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@elsewhere/school")

    with postgres() as url:
        assert url == "postgres://me@elsewhere/school"


def test_a_sqlite_address_in_the_environment_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/school.sqlite3")

    with postgres() as url:
        assert url.startswith("postgres://")


def test_the_command_line_hands_the_address_on_and_returns_the_commands_code() -> None:
    program = "import os, psycopg, sys; psycopg.connect(os.environ['DATABASE_URL']).close(); sys.exit(7)"

    assert main(["--", sys.executable, "-c", program]) == 7


def test_the_command_line_without_a_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().err


def test_a_killed_user_leaves_neither_server_nor_folder() -> None:
    program = (
        "import sys, time\n"
        "from tests.servers.postgres import postgres\n"
        "with postgres() as url:\n"
        "    print(url, flush=True)\n"
        "    time.sleep(600)\n"
    )
    user = subprocess.Popen([sys.executable, "-c", program], cwd=keeper.ROOT, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    with user.stdout:
        folder = folder_of(user.stdout.readline().strip())
        assert folder.is_dir()

        os.kill(user.pid, signal.SIGKILL)
        user.wait()

    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
