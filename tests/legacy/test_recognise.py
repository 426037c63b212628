"""What is given is recognised, or refused in one clear line."""

import sqlite3
from pathlib import Path

import pytest

from migrations_legacy.errors import SourceRefused
from migrations_legacy.reading.opening import open_source
from migrations_legacy.sources.dumpdata import DumpdataSource
from migrations_legacy.sources.sqlite import SqliteSource

pytestmark = pytest.mark.sqlite_only


def test_a_school_is_recognised_by_its_content_and_not_by_its_name(school: Path, dump: Path, tmp_path: Path) -> None:
    renamed = school.rename(tmp_path / "backup.old")
    for path, kind in ((renamed, SqliteSource), (dump, DumpdataSource)):
        source = open_source([path])
        assert isinstance(source.reader, kind)
        assert str(path) in source.description
        source.close()


def _refusal(*paths: Path) -> str:
    with pytest.raises(SourceRefused) as refusal:
        open_source(paths)
    text = str(refusal.value)
    assert "\n" not in text
    return text


def test_missing_empty_and_unsuitable_paths(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.sqlite3", tmp_path / "letter.txt"
    empty.touch()
    text.write_text("Dear head,")
    assert "no such file" in _refusal(tmp_path / "none.sqlite3")
    assert "empty" in _refusal(empty)
    assert "not a file" in _refusal(tmp_path)
    assert "neither a SQLite database nor JSON" in _refusal(text)


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id integer PRIMARY KEY)")
    connection.close()
    assert "not a legacy school" in _refusal(path)


def test_a_dump_of_another_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blog.json"
    path.write_text('[{"model": "blog.post", "pk": 1, "fields": {"title": "x"}}]')
    assert "not a legacy school" in _refusal(path)


def test_databases_and_dumps_are_not_mixed(school: Path, dump: Path) -> None:
    assert "not both" in _refusal(school, dump)
    assert "not both" in _refusal(school, school)


@pytest.mark.parametrize("length", [5, 40, 600, 5000])
def test_truncated_databases_are_refused(school: Path, length: int) -> None:
    school.write_bytes(school.read_bytes()[:length])
    assert str(school) in _refusal(school)
