"""The nginx starter: a real server, nothing left of it, and a way to get it where there is none."""

import pytest
import urllib3

from tests.launch.serving import free_port
from tests.servers import nginx as starter
from tests.servers.nginx import nginx

pytestmark = pytest.mark.sqlite_only


def test_it_serves_what_it_is_given_as_long_as_the_block_runs() -> None:
    port = free_port()
    with nginx(f'server {{ listen 127.0.0.1:{port}; location / {{ return 200 "gateway"; }} }}'):
        assert urllib3.request("GET", f"http://127.0.0.1:{port}/").data == b"gateway"

    with pytest.raises(urllib3.exceptions.MaxRetryError):
        urllib3.request("GET", f"http://127.0.0.1:{port}/", retries=0)


def test_a_mistake_in_the_configuration_is_told_in_nginx_own_words() -> None:
    with pytest.raises(RuntimeError, match="unknown directive"), nginx("no_such_thing;"):
        pass


def test_where_there_is_none_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(starter, "ADMIN_PLACES", ())

    with pytest.raises(RuntimeError, match="apt-get install nginx-light"), nginx(""):
        pass
