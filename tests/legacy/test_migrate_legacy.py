"""A legacy school moves in, again and again, and every row is accounted for."""

import hashlib
import io
import json
import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.models import QuarantinedRow
from modules.academics.models import Course, Enrollment, SessionYear, Subject
from modules.assessments.models import AssignmentSubmission, StudentResult
from modules.attendance.models import Attendance, AttendanceReport
from modules.feedback.models import StudentFeedback
from modules.finance.models import Fine, FinePayment
from modules.leaves.models import LeaveTotal, StudentLeave
from modules.users.models import StaffProfile, StudentProfile, User
from tests.legacy.moving import everything, execute, move, reasons, table
from tests.legacy.school import HASH_3_0, HASH_3_2, HASH_5_1, HASH_SHA1, MEDIA, UNUSABLE, user

pytestmark = pytest.mark.django_db


def test_the_balance_holds_for_every_table(school: Path) -> None:
    report = move(school)
    for line in report["tables"]:
        accounted = line["written"] + line["unchanged"] + line["quarantined"] + line["skipped"]
        assert line["read"] == accounted, line
        assert line["balances"]
        assert line["agrees"]
        if line["target"]:
            assert line["source_checksum"] == line["target_checksum"], line
    assert report["succeeded"]
    assert report["changed"]
    assert {line["source"] for line in report["tables"]} == set(TABLES)
    assert not report["unmapped_tables"]
    assert not report["absent_tables"]


def test_every_column_of_the_legacy_has_a_place() -> None:
    for source, facts in TABLES.items():
        mapped = {name for c in CONTEXTS for t in c.tables if t.source == source for name in t.source_columns()}
        skipped = any(t.source == source for c in CONTEXTS for t in c.skipped)
        assert skipped or mapped == set(facts.columns), source


def test_each_table_has_one_main_target() -> None:
    main = [t.source for c in CONTEXTS for t in c.tables if t.main]
    skipped = [t.source for c in CONTEXTS for t in c.skipped]
    assert sorted(main + skipped) == sorted(TABLES)


def test_the_source_stays_as_it_was(school: Path) -> None:
    folder = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in school.parent.glob("school*")}
    move(school)
    move(school)
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in school.parent.glob("school*")} == folder


def test_ids_and_password_hashes_are_kept(school: Path) -> None:
    move(school)
    hashes = dict(User.objects.values_list("pk", "password"))
    assert hashes[1] == HASH_5_1
    assert hashes[2] == HASH_3_2
    assert hashes[11] == HASH_3_0
    assert hashes[14] == UNUSABLE
    assert hashes[31] == HASH_SHA1
    assert dict(StaffProfile.objects.values_list("pk", "user_id")) == {501: 10, 502: 11, 503: 12, 504: 14}
    assert dict(StudentProfile.objects.values_list("pk", "user_id"))[701] == 31


def test_accounts_come_over_whatever_they_are_like(school: Path) -> None:
    move(school)
    assert list(User.objects.filter(email="twin@school.example").values_list("pk", flat=True).order_by("pk")) == [
        10,
        11,
    ]
    assert User.objects.get(pk=31).email != User.objects.get(pk=32).email
    assert User.objects.get(pk=12).email == ""
    assert not User.objects.get(pk=14).is_active
    assert User.objects.get(pk=3).user_type == "9"
    assert not StaffProfile.objects.filter(user_id=13).exists()
    assert User.objects.get(pk=31).first_name == "Zoe\u0308"
    assert User.objects.get(pk=33).last_name == "O'Neill <b>&amp;</b>"
    assert User.objects.get(pk=2).last_login == datetime(2024, 9, 2, 9, 0, tzinfo=UTC)


def test_pictures_are_found_in_all_their_old_spellings(school: Path, media: Path) -> None:
    report = move(school, media=media)
    pictures = dict(StudentProfile.objects.values_list("pk", "profile_pic"))
    assert pictures == {
        701: "",
        702: "",
        703: "profile_pics/s3.png",
        704: "root.png",
        705: "pic url.png",
        706: "profile_pics/gone.png",
        707: "",
        709: "",
    }
    assert any("students 707" in warning for warning in report["warnings"])
    missing = " ".join(report["media"]["missing"])
    assert "profile_pics/gone.png" in missing
    assert "704_1_gone.pdf" in missing
    assert len(report["media"]["missing"]) == 2


