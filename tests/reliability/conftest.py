"""Databases that several processes work on: a SQLite file, or a PostgreSQL database when the suite runs on one."""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.portal.prepared import Prepared, prepare
from tests.processes import Started, environment_for, start
from tests.servers.postgres import SCHEMES


@dataclass(frozen=True)
class Place:
    """A database by its URL."""

    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What it holds now."""
        if self.url.startswith(SCHEMES):
            with psycopg.connect(self.url) as connection:
                return connection.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Do something behind the house's back."""
        if self.url.startswith(SCHEMES):
            with psycopg.connect(self.url) as connection:
                connection.execute(sql.encode())
            return
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)) as connection:
            connection.execute(sql)
            connection.commit()


def server() -> str:
    """The URL of the PostgreSQL that the suite runs on; empty when it runs on SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith(SCHEMES) else ""


def on_server(name: str) -> str:
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def tell_server(statement: str, *names: str) -> None:
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Prepared]]:
    """A school, in a file or a database of which each test gets a copy: its path or its name."""
    folder = tmp_path_factory.mktemp("template")
    facts = folder / "facts.json"
    if not server():
        yield str(folder), prepare(f"sqlite:///{folder / 'school.sqlite3'}", facts)
        return
    name = f"template_{uuid4().hex[:12]}"
    tell_server("CREATE DATABASE {}", name)
    yield name, prepare(on_server(name), facts)
    tell_server("DROP DATABASE {} WITH (FORCE)", name)


@dataclass(frozen=True)
class School:
    """A prepared school in a database of its own, and processes that work on it."""

    people: Prepared
    place: Place
    variables: Mapping[str, str] = field(default_factory=dict)
    """What else stands in the environment of the processes."""

    def start(self, act: str, *arguments: object) -> Started:
        """Let a process do one of `tests.reliability.acts`."""
        environment = {**environment_for(self.place.url), **self.variables}
        return start(environment, "tests.reliability.acts:main", act, *arguments)

    def run(self, act: str, *arguments: object) -> int:
        """Let a process do it, and wait for its end; returns its exit code, negative when it was killed."""
        return self.start(act, *arguments).wait()

    def pending_leave(self, student: int = 0) -> int:
        """A student's request that waits for a decision."""
        ((leave_id,),) = self.place.rows(
            "SELECT id FROM leaves_studentleave WHERE status = 'pending'"
            f" AND student_id = {self.people.students[student].profile_id}"
        )
        return int(leave_id)

    def notices(self) -> list[tuple[int, int]]:
        """Students who were told of leave, and how often."""
        return self.place.rows(
            "SELECT student_id, count(*) FROM notifications_studentnotification WHERE kind = 'leave'"
            " GROUP BY student_id ORDER BY student_id"
        )

    def undelivered(self) -> int:
        ((number,),) = self.place.rows("SELECT count(*) FROM kernel_delivery WHERE state <> 'done'")
        return int(number)


@pytest.fixture
def school(template: tuple[str, Prepared], tmp_path: Path) -> Iterator[School]:
    made_from, people = template
    if not server():
        for file in Path(made_from).glob("school.sqlite3*"):
            shutil.copy(file, tmp_path)
        yield School(people, Place(f"sqlite:///{tmp_path / 'school.sqlite3'}"))
        return
    name = f"school_{uuid4().hex[:12]}"
    tell_server("CREATE DATABASE {} TEMPLATE {}", name, made_from)
    yield School(people, Place(on_server(name)))
    tell_server("DROP DATABASE {} WITH (FORCE)", name)
