"""The server's command line and the container's question to it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.launch import server
from config.launch.healthcheck import host_header, main
from config.launch.server import command
from config.management.commands.serve import address_name
from tests.processes import environment_for
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only


def test_the_server_listens_where_it_is_told() -> None:
    arguments = command(host="127.0.0.1", port=8123, workers=3)

    assert arguments[arguments.index("--port") + 1] == "8123"
    assert arguments[arguments.index("--workers") + 1] == "3"
    assert arguments[-1] == "config.wsgi:application"


@pytest.mark.parametrize("name", ["PORT", "WORKERS"])
def test_what_is_no_number_ends_in_one_line_that_says_which(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "many")
    with pytest.raises(SystemExit, match=f"^This cannot run as configured. {name}: 'many' is no number$"):
        server.main()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "localhost"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("192.168.1.7", "192.168.1.7"),
        ("fd00::7", "[fd00::7]"),
        ("school.example", "school.example"),
    ],
)
def test_the_address_that_is_printed_can_be_opened_in_a_browser(host: str, name: str) -> None:
    assert address_name(host) == name


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("", "localhost"),
        ("*", "localhost"),
        ("school.example, localhost", "school.example"),
        (".school.example", "school.example"),
    ],
)
def test_the_container_asks_by_a_name_that_the_server_answers_to(allowed: str, host: str) -> None:
    assert host_header({"ALLOWED_HOSTS": allowed}) == host


@pytest.mark.parametrize("entrance", ["config.wsgi", "config.asgi", "config.celery, django; django.setup()"])
def test_a_process_that_has_started_collects_its_garbage_again(entrance: str, tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", f"import {entrance}\nimport gc; print(gc.isenabled(), gc.get_freeze_count() > 0)"],
        cwd=ROOT,
        env=environment_for(f"sqlite:///{tmp_path / 'none.sqlite3'}"),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert asked.stdout == "True True\n"


class Health(BaseHTTPRequestHandler):
    """Answers /health with the status its server was given, to the right host only."""

    status = 200

    def do_GET(self) -> None:
        known = self.path == "/health" and self.headers["Host"] == "school.example"
        self.send_response(self.status if known else 404)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def health_port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Health, "status", request.param)
    monkeypatch.setenv("ALLOWED_HOSTS", "school.example")
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("health_port", "code"), [(200, 0), (503, 1)], indirect=["health_port"])
def test_the_container_is_as_well_as_its_server_says(
    health_port: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(health_port))

    assert main() == code
    assert ("503" in capsys.readouterr().err) is bool(code)


def test_a_container_without_a_server_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as closed:
        port = closed.server_port
    monkeypatch.setenv("PORT", str(port))

    assert main() == 1
