"""`manage.py serve`, and so `make run`: from nothing to a running school, or one clear line and nothing half-done."""

import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config.launch.preflight import LEGACY_TABLE
from tests.launch.serving import names, serve

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


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


def test_the_first_start_makes_a_demo_school_and_the_second_one_uses_it(state: Path) -> None:
    with serve(state) as first:
        first.wait_until_up()
        assert first.interrupt() == 0

    assert "Traceback" not in first.output
    assert f"http://localhost:{first.port}\n" in first.output
    logins = [line for line in first.out if "@" in line]
    assert len(logins) >= 3
    assert set(names(state)) <= {"media", "school.sqlite3", "school.sqlite3-shm", "school.sqlite3-wal"}
    made = people(state)

    with serve(state) as second:
        second.wait_until_up()
        assert second.interrupt() == 0

    assert "demo school ..." not in second.output
    assert [line for line in second.out if "@" in line] == logins
    assert people(state) == made
