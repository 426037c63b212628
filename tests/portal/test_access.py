"""Who gets where: everybody else is sent to their own home, as in the legacy."""

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import resolve, reverse

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.academics.models import Course, Enrollment, SessionYear, Subject
from modules.assessments.models import Assignment, AssignmentSubmission, MarkChange, StudentResult
from modules.attendance.models import Attendance, AttendanceReport
from modules.feedback.models import StaffFeedback, StudentFeedback
from modules.finance.models import Fine, FinePayment
from modules.leaves.models import LeaveDecision, StaffLeave, StudentLeave
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from modules.users.models import StaffProfile, StudentProfile, User
from portal.urls import urlpatterns
from tests.portal.conftest import Browse
from tests.portal.routes import HOMES, OPEN, ROUTES
from tests.portal.school import School, Somebody

TABLES: tuple[type[Model], ...] = (
    *(Attendance, AttendanceReport, LeaveDecision, StudentLeave, StaffLeave),
    *(HodNotification, StaffNotification, StudentNotification, StaffFeedback, StudentFeedback),
    *(Assignment, AssignmentSubmission, MarkChange, Fine, FinePayment),
    *(Course, Enrollment, SessionYear, Subject, StudentResult, User, StaffProfile, StudentProfile, OutboxEvent),
)


def contents() -> list[list[tuple[object, ...]]]:
    """Everything that pages can change."""
    return [list(model._default_manager.order_by("pk").values_list()) for model in TABLES]


def visitors(school: School) -> list[Somebody]:
    return [school.hod, school.teacher, school.student]


def test_every_route_says_whose_it_is() -> None:
    assert {pattern.name for pattern in urlpatterns} == {*OPEN, *ROUTES}


def test_every_route_is_at_the_address_that_stands_in_the_table(school: School) -> None:
    for name, route in ROUTES.items():
        match = resolve(route.url(school))
        assert (match.url_name, reverse(name, kwargs=match.kwargs)) == (name, route.url(school))


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_logged_in_is_sent_to_the_login_page(method: str, school: School, client: Client) -> None:
    before = contents()
    for name, route in ROUTES.items():
        if method.upper() in route.methods.split():
            response = client.generic(method.upper(), route.url(school))
            assert (response.status_code, response["Location"]) == (302, "/"), name
    assert contents() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_another_role_is_sent_home_and_changes_nothing(method: str, school: School, browse: Browse) -> None:
    before = contents()
    tried = 0
    for person in visitors(school):
        client = browse(person)
        for name, route in ROUTES.items():
            if person.role not in route.owners and method.upper() in route.methods.split():
                response = client.generic(method.upper(), route.url(school))
                assert (response.status_code, response["Location"]) == (302, HOMES[person.role]), (name, person.role)
                tried += 1
    assert tried > 20
    assert contents() == before


def test_a_page_is_shown_to_its_own_role_and_opening_it_changes_nothing(school: School, browse: Browse) -> None:
    before = contents()
    for person in visitors(school):
        client = browse(person)
        for name, route in ROUTES.items():
            if person.role in route.owners and "GET" in route.methods.split():
                expected = 302 if route.is_form_target else route.opened
                if (name, person.role) == ("cancel_leave", Role.STAFF):
                    expected = 404  # it is somebody else's
                assert client.get(route.url(school)).status_code == expected, (name, person.role)
    assert contents() == before


def test_a_method_that_a_route_does_not_have_is_refused(school: School, browse: Browse) -> None:
    for person in visitors(school):
        client = browse(person)
        for name, route in ROUTES.items():
            for method in {"GET", "POST", "PUT", "DELETE"} - set(route.methods.split()):
                if person.role in route.owners:
                    assert client.generic(method, route.url(school)).status_code == 405, (name, method)


def test_ids_that_do_not_exist_or_are_no_numbers_are_not_found(as_hod: Client, as_student: Client) -> None:
    for action in ("student_leave_approve", "student_leave_reject", "staff_leave_approve", "staff_leave_reject"):
        for row in ("999999", "abc", "-1", "1.5", "9" * 30):
            for response in (as_hod.get(f"/{action}/{row}/"), as_hod.post(f"/{action}/{row}/")):
                assert response.status_code == 404, (action, row)
    for path in ("/cancel_leave/student/999999/", "/cancel_leave/nobody/1/", f"/inbox/{'9' * 30}/"):
        assert as_student.post(path).status_code == 404, path


def test_an_address_without_its_slash_leads_to_the_one_with(as_hod: Client) -> None:
    response = as_hod.get("/admin_home")
    assert (response.status_code, response["Location"]) == (301, "/admin_home/")


def test_the_legacys_text_about_oneself(school: School, browse: Browse) -> None:
    for person, number in zip(visitors(school), "123", strict=True):
        response = browse(person).get("/get_user_details/")
        assert response.content.decode() == f"User: {person.email} User Type: {number}"
        assert response["Content-Type"].startswith("text/plain")
