"""Attendance with two million marks moves from one PostgreSQL database to another and home again, while it is read and
written; killed in the middle, it goes on where it was.
"""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.processes import environment_for
from tests.servers.keeper import ROOT
from tests.servers.postgres import postgres

pytestmark = pytest.mark.benchmark

MARKS = int(os.environ.get("MARKS", "2000000"))
A_REGISTER = 40
TODAY = 5000
"""Of so many newest marks people change some; older ones are hardly touched."""
FILL = f"""
INSERT INTO attendance_attendance (subject_id, session_year_id, date, created_at, updated_at, duplicate)
    SELECT n % 50, 1, DATE '2020-01-01' + n / 50, now(), now(), 0 FROM generate_series(1, {MARKS // A_REGISTER}) n;
INSERT INTO attendance_attendancereport (attendance_id, student_id, status, created_at, updated_at, duplicate)
    SELECT a.id, s, 'present', now(), now(), 0 FROM attendance_attendance a, generate_series(1, {A_REGISTER}) s;
"""
READ = "SELECT count(*) FROM attendance_attendancereport WHERE attendance_id = 7"
CHANGE = "UPDATE attendance_attendancereport SET status = 'late', updated_at = clock_timestamp() WHERE id = %s"
ALL = "SELECT count(*), md5(string_agg(md5(m::text), '' ORDER BY id)) FROM attendance_attendancereport m"


@dataclass
class People:
    """They read and write in a database for the length of a block, as fast as it lets them."""

    url: str
    reads: int = 0
    writes: int = 0
    refused: int = 0
    longest_read: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads += [threading.Thread(target=self._read), threading.Thread(target=self._write)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self._over.wait(0.01):
                began = time.perf_counter()
                connection.execute(READ)
                self.reads += 1
                self.longest_read = max(self.longest_read, time.perf_counter() - began)

    def _write(self) -> None:
        chance = random.Random(7)
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self._over.wait(0.05):
                try:
                    connection.execute(CHANGE, [MARKS - chance.randrange(TODAY)])
                    self.writes += 1
                except psycopg.errors.RaiseException:  # the fence
                    self.refused += 1


def manage(*arguments: object, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**environment_for(environment.pop("database")), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(process: "subprocess.Popen[str]") -> str:
    output, _nothing = process.communicate()
    assert process.returncode == 0, output
    return output


def told(output: str) -> str:
    """What the move says of its speed and of the freeze."""
    return "; ".join(re.findall(r"[\d,]+ rows copied, [\d,]+ a second|write freeze took [\d.]+ s", output))


def everything(url: str) -> tuple[int, str]:
    with psycopg.connect(url) as connection:
        row = connection.execute(ALL).fetchone()
    assert row is not None
    return row


def kill_in_the_middle(process: "subprocess.Popen[str]", own: str) -> int:
    """SIGKILL when about half of the marks have arrived; how many had."""
    arrived = 0
    while arrived < MARKS // 2:
        assert process.poll() is None, "it was over before half of it had arrived"
        time.sleep(0.1)
        try:
            with psycopg.connect(own) as connection:
                highest = connection.execute("SELECT coalesce(max(id), 0) FROM attendance_attendancereport")
                (arrived,) = highest.fetchone() or (0,)
        except psycopg.errors.UndefinedTable:
            continue
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return arrived


def test_two_million_marks(tmp_path: Path) -> None:
    with postgres() as url, psycopg.connect(url, autocommit=True) as server:
        for name in ("house", "own"):
            server.execute(f"CREATE DATABASE {name}".encode())
        house, own = (urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for name in ("house", "own"))
        done(manage("migrate", "-v", "0", database=house))
        with psycopg.connect(house) as connection:
            connection.execute(FILL.encode())

        lift = ("lift", "attendance", "--to", own, "--run", "--out", tmp_path / "lifted.env")
        with People(house) as people:
            had = kill_in_the_middle(manage(*lift, database=house), own)
            lifted = done(manage(*lift, database=house))
        report("lifted", lifted, people)
        print(f"  killed when {had:,} marks had arrived, and resumed")
        assert everything(own) == everything(house)

        land = ("land", "attendance", "--run", "--out", tmp_path / "landed.env")
        with People(own) as people:
            landed = done(manage(*land, database=house, ATTENDANCE_DATABASE_URL=own))
        report("landed", landed, people)
        assert everything(house) == everything(own)
        assert people.writes


def report(what: str, output: str, people: People) -> None:
    print(
        f"\n{MARKS:,} marks {what}: {told(output)}. Meanwhile {people.reads} reads, the longest"
        f" {people.longest_read * 1000:.0f} ms; {people.writes} writes, and {people.refused} refused by the fence"
    )
