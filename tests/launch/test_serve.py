"""`manage.py serve`, and so `make run`: from nothing to a running school, or one clear line and nothing half-done."""

import shutil
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config import demo
from config.launch.preflight import LEGACY_TABLE
from config.management.commands.serve import Command
from tests.launch.serving import DATABASE_FILES, Serve, names, people, serve, start_and_stop
from tests.legacy.school import make_media, make_school
from tests.servers.postgres import postgres

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "var"


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


@pytest.mark.parametrize(("arguments", "port"), [([], 9000), (["--port", "9001"], 9001)])
def test_the_environment_says_where_unless_the_command_line_does(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], port: int
) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert Command().create_parser("manage.py", "serve").parse_args(arguments).port == port


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


@pytest.fixture(scope="module")
def moved_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Serve]:
    """A folder that a start with a legacy school has filled, the folder of that school, and what the start said."""
    folder = tmp_path_factory.mktemp("moved")
    legacy, media = make_school(folder / "old school.sqlite3"), make_media(folder / "old media")
    return folder / "var", folder, start_and_stop(folder / "var", "--legacy", str(legacy), "--media", str(media))


def test_a_legacy_school_moves_in_and_again_with_what_has_changed(
    moved_in: tuple[Path, Path, Serve], tmp_path: Path
) -> None:
    first_state, source, first = moved_in
    legacy, state = shutil.copy(source / "old school.sqlite3", tmp_path), tmp_path / "var"
    shutil.copytree(first_state, state)
    assert [line for line in first.out if line.startswith("The demo school's logins")] == []
    moved = people(state)
    assert moved
    assert {"media", "school.sqlite3"} <= set(names(state)) <= {"media", *DATABASE_FILES}
    assert (source / "old school.sqlite3").read_bytes() == make_school(tmp_path / "same").read_bytes()

    with closing(sqlite3.connect(legacy)) as connection:
        connection.execute(f"UPDATE {LEGACY_TABLE} SET email = 'changed@school.example' WHERE id = ?", [moved[0][0]])
        connection.commit()
    start_and_stop(state, "--legacy", str(legacy), "--media", str(source / "old media"))

    assert people(state) == [(moved[0][0], "changed@school.example"), *moved[1:]]


def test_a_legacy_school_takes_the_demo_schools_place_and_the_demo_school_is_kept(
    moved_in: tuple[Path, Path, Serve], state: Path, tmp_path: Path
) -> None:
    first_state, source, _first = moved_in
    shutil.copytree(first_state, state)
    moved = people(state)
    with closing(sqlite3.connect(state / "school.sqlite3")) as connection:
        for (number, _), email in zip(moved, (demo.HEAD, demo.TEACHER, demo.STUDENT), strict=False):
            connection.execute("UPDATE users_user SET email = ? WHERE id = ?", [email, number])
        connection.commit()
    looks_like_demo = people(state)

    start_and_stop(state, "--legacy", str(source / "old school.sqlite3"))

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
