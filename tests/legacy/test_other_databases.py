"""A school in PostgreSQL, or in MySQL's dump, is the same school."""

import gzip
import json
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from migrations_legacy.errors import SourceRefused
from migrations_legacy.models import ArchivedRow
from migrations_legacy.reading.opening import open_source
from migrations_legacy.sources import sql_text
from migrations_legacy.sources.database import DatabaseSource
from migrations_legacy.sources.mysqldump import MysqldumpSource
from migrations_legacy.sources.recognise import open_reader
from modules.academics.models import Course
from modules.users.models import User
from tests.legacy.moving import execute, move, move_from, reasons
from tests.legacy.other_databases import in_postgres, make_mysqldump
from tests.legacy.school import full_name, make_dump


@pytest.fixture
def ordinary(school: Path) -> Path:
    """Without the numbers that other databases do not have."""
    execute(school, "UPDATE student_management_app_studentresult SET subject_exam_marks = 99 WHERE id = 6")
    execute(school, "DELETE FROM student_management_app_fine WHERE amount = 'NaN'")
    return school


@pytest.mark.django_db
def test_a_dump_of_mysql_is_the_same_school(ordinary: Path, tmp_path: Path) -> None:
    assert move(make_mysqldump(ordinary, tmp_path / "dump.sql"))["succeeded"]
    kept = reasons("attendancereport")
    again = move(ordinary)
    assert not again["changed"]
    assert reasons("attendancereport") == kept


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_days_of_zeros_in_a_dump_of_mysql_are_none(ordinary: Path, tmp_path: Path) -> None:
    execute(ordinary, f"UPDATE {full_name('customuser')} SET last_login = '0000-00-00 00:00:00' WHERE id = 2")
    execute(ordinary, f"UPDATE {full_name('courses')} SET updated_at = '0000-00-00 00:00:00.000000' WHERE id = 1")
    report = move(make_mysqldump(ordinary, tmp_path / "dump.sql"))
    assert report["succeeded"]
    assert User.objects.get(pk=2).last_login is None
    assert Course.objects.get(pk=1).updated_at == Course.objects.get(pk=1).created_at
    assert list(report["rules"]["courses"].values()) == [1]


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_a_dump_in_several_files_is_the_same_school(ordinary: Path, tmp_path: Path) -> None:
    objects = json.loads(make_dump(ordinary, tmp_path / "dump.json").read_text())
    parts = [tmp_path / "first.json", tmp_path / "second.json.gz"]
    parts[0].write_text(json.dumps(objects[40:]))
    with gzip.open(parts[1], "wt") as file:
        json.dump(objects[:50], file)
    report = move(*parts)
    assert report["succeeded"]
    assert all(fate["balances"] for fate in report["sources"])
    assert not move(ordinary)["changed"]


@pytest.mark.sqlite_only
def test_dumps_of_mysql_are_read_in_chunks_of_any_size(
    ordinary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = make_mysqldump(ordinary, tmp_path / "dump.sql")
    with gzip.open(tmp_path / "dump.sql.gz", "wb") as file:
        file.write(dump.read_bytes())
    whole = MysqldumpSource(dump)
    monkeypatch.setattr(sql_text, "_CHUNK", 7)
    parts = open_reader([tmp_path / "dump.sql.gz"])
    assert whole.tables() == parts.tables()
    for table in whole.tables():
        assert list(whole.batches(table)) == list(parts.batches(table)), table
    whole.close()
    parts.close()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.995])
def test_a_truncated_dump_is_refused(ordinary: Path, tmp_path: Path, kept: float) -> None:
    dump = make_mysqldump(ordinary, tmp_path / "dump.sql")
    content = dump.read_bytes()
    dump.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceRefused, match="truncated"):
        open_source([dump])


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_school_in_postgresql_is_the_same_school(school: Path) -> None:
    with in_postgres(school) as url:
        report = move_from(url, folder=school.parent)
        assert report["succeeded"]
        assert not move_from(url, folder=school.parent)["changed"]
    assert "postgres://" in report["source"]
    again = move(school)
    assert not again["changed"]


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_others_write_to_a_server_meanwhile_is_not_seen_and_nothing_can_be_written(school: Path) -> None:
    courses = full_name("courses")
    with in_postgres(school) as url:
        source = DatabaseSource(url)
        with psycopg.connect(url) as other:
            other.execute(f"DELETE FROM {courses}".encode())
        assert source.count(courses) == 4
        assert sum(len(batch) for batch in source.batches(courses)) == 4
        with pytest.raises(Exception, match="read-only"):
            source._execute(f"DELETE FROM {courses}")
        source.close()


@pytest.mark.postgres
@pytest.mark.django_db
def test_rows_without_a_key_and_partitions_of_a_server_are_archived_once(school: Path) -> None:
    with in_postgres(school) as url:
        with psycopg.connect(url) as legacy:
            legacy.execute("CREATE TABLE visits (who json, took interval, place inet)")
            legacy.execute("INSERT INTO visits SELECT '[1]', '25 hours', '10.0.0.1' FROM generate_series(1, 2001)")
            legacy.execute("CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)")
            legacy.execute("CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)")
            legacy.execute("INSERT INTO parted VALUES (1)")
        assert move_from(url, folder=school.parent)["succeeded"]
    kept = Counter(
        ArchivedRow.objects.filter(table__name__in=["visits", "parted", "parted_1"]).values_list("table__name")
    )
    assert kept == {("visits",): 2001, ("parted",): 1}
    assert ArchivedRow.objects.filter(table__name="visits").latest("pk").row == {
        "who": "[1]",
        "took": "1 day, 1:00:00",
        "place": "10.0.0.1",
    }


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://reader:hidden@localhost/school", "pip install mysqlclient"),
        ("oracle://localhost/school", "not a kind of database"),
        ("postgres://localhost", "name of one database"),
        ("postgres://reader:hidden@localhost:port/school", "cannot be read"),
        ("postgres://reader:hidden/1@localhost/school", "signs such as @"),
        ("postgres://reader:12345/hidden@localhost/school", "signs such as @"),
        ("postgres://reader:12345?hidden@localhost/school", "signs such as @"),
        ("postgres://reader:12345#hidden@localhost/school", "signs such as @"),
        ("postgres://reader:hidden@/school?host=/nowhere", "cannot be read"),
        ("sqlite://school.sqlite3", "needs a path"),
        ("sqlite:///nowhere/school.sqlite3", "no such file"),
    ],
)
@pytest.mark.django_db
def test_a_wrong_address_is_refused_in_one_line_without_its_password(url: str, complaint: str) -> None:
    with pytest.raises(SourceRefused, match=complaint) as refusal:
        open_source([url])
    assert "\n" not in str(refusal.value)
    assert "hidden" not in str(refusal.value)
    assert "12345" not in str(refusal.value)
