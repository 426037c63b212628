"""The same done with several rows: asked once, done row by row, and accounted for."""

from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from contracts.base import Role
from contracts.errors import Conflict
from contracts.finance import FineStatus
from modules.academics.models import Enrollment
from modules.finance.models import Fine
from modules.leaves.models import StaffLeave, StudentLeave
from modules.users.models import StudentProfile
from portal.bulk import BulkAction, Selection, bulk_page
from tests.portal.pages import flashes, text_of
from tests.portal.school import School, make_account

DECIDE = "/student_leave_view/selected/"


def pending(count: int) -> list[int]:
    return list(StudentLeave.objects.filter(status="pending").order_by("id").values_list("id", flat=True)[:count])


def address(path: str, do: str, rows: list[int], **more: object) -> str:
    return f"{path}?{urlencode({'do': do, 'selected': rows, **more}, doseq=True)}"


def statuses(rows: list[int]) -> list[str]:
    return list(StudentLeave.objects.filter(id__in=rows).order_by("id").values_list("status", flat=True))


def test_only_requests_that_wait_can_be_ticked(school: School, as_hod: Client) -> None:
    html = as_hod.get("/student_leave_view/?size=100").content.decode()
    assert html.count('name="selected"') == StudentLeave.objects.filter(status="pending").count()
    assert 'name="selected"' not in as_hod.get("/student_leave_view/?status=approved").content.decode()


def test_the_question_says_what_will_happen_and_to_whom(school: School, as_hod: Client) -> None:
    rows = pending(3)
    page = as_hod.get(address(DECIDE, "approve", rows))
    words = text_of(page)
    assert page.status_code == 200
    assert "Approve 3 requests for leave?" in words
    assert all(f"Student{n} Surname{n} (" in words for n in range(3))
    assert statuses(rows) == ["pending"] * 3


