"""The way back: what moved in is written out again as a legacy, row by row as it was, with what was entered here."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from migrations_legacy.export.django_rows import MIGRATIONS
from migrations_legacy.export.writer import SCHEMA
from migrations_legacy.legacy_schema import TABLES
from modules.academics.models import Course, Enrollment
from modules.assessments.models import Assignment, StudentResult
from modules.attendance.models import AttendanceReport
from modules.finance.models import Fine, FinePayment
from modules.leaves.models import StudentLeave
from modules.users.models import StudentProfile, User
from tests.legacy.moving import everything, execute, move
from tests.legacy.samples import sample
from tests.legacy.school import HASH_3_2, MEDIA, full_name
from tests.legacy.variants import rebuilt, sql

pytestmark = pytest.mark.django_db

_numbers = count()
LEFT_BEHIND = {"django_session"}
"""Tables that a named rule empties: everybody logs in once."""


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample("golden/db.sqlite3"), tmp_path))


def export(folder: Path, **options: Any) -> tuple[Path, dict[str, Any]]:
    """The file that was written, and the report."""
    number = next(_numbers)
    target, report = folder / f"legacy-{number}.sqlite3", folder / f"export-{number}.json"
    call_command("export_legacy", str(target), report=report, verbosity=0, **options)
    content: dict[str, Any] = json.loads(report.read_text())
    return target, content


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    """A legacy table's rows, by the names of its columns."""
    names = ", ".join(f'"{name}"' for name in TABLES[table].columns)
    with closing(sqlite3.connect(path)) as legacy:
        return sorted(legacy.execute(f'SELECT {names} FROM "{full_name(table)}"').fetchall(), key=repr)


def differences(one: Path, other: Path, *, besides: set[str] = LEFT_BEHIND) -> Iterator[str]:
    for table in TABLES.keys() - besides:
        before, after = rows(one, table), rows(other, table)
        if before != after:
            yield f"{table}: {sorted(set(before) ^ set(after), key=repr)[:6]}"