def test_media_is_copied(school: Path, media: Path, own_media_folder: Path) -> None:
    report = move(school, media=media)
    assert report["media"]["copied"] == len(MEDIA)
    assert {name: (own_media_folder / name).read_bytes() for name in MEDIA} == MEDIA


def test_a_student_whose_course_is_gone_keeps_the_profile_but_has_no_enrolment(school: Path) -> None:
    report = move(school)
    assert StudentProfile.objects.filter(pk=709).exists()
    assert not Enrollment.objects.filter(student_id=709).exists()
    assert Enrollment.objects.get(student_id=701).course_id == 1
    assert table(report, "students")["quarantined"] == 0
    enrolments = table(report, "students", "academics.Enrollment")
    assert enrolments["quarantined_by_reason"] == {"missing_reference": 1}


def test_what_refers_to_nothing_is_quarantined_with_what_depends_on_it(school: Path) -> None:
    move(school)
    assert reasons("staffs") == {"505": "missing_reference"}
    assert reasons("attendancereport") == {"21": "missing_reference"}
    assert reasons("leavereportstaff") == {"99": "missing_reference"}
    orphan = QuarantinedRow.objects.get(source="attendancereport", key="21")
    assert "9201" in orphan.reason
    assert orphan.row["student_id_id"] == 9201
    assert orphan.row["status"] == 1


def test_a_register_whose_subject_is_gone_is_kept_with_a_remark_since_its_marks_count(school: Path) -> None:
    report = move(school)
    assert Attendance.objects.get(pk=5).subject_id == 9101
    assert AttendanceReport.objects.filter(attendance_id=5).count() == 3
    assert any("9101" in warning for warning in report["warnings"])


def test_duplicates_are_kept_and_numbered(school: Path) -> None:
    move(school)
    assert dict(Attendance.objects.values_list("pk", "duplicate")) == {1: 0, 2: 1, 3: 0, 4: 0, 5: 0}
    marks = AttendanceReport.objects.filter(attendance_id=1, student_id=701)
    assert dict(marks.values_list("pk", "duplicate")) == {1: 0, 20: 1}
    results = StudentResult.objects.filter(student_id=702).order_by("pk")
    assert [(r.exam_marks, r.duplicate) for r in results] == [(55.0, 0), (61.0, 1)]


def test_attendance_says_present_or_absent(school: Path) -> None:
    move(school)
    assert AttendanceReport.objects.get(pk=1).status == "present"
    assert AttendanceReport.objects.get(pk=2).status == "absent"


def test_amounts_and_marks_are_kept_when_they_are_numbers(school: Path) -> None:
    move(school)
    amounts = dict(Fine.objects.values_list("pk", "amount"))
    assert amounts == {
        1: Decimal("500.00"),
        2: Decimal("0.10"),
        3: Decimal("250.50"),
        4: Decimal("99999999.99"),
        5: Decimal("0.00"),
        6: Decimal("-25.00"),
        8: Decimal("15.00"),
    }
    assert reasons("fine") == {"7": "bad_number"}
    assert reasons("finepayment") == {"4": "missing_reference"}
    assert len(Fine.objects.get(pk=8).reason) == 300
    assert Fine.objects.get(pk=3).status == "paid"
    assert StudentResult.objects.get(pk=6).exam_marks == float("inf")
    assert StudentResult.objects.get(pk=5).exam_marks == -5.0
    submissions = dict(AssignmentSubmission.objects.values_list("pk", "marks"))
    assert submissions == {1: 8.5, 2: None, 3: 0.0, 4: 11.0}


def test_free_text_dates_become_days_only_when_they_are_clear(school: Path) -> None:
    report = move(school)
    leaves = {leave.pk: leave for leave in StudentLeave.objects.all()}
    assert (leaves[1].first_day, leaves[1].last_day) == (date(2025, 3, 10), date(2025, 3, 10))
    assert leaves[2].first_day == date(2025, 3, 14)
    assert leaves[2].written_dates == "  2025-03-14 "
    assert leaves[6].first_day is None
    assert leaves[6].written_dates == "2025-03-10,2025-03-11"
    assert [leaves[number].status for number in (1, 2, 3, 4)] == ["approved", "rejected", "rejected", "pending"]
    assert any("leavereportstudent 3:" in warning for warning in report["warnings"])


def test_other_texts_and_days_come_over_unchanged(school: Path) -> None:
    move(school)
    assert StudentFeedback.objects.get(pk=1).text == "Open <i>earlier</i>?"
    assert SessionYear.objects.get(pk=3).first_day > SessionYear.objects.get(pk=3).last_day
    assert Subject.objects.get(pk=2).teacher_id == 13
    assert Attendance.objects.get(pk=1).created_at == datetime(2024, 9, 2, 8, 30, 15, 123456, tzinfo=UTC)


