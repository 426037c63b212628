"""The house in several processes on loopback: a PostgreSQL database each, and Valkey between them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import urllib3
from psycopg.sql import SQL, Identifier

from config.settings.environment import MODULES, PORTAL
from config.topology.plan import Topology, Unit, named
from tests.launch.serving import free_port
from tests.portal.pages import fields_of
from tests.portal.prepared import Prepared, environment_for, prepare
from tests.portal.school import Somebody
from tests.servers.keeper import ROOT
from tests.servers.postgres import postgres
from tests.servers.valkey import valkey

PATIENCE = 180.0  # seconds, for the slowest machine


def wait_for(condition: Callable[[], object]) -> None:
    """Look again and again until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


@dataclass
class Answer:
    """A page as it came."""

    status: int
    content: bytes
    location: str


@dataclass
class Browser:
    """Somebody who is logged in, or a stranger. Follows no redirect."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: dict[str, Any] | None = None) -> Answer:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def send(self, path: str, form: dict[str, Any]) -> Answer:
        """POST a form that a page of the house has given out."""
        return self._ask("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = urllib3.request(
            method, self.url + path, body=body, headers={**(headers or {}), "Cookie": cookie}, redirect=False
        )
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, answer.data, answer.headers.get("Location", ""))


@dataclass
class House:
    """A topology that runs."""

    topology: Topology
    school: Prepared
    databases: dict[str, str]
    """Unit → URL."""
    addresses: dict[str, str]
    redis: str
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def browser(self, person: Somebody) -> Browser:
        address = self.addresses[self.topology.home_of(PORTAL).name]
        return Browser(address, {"sessionid": self.school.sessions[person.user_id]})

    def rows(self, module: str, sql: str) -> list[tuple[Any, ...]]:
        """What the database of a module's unit holds."""
        with psycopg.connect(self.databases[self.topology.home_of(module).name]) as connection:
            return connection.execute(sql.encode()).fetchall()

    def status(self) -> dict[str, Any]:
        """What the process with the pages says of all modules."""
        address = self.addresses[self.topology.home_of(PORTAL).name]
        services: dict[str, Any] = urllib3.request("GET", f"{address}/api/v1/services/status").json()["services"]
        return services

    def start(self, unit: Unit) -> None:
        """As the image starts: web, worker and beat under one supervisor."""
        port = str(urlsplit(self.addresses[unit.name]).port)
        variables = {
            **environment_for(self.databases[unit.name]),
            **self.topology.variables(unit, lambda one: self.addresses[one.name]),
            "REDIS_URL": self.redis,
            "HOST": "127.0.0.1",
            "PORT": port,
            "WORKERS": "1",
            "MEDIA_ROOT": str(self.folder / unit.name),
        }
        self.processes[unit.name] = subprocess.Popen(
            [sys.executable, "-m", "config.launch.server"], cwd=ROOT, env=variables, start_new_session=True
        )

    def is_up(self, unit: Unit) -> bool:
        assert self.processes[unit.name].poll() is None, f"{unit.name} has ended"
        try:
            return urllib3.request("GET", f"{self.addresses[unit.name]}/health", retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def kill(self, unit: Unit) -> None:
        """SIGKILL to its supervisor, server, worker and beat."""
        supervisor = self.processes.pop(unit.name)
        family = [supervisor.pid, *_descendants(supervisor.pid)]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        supervisor.wait()

    def end(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=PATIENCE)


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *_descendants(child))]


@contextmanager
def running(name: str, folder: Path) -> Iterator[House]:
    """A school in this topology, as long as the block runs."""
    topology = named(name)
    with ExitStack() as stack:
        server = stack.enter_context(postgres())
        redis = stack.enter_context(valkey())
        databases = {
            unit.name: stack.enter_context(_database(server, f"{unit.name}_{os.getpid()}")) for unit in topology.units
        }
        house = House(
            topology,
            _fill(topology, databases, folder),
            databases,
            {unit.name: f"http://127.0.0.1:{free_port()}" for unit in topology.units},
            redis,
            folder,
        )
        stack.callback(house.end)
        for unit in topology.units:
            house.start(unit)
        wait_for(lambda: all(house.is_up(unit) for unit in topology.units))
        yield house


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _fill(topology: Topology, databases: dict[str, str], folder: Path) -> Prepared:
    """One process with all modules makes the school, each module's part in the database of its unit."""
    pages = topology.home_of(PORTAL)
    apart = {
        f"{module.upper()}_DATABASE_URL": databases[topology.home_of(module).name]
        for module in MODULES
        if topology.home_of(module) != pages
    }
    return prepare(databases[pages.name], folder / "facts.json", **apart)


def form_of(page: Answer, action: str = "") -> dict[str, str]:
    """What the page's form would send by itself."""
    return fields_of(page, action)
