"""`manage.py serve`, and so `make run`: from nothing to a running school, or one clear line and nothing half-done."""

import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config import demo
from config.launch.preflight import LEGACY_TABLE
from tests.launch.serving import Serve, names, serve
from tests.legacy.school import make_media, make_school
from tests.servers.postgres import postgres

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]

DATABASE_FILES = {"school.sqlite3", "school.sqlite3-shm", "school.sqlite3-wal"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "var"


def people(state: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(state / "school.sqlite3")) as connection:
        return connection.execute("SELECT id, email FROM users_user ORDER BY id").fetchall()


def broken_legacy(path: Path) -> Path:
    """A file that looks like a legacy school at first, and is none."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE {LEGACY_TABLE} (id integer)")
        connection.commit()
    return path


def test_a_taken_port_is_one_line_and_nothing_is_made(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, serve(state, port=taken.getsockname()[1]) as started:
        code = started.wait()

    assert code == 1
    assert len(started.err) == 1
    assert f"Port {started.port} is taken" in started.err[0]
    assert started.out == []
    assert names(state) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "there is no such file", id="missing"),
        pytest.param(b"%PDF-1.7", "neither a SQLite database nor JSON", id="another kind of file"),
    ],
)
def test_a_file_that_is_no_legacy_school_is_one_line_and_nothing_is_made(
    state: Path, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "legacy.sqlite3"
    if content is not None:
        path.write_bytes(content)

    with serve(state, "--legacy", str(path)) as started:
        code = started.wait()

    assert code == 2
    assert len(started.err) == 1
    assert reason in started.err[0]
    assert names(state) == []


def test_media_without_a_legacy_school_is_one_line_and_nothing_is_made(state: Path, tmp_path: Path) -> None:
    with serve(state, "--media", str(tmp_path)) as started:
        code = started.wait()

    assert code == 2
    assert started.err == ["MEDIA goes with LEGACY: name the legacy school's database as well.\n"]
    assert names(state) == []


def test_a_setting_that_makes_no_sense_is_one_line(state: Path) -> None:
    with serve(state, DATABASE_URL="oracle://school") as started:
        code = started.wait()

    assert code == 1
    assert len(started.err) == 1
    assert "oracle://school" in started.err[0]


def test_a_legacy_database_is_never_taken_for_the_place_of_the_new_one(state: Path, tmp_path: Path) -> None:
    path = broken_legacy(tmp_path / "legacy.sqlite3")
    before = path.read_bytes()

    with serve(state, DATABASE_URL=f"sqlite:///{path}") as started:
        code = started.wait()

    assert code == 1
    assert "is a legacy school's database" in started.err[0]
    assert path.read_bytes() == before
    assert names(tmp_path) == ["legacy.sqlite3"]


def test_a_legacy_school_that_cannot_move_in_leaves_nothing(state: Path, tmp_path: Path) -> None:
    path = broken_legacy(tmp_path / "legacy.sqlite3")

    with serve(state, "--legacy", str(path)) as started:
        code = started.wait()

    assert code == 1
    assert "Traceback" not in started.output
    assert started.err[-1] == "The legacy school could not be moved in; nothing was started.\n"
    assert names(state) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopping_while_the_school_is_made_leaves_nothing(state: Path, sent: signal.Signals) -> None:
    with serve(state) as started:
        started.wait_for(lambda: (state / "school.sqlite3.new").exists())
        started.process.send_signal(sent)
        code = started.wait()

    assert code == 130
    assert "Traceback" not in started.output
    assert names(state) == []


def start_and_stop(state: Path, *arguments: str, database: str | None = None) -> Serve:
    """Start, see it answer, press Ctrl-C, see it end cleanly."""
    with serve(state, *arguments, port=None, **({"DATABASE_URL": database} if database else {})) as started:
        started.wait_until_up()
        assert started.interrupt() == 0
    assert "Traceback" not in started.output
    return started


def test_the_first_start_makes_a_demo_school_and_the_second_one_uses_it(state: Path) -> None:
    first = start_and_stop(state)

    assert "demo school ..." in first.output
    assert f"http://localhost:{first.port}\n" in first.output
    logins = [line for line in first.out if "@" in line]
    assert len(logins) == 3
    assert {"media", "school.sqlite3"} <= set(names(state)) <= {"media", *DATABASE_FILES}
    made = people(state)

    second = start_and_stop(state)

    assert "demo school ..." not in second.output
    assert [line for line in second.out if "@" in line] == logins
    assert people(state) == made


def test_a_legacy_school_moves_in_and_again_with_what_has_changed(state: Path, tmp_path: Path) -> None:
    legacy, media = make_school(tmp_path / "old school.sqlite3"), make_media(tmp_path / "old media")
    before = legacy.read_bytes()

    first = start_and_stop(state, "--legacy", str(legacy), "--media", str(media))

    assert [line for line in first.out if line.startswith("The demo school's logins")] == []
    moved = people(state)
    assert moved
    assert {"media", "school.sqlite3"} <= set(names(state)) <= {"media", *DATABASE_FILES}
    assert legacy.read_bytes() == before

    with closing(sqlite3.connect(legacy)) as connection:
        connection.execute(f"UPDATE {LEGACY_TABLE} SET email = 'changed@school.example' WHERE id = ?", [moved[0][0]])
        connection.commit()
    start_and_stop(state, "--legacy", str(legacy), "--media", str(media))

    assert people(state) == [(moved[0][0], "changed@school.example"), *moved[1:]]


def test_a_legacy_school_takes_the_demo_schools_place_and_the_demo_school_is_kept(state: Path, tmp_path: Path) -> None:
    legacy = make_school(tmp_path / "legacy.sqlite3")
    start_and_stop(state, "--legacy", str(legacy))
    moved = people(state)
    with closing(sqlite3.connect(state / "school.sqlite3")) as connection:
        for (number, _), email in zip(moved, (demo.HEAD, demo.TEACHER, demo.STUDENT), strict=False):
            connection.execute("UPDATE users_user SET email = ? WHERE id = ?", [email, number])
        connection.commit()
    looks_like_demo = people(state)

    start_and_stop(state, "--legacy", str(legacy))

    assert people(state) == moved
    kept = [name for name in names(state) if name.startswith("school.before-") and name.endswith(".sqlite3")]
    assert len(kept) == 1
    (state / kept[0]).rename(tmp_path / "school.sqlite3")
    assert people(tmp_path) == looks_like_demo


def test_postgresql_is_filled_in_its_place(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    legacy = make_school(tmp_path / "legacy.sqlite3")

    with postgres() as url:
        first = start_and_stop(state, "--legacy", str(legacy), database=url)
        second = start_and_stop(state, database=url)

    assert "Moving the legacy school in" in first.output
    assert "Preparing the database" not in second.output
    assert "demo school ..." not in second.output
    assert "school.sqlite3" not in names(state)


def test_a_postgresql_that_is_not_there_is_one_line(state: Path, tmp_path: Path) -> None:
    with serve(state, DATABASE_URL=f"postgres://school@/school?host={tmp_path}&connect_timeout=2") as started:
        code = started.wait()

    assert code == 1
    assert len(started.err) == 1
    assert started.err[0].startswith("The database default cannot be reached: ")
