"""How fast a large legacy moves in, against the least that copying its rows costs, and against Django's own loaddata.

LEGACY_SIZE=medium makes it quick. Seconds of the processor are told beside those of the clock, since other work on the
machine slows the clock only.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from migrations_legacy.export.writer import SCHEMA, full_name
from migrations_legacy.legacy_schema import TABLES
from tests.benchmarks.timing import report
from tests.legacy.samples import sample
from tests.processes import environment_for
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.benchmark

RUN = """
import json, resource, sys, time, django
django.setup()
from django.core.management import call_command
began, used = time.perf_counter(), time.process_time()
call_command(*sys.argv[1:], verbosity=0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - began, time.process_time() - used, peak]))
"""
SAMPLE = 20_000
"""Rows that loaddata is measured with: all two million would take an hour. Its rate hardly changes with the number."""
STAMP = "2024-09-02T08:30:15.123Z"


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    size = os.environ.get("LEGACY_SIZE", "large")
    subprocess.run(
        [sys.executable, sample("make_legacy_db.py"), "--size", size, "--out", folder, "--force"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder / "db.sqlite3"


@pytest.fixture(scope="module")
def rows(legacy: Path) -> int:
    with closing(sqlite3.connect(legacy)) as connection:
        counts = (connection.execute(f'SELECT COUNT(*) FROM "{full_name(table)}"').fetchone()[0] for table in TABLES)
        return sum(counts)


class Cost(NamedTuple):
    """What a management command costs, without starting up."""

    clock: float
    """Seconds."""
    processor: float
    """Seconds."""
    megabytes: float
    """The most that the process held, Django and the modules included."""


def command(database: Path, *arguments: object) -> Cost:
    """Run a management command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        cwd=ROOT,
        env=environment_for(f"sqlite:///{database}"),
        check=True,
        capture_output=True,
        text=True,
    )
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def copied(legacy: Path, target: Path) -> tuple[float, float]:
    """Seconds that INSERT … SELECT takes, table by table, into a file with the legacy's own indexes."""
    with closing(sqlite3.connect(target)) as connection:
        connection.executescript(SCHEMA.read_text())
        connection.execute("ATTACH ? AS legacy", (str(legacy),))
        began, used = time.perf_counter(), time.process_time()
        with connection:
            for table in TABLES:
                names = ", ".join(f'"{name}"' for name in TABLES[table].columns)
                name = full_name(table)
                connection.execute(f'INSERT INTO main."{name}" ({names}) SELECT {names} FROM legacy."{name}"')
        return time.perf_counter() - began, time.process_time() - used


def marks() -> Iterator[dict[str, object]]:
    """A fixture of attendance as dumpdata writes it: the table that nearly all rows of a large school are in."""
    registers = SAMPLE // 50
    for number in range(1, registers + 1):
        day = f"20{number // 336 + 10}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        fields: dict[str, object] = {"subject_id": 1, "session_year_id": 1, "date": day, "duplicate": 0}
        yield {"model": "attendance.attendance", "pk": number, "fields": fields}
    for number in range(SAMPLE):
        fields = {
            "attendance": number % registers + 1,
            "student_id": number // registers + 1,
            "status": "present",
            "created_at": STAMP,
            "updated_at": STAMP,
            "duplicate": 0,
        }
        yield {"model": "attendance.attendancereport", "pk": number + 1, "fields": fields}


def test_a_large_school_moves_in_and_is_followed(legacy: Path, rows: int, tmp_path: Path) -> None:
    least = copied(legacy, tmp_path / "copied.sqlite3")
    target = tmp_path / "school.sqlite3"
    command(target, "migrate")
    moved = command(target, "migrate_legacy", legacy)
    fixture = tmp_path / "marks.json"
    fixture.write_text(json.dumps(list(marks())))
    loading = tmp_path / "loaded.sqlite3"
    command(loading, "migrate")
    loaded = command(loading, "loaddata", fixture)
    per_row = [seconds / (SAMPLE + SAMPLE // 50) for seconds in loaded[:2]]

    print(
        f"\n{rows:,} rows: copied in {least[0]:.1f} s, moved in {moved.clock:.1f} s ({rows / moved.clock:,.0f} rows/s)"
    )
    print(f"memory: {moved.megabytes:.0f} MB at the most, {loaded.megabytes:.0f} MB for loaddata of {SAMPLE:,}")
    for name, place in (("clock", 0), ("processor", 1)):
        ratio = moved[place] / least[place]
        report(f"moving against INSERT … SELECT, by the {name}", ratio, 10, f"copying {least[place]:.1f} s")
        speed = per_row[place] * rows / moved[place]
        print(
            f"loaddata of as many rows would take {per_row[place] * rows:,.0f} s by the {name}, at the rate of "
            f"{SAMPLE:,}: moving is {speed:.1f} times as fast (aim: at least 20)"
        )

    again = command(target, "migrate_legacy", legacy)
    with closing(sqlite3.connect(legacy)) as connection, connection:
        connection.execute(f"UPDATE {full_name('attendancereport')} SET status = 1 - status WHERE id % 2000 = 0")
        connection.execute(f"DELETE FROM {full_name('attendancereport')} WHERE id % 2000 = 1")
    delta = command(target, "migrate_legacy", legacy)
    for name, cost in (("nothing changed", again), ("one row in a thousand changed", delta)):
        print(f"a run in which {name}: {cost.clock:.1f} s by the clock, {cost.processor:.1f} s by the processor")
