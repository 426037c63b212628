"""A move that is killed at any point goes on where it was, and ends where one that was not killed ends."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from tests.legacy.killing import ATTEMPTS, state
from tests.legacy.school import insert, user
from tests.legacy.test_deltas import delete_student
from tests.processes import environment_for, run
from tests.reliability.conftest import on_server, server, tell_server

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own, of the kind that the suite runs on."""
    if not server():
        yield f"sqlite:///{tmp_path / 'killed.sqlite3'}"
        return
    name = f"killed_{uuid4().hex[:12]}"
    tell_server("CREATE DATABASE {}", name)
    yield on_server(name)
    tell_server("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def a_day_later(school: Path, tmp_path: Path) -> Path:
    """The same school, with people who came, changed, and went."""
    later = Path(shutil.copy(school, tmp_path / "later.sqlite3"))
    delete_student(later, 701)
    legacy = sqlite3.connect(later)
    with legacy:
        user(legacy, 80, "3")
        insert(legacy, "students", id=780, admin_id=80, gender="", course_id_id=1, session_year_id_id=1)
        insert(legacy, "feedbackstudent", id=70, student_id_id=780, feedback="Hello", feedback_reply="")
        legacy.execute("UPDATE student_management_app_customuser SET last_name = 'Other' WHERE id < 35")
        legacy.execute("DELETE FROM student_management_app_customuser WHERE id = 38")
    legacy.close()
    return later


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_it_ends_where_an_undisturbed_move_ends(
    school: Path, a_day_later: Path, empty_database: str, tmp_path: Path, seed: int
) -> None:
    told = tmp_path / "told.json"
    environment = environment_for(empty_database) | {"TOLD": str(told)}
    assert run(environment, "tests.legacy.killing:main", seed, school, a_day_later) == 0
    first, later = json.loads(told.read_text())
    assert first["killed"] >= ATTEMPTS // 2, "otherwise nothing was tried"
    assert later["killed"]
    for path, killed in ((school, first), (a_day_later, later)):
        call_command("migrate_legacy", str(path), verbosity=0)
        assert killed["state"] == state()
