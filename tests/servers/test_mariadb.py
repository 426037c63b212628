"""The MariaDB starter: a real server, nothing left of it, and a way to get it where there is none."""

import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.servers import mariadb as starter
from tests.servers.mariadb import main, mariadb

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MYSQL_URL", raising=False)


@pytest.mark.mysql
def test_a_started_server_leaves_no_folder_behind() -> None:
    with mariadb() as url:
        socket = Path(dict(parse_qsl(urlsplit(url).query))["unix_socket"])
        assert socket.is_socket()
    assert not socket.parent.exists()


@pytest.mark.mysql
def test_the_command_line_hands_the_address_on_and_returns_the_commands_code() -> None:
    program = "import os, sys; sys.exit(7 if os.environ['MYSQL_URL'].startswith('mysql://root@') else 1)"
    assert main(["--", sys.executable, "-c", program]) == 7


def test_a_server_given_by_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_URL", "mysql://root@elsewhere/")
    with mariadb() as url:
        assert url == "mysql://root@elsewhere/"


def test_where_there_is_none_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(starter, "ADMIN_PLACES", ())
    with pytest.raises(RuntimeError, match="apt-get install mariadb-server-core"), mariadb():
        pass
