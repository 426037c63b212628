"""What went wrong is told on a page of the house, with a way on."""

from typing import Any, TypeVar, cast

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService
from contracts.attendance import AttendanceService
from contracts.base import Role, Service
from contracts.errors import ModuleUnavailable
from contracts.feedback import FeedbackService
from contracts.finance import FinanceService
from contracts.leaves import LeavesService
from contracts.notifications import NotificationsService
from contracts.users import UsersService
from kernel.registry import services
from modules.attendance.models import Attendance
from tests.portal.conftest import Browse
from tests.portal.pages import text_of
from tests.portal.school import School, login

S = TypeVar("S", bound=Service)


def out_of_order(interface: type[S], error: Exception | None = None) -> S:
    """A provider that nobody reaches, or that fails."""

    def fail(self: S, **arguments: Any) -> None:
        raise error or ModuleUnavailable(module=interface.module)

    broken = type(f"Broken{interface.__name__}", (interface,), dict.fromkeys(interface.operations, fail))
    return cast(S, broken())


def is_of_the_house(response: Any) -> bool:
    """Whether the answer is a page in the school's frame with a heading and a way on."""
    html = response.content.decode()
    return "portal/portal.css" in html and html.count("<h1") == 1 and 'href="/' in html and "Traceback" not in html


def test_an_unknown_address_is_a_page_for_everybody(school: School, browse: Browse, client: Client) -> None:
    for visitor in (client, browse(school.hod), browse(school.student)):
        for path in ("/nowhere/", "/student_leave_approve/abc/", "/admin_home/x"):
            response = visitor.get(path)
            assert response.status_code == 404
            assert is_of_the_house(response)
            assert "There is nothing at this address" in text_of(response)


def test_what_a_service_does_not_find_or_allow_is_a_page_with_the_navigation(
    school: School, as_hod: Client, as_teacher: Client
) -> None:
    missing = as_hod.get("/student_leave_approve/999999/")
    assert (missing.status_code, is_of_the_house(missing)) == (404, True)
    assert "Student leave" in text_of(missing), "the navigation is there"
    register = school.register_of(school.genetics)
    forbidden = as_teacher.get(f"/staff_update_attendance/?register={register.pk}")
    assert (forbidden.status_code, is_of_the_house(forbidden)) == (403, True)
    assert "Take attendance" in text_of(forbidden)


def test_a_page_without_token_is_refused_by_a_page_that_says_what_to_do(school: School) -> None:
    client = login(Client(enforce_csrf_checks=True), school.student)
    response = client.post("/student_apply_leave_save/", {"leave_date": "2030-01-01", "leave_message": "x"})
    assert (response.status_code, is_of_the_house(response)) == (403, True)
    assert "reload the page" in text_of(response)


def test_an_error_of_ours_is_a_page_without_any_detail_and_a_line_in_the_log(
    school: School, browse: Browse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    browser = browse(school.hod)
    browser.raise_request_exception = False
    settings.ROOT_URLCONF = "tests.portal.failing_urls"
    response = browser.get("/fails/")
    assert (response.status_code, is_of_the_house(response)) == (500, True)
    assert b"a secret detail" not in response.content
    assert response["X-Request-ID"] in caplog.text
    assert "a secret detail" in caplog.text
    assert "BoundaryCrossed" not in caplog.text, "telling of the error is no error itself"


NEEDED_BY = {
    AcademicsService: (Role.STAFF, "/staff_take_attendance/"),
    AssessmentsService: (Role.STAFF, "/staff_home/"),
    AttendanceService: (Role.HOD, "/admin_home/"),
    FeedbackService: (Role.HOD, "/admin_home/"),
    FinanceService: (Role.STUDENT, "/student_home/"),
    LeavesService: (Role.STUDENT, "/student_apply_leave/"),
    NotificationsService: (Role.STAFF, "/inbox/"),
    UsersService: (Role.HOD, "/admin_home/"),
}


@pytest.mark.parametrize("interface", NEEDED_BY, ids=lambda interface: interface.module)
@pytest.mark.parametrize("error", [None, RuntimeError("a secret detail")], ids=["unreachable", "failing"])
def test_a_module_that_is_out_of_order_is_named_on_a_page(
    interface: type[Service], error: Exception | None, school: School, browse: Browse
) -> None:
    role, path = NEEDED_BY[interface]
    person = {Role.HOD: school.hod, Role.STAFF: school.teacher, Role.STUDENT: school.student}[role]
    client = browse(person)
    with services.override(interface, out_of_order(interface, error)):
        response = client.get(path)
    assert (response.status_code, is_of_the_house(response)) == (503, True)
    assert f"{interface.module.capitalize()}: out of order just now" in text_of(response)
    assert b"a secret detail" not in response.content


def test_pages_that_do_not_need_a_module_go_on_without_it(school: School, as_student: Client, as_hod: Client) -> None:
    for interface in (FinanceService, FeedbackService, AssessmentsService, NotificationsService):
        with services.override(interface, out_of_order(interface)):
            for client, path in (
                (as_student, "/student_view_attendance/"),
                (as_student, "/student_apply_leave/"),
                (as_hod, "/student_leave_view/"),
            ):
                assert client.get(path).status_code == 200, (interface.module, path)


def test_without_users_even_the_login_page_says_so(client: Client, db: None) -> None:
    with services.override(UsersService, out_of_order(UsersService)):
        response = client.post("/doLogin/", {"email": "a@school.example", "password": "b"})
        assert (response.status_code, is_of_the_house(response)) == (503, True)
        assert client.get("/nowhere/").status_code == 404


def test_a_write_of_which_nobody_knows_whether_it_happened_is_not_called_done(
    school: School, as_teacher: Client
) -> None:
    body = {"subject": school.botany.pk, "session_year": school.year.pk, "attendance_date": school.today.isoformat()}
    body |= {f"status_{school.student.profile_id}": "present"}
    lost = ModuleUnavailable(module="attendance", may_have_executed=True)
    with services.override(AttendanceService, out_of_order(AttendanceService, lost)):
        response = as_teacher.post("/staff_take_attendance/", body)
    assert response.status_code == 503
    assert "We do not know whether your last step was carried out." in text_of(response)
    assert "is saved" not in text_of(as_teacher.get("/inbox/"))
    assert not Attendance.objects.filter(date=school.today).exists()