def test_running_totals_are_counted_anew(school: Path) -> None:
    move(school)
    assert not LeaveTotal.differences()
    assert LeaveTotal.read(["student:all:approved"])["student:all:approved"] == 3


def test_new_rows_get_ids_above_the_legacys(school: Path) -> None:
    move(school)
    assert StudentLeave.objects.create(student_id=701).pk > 10
    assert User.objects.create(username="new").pk > 39


def test_djangos_own_tables_are_left_out_by_named_rules(school: Path) -> None:
    report = move(school)
    for source in ("auth_permission", "django_session", "django_admin_log", "customuser_groups"):
        line = table(report, source)
        assert line["read"] == line["skipped"] > 0
        assert all(line["skipped_by_rule"])


def test_secrets_are_not_kept_in_the_quarantine(school: Path) -> None:
    legacy = sqlite3.connect(school)
    with legacy:
        user(legacy, 50, "3", date_joined="never", password=HASH_3_2)
    legacy.close()
    move(school)
    held = QuarantinedRow.objects.get(source="customuser", key="50")
    assert held.code == "bad_time"
    assert HASH_3_2 not in json.dumps(held.row) + held.reason
    assert held.row["username"] == "user50"


def test_a_dry_run_writes_nothing_and_says_so(school: Path, media: Path, own_media_folder: Path) -> None:
    before = everything()
    report = move(school, media=media, dry_run=True)
    assert everything() == before
    assert not own_media_folder.exists()
    assert report["dry_run"]
    assert "nothing was written" in report["verdict"]
    real = move(school, media=media)
    for planned, done in zip(report["tables"], real["tables"], strict=True):
        for figure in ("read", "written", "quarantined_by_reason", "skipped", "source_checksum"):
            assert planned[figure] == done[figure], (planned["source"], figure)


def test_a_dump_gives_the_same_school_as_the_database(school: Path, dump: Path) -> None:
    from_dump = move(dump)
    from_database = move(school)
    assert from_dump["succeeded"]
    assert not from_database["changed"]
    for one in from_dump["tables"]:
        if one["target"]:
            other = table(from_database, one["source"], one["target"])
            assert one["source_checksum"] == other["source_checksum"], one["source"]


def test_unknown_tables_and_columns_are_named(school: Path) -> None:
    execute(school, "CREATE TABLE library_book (id integer PRIMARY KEY, title text)")
    execute(school, "INSERT INTO library_book VALUES (1, 'Optics')")
    execute(school, "ALTER TABLE student_management_app_students ADD COLUMN blood_group text")
    report = move(school)
    assert report["unmapped_tables"] == {"library_book": 1}
    assert report["unmapped_columns"] == {"students": ["blood_group"]}
    assert report["succeeded"]


def test_what_the_source_lacks_is_filled_by_a_rule(school: Path) -> None:
    execute(school, "ALTER TABLE student_management_app_finepayment DROP COLUMN payment_method")
    execute(school, "ALTER TABLE student_management_app_courses DROP COLUMN updated_at")
    report = move(school)
    assert report["succeeded"]
    assert FinePayment.objects.get(pk=1).payment_method is None
    physics = Course.objects.get(pk=1)
    assert physics.updated_at == physics.created_at


@pytest.mark.parametrize(
    ("description", "content"),
    [
        ("empty", b""),
        ("text", b"Dear head,"),
        ("truncated", b"SQLite format 3\x00" + bytes(30)),
        ("other JSON", b'{"name": "x"}'),
    ],
)
def test_refusals_are_one_line_and_write_nothing(tmp_path: Path, description: str, content: bytes) -> None:
    path = tmp_path / "source"
    path.write_bytes(content)
    before = everything()
    with pytest.raises(CommandError) as refusal:
        move(path)
    assert "\n" not in str(refusal.value), description
    assert str(path) in str(refusal.value)
    assert everything() == before


def test_the_command_prints_the_report_and_a_line_for_each_table(school: Path) -> None:
    out = io.StringIO()
    call_command("migrate_legacy", str(school), stdout=out, stderr=out)
    text = out.getvalue()
    assert "customuser → users.User: 17 rows, 17 written" in text
    assert text.rstrip().endswith("The balance holds and both sides agree.")
    assert HASH_3_2 not in text
