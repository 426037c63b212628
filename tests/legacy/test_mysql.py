"""`make test-mysql`: a school moves in from a MariaDB server that runs, and what only such a server has moves along.

Needs MariaDB's server and the package mysqlclient, so that it is no part of `make test`.
"""

import io
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from migrations_legacy.models import ArchivedRow
from migrations_legacy.sources.database import DatabaseSource
from modules.academics.models import Course
from modules.feedback.models import StudentFeedback
from modules.leaves.models import StudentLeave
from modules.users.models import User
from tests.legacy.in_mysql import PASSWORD, InMysql, in_mysql
from tests.legacy.moving import everything, move, move_from, reasons, table
from tests.legacy.samples import sample
from tests.legacy.school import full_name
from tests.legacy.test_export import LEFT_BEHIND, differences, export
from tests.legacy.test_follow import Watched
from tests.servers.mariadb import mariadb

pytestmark = [pytest.mark.mysql, pytest.mark.sqlite_only, pytest.mark.django_db]

COURSES, FEEDBACK, USERS = full_name("courses"), full_name("feedbackstudent"), full_name("customuser")
PAGE = 2000


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with mariadb() as url:
        yield url


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample("golden/db.sqlite3"), tmp_path))


@pytest.fixture
def legacy(golden: Path, server: str) -> Iterator[InMysql]:
    """The golden school on the server."""
    with in_mysql(golden, server) as made:
        yield made


@pytest.fixture
def reader(legacy: InMysql, tmp_path: Path) -> Any:
    """Moves the school in; gives the report."""

    def run(**options: Any) -> dict[str, Any]:
        report = move_from(legacy.reader, folder=tmp_path, **options)
        assert all(fate["balances"] for fate in report["sources"])
        return report

    return run


def test_a_school_on_a_server_is_the_same_school_as_in_a_file_and_goes_back(
    legacy: InMysql, golden: Path, tmp_path: Path, reader: Any
) -> None:
    out = io.StringIO()
    call_command("migrate_legacy", "inspect", legacy.reader, stdout=out)
    assert f"{full_name('attendancereport')} = attendancereport: 765 rows" in out.getvalue()
    assert PASSWORD not in out.getvalue()
    before = everything()
    assert "nothing was written" in reader(dry_run=True)["verdict"]
    assert everything() == before
    report = reader()
    assert report["succeeded"]
    assert PASSWORD not in str(report)
    assert not reader()["changed"]
    back, _ = export(tmp_path)
    # The golden file writes the times of django_migrations with six zeros behind the point.
    assert not list(differences(golden, back, besides=LEFT_BEHIND | {"django_migrations"}))
    assert not move(golden)["changed"]


def test_what_changes_on_the_server_is_brought_over_by_the_next_run(legacy: InMysql, reader: Any) -> None:
    reader()
    legacy.execute(f"UPDATE {COURSES} SET course_name = %s WHERE id = 1", "Číslo 🧮 ½")
    legacy.execute(f"DELETE FROM {FEEDBACK} WHERE id = (SELECT MIN(id) FROM {FEEDBACK})")
    legacy.execute(f"INSERT INTO {COURSES} VALUES (77, 'New', '2025-01-02 03:04:05.6', '2025-01-02 03:04:05')")
    report = reader()
    assert [table(report, "courses")[figure] for figure in ("inserted", "updated")] == [1, 1]
    assert table(report, "feedbackstudent")["removed"] == 1
    assert Course.objects.get(pk=1).name == "Číslo 🧮 ½"
    assert not reader()["changed"]


def test_a_server_in_use_is_followed(legacy: InMysql) -> None:
    def rename() -> None:
        legacy.execute(f"UPDATE {COURSES} SET course_name = 'Optics' WHERE id = 2")

    def stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    out = Watched(rename, lambda: None, stop, *[lambda: None] * 500)
    call_command("migrate_legacy", legacy.reader, follow=0.001, stdout=out)
    lines = out.getvalue().splitlines()
    assert "1 updated" in lines[1]
    assert "nothing changed" in lines[2]
    assert Course.objects.get(pk=2).name == "Optics"


