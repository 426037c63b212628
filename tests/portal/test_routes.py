"""Every route, generated from two tables: whose it is (`routes.py`), and what it grants and refuses (`cases/`)."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.academics.models import Course, Subject
from modules.assessments.models import Assignment, StudentResult
from modules.feedback.models import StaffFeedback
from modules.finance.models import Fine, FinePayment
from modules.users.models import StudentProfile, UserSession
from portal.urls import urlpatterns
from tests.modules.finance.sandbox import Choice, Sandbox
from tests.plugins.route_counts import CheckRoute
from tests.portal.cases import CASES
from tests.portal.cases.case import FILE, Case
from tests.portal.conftest import Browse
from tests.portal.copied import stored
from tests.portal.legacy_routes import LEGACY_PATHS
from tests.portal.pages import flashes
from tests.portal.pictures import picture_bytes
from tests.portal.routes import HOMES, OPEN, ROUTES, facts
from tests.portal.school import School, Somebody, login, make_account, session_of

METHODS = ("GET", "POST", "PUT")
SIGNED = ("payment_callback",)
"""What another site posts counts by its signature, and has no token of ours."""
PICTURE = "profile_pics/face.png"


def contents() -> tuple[dict[str, Any], int]:
    """Everything that pages can change: rows of the modules, and how many events there are. Whoever asks is seen."""
    return {table: rows for table, rows in stored().items() if "usersession" not in table}, OutboxEvent.objects.count()


@pytest.fixture
def ground(school: School) -> dict[str, object]:
    """What the cases speak of, by the names in their braces."""
    named = facts(school)
    yesterday, pictured = school.today - timedelta(days=1), school.classmates[1]
    default_storage.save(PICTURE, ContentFile(picture_bytes()))
    StudentProfile.objects.filter(pk=pictured.profile_id).update(profile_pic=PICTURE)
    paid = Fine.objects.create(
        student_id=school.student.profile_id,
        amount=Decimal(5),
        reason="Noise",
        due_date=school.today,
        issued_by=school.teacher.user_id,
        status="paid",
    )
    StudentResult.objects.create(
        student_id=school.student.profile_id, subject_id=school.genetics.pk, assignment_marks=12, exam_marks=72
    )
    ferns = Assignment.objects.create(
        subject_id=school.botany.pk, title="Ferns", description="A page", due_at=timezone.now() + timedelta(days=2)
    )
    empty = Subject.objects.create(name="Empty", course=school.courses[0], teacher_id=school.teacher.user_id)
    return named | {
        "student_name": school.student.name,
        "last_student_name": school.students[-1].name,
        "student_email": school.student.email,
        "teacher_name": school.teacher.name,
        "today": school.today,
        "tomorrow": school.today + timedelta(days=1),
        "yesterday": yesterday,
        "first_day": school.year.first_day,
        "last_day": school.year.last_day,
        "day_after_year": school.year.last_day + timedelta(days=1),
        "earlier_year": school.earlier_year.pk,
        "register": school.register_of(school.botany).pk,
        "empty_course": Course.objects.create(name="Empty").pk,
        "empty_subject": empty.pk,
        "open_assignment": ferns.pk,
        "paid_fine": paid.pk,
        "staff_feedback": StaffFeedback.objects.create(staff_id=school.teacher.profile_id, text="More chalk").pk,
        "incomplete_staff": make_account("Ines", "Incomplete", Role.STAFF).user_id,
        "incomplete_student": make_account("Ina", "Incomplete", Role.STUDENT).user_id,
        "picture": PICTURE,
        "pictured_profile": pictured.profile_id,
    }


def methods_of(name: str) -> list[str]:
    return ROUTES[name].methods.split() if name in ROUTES else ["GET"] if name == "login" else ["GET", "POST"]


def people(school: School) -> dict[Role, Somebody]:
    return {Role.HOD: school.hod, Role.STAFF: school.teacher, Role.STUDENT: school.student}


def path_of(name: str) -> str:
    return OPEN.get(name) or ROUTES[name].path


def owner_of(name: str, school: School) -> Somebody | None:
    """Who asks: a student where everybody may, nobody where one has to log in first."""
    if name in ("login", "doLogin"):
        return None
    owners = ROUTES[name].owners if name in ROUTES else {Role.STUDENT}
    return next(person for role, person in reversed(people(school).items()) if role in owners)


def log_in_elsewhere(school: School, sandbox: Sandbox) -> dict[str, object]:
    session_of(school.student)
    return {"session": UserSession.objects.filter(user_id=school.student.user_id).latest("id").public_id}


def pay_at_the_checkout(school: School, sandbox: Sandbox) -> dict[str, object]:
    """What the checkout sends the student back with."""
    fine = Fine.objects.get(student_id=school.student.profile_id, status="unpaid")
    login(Client(), school.student).post(f"/student/initialize_payment/{fine.pk}/")
    order_id = FinePayment.objects.get(fine=fine).order_id
    sent = sandbox.checkout(order_id, Choice.PAY)
    return {"order_id": order_id, "payment_id": sent["razorpay_payment_id"], "signature": sent["razorpay_signature"]}


PREPARED = {"{session}": log_in_elsewhere, "{order_id}": pay_at_the_checkout}
"""What has to happen before a request that speaks of it."""


def prepare(case: Case, school: School, sandbox: Sandbox) -> dict[str, object]:
    spoken_of = [case.at, *(case.sends or {}).values()]
    found: dict[str, object] = {}
    for name, happen in PREPARED.items():
        if any(name in text for text in spoken_of):
            found |= happen(school, sandbox)
    return found


def ask(name: str, case: Case, school: School, ground: dict[str, object]) -> Any:
    """Send the case's request, as somebody who may."""
    client, person = Client(), owner_of(name, school)
    if person:
        login(client, person)
    at = (case.at if case.at.startswith("/") else path_of(name) + case.at).format(**ground)
    if case.sends is None:
        return client.get(at)
    fields: dict[str, Any] = {
        field: SimpleUploadedFile("essay.txt", b"Ferns have no flowers.") if value == FILE else value.format(**ground)
        for field, value in case.sends.items()
    }
    return client.post(at, fields)


