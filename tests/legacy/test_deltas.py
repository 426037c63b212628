"""A repeated move: deletions, conflicts on either side, merged rows, and rows that nobody touched."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import CommandError
from django.utils import timezone

from migrations_legacy.models import PlacedBlock, QuarantinedRow
from migrations_legacy.table_move import TableMove
from modules.academics.models import Course, Enrollment, Subject
from modules.attendance.models import Attendance, AttendanceReport
from modules.feedback.models import StudentFeedback
from modules.finance.models import Fine
from modules.leaves.models import LeaveTotal, StudentLeave
from modules.users.models import StaffProfile, StudentProfile, User, UserTotal
from tests.legacy.moving import execute, move, reasons, table
from tests.legacy.school import DELETING_A_STUDENT, HASH_3_0, OF_A_STUDENT, insert, user

pytestmark = pytest.mark.django_db

APP = "student_management_app_"


def delete_student(school: Path, student: int) -> None:
    for statement in DELETING_A_STUDENT:
        execute(school, statement, student)


def test_what_the_legacy_deleted_is_deleted_here(school: Path) -> None:
    move(school)
    execute(school, f"DELETE FROM {APP}feedbackstudent WHERE id = 1")
    report = move(school)
    assert (table(report, "feedbackstudent")["gone_from_source"], table(report, "feedbackstudent")["removed"]) == (1, 1)
    assert report["succeeded"]
    assert report["changed"]
    assert not StudentFeedback.objects.filter(pk=1).exists()
    assert not move(school)["changed"]


def test_a_student_goes_with_everything_that_refers_to_them(school: Path) -> None:
    move(school)
    delete_student(school, 701)
    report = move(school)
    assert report["succeeded"]
    assert not StudentProfile.objects.filter(pk=701).exists()
    assert not Enrollment.objects.filter(student_id=701).exists()
    for model in (AttendanceReport, StudentLeave, StudentFeedback, Fine):
        assert not model._default_manager.filter(student_id=701).exists(), model
    assert User.objects.filter(pk=31).exists()
    assert not LeaveTotal.differences()
    assert not UserTotal.differences()
    assert "Conflicts" not in report["verdict"]


def test_what_was_changed_here_is_not_deleted_but_reported(school: Path) -> None:
    move(school)
    StudentFeedback.objects.filter(pk=1).update(reply="Noted here")
    execute(school, f"DELETE FROM {APP}feedbackstudent WHERE id = 1")
    for _ in range(2):
        report = move(school)
        line = table(report, "feedbackstudent")
        assert (line["gone_from_source"], line["removed"]) == (1, 0)
        assert sum(line["kept_though_gone"].values()) == 1
        assert "Conflicts to decide: 1" in report["verdict"]
        assert reasons("feedbackstudent") == {"1": "conflict"}
    assert StudentFeedback.objects.get(pk=1).reply == "Noted here"


@pytest.mark.parametrize(("side", "stays"), [("legacy", False), ("new", True)])
def test_a_preference_decides_about_what_is_deleted_there_and_changed_here(
    school: Path, side: str, stays: bool
) -> None:
    move(school)
    StudentFeedback.objects.filter(pk=1).update(reply="Noted here")
    execute(school, f"DELETE FROM {APP}feedbackstudent WHERE id = 1")
    move(school)
    report = move(school, prefer=side)
    assert "Conflicts" not in report["verdict"]
    assert StudentFeedback.objects.filter(pk=1).exists() is stays
    assert not reasons("feedbackstudent")
    assert "Conflicts" not in move(school)["verdict"], "decided once and for all"


def test_what_rows_entered_here_refer_to_is_not_deleted(school: Path) -> None:
    move(school)
    Fine.objects.create(student_id=702, amount=5, reason="Here", due_date="2026-01-01")
    delete_student(school, 702)
    for side in (None, "legacy"):
        report = move(school, **({"prefer": side} if side else {}))
        assert StudentProfile.objects.filter(pk=702).exists()
        assert reasons("students")["702"] == "conflict"
        assert sum(table(report, "students")["kept_though_gone"].values()) == 1
    assert not StudentLeave.objects.filter(student_id=702).exists()


def test_what_a_row_changed_here_refers_to_is_not_deleted_either(school: Path) -> None:
    move(school)
    Enrollment.objects.filter(student_id=703).update(course_id=2)
    delete_student(school, 703)
    move(school)
    assert StudentProfile.objects.filter(pk=703).exists()
    assert Enrollment.objects.get(student_id=703).course_id == 2


def test_a_subject_goes_though_its_registers_stay_as_the_legacy_lets_them(school: Path) -> None:
    move(school)
    execute(school, f"DELETE FROM {APP}assignmentsubmission WHERE assignment_id_id IN (SELECT id FROM {APP}assignment)")
    execute(school, f"DELETE FROM {APP}assignment WHERE subject_id_id = 1")
    execute(school, f"DELETE FROM {APP}studentresult WHERE subject_id_id = 1")
    execute(school, f"DELETE FROM {APP}subjects WHERE id = 1")
    report = move(school)
    assert not Subject.objects.filter(pk=1).exists()
    assert Attendance.objects.filter(subject_id=1).exists()
    assert "Conflicts" not in report["verdict"]
    assert not move(school)["changed"]


def test_marks_of_a_student_who_is_gone_go_too_though_the_legacy_kept_them(school: Path) -> None:
    move(school)
    assert AttendanceReport.objects.filter(student_id=703).exists()
    for name in OF_A_STUDENT[1:]:
        execute(school, f"DELETE FROM {APP}{name} WHERE student_id_id = 703")
    execute(school, f"DELETE FROM {APP}students WHERE id = 703")
    report = move(school)
    assert report["succeeded"]
    assert not AttendanceReport.objects.filter(student_id=703).exists()
    assert not StudentProfile.objects.filter(pk=703).exists()
    assert set(reasons("attendancereport").values()) == {"missing_reference"}


def test_a_login_here_and_a_new_name_in_the_legacy_are_no_conflict(school: Path) -> None:
    move(school)
    stronger = Argon2PasswordHasher().encode("secret", "saltsalt")
    now = timezone.now()
    User.objects.filter(pk=10).update(last_login=now, password=stronger)
    execute(
        school, f"UPDATE {APP}customuser SET first_name = 'Nadia', last_login = '2024-01-01 00:00:00' WHERE id = 10"
    )
    report = move(school)
    line = table(report, "customuser")
    assert (line["merged"], line["updated"], line["quarantined"]) == (1, 1, 0)
    person = User.objects.get(pk=10)
    assert (person.first_name, person.password, person.last_login) == ("Nadia", stronger, now)
    assert not move(school)["changed"]
    execute(school, f"UPDATE {APP}customuser SET last_name = 'Haddad' WHERE id = 10")
    assert move(school)["succeeded"]
    assert User.objects.get(pk=10).last_name == "Haddad"


@pytest.mark.parametrize(("side", "whose"), [("", "ours"), ("legacy", HASH_3_0), ("new", "ours")])
def test_columns_that_both_sides_changed_are_a_conflict_and_the_others_are_not(
    school: Path, side: str, whose: str
) -> None:
    move(school)
    User.objects.filter(pk=10).update(password="ours")
    execute(school, f"UPDATE {APP}customuser SET first_name = 'Nadia', password = ? WHERE id = 10", HASH_3_0)
    for _ in range(2):
        report = move(school, **({"prefer": side} if side else {}))
        assert report["succeeded"]
        person = User.objects.get(pk=10)
        assert (person.first_name, person.password) == ("Nadia", whose)
        assert ("10" in reasons("customuser")) is (not side)
        assert StaffProfile.objects.filter(user_id=10).exists(), "others still refer to the account"
    if not side:
        held = QuarantinedRow.objects.get(source="customuser")
        assert held.reason.endswith(": password")
        assert HASH_3_0 not in str(held.row)
        User.objects.filter(pk=10).update(password=HASH_3_0)
        assert "Conflicts" not in move(school)["verdict"]


@pytest.mark.parametrize(("side", "name"), [("legacy", "Theirs"), ("new", "Ours")])
def test_a_preference_decides_about_rows_that_both_sides_changed(school: Path, side: str, name: str) -> None:
    move(school)
    Course.objects.filter(pk=2).update(name="Ours")
    execute(school, f"UPDATE {APP}courses SET course_name = 'Theirs' WHERE id = 2")
    assert "Conflicts to decide: 1" in move(school)["verdict"]
    assert "Conflicts" not in move(school, prefer=side)["verdict"]
    assert Course.objects.get(pk=2).name == name
    report = move(school)
    assert not report["changed"]
    assert "Conflicts" not in report["verdict"]


def test_what_was_deleted_here_and_changed_there_comes_back_only_by_preference(school: Path) -> None:
    move(school)
    StudentFeedback.objects.filter(pk=1).delete()
    execute(school, f"UPDATE {APP}feedbackstudent SET feedback = 'More' WHERE id = 1")
    move(school)
    assert reasons("feedbackstudent") == {"1": "conflict"}
    move(school, prefer="legacy")
    assert StudentFeedback.objects.get(pk=1).text == "More"


def test_a_name_may_pass_from_one_account_to_the_next_within_a_run(school: Path) -> None:
    move(school)
    legacy = sqlite3.connect(school)
    with legacy:
        legacy.execute(f"DELETE FROM {APP}customuser WHERE id = 38")
        user(legacy, 60, "3", username="student-without-profile")
        legacy.execute(f"DELETE FROM {APP}students WHERE id = 706")
        insert(legacy, "students", id=720, admin_id=36, gender="", course_id_id=2, session_year_id_id=1)
    legacy.close()
    execute(school, f"DELETE FROM {APP}studentresult WHERE student_id_id = 706")
    report = move(school)
    assert report["succeeded"]
    line = table(report, "customuser")
    assert (line["inserted"], line["removed"], line["quarantined"]) == (1, 1, 0)
    assert User.objects.get(pk=60).username == "student-without-profile"
    assert StudentProfile.objects.get(user_id=36).pk == 720
    assert Enrollment.objects.get(student_id=720).course_id == 2
    assert not move(school)["changed"]


def test_the_second_register_of_a_day_becomes_the_first_when_that_is_deleted(school: Path) -> None:
    move(school)
    execute(school, f"DELETE FROM {APP}attendancereport WHERE attendance_id_id = 1")
    execute(school, f"DELETE FROM {APP}attendance WHERE id = 1")
    assert move(school)["succeeded"]
    assert dict(Attendance.objects.filter(date="2024-01-15").values_list("pk", "duplicate")) == {2: 0}


def test_ids_above_the_legacys_are_left_to_it(school: Path) -> None:
    move(school, reserve=1000)
    ours = Course.objects.create(name="Entered here")
    assert ours.pk > 1000
    execute(school, f"INSERT INTO {APP}courses SELECT 5, 'New', created_at, updated_at FROM {APP}courses WHERE id = 1")
    report = move(school, reserve=1000)
    assert not table(report, "courses")["quarantined"]
    assert dict(Course.objects.filter(pk__in=[5, ours.pk]).values_list("pk", "name")) == {5: "New", ours.pk: ours.name}
    assert Course.objects.create(name="Next").pk == ours.pk + 1, "the room does not grow with what is entered here"


def test_an_id_that_was_given_away_here_is_reported_with_what_to_do(school: Path) -> None:
    move(school)
    ours = Course.objects.create(name="Entered here")
    execute(
        school,
        f"INSERT INTO {APP}courses SELECT ?, 'New', created_at, updated_at FROM {APP}courses WHERE id = 1",
        ours.pk,
    )
    move(school)
    assert Course.objects.get(pk=ours.pk).name == "Entered here"
    assert "--reserve" in QuarantinedRow.objects.get(source="courses").reason


def test_rows_that_nobody_touched_are_passed_over(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move(school)
    execute(school, f"DELETE FROM {APP}attendancereport WHERE student_id_id = 9201")
    move(school)
    move(school)
    settled: list[str] = []
    settle = TableMove._settle

    def noting(self: TableMove, *args: Any) -> None:
        settled.append(self.mapping.target)
        settle(self, *args)

    monkeypatch.setattr(TableMove, "_settle", noting)
    report = move(school)
    assert not report["changed"]
    assert "attendance.AttendanceReport" not in settled
    line = table(report, "attendancereport")
    assert line["unchanged"] == line["verified"] == AttendanceReport.objects.count()
    assert line["source_checksum"] == line["target_checksum"] != "0" * 16
    for change in ("here", "there"):
        settled.clear()
        if change == "here":
            AttendanceReport.objects.filter(pk=3).update(status="late")
        else:
            execute(school, f"UPDATE {APP}attendancereport SET status = 1 - status WHERE id = 4")
        move(school)
        assert "attendance.AttendanceReport" in settled, change
    assert AttendanceReport.objects.get(pk=3).status == "late"
    assert AttendanceReport.objects.get(pk=4).status == "present"


def test_a_source_that_has_lost_most_accounts_deletes_nothing(school: Path) -> None:
    legacy = sqlite3.connect(school)
    with legacy:
        for number in range(100, 130):
            user(legacy, number, "3")
    legacy.close()
    move(school)
    execute(school, f"DELETE FROM {APP}customuser WHERE id > 5")
    people = User.objects.count()
    with pytest.raises(CommandError, match="Is it the same school"):
        move(school)
    assert User.objects.count() == people


def test_a_dry_run_says_what_would_be_deleted(school: Path) -> None:
    move(school)
    execute(school, f"DELETE FROM {APP}feedbackstudent WHERE id = 1")
    before = bytes(PlacedBlock.objects.get(source="feedbackstudent").entries)
    report = move(school, dry_run=True)
    assert "1 deleted" in report["verdict"]
    assert StudentFeedback.objects.filter(pk=1).exists()
    assert bytes(PlacedBlock.objects.get(source="feedbackstudent").entries) == before
