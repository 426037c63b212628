"""The compose files, the one of the house and those that `manage.py topology` writes: an engine would take them, and
they run the image as it is meant to be run.
"""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from django.core.management import call_command
from pydantic import BaseModel, ConfigDict, Field

from config.settings.environment import MODULES
from config.topology.plan import named
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only

HOUSE = "compose.yaml"
ALL = [HOUSE, "monolith", "microservices", *(f"lifted:{module}" for module in MODULES)]
IMAGE = "student-management-system"
MIGRATE = ["python", "manage.py", "migrate", "--no-input"]
VARIABLE = re.compile(r"\$(?!\{\w+(:?[-?][^{}]*)?\})")
"""A dollar with which no variable begins that compose knows."""


class Strict(BaseModel):
    """What compose files may hold, as far as these do: a key that is not named here is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Healthcheck(Strict):
    test: list[str] = []
    interval: str = "30s"
    timeout: str = "30s"
    retries: int = 3
    disable: bool = False


class Dependency(Strict):
    condition: Literal["service_healthy", "service_completed_successfully"]


class Service(Strict):
    image: str
    build: str | None = None
    command: list[str] | None = None
    user: str | None = None
    restart: Literal["no", "unless-stopped"]
    read_only: bool = False
    tmpfs: list[str] = []
    cap_drop: list[str] = []
    security_opt: list[str] = []
    volumes: list[str]
    ports: list[str] = []
    environment: dict[str, str] = {}
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None

    @property
    def is_well_checked(self) -> bool:
        """By itself, or by the image: that of the house has a check of its own."""
        return not self.healthcheck.disable if self.healthcheck else self.image == IMAGE


class Compose(Strict):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    services: dict[str, Service]
    volumes: dict[str, dict[str, str] | None]

    @property
    def ours(self) -> dict[str, Service]:
        return {name: service for name, service in self.services.items() if service.image == IMAGE}

    @property
    def servers(self) -> dict[str, Service]:
        return {name: service for name, service in self.ours.items() if not service.command}


def read(name: str, folder: Path) -> Compose:
    """The file as an engine reads it: anchors followed, what begins with `x-` left out."""
    path = ROOT / HOUSE
    if name != HOUSE:
        call_command("topology", name, out=folder, verbosity=0)
        path = folder / HOUSE
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return Compose.model_validate({key: value for key, value in content.items() if not key.startswith("x-")})


@pytest.fixture(params=ALL)
def compose(request: pytest.FixtureRequest, tmp_path: Path) -> Compose:
    return read(request.param, tmp_path)


def dockerfile(pattern: str) -> str:
    """What the image says of itself."""
    (found,) = re.findall(pattern, (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return str(found)


def test_an_engine_would_take_it(compose: Compose) -> None:
    mounted = {volume.partition(":")[0] for service in compose.services.values() for volume in service.volumes}
    assert {name for name in mounted if not name.startswith(".")} == set(compose.volumes)
    for name, service in compose.services.items():
        assert not VARIABLE.search(json.dumps(service.model_dump())), name
        for other, dependency in service.depends_on.items():
            needed = compose.services[other]
            ends = dependency.condition == "service_completed_successfully"
            assert ends == (needed.restart == "no"), (name, other)
            assert ends or needed.is_well_checked, (name, other)


def test_the_image_runs_as_its_own_user_and_writes_to_its_volume_alone(compose: Compose) -> None:
    assert dockerfile(r"^USER (.+)$") not in ("0", "root")
    volume = dockerfile(r"^VOLUME (.+)$")
    assert dockerfile(r"MEDIA_ROOT=(\S+)") == volume
    assert compose.ours
    for name, service in compose.ours.items():
        assert service.user is None, name  # the image's own
        assert (service.read_only, service.cap_drop) == (True, ["ALL"]), name
        assert service.security_opt == ["no-new-privileges:true"], name
        assert [place.partition(":")[2] for place in service.volumes] == [volume], name
        assert service.command in (None, MIGRATE), name


def test_each_server_starts_on_a_migrated_database_that_is_its_own(compose: Compose) -> None:
    for name, service in compose.servers.items():
        (migration,) = [other for other in service.depends_on if other in compose.ours]
        assert compose.services[migration].command == MIGRATE
        assert compose.services[migration].environment == service.environment, name
        assert compose.services[migration].volumes == service.volumes, name
    databases = [service.environment["DATABASE_URL"] for service in compose.servers.values()]
    assert len(set(databases)) == len(databases)


def test_the_house_is_reached_at_the_port_of_its_image(tmp_path: Path) -> None:
    port = dockerfile(r"^EXPOSE (\d+)$")
    assert dockerfile(r" PORT=(\d+)") == port
    web = read(HOUSE, tmp_path).services["web"]
    assert "PORT" not in web.environment
    assert [place.rpartition(":")[2] for place in web.ports] == [port]


@pytest.mark.parametrize("name", ALL[1:])
def test_only_the_gateway_is_reached_and_asks_each_server_at_its_port(name: str, tmp_path: Path) -> None:
    compose = read(name, tmp_path)
    assert {service for service, what in compose.services.items() if what.ports} == {"gateway"}
    asked = dict(re.findall(r"server (\w+):(\d+);", (tmp_path / "gateway.conf").read_text()))
    assert asked == {unit: service.environment["PORT"] for unit, service in compose.servers.items()}
    assert set(compose.servers) == {unit.name for unit in named(name).units}
