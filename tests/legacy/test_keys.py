"""Keys of any kind and size become numbers that databases take, and the same ones again."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from migrations_legacy.errors import SourceRefused
from migrations_legacy.reading.keys import as_key, as_number, number_for
from migrations_legacy.reading.opening import open_source
from modules.academics.models import Enrollment
from modules.finance.models import FinePayment
from modules.users.models import StudentProfile
from tests.legacy.moving import execute, move
from tests.legacy.other_databases import make_mysqldump
from tests.legacy.school import full_name, make_dump
from tests.legacy.test_variants import change
from tests.legacy.variants import VARIANTS, redeclared, sql

pytestmark = pytest.mark.sqlite_only

HUGE = 10**20
NOT_EVEN_PYTHONS = "1" * 5000


@pytest.mark.parametrize("value", [" 7 ", 7, 7.0])
def test_what_is_a_number_stands_for_itself(value: object) -> None:
    assert as_key(value) == as_number(value) == 7


@pytest.mark.parametrize("value", [HUGE, -HUGE, str(HUGE), NOT_EVEN_PYTHONS, "07", "A-1", 1.5, b"k", float("inf")])
def test_for_everything_else_a_number_stands_that_every_database_takes(value: object) -> None:
    assert as_key(value) == number_for(str(value))
    assert 0 < number_for(str(value)) < 2**63


@pytest.mark.django_db
@pytest.mark.parametrize("key", [str(HUGE), NOT_EVEN_PYTHONS, "99999999999999999999"])
def test_keys_of_text_that_are_numbers_of_any_length_move_in(school: Path, key: str) -> None:
    for statement in redeclared("courses", integer="text"):
        execute(school, sql(statement))
    execute(school, f"UPDATE {full_name('courses')} SET id = ? WHERE id = 3", key)
    execute(school, f"UPDATE {full_name('students')} SET course_id_id = ? WHERE course_id_id = 3", key)
    assert move(school)["succeeded"]
    assert not move(school)["changed"]


@pytest.mark.django_db
def test_keys_that_are_no_numbers_though_declared_so_move_in(school: Path, tmp_path: Path) -> None:
    for statement in redeclared("courses", integer="bigint"):
        execute(school, sql(statement))
    for key, before in (("C-1", 1), (2.5, 2)):
        execute(school, f"UPDATE {full_name('courses')} SET id = ? WHERE id = ?", key, before)
        execute(school, f"UPDATE {full_name('students')} SET course_id_id = ? WHERE course_id_id = ?", key, before)
    report = move(school)
    assert report["succeeded"]
    assert {number_for("C-1"), number_for("2.5")} <= set(Enrollment.objects.values_list("course_id", flat=True))
    assert not move(school)["changed"]
    call_command("export_legacy", str(tmp_path / "back.sqlite3"), verbosity=0)


@pytest.mark.django_db
@pytest.mark.parametrize("written", [str(HUGE), NOT_EVEN_PYTHONS])
def test_keys_and_values_of_any_length_in_dumps_move_in(school: Path, tmp_path: Path, written: str) -> None:
    dump = make_dump(school, tmp_path / "dump.json")
    more = '{"model": "library.book", "pk": %s, "fields": {"pages": %s}}'
    dump.write_text(dump.read_text().strip().removesuffix("]") + "," + more % (written, written) + "]")
    assert move(dump)["succeeded"]
    lines = make_mysqldump(school, tmp_path / "dump.sql").read_text()
    table = f"CREATE TABLE `book` (`id` int, `pages` int);\nINSERT INTO `book` VALUES ({written}, {written});\n"
    (tmp_path / "more.sql").write_text(lines.replace("SET @OLD", table + "SET @OLD"))
    assert move(tmp_path / "more.sql")["succeeded"]


@pytest.mark.django_db
def test_people_without_accounts_may_have_keys_at_both_ends(school: Path) -> None:
    (variant,) = (one for one in VARIANTS if one.name == "people without accounts")
    change(school, variant.statements)
    for key, before in ((2**63 - 1, 701), (-(2**63), 702), (-1, 703)):
        execute(school, f"UPDATE {full_name('students')} SET id = ? WHERE id = ?", key, before)
    assert move(school)["succeeded"]
    assert set(StudentProfile.objects.order_by("pk").values_list("pk", flat=True)) >= {-(2**63), -1, 2**63 - 1}
    assert not move(school)["changed"]


@pytest.mark.django_db
def test_room_above_the_highest_key_there_can_be_is_none(school: Path) -> None:
    execute(school, f"UPDATE {full_name('finepayment')} SET id = ? WHERE id = 1", 2**63 - 1)
    assert move(school, reserve=1_000_000)["succeeded"]
    assert FinePayment.objects.filter(pk=2**63 - 1).exists()


def test_json_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_text("[" + json.dumps({"model": "a.b", "pk": 1, "fields": {}}) + ', {"a": ' + "[" * 200_000)
    path.write_text(path.read_text() + "]" * 200_000 + "}]")
    with pytest.raises(SourceRefused, match="not written by dumpdata"):
        open_source([path])


@pytest.mark.django_db
def test_many_equal_rows_without_a_key_take_no_longer_than_others(school: Path) -> None:
    """The work grows with the rows, not with their square: otherwise this would take minutes."""
    name = full_name("notificationstaffs")
    execute(school, f"DROP TABLE {name}")
    execute(school, f"CREATE TABLE {name} (message text, staff_id_id integer)")
    execute(
        school,
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        f"INSERT INTO {name} SELECT 'Meeting', 501 FROM n",
    )
    source = open_source([school])
    assert source.count("notificationstaffs") == 3000
    source.close()
