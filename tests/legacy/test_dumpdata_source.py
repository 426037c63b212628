"""Dumps say the same as the database that they were written from."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.sources.base import Reader, Values
from migrations_legacy.sources.dumpdata import DumpdataSource, read_objects
from migrations_legacy.sources.sqlite import SqliteSource
from tests.legacy.school import full_name

pytestmark = pytest.mark.sqlite_only


def drained(source: Reader, table: str, columns: Sequence[str]) -> list[Values]:
    """These columns of all rows."""
    return [values for batch in source.batches(table, columns) for values in batch]


def test_foreign_keys_go_by_the_columns_of_the_database(school: Path, dump: Path) -> None:
    database, json_files = SqliteSource(school), DumpdataSource([dump])
    for table, facts in TABLES.items():
        if facts.many_to_many or table == "django_migrations":
            continue
        name = full_name(table)
        assert set(json_files.tables()[name].column_names) == set(database.tables()[name].column_names), table
        assert json_files.count(name) == database.count(name), table
        assert json_files.filled(name) == database.filled(name), table
        keys = drained(database, name, (facts.key,))
        assert drained(json_files, name, (facts.key,)) == keys, table
    database.close()
    json_files.close()


def test_many_to_many_links_become_rows(dump: Path) -> None:
    source = DumpdataSource([dump])
    links = full_name("customuser_groups")
    assert drained(source, links, ("customuser_id", "group_id")) == [(10, 1)]
    assert drained(source, "auth_group_permissions", ("group_id", "permission_id")) == [(1, 1)]
    assert source.tables()[links].column("customuser_id").refers_to == (full_name("customuser"), "")
    source.close()


def test_several_files_are_one_school_and_may_overlap(dump: Path, tmp_path: Path) -> None:
    objects = list(read_objects(dump))
    first, second = tmp_path / "first.json", tmp_path / "second.jsonl.gz"
    first.write_text(json.dumps(objects[50:]))
    with gzip.open(second, "wt") as file:
        file.writelines(json.dumps(item) + "\n" for item in objects[:60])
    whole, parts = DumpdataSource([dump]), DumpdataSource([first, second])
    for table in whole.tables():
        columns = whole.tables()[table].column_names
        assert drained(whole, table, columns) == drained(parts, table, columns), table
        assert whole.filled(table) == parts.filled(table), table
    whole.close()
    parts.close()


def test_objects_are_found_across_the_chunks_that_a_file_is_read_in(
    dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = list(read_objects(dump))
    monkeypatch.setattr("migrations_legacy.sources.dumpdata._CHUNK", 7)
    assert list(read_objects(dump)) == at_once


def test_combinations_that_occur_twice_are_found(dump: Path) -> None:
    source = DumpdataSource([dump])
    assert source.repeated(full_name("attendancereport"), ("attendance_id_id", "student_id_id")) == {(1, 701)}
    source.close()


def test_two_files_that_disagree_are_refused(dump: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    changed = next(item for item in read_objects(dump) if item["model"].endswith("courses"))
    changed["fields"]["course_name"] = "Another school's"
    other.write_text(json.dumps([changed]))
    with pytest.raises(SourceRefused, match="not of one school"):
        DumpdataSource([dump, other])


@pytest.mark.parametrize(
    ("description", "content", "complaint"),
    [
        ("ends inside an object", '[{"model": "a.b", "pk": 1, "fie', "truncated"),
        ("ends between objects", '[{"model": "a.b", "pk": 1, "fields": {}},', "truncated"),
        ("is a list of something else", "[1, 2, 3]", "not written by dumpdata"),
        ("is one object of something else", '{"name": "package", "version": 1}', "not written by dumpdata"),
        ("has no keys", '[{"model": "auth.group", "fields": {"name": "x"}}]', "natural-primary"),
        (
            "has natural foreign keys",
            '[{"model": "student_management_app.staffs", "pk": 1, "fields": {"admin": ["head"]}}]',
            "natural-foreign",
        ),
        (
            "has a model with an impossible name",
            '[{"model": "x.y\\"; --", "pk": 1, "fields": {}}]',
            "no name of a model",
        ),
    ],
)
def test_what_is_no_usable_dump_is_refused(tmp_path: Path, description: str, content: str, complaint: str) -> None:
    path = tmp_path / "dump.json"
    path.write_text(content)
    with pytest.raises(SourceRefused, match=complaint):
        DumpdataSource([path])
