"""A SQLite file is read at one moment, in order, and left exactly as it was."""

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from migrations_legacy.errors import SourceRefused
from migrations_legacy.sources.sqlite import SqliteSource
from tests.legacy.school import full_name, insert

pytestmark = pytest.mark.sqlite_only

STUDENTS, COURSES = full_name("students"), full_name("courses")


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file's name and content."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def rows(source: SqliteSource, table: str) -> list[dict[str, Any]]:
    """A table's rows by the names of its columns."""
    names = source.tables()[table].column_names
    return [dict(zip(names, values, strict=True)) for batch in source.batches(table) for values in batch]


def drained(source: SqliteSource) -> int:
    """Read everything there is; the number of rows."""
    return sum(len(rows(source, table)) for table in source.tables())


def test_reading_leaves_no_trace(school: Path) -> None:
    before = fingerprint(school.parent)
    source = SqliteSource(school)
    assert drained(source) > 100
    assert fingerprint(school.parent) == before
    source.close()
    assert fingerprint(school.parent) == before


def test_a_file_that_may_only_be_read_is_enough(school: Path) -> None:
    school.chmod(0o400)
    source = SqliteSource(school)
    assert source.count(STUDENTS) == 8
    source.close()


def test_tables_go_by_their_own_names_and_rows_come_in_order(school: Path) -> None:
    source = SqliteSource(school)
    assert {STUDENTS, "django_session"} <= set(source.tables())
    assert "sqlite_sequence" not in source.tables()
    ids = [int(row["id"]) for row in rows(source, STUDENTS)]
    assert ids == sorted(ids)
    assert source.count(STUDENTS) == len(ids)
    assert [row["session_key"] for row in rows(source, "django_session")] == ["a" * 32, "b" * 32]
    source.close()


def test_what_others_write_meanwhile_is_not_seen(school: Path) -> None:
    source = SqliteSource(school)
    other = sqlite3.connect(school)
    with other:
        insert(other, "courses", id=77, course_name="Late")
    other.close()
    assert 77 not in [row["id"] for row in rows(source, COURSES)]
    source.close()


def test_what_is_still_in_a_write_ahead_log_is_read_and_the_log_is_left_alone(school: Path, tmp_path: Path) -> None:
    writer = sqlite3.connect(school)
    writer.execute("PRAGMA journal_mode = WAL")
    with writer:
        insert(writer, "courses", id=77, course_name="In the log")
    assert school.with_name(school.name + "-wal").stat().st_size > 0
    before = {name: digest for name, digest in fingerprint(school.parent).items() if not name.endswith("-shm")}
    source = SqliteSource(school)
    assert 77 in [row["id"] for row in rows(source, COURSES)]
    source.close()
    after = {name: digest for name, digest in fingerprint(school.parent).items() if not name.endswith("-shm")}
    assert after == before
    writer.close()


def test_a_database_left_in_wal_mode_gets_no_files_beside_it(school: Path) -> None:
    writer = sqlite3.connect(school)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.close()
    before = fingerprint(school.parent)
    source = SqliteSource(school)
    drained(source)
    source.close()
    assert fingerprint(school.parent) == before


def test_a_transaction_that_a_crash_left_half_done_is_not_read(school: Path, tmp_path: Path) -> None:
    crashing = sqlite3.connect(school, isolation_level=None)
    crashing.execute("PRAGMA cache_size = 1")
    crashing.execute("PRAGMA cache_spill = ON")
    crashing.execute("BEGIN IMMEDIATE")
    for number in range(100, 3000):
        insert(crashing, "courses", id=number, course_name="x" * 200)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for path in school.parent.glob(school.name + "*"):
        (crashed / path.name).write_bytes(path.read_bytes())
    crashing.rollback()
    crashing.close()
    assert (crashed / (school.name + "-journal")).exists()
    before = fingerprint(crashed)
    source = SqliteSource(crashed / school.name)
    assert source.count(COURSES) == 4
    source.close()
    assert fingerprint(crashed) == before


def test_text_that_is_not_utf_8_is_still_read(school: Path) -> None:
    writer = sqlite3.connect(school)
    with writer:
        insert(writer, "courses", id=77, course_name="x")
        writer.execute("UPDATE student_management_app_courses SET course_name = CAST(x'c328a9' AS TEXT) WHERE id = 77")
        insert(writer, "courses", id=78, course_name="after")
    writer.close()
    source = SqliteSource(school)
    names = {row["id"]: row["course_name"] for row in rows(source, COURSES)}
    assert names[1] == "Physics"
    assert str(names[77]).encode("utf-8", "surrogateescape") == b"\xc3(\xa9"
    assert names[78] == "after"
    assert len(names) == 6
    source.close()


def test_what_is_declared_is_known(school: Path) -> None:
    writer = sqlite3.connect(school)
    writer.execute(f"CREATE TABLE shelf (code text PRIMARY KEY, owner integer NOT NULL REFERENCES {STUDENTS}, note)")
    writer.close()
    source = SqliteSource(school)
    shelf = source.tables()["shelf"]
    assert shelf.key == ("code",)
    assert shelf.column("owner").refers_to == (STUDENTS, "")
    assert [(c.name, c.kind, c.nullable, c.holds_numbers) for c in shelf.columns] == [
        ("code", "text", True, False),
        ("owner", "integer", False, True),
        ("note", "", True, False),
    ]
    assert source.filled(STUDENTS)["profile_pic"] == source.count(STUDENTS) - 2
    source.close()


def test_combinations_that_occur_twice_are_found(school: Path) -> None:
    source = SqliteSource(school)
    by = ("attendance_id_id", "student_id_id")
    assert source.repeated(full_name("attendancereport"), by) == {(1, 701)}
    source.close()


@pytest.mark.parametrize("kept", [0.99, 0.5, 0.01])
def test_a_truncated_file_is_refused(school: Path, kept: float) -> None:
    content = school.read_bytes()
    school.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceRefused, match="truncated"):
        SqliteSource(school)


def test_a_damaged_file_is_refused(school: Path) -> None:
    content = bytearray(school.read_bytes())
    content[100:4000] = b"\xff" * 3900
    school.write_bytes(bytes(content))
    with pytest.raises(SourceRefused, match="cannot be read"):
        SqliteSource(school)


def test_what_is_behind_a_virtual_table_is_read_through_it_or_else_by_itself(school: Path) -> None:
    legacy = sqlite3.connect(school)
    with legacy:
        legacy.execute("CREATE VIRTUAL TABLE notes USING fts5(body, password)")
        legacy.execute("INSERT INTO notes VALUES ('Optics', 'sesame')")
        legacy.execute("CREATE TABLE places_node (nodeno integer PRIMARY KEY, data blob)")
        legacy.execute("CREATE TABLE student_data (id integer PRIMARY KEY)")
        legacy.execute("PRAGMA writable_schema = ON")
        unknown = "CREATE VIRTUAL TABLE places USING gone(a)"
        legacy.execute("INSERT INTO sqlite_master VALUES ('table', 'places', 'places', 0, ?)", (unknown,))
    legacy.close()
    source = SqliteSource(school)
    assert rows(source, "notes") == [{"body": "Optics", "password": "sesame"}]
    found = {name for name in source.tables() if name.startswith(("notes", "places", "student_data"))}
    assert found == {"notes", "places_node", "student_data"}
    source.close()
