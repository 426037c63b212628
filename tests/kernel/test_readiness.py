"""`manage.py modules readiness`: what ties each module to the house is found, measured, or said not to be measured."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from config.settings.environment import MODULES
from kernel import context, readiness
from kernel.guard import Guard
from kernel.metrics import CROSSINGS
from modules.leaves.models import StudentLeave

pytestmark = [pytest.mark.sqlite_only, pytest.mark.django_db]

METRICS = """\
# TYPE django_http_requests_before_middlewares_total counter
django_http_requests_before_middlewares_total 50.0
# TYPE module_calls_total counter
module_calls_total{binding="local",module="leaves",operation="own",outcome="answered"} 60.0
module_calls_total{binding="local",module="leaves",operation="approve",outcome="refused"} 15.0
module_calls_total{binding="local",module="users",operation="own",outcome="answered"} 5.0
# TYPE boundary_crossings_total counter
boundary_crossings_total{module="finance"} 2.0
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "boot_seconds", lambda module: 1.5)


@contextmanager
def house(status: int = 200) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(METRICS.encode())

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/metrics"
        server.shutdown()


def told(capsys: pytest.CaptureFixture[str], **options: str) -> dict[str, dict[str, object]]:
    call_command("modules", "readiness", json=True, **options)
    return {one["module"]: one for one in json.loads(capsys.readouterr().out)}


@pytest.mark.usefixtures("quick")
def test_no_module_imports_another_and_what_only_a_running_house_knows_is_left_open(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys)
    assert found.keys() == set(MODULES)
    assert {one["imports"] for one in found.values()} == {0}
    assert (
        {one["crossings"] for one in found.values()} == {one["calls_per_request"] for one in found.values()} == {None}
    )
    assert found["attendance"]["requires"] == 2
    assert len({one["contract"] for one in found.values()}) == len(MODULES)


@pytest.mark.usefixtures("quick")
def test_a_reference_to_what_is_gone_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    StudentLeave.objects.create(student_id=999_999, reason="Nobody's")
    call_command("modules", "readiness")
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert lines["leaves"][:5] == ["leaves", "no", "0", "-", "1"]
    assert lines["finance"][:5] == ["finance", "yes", "0", "-", "0"]


@pytest.mark.usefixtures("quick")
def test_a_running_house_is_asked_for_calls_and_crossings(capsys: pytest.CaptureFixture[str]) -> None:
    with house() as url:
        found = told(capsys, metrics=url)
    assert (found["leaves"]["calls_per_request"], found["users"]["calls_per_request"]) == (1.5, 0.1)
    assert (found["finance"]["crossings"], found["leaves"]["crossings"]) == (2, 0)


def test_a_house_that_does_not_tell_is_one_line() -> None:
    with house(status=401) as url, pytest.raises(CommandError, match="answers 401"):
        call_command("modules", "readiness", metrics=url)
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("modules", "readiness", metrics=url)


def test_imports_of_strangers_are_found_however_they_are_written(tmp_path: Path) -> None:
    source = (
        "import modules.users.models\nfrom modules import finance\nfrom modules.leaves import rules\nimport portal\n"
    )
    (tmp_path / "service.py").write_text(
        source + "from contracts.users import UsersService\nfrom kernel import audit\n"
    )
    found = list(readiness.imports_of_strangers(tmp_path, "leaves"))
    assert found == ["modules.users.models", "modules.finance", "portal"]


def test_a_module_boots_alone_in_a_process_of_its_own() -> None:
    assert readiness.boot_seconds("feedback") > 0


def test_why_a_module_does_not_come_up_by_itself_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIME_ZONE", "Mars")
    with pytest.raises(CommandError, match=r"does not come up by itself:(.|\n)*'Mars' is no time zone"):
        call_command("modules", "readiness")


def test_a_crossing_in_production_is_counted(settings: Settings) -> None:
    settings.GUARD = "log"
    before = CROSSINGS.labels("finance")._value.get()
    with context.running("finance"):
        Guard(connection)(lambda *_: None, 'SELECT * FROM "leaves_studentleave"', None, False, {})
    assert CROSSINGS.labels("finance")._value.get() == before + 1
