"""What is looked at before anything is created."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config.launch.preflight import LEGACY_TABLE, CannotStart, check_media, check_port, has_table, legacy_files

pytestmark = pytest.mark.sqlite_only


def sqlite_file(path: Path, *tables: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE {table} (id integer)")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    return path


def test_a_port_that_somebody_listens_on_is_taken_and_another_one_is_proposed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken.*make run PORT={port + 1}") as refusal:
            check_port("127.0.0.1", port)

    assert refusal.value.code == 1


def test_a_port_taken_on_all_addresses_is_taken_on_each() -> None:
    with socket.create_server(("", 0)) as taken, pytest.raises(CannotStart, match="is taken"):
        check_port("127.0.0.1", taken.getsockname()[1])


def test_a_free_port_is_free_and_stays_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_a_wrong_argument(port: int) -> None:
    with pytest.raises(CannotStart, match="not a port") as refusal:
        check_port("127.0.0.1", port)

    assert refusal.value.code == 2


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "a..b"])
def test_an_address_that_is_not_this_machines_is_named(host: str) -> None:
    with pytest.raises(CannotStart, match=f"{host} is not an address of this machine"):
        check_port(host, 18080)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "neither a SQLite database nor JSON", id="empty"),
        pytest.param(b"%PDF-1.7", "neither a SQLite database nor JSON", id="another kind of file"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 200, "cannot be read as a SQLite database", id="damaged"),
    ],
)
def test_a_file_that_cannot_be_a_legacy_school_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "school.sqlite3"
    path.write_bytes(content)

    with pytest.raises(CannotStart, match=reason) as refusal:
        legacy_files([str(path)])

    assert refusal.value.code == 2
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="there is no such file"):
        legacy_files([str(tmp_path / "nothing.sqlite3")])


def test_a_folder_is_not_a_legacy_database(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="not a file"):
        legacy_files([str(tmp_path)])


def test_a_sqlite_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "shop.sqlite3", "shop_order")

    with pytest.raises(CannotStart, match="has no table of students"):
        legacy_files([str(path)])


def test_a_legacy_database_is_accepted_and_not_touched(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "legacy.sqlite3", LEGACY_TABLE)
    before = path.read_bytes()

    assert legacy_files([str(path)]) == [path]

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_legacy_database_in_wal_mode_gets_no_companions(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "legacy.sqlite3", LEGACY_TABLE)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()

    assert legacy_files([str(path)]) == [path]

    assert list(tmp_path.iterdir()) == [path]


def test_what_a_write_ahead_log_may_hold_is_left_to_the_close_look(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "legacy.sqlite3", "something")
    path.with_name("legacy.sqlite3-wal").write_bytes(b"pages")

    assert has_table(path, LEGACY_TABLE)


def test_several_dumps_may_be_given_in_one_text(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    for path in (first, second):
        path.write_text("\ufeff\n [ ]", encoding="utf-8")

    assert legacy_files([f"{first} {second}"]) == [first, second]
    assert legacy_files([str(first), str(second)]) == [first, second]


def test_a_path_with_a_blank_in_it_is_one_path(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "old school.sqlite3", LEGACY_TABLE)

    assert legacy_files([str(path)]) == [path]


def test_a_media_folder_has_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    check_media(tmp_path)
    with pytest.raises(CannotStart, match="there is no such folder"):
        check_media(tmp_path / "nothing")
    with pytest.raises(CannotStart, match="not a folder"):
        check_media(tmp_path / "file")