def schema(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as legacy:
        return {sql for (sql,) in legacy.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def test_the_golden_school_comes_back_row_by_row(golden: Path, tmp_path: Path) -> None:
    move(golden)
    target, report = export(tmp_path)
    assert not list(differences(golden, target))
    assert schema(target) == schema(golden)
    assert not report["new_passwords"]
    assert all(not table["changed_by_rule"] and not table["left_out"] for table in report["tables"])


def test_a_school_with_every_oddity_comes_back_row_by_row(school: Path, tmp_path: Path) -> None:
    move(school)
    target, report = export(tmp_path)
    assert not list(differences(school, target, besides=LEFT_BEHIND | {"django_migrations"}))
    assert {what["source"] for what in report["tables"] if what["left_out"]} <= LEFT_BEHIND
    restored = {line["source"]: line["restored"] for line in report["tables"] if line["restored"]}
    assert restored == {"staffs": 1, "attendancereport": 1, "leavereportstaff": 1, "fine": 1, "finepayment": 1}


@pytest.mark.sqlite_only
def test_rows_go_back_with_whatever_values_they_have(golden: Path, tmp_path: Path) -> None:
    values = (float("-inf"), "a\x00b", b"\x00\xff", "back\\slash", 1e300)
    for key, value in enumerate(values, start=1):
        execute(golden, f"UPDATE {full_name('fine')} SET amount = ? WHERE id = ?", value, key)
    execute(golden, f"UPDATE {full_name('fine')} SET reason = CAST(x'63ff' AS TEXT) WHERE id = 6")
    execute(golden, f"UPDATE {full_name('courses')} SET course_name = CAST(x'63ff' AS TEXT) WHERE id = 1")
    execute(golden, f"UPDATE {full_name('students')} SET profile_pic = CAST(x'63ff' AS TEXT) WHERE id = 701")
    execute(golden, "UPDATE django_admin_log SET object_repr = CAST(x'63ff' AS TEXT)")
    move(golden)
    target, _ = export(tmp_path)
    select = (
        f"SELECT id, typeof(amount), CAST(amount AS BLOB), CAST(reason AS BLOB) FROM {full_name('fine')} ORDER BY id"
    )
    names = f"SELECT CAST(course_name AS BLOB) FROM {full_name('courses')} ORDER BY id"
    pictures = f"SELECT id, typeof(profile_pic), CAST(profile_pic AS BLOB) FROM {full_name('students')} ORDER BY id"
    log = "SELECT CAST(object_repr AS BLOB) FROM django_admin_log"
    with closing(sqlite3.connect(golden)) as before, closing(sqlite3.connect(target)) as after:
        for question in (select, names, log, pictures):
            assert after.execute(question).fetchall() == before.execute(question).fetchall()


def test_students_without_a_course_stay_when_the_legacy_that_lacks_them_moves_in_again(
    golden: Path, tmp_path: Path
) -> None:
    """A variant may have them, the legacy's own tables may not."""
    students = full_name("students")
    for statement in rebuilt("students", 'SELECT * FROM "old"'):
        execute(golden, sql(statement))
    execute(golden, f"UPDATE {students} SET course_id_id = NULL WHERE id IN (701, 702)")
    execute(golden, f"ALTER TABLE {students} ADD COLUMN phone text DEFAULT '555'")
    move(golden)
    before = everything()
    target, report = export(tmp_path)
    assert sum(figures(report, "students")["left_out"].values()) == 2
    for again in (move(target), move(target)):
        assert not any(table["written"] or table["removed"] for table in again["tables"])
    assert everything()["migrations_legacy_archivedrow"] == before["migrations_legacy_archivedrow"] > 0
    assert StudentProfile.objects.filter(pk__in=[701, 702]).count() == 2
    move(golden)
    assert everything() == before
    # In the variant itself, the absence of one of them says that it was deleted.
    for table in ("students", "attendancereport", "leavereportstudent", "fine", "studentresult", "feedbackstudent"):
        execute(
            golden, f"DELETE FROM {full_name(table)} WHERE {'id' if table == 'students' else 'student_id_id'} = 701"
        )
    move(golden)
    assert not StudentProfile.objects.filter(pk=701).exists()


@pytest.mark.sqlite_only
def test_rows_that_the_legacys_own_tables_take_only_once_are_left_out_and_counted(golden: Path, tmp_path: Path) -> None:
    (index,) = (sql.split('"')[1] for sql in schema(golden) if "UNIQUE" in sql and "assignmentsubmission" in sql)
    execute(golden, f'DROP INDEX "{index}"')
    columns = ", ".join(TABLES["assignmentsubmission"].columns[1:])
    table = full_name("assignmentsubmission")
    execute(golden, f"INSERT INTO {table} (id, {columns}) SELECT id + 900, {columns} FROM {table} WHERE id = 1")
    assert move(golden)["succeeded"]
    target, report = export(tmp_path)
    assert figures(report, "assignmentsubmission")["left_out"] == {"its key or name is another row's now": 1}
    assert not move(target)["changed"]


def test_what_may_be_null_in_the_legacy_is_what_its_tables_say() -> None:
    with closing(sqlite3.connect(":memory:")) as legacy:
        legacy.executescript(SCHEMA.read_text())
        for table, facts in TABLES.items():
            columns = legacy.execute(f'PRAGMA table_info("{full_name(table)}")').fetchall()
            assert facts.nullable == {name for _, name, _, required, *_ in columns if not required}, table


def test_what_comes_back_moves_in_without_a_change(golden: Path, tmp_path: Path) -> None:
    move(golden)
    target, _ = export(tmp_path)
    assert not move(target)["changed"]
    again, _ = export(tmp_path)
    assert not list(differences(target, again, besides=set()))


def one(path: Path, table: str, key: int) -> dict[str, Any]:
    """A row of a legacy, read by a plain client."""
    with closing(sqlite3.connect(path)) as legacy:
        legacy.row_factory = sqlite3.Row
        found = legacy.execute(f'SELECT * FROM "{full_name(table)}" WHERE id = ?', (key,)).fetchone()
    return dict(found) if found else {}


def figures(report: dict[str, Any], source: str) -> dict[str, Any]:
    found: dict[str, Any] = next(table for table in report["tables"] if table["source"] == source)
    return found


def test_what_was_entered_and_changed_here_is_written_in_the_legacys_words(school: Path, tmp_path: Path) -> None:
    move(school)
    day = date(2026, 3, 2)
    leave = StudentLeave.objects.create(student_id=701, first_day=day, last_day=date(2026, 3, 4), reason="Trip")
    fine = Fine.objects.create(student_id=701, amount=Decimal("12.50"), reason="Book", due_date=day)
    Course.objects.filter(pk=2).update(name="Optics")
    StudentLeave.objects.filter(pk=3).update(status="approved")
    user = User.objects.create(username="new", user_type="3", password=HASH_3_2)
    student = StudentProfile.objects.create(user=user, phone="123")
    Enrollment.objects.create(student_id=student.pk, course_id=1, session_year_id=1, status="dropped")
    Enrollment.objects.create(student_id=student.pk, course_id=2, session_year_id=2)
    target, report = export(tmp_path)
    assert one(target, "leavereportstudent", leave.pk)["leave_date"] == "2026-03-02 to 2026-03-04"
    assert one(target, "leavereportstudent", leave.pk)["leave_status"] == 0
    assert one(target, "leavereportstudent", 3)["leave_status"] == 1, "the legacy's own 3 no longer says what is meant"
    assert one(target, "fine", fine.pk)["amount"] == 12.5
    assert one(target, "courses", 2)["course_name"] == "Optics"
    written = one(target, "students", student.pk)
    assert (written["course_id_id"], written["session_year_id_id"], written["admin_id"]) == (2, 2, user.pk)
    assert one(target, "customuser", user.pk)["password"] == HASH_3_2
    assert report["without_place"]["users.StudentProfile.phone"] == 1


def test_what_the_legacy_has_no_word_for_follows_a_rule_that_is_counted(school: Path, tmp_path: Path) -> None:
    move(school)
    AttendanceReport.objects.filter(pk=1).update(status="late")
    AttendanceReport.objects.filter(pk=2).update(status="excused")
    StudentLeave.objects.filter(pk=4).update(status="cancelled")
    Fine.objects.filter(pk=3).update(status="cancelled")
    waived = Fine.objects.exclude(pk=3).filter(status="unpaid").order_by("pk")[0]
    Fine.objects.filter(pk=waived.pk).update(status="waived", kind="library", waive_reason="A hardship")
    half = User.objects.create(username="half", half_made=True)
    Enrollment.objects.filter(student_id=702).update(status="completed")
    never = StudentProfile.objects.create(user=User.objects.create(username="never", user_type="3"))
    StudentLeave.objects.create(student_id=never.pk, reason="Trip")
    target, report = export(tmp_path)
    assert [one(target, "attendancereport", number)["status"] for number in (1, 2)] == [1, 0]
    assert figures(report, "attendancereport")["changed_by_rule"] == {
        "late becomes present": 1,
        "excused becomes absent": 1,
    }
    assert one(target, "leavereportstudent", 4)["leave_status"] == 2
    assert not one(target, "fine", 3)
    assert one(target, "fine", waived.pk)["paid"] == 1
    assert figures(report, "fine")["changed_by_rule"] == {"a waived fine becomes paid": 1}
    assert report["without_place"]["finance.Fine.kind"] == report["without_place"]["finance.Fine.waive_reason"] == 1
    assert (
        FinePayment.objects.filter(fine_id=3).count() == sum(figures(report, "finepayment")["left_out"].values()) == 2
    )
    assert not one(target, "customuser", half.pk)
    assert one(target, "students", 702)["course_id_id"] == 1
    assert sum(figures(report, "students")["changed_by_rule"].values()) == 1
    assert not one(target, "students", never.pk)
    assert one(target, "customuser", never.user_id)["username"] == "never"
    assert sum(figures(report, "leavereportstudent")["left_out"].values()) == 1


def test_what_students_are_not_to_see_yet_is_left_out_and_not_lost_when_the_legacy_moves_in_again(
    school: Path, tmp_path: Path
) -> None:
    move(school)
    StudentResult.objects.filter(pk=1).update(withheld=True)
    draft = Assignment.objects.create(subject_id=1, title="Draft", due_at=timezone.now(), status="draft")
    Fine.objects.filter(pk=3).update(status="cancelled")
    results, payments = StudentResult.objects.count(), FinePayment.objects.count()
    target, report = export(tmp_path)
    assert not one(target, "studentresult", 1)
    assert not one(target, "assignment", draft.pk)
    assert figures(report, "studentresult")["left_out"] == {"a withheld result, which the legacy would show": 1}
    assert figures(report, "assignment")["left_out"] == {"a draft of an assignment, which the legacy would show": 1}
    execute(
        target,
        f"INSERT INTO {full_name('assignment')} (title, description, due_date, created_at, updated_at, subject_id_id) "
        f"SELECT 'New', '', due_date, created_at, updated_at, 1 FROM {full_name('assignment')} LIMIT 1",
    )
    for prefer in (None, "legacy", "new"):
        move(target, prefer=prefer)
        assert StudentResult.objects.get(pk=1).withheld
        assert StudentResult.objects.count() == results
        assert FinePayment.objects.count() == payments
        assert Assignment.objects.get(pk=draft.pk).status == "draft"
    assert Assignment.objects.get(title="New").pk > draft.pk


def test_a_password_that_the_legacy_cannot_check_is_listed_and_nobody_has_it(school: Path, tmp_path: Path) -> None:
    move(school)
    User.objects.filter(pk=10).update(password=Argon2PasswordHasher().encode("secret", "saltsalt"))
    target, report = export(tmp_path)
    assert one(target, "customuser", 10)["password"].startswith("!")
    assert [line.split()[0] for line in report["new_passwords"]] == ["10"]
    assert one(target, "customuser", 11)["password"] != one(target, "customuser", 10)["password"]


def test_a_school_that_never_was_a_legacy_gets_all_that_the_legacy_needs_to_start(tmp_path: Path) -> None:
    Course.objects.create(pk=7, name="Optics")
    target, _ = export(tmp_path)
    assert [row[1:3] for row in sorted(rows(target, "django_migrations"))] == list(MIGRATIONS)
    golden = sample("golden/db.sqlite3")
    for table in ("django_content_type", "auth_permission"):
        assert rows(target, table) == rows(golden, table)
    assert one(target, "courses", 7)["course_name"] == "Optics"
    assert schema(target) == schema(golden)


def test_sessions_that_came_from_the_legacy_go_back_to_it(school: Path, tmp_path: Path, settings: Settings) -> None:
    settings.LEGACY_SECRET_KEY = "legacy-test-secret-key"
    move(school)
    target, _ = export(tmp_path)
    assert [row for row in rows(target, "django_session") if "a" * 32 in row]
    assert len(rows(target, "django_session")) == 1, "the other one has ended"


def test_files_go_back_under_the_paths_that_the_legacy_expects(school: Path, media: Path, tmp_path: Path) -> None:
    move(school, media=media)
    new = default_storage.save("assignments/submissions/new.pdf", ContentFile(b"%PDF new"))
    execute(school, "UPDATE student_management_app_fine SET reason = 'x' WHERE id = 1")
    StudentProfile.objects.filter(pk=701).update(profile_pic=new)
    folder = tmp_path / "back"
    _, report = export(tmp_path, media=folder)
    assert {name: (folder / name).read_bytes() for name in MEDIA} == MEDIA
    assert (folder / new).read_bytes() == b"%PDF new"
    assert report["files"]["copied"] == len(MEDIA) + 1
    _, again = export(tmp_path, media=folder)
    assert again["files"]["unchanged"] == len(MEDIA) + 1
    assert "copied" not in again["files"]


def test_nothing_is_overwritten_and_a_failure_leaves_nothing_behind(
    school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = school.read_bytes()
    with pytest.raises(CommandError, match="something already"):
        call_command("export_legacy", str(school), verbosity=0)
    assert school.read_bytes() == before
    with pytest.raises(CommandError, match="no such folder"):
        call_command("export_legacy", str(tmp_path / "nowhere" / "db.sqlite3"), verbosity=0)
    files = set(tmp_path.iterdir())

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "db.sqlite3.part")

    monkeypatch.setattr("migrations_legacy.export.engine.Export._kept_aside", fail)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_legacy", str(tmp_path / "db.sqlite3"), verbosity=0)
    assert set(tmp_path.iterdir()) == files
