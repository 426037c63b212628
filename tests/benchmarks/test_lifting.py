"""Attendance with two million marks moves from one PostgreSQL database to another, while it is read."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.portal.prepared import environment_for
from tests.servers.keeper import ROOT
from tests.servers.postgres import postgres

pytestmark = pytest.mark.benchmark

MARKS = int(os.environ.get("MARKS", "2000000"))
A_REGISTER = 40
FILL = f"""
INSERT INTO attendance_attendance (subject_id, session_year_id, date, created_at, updated_at, duplicate)
    SELECT n % 50, 1, DATE '2020-01-01' + n / 50, now(), now(), 0 FROM generate_series(1, {MARKS // A_REGISTER}) n;
INSERT INTO attendance_attendancereport (attendance_id, student_id, status, created_at, updated_at, duplicate)
    SELECT a.id, s, 'present', now(), now(), 0 FROM attendance_attendance a, generate_series(1, {A_REGISTER}) s;
"""


def test_two_million_marks(tmp_path: Path) -> None:
    with postgres() as url, psycopg.connect(url, autocommit=True) as server:
        for name in ("house", "own"):
            server.execute(f"CREATE DATABASE {name}".encode())
        house, own = (urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for name in ("house", "own"))
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v", "0"], check=True, cwd=ROOT, env=environment_for(house))
        with psycopg.connect(house, autocommit=True) as reader:
            reader.execute(FILL.encode())
            over, reads = threading.Event(), 0

            def read() -> None:
                nonlocal reads
                while not over.wait(0.01):
                    reader.execute("SELECT count(*) FROM attendance_attendancereport WHERE attendance_id = 7")
                    reads += 1

            reading = threading.Thread(target=read)
            reading.start()
            command = ["lift", "attendance", "--to", own, "--run", "--out", str(tmp_path / "lifted.env")]
            done = subprocess.run(
                [*manage, *command], cwd=ROOT, env=environment_for(house), capture_output=True, text=True
            )
            over.set()
            reading.join()
        print(f"\n{done.stdout}{done.stderr}{reads} reads went on meanwhile")
        assert done.returncode == 0