@pytest.mark.parametrize("engine", ["InnoDB", "MyISAM"])
def test_what_others_write_meanwhile_is_not_seen_and_nothing_can_be_written(
    golden: Path, server: str, engine: str
) -> None:
    with in_mysql(golden, server, engine=engine) as legacy:
        source = DatabaseSource(legacy.reader)
        rows = [batch for name in source.tables() for batch in source.batches(name)]
        legacy.execute(f"DELETE FROM {FEEDBACK}")
        legacy.execute(f"UPDATE {COURSES} SET course_name = 'Other'")
        assert [batch for name in source.tables() for batch in source.batches(name)] == rows
        assert (source.count(FEEDBACK), source.filled(FEEDBACK)["id"]) == (5, 5)
        with pytest.raises(Exception, match=r"READ ONLY|denied"):
            source._execute(f"DELETE FROM {COURSES}")
        source.close()


def test_a_school_without_transactions_moves_in_too(golden: Path, server: str, tmp_path: Path) -> None:
    with in_mysql(golden, server, engine="MyISAM") as legacy:
        assert move_from(legacy.reader, folder=tmp_path)["succeeded"]
    assert not move(golden)["changed"]


def test_days_of_zeros_are_read_as_none(legacy: InMysql, reader: Any) -> None:
    legacy.execute(f"UPDATE {USERS} SET last_login = '0000-00-00 00:00:00' WHERE id = 2")
    legacy.execute(f"UPDATE {full_name('leavereportstudent')} SET updated_at = '0000-00-00' WHERE id = 1")
    legacy.execute(f"UPDATE {full_name('attendance')} SET attendance_date = '0000-00-00' WHERE id = 1")
    legacy.execute(f"UPDATE {full_name('fine')} SET due_date = '2025-00-00' WHERE id = 1")
    legacy.execute("CREATE TABLE visits (id int PRIMARY KEY, day date NOT NULL, at timestamp NULL)")
    legacy.execute("INSERT INTO visits VALUES (1, '0000-00-00', '0000-00-00 00:00:00'), (2, '2025-02-03', NULL)")
    report = reader()
    assert report["succeeded"]
    assert User.objects.get(pk=2).last_login is None
    leave = StudentLeave.objects.get(pk=1)
    assert leave.updated_at == leave.created_at
    assert report["rules"]["leavereportstudent"]["no time was kept: another time of the row, or 1 January 1970"] == 1
    assert reasons("attendance") == {"1": "missing_value"}
    assert reasons("fine") == {"1": "bad_date"}
    visits = ArchivedRow.objects.filter(table__name="visits").order_by("number")
    assert [row.row["day"] for row in visits] == [None, "2025-02-03"]
    assert not reader()["changed"]


def test_values_that_only_servers_have_are_archived(legacy: InMysql, reader: Any) -> None:
    legacy.execute(
        "CREATE TABLE odd (id bigint unsigned PRIMARY KEY, length time, on_since year, kind enum('a', 'é'), "
        "flags set('x', 'y'), switch bit(9), content json, picture longblob, price decimal(30, 10), place point, "
        "old varchar(9) CHARACTER SET latin1)"
    )
    legacy.execute(
        "INSERT INTO odd VALUES (18446744073709551615, '-838:59:59', 1999, 'é', 'x,y', b'100000001', '{\"a\": 1}', "
        "X'00FF', 12345678901234567890.0123456789, POINT(1, 2), 'ü')"
    )
    assert reader()["succeeded"]
    found = ArchivedRow.objects.get(table__name="odd").row
    assert found == {
        "id": 18446744073709551615,
        "length": "-838:59:59",
        "on_since": 1999,
        "kind": "é",
        "flags": "x,y",
        "switch": 257,
        "content": '{"a": 1}',
        "picture": {"bytes": "00ff"},
        "price": "12345678901234567890.0123456789",
        "place": {"bytes": "000000000101000000000000000000f03f0000000000000040"},
        "old": "ü",
    }
    assert not reader()["changed"]


