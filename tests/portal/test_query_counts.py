"""What a page costs does not grow with the school."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.identity import requests
from modules.attendance.models import AttendanceReport
from modules.leaves.models import StudentLeave
from modules.notifications.models import StudentNotification
from tests.portal import query_counts
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of
from tests.portal.school import School, grow, make_school

FEW, MANY = 40, 1000
Ask = Callable[[], Any]


@pytest.fixture(autouse=True)
def _seen_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a minute a page notes that its session is in use: here never, however long a test takes."""
    monkeypatch.setattr(requests, "SEEN_EVERY", timedelta(days=1))


def queries_of(ask: Ask) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        response = ask()
    return len(captured), response


def count(ask: Ask, what: str) -> int:
    """How many queries a page takes, once what is remembered between requests is remembered."""
    ask()
    number, response = queries_of(ask)
    assert response.status_code == 200, what
    return number


def pages(school: School, browse: Browse) -> dict[str, tuple[Client, str]]:
    """Pages by what they show."""
    hod, teacher, student = browse(school.hod), browse(school.teacher), browse(school.student)
    chosen = f"?subject={school.botany.pk}&session_year={school.year.pk}"
    register = f"{chosen}&register={school.register_of(school.botany).pk}"
    pending = StudentLeave.objects.get(student_id=school.student.profile_id, status="pending")
    return {
        "login page": (Client(), "/"),
        "head's home": (hod, "/admin_home/"),
        "teacher's home": (teacher, "/staff_home/"),
        "student's home": (student, "/student_home/"),
        "student leave": (hod, "/student_leave_view/"),
        "student leave, pending, page 2": (hod, "/student_leave_view/?status=pending&page=2"),
        "student leave, searched": (hod, "/student_leave_view/?q=journey&sort=first_day"),
        "student leave, one to approve": (hod, f"/student_leave_approve/{pending.pk}/"),
        "staff leave": (hod, "/staff_leave_view/"),
        "own leave of a student": (student, "/student_apply_leave/"),
        "own leave of a teacher": (teacher, "/staff_apply_leave/"),
        "account of a student": (hod, f"/student_statement/{school.student.profile_id}/"),
        "own account": (student, "/student_view_statement/"),
        "report on fines": (hod, "/fines_report/"),
        "search of the head": (hod, "/search/?q=a"),
        "search of a teacher": (teacher, "/search/?q=a"),
        "search of a student": (student, "/search/?q=a"),
        "inbox of the head": (hod, "/inbox/"),
        "inbox of a teacher": (teacher, "/inbox/"),
        "inbox of a student": (student, "/inbox/"),
        "attendance to take: the choice": (teacher, "/staff_take_attendance/"),
        "attendance to take: the class": (teacher, f"/staff_take_attendance/{chosen}&attendance_date={school.today}"),
        "attendance to correct: the days": (teacher, f"/staff_update_attendance/{chosen}"),
        "attendance to correct: the class": (teacher, f"/staff_update_attendance/{register}"),
        "attendance to read: the class": (hod, f"/admin_view_attendance/{register}"),
        "students": (hod, "/manage_student/"),
        "students of a course": (hod, f"/manage_student/?course={school.courses[0].pk}"),
        "one student": (hod, f"/edit_student/{school.student.user_id}/"),
        "one student to take out": (hod, f"/delete_student/{school.student.user_id}/"),
        "staff": (hod, "/manage_staff/"),
        "passwords": (hod, "/manage_passwords/?page=2"),
        "profile of a student": (student, "/student_profile/"),
        "where one is logged in": (student, "/sessions/"),
        "where somebody is logged in": (hod, f"/person_sessions/{school.student.user_id}/"),
        "courses": (hod, "/manage_course/"),
        "subjects": (hod, "/manage_subject/"),
        "session years": (hod, "/manage_session/"),
        "student feedback": (hod, "/student_feedback_message/"),
        "staff feedback": (hod, "/staff_feedback_message/"),
        "own feedback": (student, "/student_feedback/"),
        "results to enter: the class": (teacher, f"/staff_add_result/{chosen}"),
        "own results": (student, "/student_view_result/"),
        "own attendance": (student, "/student_view_attendance/"),
        "assignments": (teacher, "/manage_assignments/"),
        "assignment to delete": (teacher, f"/delete_assignment/{school.essay.pk}/"),
        "semester results": (hod, f"/semester_results/?course={school.courses[0].pk}"),
        "semester results of those not promoted": (
            hod,
            f"/semester_results/?course={school.courses[0].pk}&session_year={school.year.pk}&outcome=kept",
        ),
        "semester results by rank": (hod, f"/semester_results/?course={school.courses[0].pk}&sort=rank"),
        "results of a subject": (hod, f"/subject_results/{school.botany.pk}/"),
        "results of a subject, by marks": (teacher, f"/subject_results/{school.botany.pk}/?sort=-exam"),
        "figures of an assignment": (teacher, f"/assignment_figures/{school.essay.pk}/"),
        "grade sheet": (teacher, f"/grade_class/{school.essay.pk}/"),
        "submissions": (teacher, f"/view_assignment_submissions/{school.essay.pk}/"),
        "submissions, sorted": (teacher, f"/view_assignment_submissions/{school.essay.pk}/?sort=-marks"),
        "own assignments": (student, "/student/assignments/"),
        "file that was handed in": (teacher, f"/submission/{school.essay_of(school.student).pk}/file/"),
        "fines": (teacher, "/manage_fines/"),
        "fines, searched": (teacher, "/manage_fines/?q=surname3&status=unpaid&sort=-amount"),
        "fine to add": (teacher, "/add_fine/?q=surname1"),
        "fine to take back": (teacher, f"/delete_fine/{school.fine_of(school.student).pk}/"),
        "own fines": (student, "/student_view_fines/"),
        "fine to pay": (student, f"/student/initialize_payment/{school.fine_of(school.student).pk}/"),
    }


