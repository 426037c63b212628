"""A school is built beside its place and moved there only when it is complete."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from config.launch.building import Building, exclusive
from config.launch.preflight import CannotStart

pytestmark = pytest.mark.sqlite_only


def write(path: Path, text: str) -> None:
    """Make a SQLite file in WAL mode that holds one text."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("CREATE TABLE note (text)")
        connection.execute("INSERT INTO note VALUES (?)", [text])
        connection.commit()


def read(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        text: str = connection.execute("SELECT text FROM note").fetchone()[0]
    return text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "var" / "school.sqlite3", tmp_path / "var" / "media"


def fill(building: Building, text: str) -> None:
    """What the steps do: write to where the environment points."""
    write(Path(building.environment["DATABASE_URL"].removeprefix("sqlite:///")), text)
    if folder := building.environment.get("MEDIA_ROOT"):
        Path(folder).mkdir()
        (Path(folder) / "photo.png").write_text(text)


def test_until_it_moves_in_nothing_is_in_its_place(places: tuple[Path, Path]) -> None:
    database, media = places
    building = Building(databases={"default": database}, media=media)

    with building.started():
        fill(building, "new")
        assert not database.exists()
        assert not media.exists()
        building.move_in()

    assert read(database) == "new"
    assert (media / "photo.png").read_text() == "new"
    assert names(database.parent) == ["media", "school.sqlite3"]


def test_a_failure_leaves_nothing(places: tuple[Path, Path]) -> None:
    database, media = places
    building = Building(databases={"default": database}, media=media)

    with suppress(KeyboardInterrupt), building.started():
        fill(building, "half")
        raise KeyboardInterrupt

    assert names(database.parent) == []


def test_what_a_killed_start_has_left_does_not_disturb(places: tuple[Path, Path]) -> None:
    database, media = places
    killed = Building(databases={"default": database}, media=media)
    database.parent.mkdir()
    fill(killed, "half")
    database.with_name("school.sqlite3.new-wal").write_text("half")
    database.with_name("school.sqlite3.new.lock").touch()

    building = Building(databases={"default": database}, media=media)
    with building.started():
        fill(building, "new")
        building.move_in()

    assert read(database) == "new"
    assert names(database.parent) == ["media", "school.sqlite3"]


def test_two_starts_do_not_build_in_one_place(places: tuple[Path, Path]) -> None:
    database, media = places
    first = Building(databases={"default": database}, media=media)
    second = Building(databases={"default": database}, media=media)

    with first.started():
        fill(first, "first")
        with pytest.raises(CannotStart, match="Another start"), second.started():
            pytest.fail("the second start got in")
        first.move_in()

    assert read(database) == "first"


def test_media_that_are_there_already_are_used_as_they_are(places: tuple[Path, Path]) -> None:
    database, media = places
    media.mkdir(parents=True)
    (media / "old.png").touch()

    building = Building(databases={"default": database}, media=media)

    assert "MEDIA_ROOT" not in building.environment


def test_what_is_replaced_is_set_aside_complete(places: tuple[Path, Path]) -> None:
    database, media = places
    media.mkdir(parents=True)
    (media / "photo.png").write_text("old")
    write(database, "old")

    building = Building(databases={"default": database}, media=media, replaces=True)
    with building.started():
        fill(building, "new")
        aside = dict(building.move_in())

    assert read(database) == "new"
    assert (media / "photo.png").read_text() == "new"
    assert read(aside[database]) == "old"
    assert (aside[media] / "photo.png").read_text() == "old"
    assert len(names(database.parent)) == 4


def test_a_database_in_use_is_not_replaced(places: tuple[Path, Path]) -> None:
    database, media = places
    database.parent.mkdir()
    write(database, "old")
    building = Building(databases={"default": database}, media=media, replaces=True)

    with closing(sqlite3.connect(database)) as user, building.started():
        user.execute("SELECT * FROM note").fetchone()
        fill(building, "new")
        with pytest.raises(CannotStart, match="is in use"):
            building.move_in()

    assert read(database) == "old"
    assert names(database.parent) == ["school.sqlite3"]


def test_a_modules_own_database_moves_in_with_the_common_one(places: tuple[Path, Path]) -> None:
    database, media = places
    own = database.with_name("attendance.sqlite3")
    building = Building(databases={"default": database, "attendance": own}, media=media)

    with building.started():
        fill(building, "common")
        write(Path(building.environment["ATTENDANCE_DATABASE_URL"].removeprefix("sqlite:///")), "own")
        building.move_in()

    assert (read(database), read(own)) == ("common", "own")


def test_a_lock_is_gone_after_use(tmp_path: Path) -> None:
    with exclusive(tmp_path / "lock"):
        assert names(tmp_path) == ["lock"]

    assert names(tmp_path) == []
