"""The three home pages, and accounts that are not whole."""

from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from modules.academics.models import Enrollment
from modules.leaves.models import StaffLeave
from tests.portal.conftest import Browse
from tests.portal.pages import text_of
from tests.portal.school import School, make_account, make_people


def figures(page: Any) -> dict[str, str]:
    return {str(figure.label): str(figure.value) for figure in page.context["board"].figures}


def waiting(page: Any) -> dict[str, int]:
    return {str(item.label): item.count for item in page.context["board"].waiting}


def test_the_heads_home_counts_the_school(school: School, as_hod: Client) -> None:
    page = as_hod.get("/admin_home/")
    assert figures(page) == {
        "Students": "40",
        "Staff": "2",
        "Courses": "2",
        "Subjects": "4",
        "Results published": "0",
    }
    assert waiting(page).items() >= {"Leave asked for by students": 40, "Leave asked for by staff": 2}.items()
    words = text_of(page)
    for name in ("Biology", "Economics & Trade", "Botany (Biology)", "Tara Teacher"):
        assert name in words
    shares = [student.percentage for student in page.context["board"].lowest]
    assert shares == [0] * 8 + [100] * 2, "the ten lowest, lowest first"


def test_a_teachers_home_tells_of_their_own_subjects(school: School, as_teacher: Client) -> None:
    StaffLeave.objects.filter(staff_id=school.teacher.profile_id).update(status="approved")
    page = as_teacher.get("/staff_home/")
    assert figures(page)["Students in your courses"] == "40"
    assert figures(page)["Registers taken"] == "6"
    assert figures(page)["Your subjects"] == "2"
    assert [(row.subject.name, row.taken) for row in page.context["board"].today] == [
        ("Botany", False),
        ("Markets", False),
    ]
    assert "Genetics" not in text_of(page)


def test_a_students_home_tells_where_they_stand(school: School, browse: Browse) -> None:
    page = browse(school.student).get("/student_home/")
    assert figures(page) == {"Lessons recorded": "6", "Present": "6", "Absent": "0", "Subjects": "2"}
    assert waiting(page).items() >= {"Leave requests without decision": 1, "Unread notices": 1}.items()
    assert not page.context["board"].in_danger
    absent = browse(school.students[4]).get("/student_home/")
    assert figures(absent) == {"Lessons recorded": "6", "Present": "0", "Absent": "6", "Subjects": "2"}
    assert absent.context["board"].in_danger


@pytest.mark.parametrize("role", [Role.STAFF, Role.STUDENT])
def test_an_account_without_profile_gets_an_explanation_and_a_way_out(
    role: Role, school: School, browse: Browse
) -> None:
    client = browse(make_account("Half", "Made", role))
    home = {Role.STAFF: "/staff_home/", Role.STUDENT: "/student_home/"}[role]
    page = client.get(home)
    assert page.status_code == 200
    assert "Profile not found. Please contact administrator." in text_of(page)
    assert 'action="/logout_user/"' in page.content.decode()


PAGES = {
    Role.STAFF: ("/staff_take_attendance/", "/staff_update_attendance/", "/staff_apply_leave/", "/inbox/"),
    Role.STUDENT: ("/student_view_attendance/", "/student_apply_leave/", "/inbox/"),
}


@pytest.mark.parametrize("role", [Role.STAFF, Role.STUDENT])
def test_an_account_without_profile_meets_pages_and_no_errors_elsewhere(
    role: Role, school: School, browse: Browse
) -> None:
    client = browse(make_account("Half", "Made", role))
    for path in PAGES[role]:
        assert client.get(path).status_code in (200, 403), path
    save = f"/{role}_apply_leave_save/"
    body = {"leave_date": school.today.isoformat(), "leave_message": "Please"}
    assert client.post(save, body).status_code == 302
    if role is Role.STUDENT:
        body = {"subject": str(school.botany.pk), "start_date": str(school.today), "end_date": str(school.today)}
        assert client.post("/student_view_attendance_post/", body).status_code == 302


def test_a_teacher_without_profile_still_takes_attendance(school: School, browse: Browse) -> None:
    person = make_account("Sub", "Stitute", Role.STAFF)
    school.botany.teacher_id = person.user_id
    school.botany.save()
    query = {
        "subject": str(school.botany.pk),
        "session_year": str(school.year.pk),
        "attendance_date": school.today.isoformat(),
    }
    client = browse(person)
    assert school.student.name in text_of(client.get("/staff_take_attendance/", query))
    marks = {f"status_{school.student.profile_id}": "absent"}
    assert client.post("/staff_take_attendance/", query | marks).status_code == 302


def test_a_student_whose_course_is_gone_gets_a_home_that_says_so(school: School, browse: Browse) -> None:
    Enrollment.objects.filter(student_id=school.student.profile_id).delete()
    page = browse(school.student).get("/student_home/")
    assert page.status_code == 200
    assert not page.context["board"].enrolled
    assert figures(page)["Subjects"] == "0"


def test_an_empty_school_has_a_home_for_its_head(db: None, browse: Browse) -> None:
    (head,) = make_people([("First", "Head", Role.HOD)])
    assert browse(head).get("/admin_home/").status_code == 200
