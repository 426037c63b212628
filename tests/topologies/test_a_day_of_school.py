"""One day of school, on pages and over REST, passes unchanged in every topology: processes on loopback, a PostgreSQL
database for each, Valkey between them, and everybody comes through nginx as `manage.py topology` configures it.
"""

import time
from pathlib import Path

import pytest

from tests.plugins.topologies import Note
from tests.topologies.day import walk
from tests.topologies.houses import running

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


def test_a_day_of_school(topology: str, tmp_path: Path, note: Note) -> None:
    began = time.monotonic()
    with running(topology, tmp_path) as house:
        started = time.monotonic()
        delivered = walk(house)
        ended = time.monotonic()
    note(
        f"A day of school in {topology}: {len(house.topology.units)} units up after {started - began:.0f} s,"
        f" the day took {ended - started:.0f} s, {delivered} events delivered once"
    )