def posts(school: School, browse: Browse) -> dict[str, tuple[Client, str, Mapping[str, object]]]:
    """Questions that are asked by POST."""
    hod, teacher, student = browse(school.hod), browse(school.teacher), browse(school.student)
    one = {"subject": school.botany.pk, "session_year": school.year.pk, "session_year_id": school.year.pk}
    register = {"attendance_date": school.register_of(school.botany).pk}
    days = {"subject": school.botany.pk, "start_date": school.year.first_day, "end_date": school.today}
    questions: dict[str, tuple[Client, str, Mapping[str, object]]] = {
        "own attendance by day": (student, "/student_view_attendance_post/", days),
        "AJAX: students": (teacher, "/get_students/", one),
        "AJAX: days": (teacher, "/get_attendance_dates/", one),
        "AJAX: marks": (teacher, "/get_attendance_student/", register),
        "AJAX: days for the head": (hod, "/admin_get_attendance_dates/", one),
        "AJAX: marks for the head": (hod, "/admin_get_attendance_student/", register),
    }
    return questions


def counted(school: School, browse: Browse) -> dict[str, int]:
    found = {name: count(partial(client.get, url), name) for name, (client, url) in pages(school, browse).items()}
    for name, (client, url, body) in posts(school, browse).items():
        found[name] = count(partial(client.post, url, body), name)
    return found


@pytest.mark.slow
def test_every_page_costs_the_same_number_of_queries_at_40_and_at_1000_students(db: None, browse: Browse) -> None:
    school = make_school(students=FEW)
    StudentNotification.objects.bulk_create(
        StudentNotification(student_id=school.student.profile_id, message=f"Notice {n}") for n in range(FEW)
    )
    small = counted(school, browse)

    grow(school, MANY - FEW)
    StudentNotification.objects.bulk_create(
        StudentNotification(student_id=school.student.profile_id, message=f"Notice {n}") for n in range(MANY)
    )
    large = counted(school, browse)

    assert large == small
    assert query_counts.compare(small) == {}, "see tests/portal/query_counts.py"


@pytest.mark.slow
def test_saving_a_class_of_500_costs_hardly_more_than_one_of_20(db: None, browse: Browse) -> None:
    """Rows are written in batches, so that the number grows by the batch and not by the student."""
    school = make_school(students=FEW)
    teacher = browse(school.teacher)
    url = f"/staff_take_attendance/?subject={school.botany.pk}&session_year={school.year.pk}&attendance_date="

    def save(days_ago: int) -> int:
        body = fields_of(teacher.get(f"{url}{school.today - timedelta(days=days_ago)}"))
        number, response = queries_of(lambda: teacher.post("/staff_take_attendance/", body))
        assert response.status_code == 302
        return number

    save(12)
    few = save(11)
    grow(school, MANY - FEW)
    many = save(10)
    day = school.today - timedelta(days=10)
    assert AttendanceReport.objects.filter(attendance__date=day).count() == MANY // 2
    assert many - few < 30, f"{few} queries for 20 students, {many} for 500"


def test_a_count_that_changed_is_told_until_the_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_counts, "FILE", tmp_path / "counts.json")
    monkeypatch.delenv(query_counts.UPDATE, raising=False)
    assert query_counts.compare({"a": 1}) == {"a": "1 instead of none yet"}
    monkeypatch.setenv(query_counts.UPDATE, "1")
    assert query_counts.compare({"a": 1, "b": 2}) == {}
    monkeypatch.delenv(query_counts.UPDATE)
    assert query_counts.compare({"a": 1, "b": 2}) == {}
    assert query_counts.compare({"a": 3}) == {"a": "3 instead of 1", "b": "gone instead of 2"}
