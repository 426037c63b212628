"""A module moves to a database of its own and home again: nothing is lost, doubled, or written at the wrong place."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from config.lifting.tables import tables_of
from config.settings.environment import MODULES
from tests.processes import environment_for, run
from tests.reliability.conftest import Place, School
from tests.servers.postgres import postgres

pytestmark = pytest.mark.slow

KILLED = -9


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Callable[[str], Place]]:
    """Makes an empty PostgreSQL database for a module, whatever the suite runs on."""
    made: list[str] = []
    with postgres() as url, psycopg.connect(url, autocommit=True) as server:

        def make(module: str) -> Place:
            made.append(f"{module}_{uuid4().hex[:8]}")
            server.execute(SQL("CREATE DATABASE {}").format(Identifier(made[-1])))
            return Place(urlunsplit(urlsplit(url)._replace(path=f"/{made[-1]}")))

        yield make
        for name in made:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def do(school: School, folder: Path, act: str, *arguments: object, homes: dict[str, Place] | None = None) -> int:
    """Let a process do it that believes the modules to live in these databases; returns its exit code."""
    believed = {f"{module.upper()}_DATABASE_URL": place.url for module, place in (homes or {}).items()}
    environment = environment_for(school.place.url) | {"MEDIA_ROOT": str(folder / "media")} | believed
    return run(environment, "tests.reliability.moving:main", act, *arguments)


def addresses(homes: dict[str, Place]) -> str:
    return json.dumps({module: place.url for module, place in homes.items()})


def everything(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all modules and of the kernel, as the database has them."""
    tables = {table.name for module in MODULES for table in tables_of(module)}
    return {table: sorted(place.rows(f'SELECT * FROM "{table}"'), key=repr) for table in tables}


@pytest.mark.sqlite_only
def test_every_module_leaves_for_another_kind_of_database_and_comes_home_as_it_was(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path
) -> None:
    before = everything(school.place)
    homes = {module: elsewhere(module) for module in MODULES}
    do(school, tmp_path, "lift", tmp_path, addresses(homes))
    for module, place in homes.items():
        own = [table for table in tables_of(module) if not table.of_kernel]
        for table in own:
            key = table.model._meta.pk.column
            ids = f'SELECT "{key}" FROM "{table.name}" ORDER BY 1'
            assert sorted(place.rows(ids)) == sorted((row[0],) for row in school.place.rows(ids)), table.name
        assert (tmp_path / f"{module}.env").read_text() == f"{module.upper()}_DATABASE_URL={place.url}\n"
        assert place.rows("SELECT state FROM kernel_modulemove") == [("here",)]
    assert school.place.rows("SELECT count(*) FROM kernel_outboxevent") == [(0,)]

    do(school, tmp_path, "land", tmp_path, *MODULES, homes=homes)
    assert everything(school.place) == before
    assert set(school.place.rows("SELECT state FROM kernel_modulemove")) == {("here",)}


def test_what_is_written_during_the_copy_comes_along(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path
) -> None:
    homes = {"attendance": elsewhere("attendance")}
    marks = "SELECT id, student_id, status FROM attendance_attendancereport ORDER BY id"
    before = school.place.rows(marks)
    do(school, tmp_path, "lift_while_marks_change", tmp_path, addresses(homes))
    after = homes["attendance"].rows(marks)
    assert after == school.place.rows(marks)
    assert after[0] == (before[1][0], before[1][1], "late")
    assert after[-1][1:] == (987654, "present")
    assert len(after) == len(before)

    place, sql = homes["attendance"], "SELECT nextval(pg_get_serial_sequence('attendance_attendancereport', 'id'))"
    assert place.rows(sql) == [(after[-1][0] + 1,)]


@pytest.mark.parametrize("changes", ["", "changes"])
def test_while_nobody_may_write_all_is_compared_once_and_what_differed_once_more(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path, changes: str
) -> None:
    homes, marks = {"attendance": elsewhere("attendance")}, "SELECT * FROM attendance_attendancereport ORDER BY id"
    do(school, tmp_path, "lift_and_compare", tmp_path, addresses(homes), changes)
    assert [row[:2] for row in homes["attendance"].rows(marks)] == [row[:2] for row in school.place.rows(marks)]
    late = "SELECT count(*) FROM attendance_attendancereport WHERE status = 'late'"
    assert homes["attendance"].rows(late) == school.place.rows(late)