@pytest.mark.parametrize(("do", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_several_requests_are_decided_with_one_note(do: str, status: str, school: School, as_hod: Client) -> None:
    rows = pending(3)
    response = as_hod.post(address(DECIDE, do, rows, list="?status=pending&page=2"), {"note": "In one go"})
    assert (response.status_code, response["Location"]) == (302, "/student_leave_view/?status=pending&page=2")
    assert flashes(response) == [f"success: 3 requests {status}."]
    assert statuses(rows) == [status] * 3
    assert StudentLeave.objects.filter(decision_note="In one go").count() == 3


def test_what_has_been_decided_in_the_meantime_is_left_as_it_is_and_said(school: School, as_hod: Client) -> None:
    rows = pending(2)
    StudentLeave.objects.filter(id=rows[0]).update(status="cancelled")
    words = text_of(as_hod.get(address(DECIDE, "approve", rows)))
    assert "Approve 1 request for leave?" in words
    assert "1 ticked row is left as it is" in words
    assert flashes(as_hod.post(address(DECIDE, "approve", rows))) == ["success: 1 request approved."]
    assert statuses(rows) == ["cancelled", "approved"]
    again = as_hod.post(address(DECIDE, "approve", rows))
    assert flashes(again)[-1] == "warning: Nothing was done: none of the ticked rows is in a state for that."


def test_staffs_requests_are_decided_the_same_way(school: School, as_hod: Client) -> None:
    rows = list(StaffLeave.objects.values_list("id", flat=True))
    response = as_hod.post(address("/staff_leave_view/selected/", "reject", rows))
    assert (response["Location"], flashes(response)) == ("/staff_leave_view/", ["success: 2 requests rejected."])
    assert set(StaffLeave.objects.values_list("status", flat=True)) == {"rejected"}


@pytest.mark.parametrize("query", ["", "?do=approve", "?do=erase&selected=1", "?do=approve&selected=x&selected=-1"])
def test_nothing_is_done_where_nothing_was_ticked_or_nothing_was_meant(
    query: str, school: School, as_hod: Client
) -> None:
    for response in (as_hod.get(DECIDE + query), as_hod.post(DECIDE + query)):
        assert response["Location"] == "/student_leave_view/"
        assert flashes(response)[0].startswith("warning: Nothing was done")
    assert not StudentLeave.objects.filter(status="rejected").exists()


def test_the_way_back_never_leads_elsewhere(school: School, as_hod: Client) -> None:
    for place in ("https://elsewhere.example/", "//elsewhere.example", "/admin_home/"):
        assert as_hod.post(address(DECIDE, "approve", pending(1), list=place))["Location"] == "/student_leave_view/"


def test_a_refusal_tells_whose_and_why_and_the_others_are_done() -> None:
    """As when somebody else decides between the look at the rows and the deed."""
    request = RequestFactory().post("/?do=mend&selected=1&selected=2&selected=3")
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]  # what its middleware does
    mended = []

    def mend(row: int) -> None:
        if row < 3:
            raise Conflict(reason="broken", message="It is beyond repair.")
        mended.append(row)

    action = BulkAction("Mend 3 things?", "Mend", [], lambda n: f"{n} mended.")
    response = bulk_page(
        request, Selection.from_request(request, "/things/"), action, {1: "A lamp", 2: "A lens", 3: "A map"}, mend
    )
    assert response["Location"] == "/things/"
    assert mended == [3]
    said = [f"{m.level_tag}: {m.message}" for m in get_messages(request)]
    assert said == ["success: 1 mended.", "error: Not done: A lamp, A lens. It is beyond repair."]


# --- students ---------------------------------------------------------------------------------------------------------

STUDENTS = "/manage_student/selected/"


def test_several_students_are_moved_to_another_class(school: School, as_hod: Client) -> None:
    people = school.classmates[:3]
    rows = [p.user_id for p in people]
    page = as_hod.get(address(STUDENTS, "move", rows))
    assert "Move 3 students?" in text_of(page)
    assert all(p.name in text_of(page) for p in people)
    to = {"course_id": school.courses[1].pk, "session_year_id": school.year.pk}
    response = as_hod.post(address(STUDENTS, "move", rows, list="?course=1"), to)
    assert (response["Location"], flashes(response)) == ("/manage_student/?course=1", ["success: 3 students moved."])
    for person in people:
        now = Enrollment.objects.get(student_id=person.profile_id, ended_on=None)
        assert now.course_id == school.courses[1].pk


def test_where_to_move_them_has_to_be_chosen(school: School, as_hod: Client) -> None:
    response = as_hod.post(address(STUDENTS, "move", [school.student.user_id]), {"course_id": school.courses[1].pk})
    assert response.status_code == 422
    assert "Session year: This field is required." in text_of(response)
    assert Enrollment.objects.get(student_id=school.student.profile_id, ended_on=None).course_id == school.courses[0].pk


def test_several_students_are_taken_out_and_those_with_history_can_come_back(school: School, as_hod: Client) -> None:
    rows = [p.user_id for p in school.classmates[:2]]
    assert "Delete 2 students?" in text_of(as_hod.get(address(STUDENTS, "remove", rows)))
    response = as_hod.post(address(STUDENTS, "remove", rows))
    assert flashes(response) == ["success: 2 students deleted."]
    assert not StudentProfile.objects.filter(user_id__in=rows, user__is_active=True).exists()
    assert school.classmates[0].name in text_of(as_hod.get("/manage_student/?profile=withdrawn"))


def test_who_is_no_student_in_a_class_cannot_be_ticked_nor_moved(school: School, as_hod: Client) -> None:
    account = make_account("Only", "Account", Role.STUDENT)
    assert f'value="{account.user_id}"' not in as_hod.get("/manage_student/?profile=missing").content.decode()
    for person in (account, school.teacher):
        response = as_hod.post(address(STUDENTS, "remove", [person.user_id]))
        assert flashes(response)[-1].startswith("warning: Nothing was done")


def test_the_question_costs_the_same_for_few_and_for_many(school: School, as_hod: Client) -> None:
    people = [p.user_id for p in school.students]
    for path, do, rows in ((STUDENTS, "move", people), (DECIDE, "approve", pending(40))):
        as_hod.get(address(path, do, rows[:1]))
        with CaptureQueriesContext(connection) as few:
            as_hod.get(address(path, do, rows[:1]))
        with CaptureQueriesContext(connection) as many:
            as_hod.get(address(path, do, rows))
        assert len(many) == len(few)


# --- fines ------------------------------------------------------------------------------------------------------------

FINES = "/manage_fines/selected/"


def test_several_fines_are_taken_back(school: School, as_teacher: Client) -> None:
    rows = [school.fine_of(person).pk for person in school.students[:3]]
    words = text_of(as_teacher.get(address(FINES, "cancel", rows)))
    assert "Take back 3 fines?" in words
    assert all(f"{person.name}: ₹25.50, Late book" in words for person in school.students[:3])
    response = as_teacher.post(address(FINES, "cancel", rows, list="?status=unpaid"), {"reason": "A mistake"})
    assert (response["Location"], flashes(response)) == (
        "/manage_fines/?status=unpaid",
        ["success: 3 fines taken back."],
    )
    assert not Fine.objects.filter(id__in=rows).exists()


def test_fines_that_are_paid_cannot_be_ticked_nor_taken_back(school: School, as_teacher: Client) -> None:
    fine = school.fine_of(school.student)
    Fine.objects.filter(pk=fine.pk).update(status=FineStatus.PAID.value)
    assert f'name="selected" value="{fine.pk}"' not in as_teacher.get("/manage_fines/?q=student0").content.decode()
    response = as_teacher.post(address(FINES, "cancel", [fine.pk]))
    assert flashes(response)[-1].startswith("warning: Nothing was done")
    assert Fine.objects.get(pk=fine.pk).status == FineStatus.PAID.value
