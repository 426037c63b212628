"""What `manage.py topology` writes: units that start with it, and a gateway that lets nothing internal in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.core.management import CommandError, call_command

from config.settings.environment import MODULES, Environment
from config.topology import gateway, plan
from config.topology.plan import named
from tests.launch.serving import free_port
from tests.servers.nginx import nginx

pytestmark = pytest.mark.sqlite_only

ALL = ["monolith", "microservices", *(f"lifted:{module}" for module in MODULES)]
SECRETS = {
    "SECRET_KEY": "k" * 40,
    "SERVICE_SECRET": "s" * 40,
    "DATABASE_PASSWORD": "pw",
    "SCHOOL_HOST": "school.example",
    "TRUSTED_PROXIES": "1",
}


def written(name: str, folder: Path) -> tuple[dict[str, Any], str]:
    call_command("topology", name, out=folder, verbosity=0)
    compose = (folder / "compose.yaml").read_text()
    content = "".join(line for line in compose.splitlines(keepends=True) if not line.startswith("#"))
    return json.loads(content), (folder / "gateway.conf").read_text()


def filled_in(text: str) -> str:
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda m: SECRETS[m.group(1)], text)


@pytest.mark.parametrize("name", ALL)
def test_every_module_runs_once_and_every_unit_accepts_its_environment(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose, _ = written(name, tmp_path)
    running: list[str] = []
    pages = 0
    for unit in plan.named(name).units:
        given = compose["services"][unit.name]["environment"]
        with monkeypatch.context() as patch:
            for variable in (*Environment.model_fields, *(f"{m}_URL" for m in MODULES)):
                patch.delenv(variable.upper(), raising=False)
            for variable, value in given.items():
                patch.setenv(variable, filled_in(value))
            environment = Environment()
        running += environment.local_modules
        pages += environment.serves_pages
        assert environment.local_modules == unit.modules
        assert set(environment.module_urls) == set(MODULES) - set(unit.modules)
    assert sorted(running) == sorted(MODULES)
    assert pages == 1


@pytest.mark.parametrize("name", ALL)
def test_the_gateway_sends_every_address_home(name: str, tmp_path: Path) -> None:
    _, gateway = written(name, tmp_path)
    routes = dict(re.findall(r"location (\S+) \{\s+proxy_pass http://(\w+);", gateway))
    topology = plan.named(name)
    for module in MODULES:
        assert routes[f"/api/v1/{module}/"] == topology.home_of(module).name
    assert routes["/api/v1/auth/"] == topology.home_of("users").name
    assert routes["/payments/webhook/"] == topology.home_of("finance").name
    assert routes["/"] == topology.home_of("portal").name
    assert "/internal/" not in routes
    assert re.search(r"location /internal/ \{\s+return 404;", gateway)


def test_microservices_listen_where_the_house_has_always_said(tmp_path: Path) -> None:
    _, gateway = written("microservices", tmp_path)
    assert "listen 8080;" in gateway
    ports = dict(re.findall(r"server (\w+):(\d+);", gateway))
    assert (ports["users"], ports["attendance"], ports["finance"]) == ("8000", "8002", "8007")


@pytest.mark.parametrize("name", ["lifted", "lifted:portal", "cluster"])
def test_other_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no topology"):
        call_command("topology", name, out=tmp_path)


def test_while_a_unit_is_down_the_gateway_says_so_to_people_and_to_programs() -> None:
    door, nobody = free_port(), free_port()
    configuration = gateway.configuration(
        named("monolith"), listen=f"127.0.0.1:{door}", address=lambda unit: f"127.0.0.1:{nobody}"
    )
    with nginx(configuration):
        page, problem = (
            urllib3.request("GET", f"http://127.0.0.1:{door}{path}", retries=False) for path in ("/", "/api/v1/leaves/")
        )
    assert (page.status, page.headers.getlist("Content-Type")) == (503, ["text/html; charset=utf-8"])
    assert page.data.startswith(b"<!doctype html>")
    assert (problem.status, problem.headers.getlist("Content-Type")) == (503, ["application/problem+json"])
    assert (problem.json()["status"], problem.headers["Retry-After"]) == (503, "5")