def test_without_run_it_only_looks(school: School, elsewhere: Callable[[str], Place], tmp_path: Path) -> None:
    homes = {module: elsewhere(module) for module in ("attendance", "users")}
    before = everything(school.place)
    do(school, tmp_path, "plan", tmp_path, addresses(homes))
    assert everything(school.place) == before
    for place in homes.values():
        assert place.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("media", "school.sqlite3")] == []


@pytest.mark.sqlite_only
def test_a_module_moves_from_file_to_file_and_home(school: School, tmp_path: Path) -> None:
    before = everything(school.place)
    homes = {"leaves": Place(f"sqlite:///{tmp_path / 'leaves.sqlite3'}")}
    do(school, tmp_path, "lift", tmp_path, addresses(homes))
    requests = "SELECT * FROM leaves_studentleave ORDER BY id"
    assert homes["leaves"].rows(requests) == school.place.rows(requests)
    do(school, tmp_path, "land", tmp_path, "leaves", homes=homes)
    assert everything(school.place) == before


@pytest.mark.sqlite_only
def test_uploads_go_along_and_come_home_and_one_that_comes_meanwhile_too(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path
) -> None:
    homes, photos = {"users": elsewhere("users")}, tmp_path / "media" / "photos"
    photos.mkdir(parents=True)
    for name in ("first.png", "nobodys.png"):
        (photos / name).write_bytes(name.encode())
    first = school.people.students[0].profile_id
    school.place.change(f"UPDATE users_studentprofile SET profile_pic = 'photos/first.png' WHERE id = {first}")
    do(school, tmp_path, "lift_while_a_photo_comes", tmp_path, addresses(homes))
    arrived = {path.name: path.read_bytes() for path in (tmp_path / "files" / "photos").iterdir()}
    assert arrived == {"first.png": b"first.png", "late.png": b"late"}
    assert homes["users"].rows("SELECT count(*) FROM users_studentprofile WHERE profile_pic LIKE 'photos/%'") == [(2,)]

    do(school, tmp_path, "land_with_files", tmp_path, "users", homes=homes)
    assert {path.name: path.read_bytes() for path in (tmp_path / "home" / "photos").iterdir()} == arrived


def test_killed_at_any_point_it_goes_on_and_events_on_their_way_arrive_once(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path
) -> None:
    homes = {"leaves": elsewhere("leaves")}
    move, head = (tmp_path, addresses(homes)), school.people.hod.user_id
    first, second, third = (school.pending_leave(student) for student in range(3))
    assert school.run("approve_and_die", head, first) == KILLED
    nth = random.Random(6).randint(1, 4)  # chosen once, the same in every run
    assert do(school, tmp_path, "lift_and_die_copying", *move, nth) == KILLED
    assert do(school, tmp_path, "lift_and_die_frozen", *move) == KILLED

    refused = ("refused", head, second, "then", "deliver", "then")
    given_up = ("give_up", *move, "then", "approve", head, third, "then")
    assert do(school, tmp_path, *refused, *given_up, "lift_and_die_switching", *move) == KILLED
    assert school.notices() == [], "deliveries of a frozen module wait"

    do(school, tmp_path, "lift", *move, "then", "refused", head, second, "then", "deliver_later")
    assert school.notices() == [], "the old place has nothing to deliver any more"

    twice = ("deliver_later", "then", "deliver_later", "then")
    do(school, tmp_path, *twice, "approve", head, second, "then", "land", tmp_path, "leaves", homes=homes)
    assert school.notices() == told(school, 0, 2)
    assert homes["leaves"].rows("SELECT count(*) FROM kernel_delivery") == [(0,)]

    do(school, tmp_path, "deliver_later")
    assert school.notices() == told(school, 0, 1, 2)
    assert school.undelivered() == 0


def test_what_an_update_brought_while_it_was_away_is_done_at_home_before_it_lands(
    school: School, elsewhere: Callable[[str], Place], tmp_path: Path
) -> None:
    before, homes = everything(school.place), {"finance": elsewhere("finance")}
    do(school, tmp_path, "lift", tmp_path, addresses(homes))
    do(school, tmp_path, "migrate", "finance", "0005")  # home is as it was before the update
    do(school, tmp_path, "migrate", homes=homes)
    noted = "SELECT count(*) FROM django_migrations WHERE app = 'finance' AND name LIKE '0006%'"
    assert school.place.rows(noted) == [(1,)], "noted, and not done"

    do(school, tmp_path, "land", tmp_path, "finance", homes=homes)
    assert everything(school.place) == before


def told(school: School, *students: int) -> list[tuple[int, int]]:
    return sorted((school.people.students[student].profile_id, 1) for student in students)