def test_rows_without_a_key_are_all_met_though_the_server_holds_some_for_equal(legacy: InMysql, reader: Any) -> None:
    legacy.execute("CREATE TABLE visits (who varchar(20), note text)")
    legacy.execute(f"INSERT INTO visits SELECT IF(seq % 2, 'anna', 'ANNA'), NULL FROM seq_1_to_{2 * PAGE + 1}")
    legacy.execute("CREATE TABLE history (id int PRIMARY KEY, what text) WITH SYSTEM VERSIONING")
    legacy.execute("INSERT INTO history VALUES (1, 'kept')")
    assert reader()["succeeded"]
    kept = [row["who"] for row in ArchivedRow.objects.filter(table__name="visits").values_list("row", flat=True)]
    assert (kept.count("anna"), kept.count("ANNA")) == (PAGE + 1, PAGE)
    assert ArchivedRow.objects.get(table__name="history").row["what"] == "kept"


def test_names_in_upper_case_are_found(legacy: InMysql, golden: Path, reader: Any) -> None:
    for name in ("students", "customuser", "courses", "attendance"):
        legacy.execute(f"RENAME TABLE {full_name(name)} TO {full_name(name).upper()}")
    legacy.execute(f"ALTER TABLE {COURSES.upper()} CHANGE course_name COURSE_NAME varchar(255) NOT NULL")
    assert reader()["succeeded"]
    assert not move(golden)["changed"]


def test_texts_of_any_language_and_length_come_over(legacy: InMysql, reader: Any) -> None:
    text = "👩🏽‍🏫 ё\r\n\\'\"%s\x1a" + "長" * 400_000
    legacy.execute(f"UPDATE {FEEDBACK} SET feedback = %s WHERE id = 1", text)
    reader()
    assert StudentFeedback.objects.get(pk=1).text == text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda url: url.replace(PASSWORD, "hidden-wrong"), "Access denied"),
        (lambda url: url.replace("/legacy_", "/hidden-not-there_"), "denied"),
        (lambda url: url.replace(PASSWORD, "hidden/1"), "URL cannot be read"),
        (lambda url: url.replace(PASSWORD, "12345/hidden"), "URL cannot be read"),
        (lambda url: url + "&no_such_option=hidden", "no_such_option"),
        (lambda url: url + "&isolation_level=none", "isolation level"),
        (lambda url: url.partition("?")[0] + "?unix_socket=/nowhere/hidden", "connect"),
    ],
)
def test_who_is_not_let_in_is_told_so_in_one_line_without_a_secret(
    legacy: InMysql, change: Any, complaint: str
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=complaint) as refusal:
        call_command("migrate_legacy", change(legacy.reader), verbosity=0)
    assert "\n" not in str(refusal.value)
    assert PASSWORD not in str(refusal.value).replace("/nowhere/hidden", "").replace("hidden-not-there", "")
    assert everything() == before


def test_a_reader_who_may_not_read_everything_is_told_so_before_anything_is_written(
    legacy: InMysql, tmp_path: Path
) -> None:
    user = legacy.reader.partition("//")[2].partition(":")[0]
    legacy.execute(f"REVOKE SELECT ON {legacy.name}.* FROM {user}@'%'")
    legacy.execute(f"GRANT SELECT ON {legacy.name}.{USERS} TO {user}@'%'")
    legacy.execute(f"GRANT SELECT (id) ON {legacy.name}.{COURSES} TO {user}@'%'")
    legacy.execute(f"GRANT INSERT ON {legacy.name}.{FEEDBACK} TO {user}@'%'")
    before = everything()
    with pytest.raises(CommandError, match="command denied") as refusal:
        move_from(legacy.reader, folder=tmp_path)
    assert "\n" not in str(refusal.value)
    assert everything() == before


def test_a_server_that_goes_away_ends_the_run_with_one_line(legacy: InMysql, reader: Any, tmp_path: Path) -> None:
    user = legacy.reader.partition("//")[2].partition(":")[0]

    def cut_off() -> None:
        for (number,) in legacy.execute("SELECT id FROM information_schema.processlist WHERE user = %s", user):
            legacy.execute(f"KILL {number}")

    out = Watched(*[lambda: None] * 6, cut_off, *[lambda: None] * 500)
    with pytest.raises(
        CommandError,
        match=r"does not answer as it should: (Lost connection|Server has gone away|Connection was killed)",
    ) as refusal:
        call_command("migrate_legacy", legacy.reader, stdout=out)
    assert "\n" not in str(refusal.value)
    assert reader()["succeeded"]
    assert not reader()["changed"]
