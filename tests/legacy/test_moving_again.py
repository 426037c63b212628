"""A school moves in again and again: each run brings over what changed, by content, and overwrites nothing of ours."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from migrations_legacy.models import PlacedBlock, QuarantinedRow
from migrations_legacy.removal import Removal
from migrations_legacy.table_move import TableMove
from migrations_legacy.target import TargetTable
from modules.academics.models import Course, Enrollment
from modules.assessments.models import StudentResult
from modules.feedback.models import StudentFeedback
from modules.users.models import StudentProfile, User
from tests.legacy.moving import everything, execute, move, reasons, table
from tests.legacy.school import full_name
from tests.legacy.test_deltas import delete_student

pytestmark = pytest.mark.django_db


def test_a_second_run_changes_nothing(school: Path, media: Path) -> None:
    move(school, media=media)
    before = everything()
    report = move(school, media=media)
    assert not report["changed"]
    assert report["succeeded"]
    assert sum(line["written"] for line in report["tables"]) == 0
    assert "Nothing changed" in report["verdict"]
    assert all(line["source_checksum"] == line["target_checksum"] for line in report["tables"])
    assert everything() == before


def test_what_changed_in_the_legacy_is_brought_over(school: Path) -> None:
    move(school)
    execute(school, "UPDATE student_management_app_courses SET course_name = 'Optics' WHERE id = 2")
    execute(
        school,
        "INSERT INTO student_management_app_courses SELECT 50, 'New', created_at, updated_at "
        "FROM student_management_app_courses WHERE id = 1",
    )
    report = move(school)
    courses = table(report, "courses")
    assert (courses["inserted"], courses["updated"], courses["unchanged"]) == (1, 1, 3)
    assert sum(line["written"] for line in report["tables"]) == 2
    assert Course.objects.get(pk=2).name == "Optics"
    assert Course.objects.filter(pk=50).exists()


def test_what_was_changed_here_is_not_overwritten(school: Path) -> None:
    move(school)
    Course.objects.filter(pk=1).update(name="Ours")
    Course.objects.filter(pk=2).update(name="Ours too")
    execute(school, "UPDATE student_management_app_courses SET course_name = 'Theirs' WHERE id = 2")
    for _ in range(2):
        report = move(school)
        courses = table(report, "courses")
        assert courses["edited_here"] == 1
        assert courses["quarantined_by_reason"] == {"conflict": 1}
        assert courses["balances"]
        assert courses["agrees"]
        assert dict(Course.objects.filter(pk__in=[1, 2]).values_list("pk", "name")) == {1: "Ours", 2: "Ours too"}
    assert QuarantinedRow.objects.get(source="courses").row["course_name"] == "Theirs"


def test_what_was_deleted_here_stays_deleted(school: Path) -> None:
    move(school)
    StudentFeedback.objects.filter(pk=1).delete()
    report = move(school)
    assert table(report, "feedbackstudent")["removed_here"] == 1
    assert not report["changed"]
    assert not StudentFeedback.objects.filter(pk=1).exists()


def test_rows_leave_the_quarantine_when_they_find_their_place(school: Path) -> None:
    move(school)
    execute(
        school,
        "INSERT INTO student_management_app_courses (id, course_name, created_at, updated_at) "
        "SELECT s.course_id_id, 'Found again', c.created_at, c.updated_at FROM student_management_app_students s, "
        "student_management_app_courses c WHERE s.id = 709 AND c.id = 1",
    )
    report = move(school)
    assert table(report, "students", "academics.Enrollment")["written"] == 1
    assert "709" not in reasons("students")
    assert Enrollment.objects.filter(student_id=709).exists()


def test_an_id_that_is_in_use_here_is_not_overwritten(school: Path) -> None:
    Course.objects.create(pk=1, name="Here before")
    report = move(school)
    assert report["succeeded"]
    assert reasons("courses") == {"1": "taken"}
    assert Course.objects.get(pk=1).name == "Here before"
    assert not Enrollment.objects.filter(student_id=701).exists(), "it would name a course that is another one"


def test_what_a_killed_run_had_written_is_taken_over(school: Path) -> None:
    move(school)
    PlacedBlock.objects.all().delete()
    report = move(school)
    assert report["succeeded"]
    assert not report["changed"]
    assert PlacedBlock.objects.exists()


def test_duplicates_are_numbered_anew_by_the_run_after_one_that_was_killed(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(school)
    results = StudentResult.objects.filter(student_id=702, subject_id=1)
    assert list(results.order_by("pk").values_list("duplicate", flat=True)) == [0, 1]
    execute(school, f"DELETE FROM {full_name('studentresult')} WHERE id = ?", results.earliest("pk").pk)

    def killed(table: TargetTable) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TargetTable, "renumber", killed)
        with pytest.raises(CommandError, match="Stopped"):
            move(school)
    assert results.get().duplicate == 1
    move(school)
    assert results.get().duplicate == 0


def test_a_student_whose_enrolment_a_killed_run_had_taken_goes_too(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(school)
    delete_student(school, 701)
    remove = Removal._remove

    def killed(removal: Removal, table: TableMove, *rest: Any) -> None:
        if table.mapping.target == "users.StudentProfile":
            raise KeyboardInterrupt
        remove(removal, table, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Removal, "_remove", killed)
        with pytest.raises(CommandError, match="Stopped"):
            move(school)
    assert not Enrollment.objects.filter(student_id=701).exists()
    move(school)
    assert not StudentProfile.objects.filter(pk=701).exists()


def test_a_row_that_the_database_refuses_does_not_stop_the_others(school: Path) -> None:
    User.objects.create(pk=9000, username="user32")
    report = move(school)
    assert reasons("customuser") == {"32": "refused"}
    assert report["succeeded"]
    assert User.objects.filter(pk=33).exists()
    assert reasons("students")["702"] == "missing_reference"
