"""Dumps say the same as the database that they were written from."""

import gzip
import json
from pathlib import Path

import pytest

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.sources.dumpdata import DumpdataSource, read_objects
from migrations_legacy.sources.sqlite import SqliteSource

pytestmark = pytest.mark.sqlite_only


def test_foreign_keys_go_by_the_columns_of_the_database(school: Path, dump: Path) -> None:
    database, json_files = SqliteSource(school), DumpdataSource([dump])
    for table, facts in TABLES.items():
        if facts.many_to_many or table == "django_migrations":
            continue
        assert set(json_files.columns(table)) == set(database.columns(table)), table
        assert json_files.count(table) == database.count(table), table
        keys = [row[facts.key] for row in database.rows(table)]
        assert [row[facts.key] for row in json_files.rows(table)] == keys, table
    database.close()
    json_files.close()


def test_many_to_many_links_become_rows(dump: Path) -> None:
    source = DumpdataSource([dump])
    assert list(source.rows("customuser_groups")) == [{"customuser_id": 10, "group_id": 1}]
    assert list(source.rows("auth_group_permissions")) == [{"group_id": 1, "permission_id": 1}]
    source.close()


def test_several_files_are_one_school_and_may_overlap(dump: Path, tmp_path: Path) -> None:
    objects = list(read_objects(dump))
    first, second = tmp_path / "first.json", tmp_path / "second.jsonl.gz"
    first.write_text(json.dumps(objects[50:]))
    with gzip.open(second, "wt") as file:
        file.writelines(json.dumps(item) + "\n" for item in objects[:60])
    whole, parts = DumpdataSource([dump]), DumpdataSource([first, second])
    for table in whole.tables():
        assert list(whole.rows(table)) == list(parts.rows(table)), table
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
    assert source.repeated("attendancereport", ("attendance_id_id", "student_id_id")) == {(1, 701)}
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