def check(response: Any, case: Case, ground: dict[str, object]) -> None:
    """The answer is the case's."""
    assert response.status_code == case.status
    assert response.get("Location", "") == case.to.format(**ground)
    if case.says or case.to:
        assert [*flashes(response), ""][0] == case.says.format(**ground)
    if case.shows:
        body = b"".join(response) if response.streaming else response.content
        assert case.shows.format(**ground) in unescape(body.decode(errors="replace"))


# --- the tables are complete ------------------------------------------------------------------------------------------


def test_every_route_stands_in_both_tables() -> None:
    served = {pattern.name for pattern in urlpatterns}
    assert served == {*OPEN, *ROUTES}, "tests/portal/routes.py"
    assert served == CASES.keys(), "tests/portal/cases/"


def test_every_route_is_at_the_address_that_stands_in_the_table(school: School) -> None:
    for name, route in ROUTES.items():
        match = resolve(route.url(school))
        assert (match.url_name, reverse(name, kwargs=match.kwargs)) == (name, route.url(school))


def test_the_98_routes_of_the_legacy_are_at_their_addresses() -> None:
    assert len(LEGACY_PATHS) == 98
    for name, path in LEGACY_PATHS.items():
        match = resolve(path)
        assert (match.url_name, reverse(name, kwargs=match.kwargs)) == (name, path)


# --- each route: what it grants and refuses on every database; who is turned away at the door is the same on any ------


@pytest.mark.parametrize("name", CASES)
def test_a_route_grants(
    name: str, school: School, ground: dict[str, object], sandbox: Sandbox, route_checked: CheckRoute
) -> None:
    case = CASES[name][0]
    ground |= prepare(case, school, sandbox)
    check(ask(name, case, school, ground), case, ground)
    route_checked("granted")


@pytest.mark.parametrize("name", CASES)
def test_a_route_refuses_and_changes_nothing(
    name: str, school: School, ground: dict[str, object], sandbox: Sandbox, route_checked: CheckRoute
) -> None:
    case = CASES[name][1]
    ground |= prepare(case, school, sandbox)
    before = contents()
    check(ask(name, case, school, ground), case, ground)
    assert contents() == before
    route_checked("refused")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_closed_to_everybody_else_and_changes_nothing(
    name: str, school: School, browse: Browse, route_checked: CheckRoute
) -> None:
    route, before = ROUTES[name], contents()
    url, methods = route.url(school), route.methods.split()
    strangers: dict[Client, str] = {Client(): "/"}
    strangers |= {browse(person): HOMES[role] for role, person in people(school).items() if role not in route.owners}
    for stranger, home in strangers.items():
        for method in methods:
            response = stranger.generic(method, url)
            assert (response.status_code, response["Location"]) == (302, home), method
            route_checked("not logged in" if home == "/" else "another role")
    for role in route.owners:
        client = browse(people(school)[role])
        for method in set(METHODS) - set(methods):
            assert client.generic(method, url).status_code == 405, method
            route_checked("another method")
    assert contents() == before


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", [n for n in CASES if "POST" in methods_of(n) and n not in SIGNED])
def test_a_post_without_token_is_refused(
    name: str, school: School, ground: dict[str, object], route_checked: CheckRoute
) -> None:
    client, person, before = Client(enforce_csrf_checks=True), owner_of(name, school), contents()
    if person:
        login(client, person)
    response = client.post(path_of(name).format(**ground))
    assert response.status_code == 403
    assert "reload the page" in unescape(response.content.decode())
    assert contents() == before
    route_checked("without token")


def test_opening_a_page_shows_it_to_each_of_its_roles_and_changes_nothing(school: School, browse: Browse) -> None:
    before = contents()
    for person in people(school).values():
        client = browse(person)
        for name, route in ROUTES.items():
            if person.role in route.owners and "GET" in route.methods.split():
                expected = 302 if route.is_form_target else route.opened
                if (name, person.role) == ("cancel_leave", Role.STAFF):
                    expected = 404  # it is somebody else's
                assert client.get(route.url(school)).status_code == expected, (name, person.role)
    assert contents() == before


def test_an_address_without_its_slash_leads_to_the_one_with(as_hod: Client) -> None:
    response = as_hod.get("/admin_home")
    assert (response.status_code, response["Location"]) == (301, "/admin_home/")


@pytest.mark.parametrize("row", ["abc", "-1", "1.5", "9" * 30])
def test_what_is_no_id_is_not_found(row: str, as_hod: Client) -> None:
    for path in LEGACY_PATHS.values():
        if "/0" in path:
            address = path.replace("/0", f"/{row}")
            assert (as_hod.get(address).status_code, as_hod.post(address).status_code) == (404, 404), address


def test_the_legacys_text_about_oneself(school: School, browse: Browse) -> None:
    for person, number in zip(people(school).values(), "123", strict=True):
        response = browse(person).get("/get_user_details/")
        assert response.content.decode() == f"User: {person.email} User Type: {number}"
        assert response["Content-Type"].startswith("text/plain")
