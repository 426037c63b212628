"""What a student or teacher might try in order to get more than is theirs: it is refused, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from contracts.users import NOWHERE, SessionKind
from kernel.models import AuditEntry
from modules.assessments.models import AssignmentSubmission, StudentResult
from modules.feedback.models import StudentFeedback
from modules.finance.models import Fine, FinePayment
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import StudentNotification
from modules.users import sessions
from modules.users.models import User, UserSession
from tests.api.conftest import As, Program
from tests.portal.school import PASSWORD, School, Somebody

FILE = {"file": {"name": "essay.txt", "content": "RmVybnMgaGF2ZSByb290cy4K"}}
DAYS = {"first_day": "2031-01-06", "last_day": "2031-01-07", "reason": "A wedding"}


@pytest.fixture
def student(school: School, speak_for: As) -> Program:
    return speak_for(school.student)


@pytest.fixture
def teacher(school: School, speak_for: As) -> Program:
    return speak_for(school.teacher)


@pytest.fixture
def untouched(school: School) -> Callable[[], bool]:
    """Whether nothing of value is other than it was."""

    def state() -> list[Any]:
        return [
            list(User.objects.order_by("pk").values_list("pk", "user_type", "is_staff", "is_superuser", "is_active")),
            list(AssignmentSubmission.objects.order_by("pk").values_list("pk", "marks")),
            list(StudentResult.objects.order_by("pk").values_list("pk", "exam_marks", "assignment_marks")),
            list(StudentLeave.objects.order_by("pk").values_list("pk", "student_id", "status")),
            list(StaffLeave.objects.order_by("pk").values_list("pk", "staff_id", "status")),
            list(Fine.objects.order_by("pk").values_list("pk", "status")),
            FinePayment.objects.count(),
            AuditEntry.objects.count(),
        ]

    before = state()
    return lambda: state() == before


@pytest.mark.parametrize(
    "smuggled", [{"role": "hod"}, {"actor": {"role": "hod"}}, {"user_type": "1"}, {"is_staff": True}]
)
def test_gaining_a_role_by_what_is_sent(
    student: Program, untouched: Callable[[], bool], smuggled: dict[str, Any]
) -> None:
    assert student.post("leaves/own/", DAYS | smuggled).status_code == 422
    assert student("GET", "leaves/requests/student/", query=smuggled).status_code == 400
    assert untouched()


def test_gaining_a_role_by_a_header(student: Program, untouched: Callable[[], bool]) -> None:
    forged: dict[str, Any] = {
        "X_Role": "hod",
        "X_User_Id": "1",
        "X_Actor": '{"role": "hod"}',
        "X_HTTP_Method_Override": "DELETE",
    }
    assert student("GET", "leaves/requests/student/", **forged).status_code == 403
    assert untouched()


@pytest.mark.parametrize("named", ["student_id", "person", "user_id", "actor", "audience"])
def test_acting_as_another(student: Program, school: School, untouched: Callable[[], bool], named: str) -> None:
    body = DAYS | {named: school.foreign_student.profile_id}
    assert student.post("leaves/own/", body).status_code == 422
    assert untouched()


def test_acting_as_another_on_what_is_theirs(
    student: Program, teacher: Program, school: School, untouched: Callable[[], bool]
) -> None:
    other = school.foreign_student
    welcome = StudentNotification.objects.get(student_id=other.profile_id)
    elsewhere = UserSession.objects.get(public_id=sessions.begin(_user(other), SessionKind.API, NOWHERE).public_id)
    attempts = (
        ("POST", f"assessments/assignments/{school.essay.pk}/submissions/", FILE | {"student_id": other.profile_id}),
        ("POST", "feedback/own/", {"text": "All is well", "person": {"audience": "student", "profile_id": 1}}),
        ("POST", f"finance/fines/{school.fine_of(other).pk}/checkout/", None),
        ("POST", f"notifications/inbox/{welcome.pk}/mark/", None),
        ("PATCH", "users/profile/", {"first_name": "Not mine", "user_id": other.user_id}),
        ("PATCH", f"users/students/{other.user_id}/", {"first_name": "Not mine"}),
        ("PUT", f"users/accounts/{other.user_id}/password/", {"new_password": "quite another one"}),
        ("DELETE", f"users/accounts/{other.user_id}/sessions/", None),
        ("DELETE", f"auth/sessions/{elsewhere.public_id}/", None),
    )
    for program in (student, teacher):
        answers = {path: program(method, path, body).status_code for method, path, body in attempts}
        assert set(answers.values()) <= {403, 404, 422}, answers
    assert untouched()
    elsewhere.refresh_from_db()
    welcome.refresh_from_db()
    assert (elsewhere.ended_at, welcome.read_at) == (None, None)
    assert _user(other).check_password(PASSWORD)
    assert _user(other).first_name != "Not mine"


def _user(person: Somebody) -> User:
    return User.objects.get(pk=person.user_id)


def test_withdrawing_anothers_request(student: Program, school: School, untouched: Callable[[], bool]) -> None:
    leave = StudentLeave.objects.get(student_id=school.classmates[1].profile_id, status="pending")
    assert student.post(f"leaves/requests/student/{leave.pk}/cancel/").status_code == 404
    assert untouched()


def test_grading_oneself(student: Program, school: School, untouched: Callable[[], bool]) -> None:
    essay = school.essay_of(school.student)
    assert student("PUT", f"assessments/submissions/{essay.pk}/grade/", {"marks": "10"}).status_code == 403
    marks = {"exam_marks": "100", "assignment_marks": "100"}
    result = {"subject_id": school.botany.pk, "student_id": school.student.profile_id, **marks}
    assert student("PUT", "assessments/results/", result).status_code == 403
    assert untouched()


def test_grading_in_a_colleagues_subject(teacher: Program, school: School, untouched: Callable[[], bool]) -> None:
    marks = {"exam_marks": "100", "assignment_marks": "100"}
    result = {"subject_id": school.genetics.pk, "student_id": school.student.profile_id, **marks}
    assert teacher("PUT", "assessments/results/", result).status_code == 403
    assert untouched()


def test_approving_ones_own_leave(
    student: Program, teacher: Program, school: School, untouched: Callable[[], bool]
) -> None:
    own = StudentLeave.objects.get(student_id=school.student.profile_id, status="pending")
    assert student.post(f"leaves/requests/student/{own.pk}/approve/").status_code == 403
    own_as_staff = StaffLeave.objects.get(staff_id=school.teacher.profile_id)
    assert teacher.post(f"leaves/requests/staff/{own_as_staff.pk}/approve/").status_code == 403
    assert untouched()


def test_verifying_ones_own_payment(
    student: Program, teacher: Program, school: School, untouched: Callable[[], bool]
) -> None:
    fine = school.fine_of(school.student)
    for program in (student, teacher):
        assert program.post(f"finance/fines/{fine.pk}/payments/", {"method": "cash"}).status_code == 403
    forged = {"order_id": "order_1", "payment_id": "pay_1", "signature": "0" * 64}
    assert student.post("finance/checkouts/confirm/", forged).status_code in (404, 422)
    assert untouched()


def test_waiving_ones_own_fine(student: Program, school: School, untouched: Callable[[], bool]) -> None:
    fine = school.fine_of(school.student)
    assert student.post(f"finance/fines/{fine.pk}/cancel/", {"reason": "I am poor"}).status_code == 403
    assert student.post(f"finance/fines/{fine.pk}/waive/", {"reason": "I am poor"}).status_code == 403
    assert untouched()


def test_paying_by_an_invented_word_of_the_provider(
    student: Program, school: School, untouched: Callable[[], bool], settings: Settings
) -> None:
    settings.PAYMENT_PROVIDER, settings.RAZORPAY_WEBHOOK_SECRET = "razorpay", "known to the provider alone"
    fine = school.fine_of(school.student)
    payment = {"entity": {"id": "pay_1", "order_id": "order_1", "amount": int(fine.amount * 100), "status": "captured"}}
    word = {"event": "payment.captured", "payload": {"payment": payment}}
    for headers in ({}, {"X-Razorpay-Signature": "0" * 64}):
        told = student.client.post("/payments/webhook/razorpay/", word, "application/json", headers=headers)
        assert 400 <= told.status_code < 500
    assert untouched()


def test_excusing_oneself_in_the_register(student: Program, school: School, untouched: Callable[[], bool]) -> None:
    register = school.register_of(school.botany)
    marks = {"marks": [{"student_id": school.student.profile_id, "status": "present"}]}
    assert student("PATCH", f"attendance/registers/{register.pk}/", marks).status_code == 403
    assert untouched()


def test_reading_anothers_data(student: Program, school: School) -> None:
    other = school.classmates[1]
    leave = StudentLeave.objects.filter(student_id=other.profile_id).latest("pk")
    answers = {
        path: student.get(path, **query).status_code
        for path, query in (
            (f"leaves/requests/student/{leave.pk}/", {}),
            (f"academics/students/{other.profile_id}/enrollments/", {}),
            (f"assessments/students/{other.profile_id}/results/", {}),
            (f"assessments/submissions/{school.essay_of(other).pk}/file/", {}),
            (f"attendance/students/{other.profile_id}/tallies/", {}),
            ("attendance/students/tallies/", {"student_ids": [school.student.profile_id, other.profile_id]}),
            (f"finance/fines/{school.fine_of(other).pk}/", {}),
            (f"finance/fines/{school.fine_of(other).pk}/payments/", {}),
            (f"feedback/student/{StudentFeedback.objects.get(student_id=other.profile_id).pk}/", {}),
            (f"leaves/requests/student/{leave.pk}/history/", {}),
            (f"assessments/submissions/{school.essay_of(other).pk}/history/", {}),
            (f"users/accounts/{other.user_id}/", {}),
            (f"users/accounts/{other.user_id}/sessions/", {}),
            (f"users/students/{other.user_id}/", {}),
            (f"users/students/by-profile/{other.profile_id}/", {}),
            ("users/students/", {}),
            ("finance/fines/", {}),
            ("audit/", {"user_id": other.user_id}),
        )
    }
    assert set(answers.values()) <= {403, 404}, answers
