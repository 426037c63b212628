"""What the rows speak of: a school with one of everything, and which of it is whose."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from contracts.base import Role
from contracts.finance import FinanceService
from contracts.users import NOWHERE, SessionKind, UsersService
from kernel.registry import services
from modules.academics.models import Course, SessionYear, Subject
from modules.assessments.models import Assignment, AssignmentSubmission, StudentResult
from modules.feedback.models import StaffFeedback, StudentFeedback
from modules.finance import signatures
from modules.finance.models import Fine, FinePayment
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from modules.users import forgotten, sessions, tokens
from modules.users.models import StudentProfile, User
from modules.users.rules import USER_TYPES
from modules.users.service.login import login_of
from tests.actors import system
from tests.modules.finance.sandbox import SECRET, Choice, Sandbox
from tests.portal.school import ESSAY, School, Somebody, make_school

STUDENTS = 8
DEACTIVATED, REVOKED, FORGETFUL, PICTURED = 4, 5, 6, 7
"""Which of the students these are."""

PAID = "Paid, and not yet told"


def furnished() -> School:
    """A school in which every row finds its thing."""
    school = make_school(students=STUDENTS)
    Course.objects.create(name="Unused")
    Subject.objects.create(name="Unused", course=school.courses[0], teacher_id=school.teacher.user_id)
    day = school.today + timedelta(days=4000)
    SessionYear.objects.create(first_day=day, last_day=day + timedelta(days=300))
    due = timezone.now() + timedelta(days=7)
    for subject in (school.botany, school.genetics, school.markets):
        Assignment.objects.create(subject_id=subject.pk, title=f"Open: {subject.name}", description="", due_at=due)
        Assignment.objects.create(subject_id=subject.pk, title=f"Closed: {subject.name}", due_at=due, status="closed")
    graded = Assignment.objects.create(subject_id=school.genetics.pk, title="Genes", description="", due_at=due)
    AssignmentSubmission.objects.create(
        assignment=graded, student_id=school.student.profile_id, submission_file=ESSAY, original_name="essay.txt"
    )
    for student, subject in (
        (school.student, school.botany),
        (school.student, school.genetics),
        (school.classmates[1], school.botany),
    ):
        StudentResult.objects.create(
            student_id=student.profile_id, subject_id=subject.pk, exam_marks=50, assignment_marks=60
        )
    for teacher in (school.teacher, school.other_teacher):
        StaffFeedback.objects.create(staff_id=teacher.profile_id, text="A word")
        StaffNotification.objects.create(staff_id=teacher.profile_id, message="A word")
    HodNotification.objects.create(user_id=school.hod.user_id, message="A word")
    for role in (Role.STUDENT, Role.STAFF):
        User.objects.create(username=f"incomplete.{role}", user_type=USER_TYPES[role])
    StudentProfile.objects.filter(pk=school.students[PICTURED].profile_id).update(profile_pic=ESSAY)
    return school


def pay_a_fine(school: School, sandbox: Sandbox) -> None:
    """Two students have paid a fine with the provider, and the school has not heard of it yet."""
    for student in (school.student, school.classmates[1]):
        fine = Fine.objects.create(student_id=student.profile_id, amount=50, reason=PAID, due_date=school.today)
        checkout = services.get(FinanceService).start_payment(actor=student.actor, fine_id=fine.pk)
        back = sandbox.checkout(checkout.order_id, Choice.PAY)
        FinePayment.objects.filter(order_id=checkout.order_id).update(payment_id=back["razorpay_payment_id"])


def close_the_doors(school: School) -> None:
    """One student's account is switched off, and another's sessions are ended; both were logged in."""
    users = services.get(UsersService)
    users.set_active(actor=school.hod.actor, user_id=school.students[DEACTIVATED].user_id, active=False)
    users.end_sessions_of(actor=system(), user_id=school.students[REVOKED].user_id)


def things(school: School, person: Somebody, *, own: bool) -> dict[str, Any]:
    """By name, what is the person's own, or somebody else's; for the head, who has nothing, a student's."""
    common: dict[str, Any] = {
        "today": school.today.isoformat(),
        "unused_course_id": Course.objects.get(name="Unused").pk,
        "unused_subject_id": Subject.objects.get(name="Unused").pk,
        "unused_session_year_id": SessionYear.objects.latest("first_day").pk,
        "session_year_id": school.year.pk,
        "teacher_user_id": (school.teacher if own else school.other_teacher).user_id,
        "course_id": school.courses[0].pk,
        "classmate_id": school.classmates[1].profile_id,
        **_to_log_in_with(school, person, own=own),
        "incomplete_student_id": User.objects.get(username="incomplete.student").pk,
        "incomplete_staff_id": User.objects.get(username="incomplete.staff").pk,
        "staff_user_id": school.teacher.user_id,
        "staff_id": school.teacher.profile_id,
        "pictured_student_id": school.students[PICTURED].profile_id,
        "student_user_id": school.student.user_id,
    }
    if person.role is Role.STAFF:
        return common | _of_a_teacher(school, own=own)
    found: dict[str, Any] = common | _of_a_student(school, own=own)
    if person.role is Role.HOD:
        found["notice_id"] = HodNotification.objects.latest("id").pk
        found["cancellable_id"] = StudentLeave.objects.get(student_id=found["student_id"], status="approved").pk
    return found


def _to_log_in_with(school: School, person: Somebody, *, own: bool) -> dict[str, Any]:
    """What opens an account, and a session that is the person's own or somebody else's."""
    owner = User.objects.get(pk=person.user_id if own else school.students[FORGETFUL].user_id)
    session = sessions.begin(owner, SessionKind.API, NOWHERE)
    identity = login_of(owner.pk, session_id=session.public_id).identity
    return {
        "session_id": session.public_id,
        "refresh_token": tokens.issue(identity, session).refresh_token,
        "reset_token": forgotten.token_for(User.objects.get(pk=school.students[FORGETFUL].user_id)),
    }


def _of_a_student(school: School, *, own: bool) -> dict[str, Any]:
    student = school.student if own else school.classmates[1]
    subject = school.botany if own else school.markets
    leave = StudentLeave.objects.filter(student_id=student.profile_id)
    return {
        "audience": "student",
        "student_id": student.profile_id,
        "student_user_id": student.user_id,
        "user_id": student.user_id,
        "subject_id": subject.pk,
        "register_id": school.register_of(subject).pk,
        "leave_id": leave.get(status="pending").pk,
        "cancellable_id": leave.get(status="pending").pk,
        "assignment_id": school.essay.pk if own else Assignment.objects.get(title="Open: Markets").pk,
        "open_assignment_id": Assignment.objects.get(title=f"Open: {subject.name}").pk,
        "closed_assignment_id": Assignment.objects.get(title=f"Closed: {subject.name}").pk,
        "submission_id": school.essay_of(student).pk,
        "result_id": StudentResult.objects.get(student_id=student.profile_id, subject_id=school.botany.pk).pk,
        "feedback_id": StudentFeedback.objects.get(student_id=student.profile_id).pk,
        "notice_id": StudentNotification.objects.filter(student_id=student.profile_id).latest("id").pk,
        **_owed_by(student),
    }


def _owed_by(student: Somebody) -> dict[str, Any]:
    """A fine that is unpaid and, where one was paid, what its checkout returned."""
    unpaid = {"fine_id": Fine.objects.exclude(reason=PAID).get(student_id=student.profile_id).pk}
    order = FinePayment.objects.filter(fine__student_id=student.profile_id, fine__reason=PAID).first()
    if order is None:
        return unpaid
    return unpaid | {
        "order_id": order.order_id,
        "payment_id": order.payment_id,
        "signature": signatures.of_payment(order_id=order.order_id, payment_id=order.payment_id, secret=SECRET),
    }


def _of_a_teacher(school: School, *, own: bool) -> dict[str, Any]:
    teacher = school.teacher if own else school.other_teacher
    subject = school.botany if own else school.genetics
    leave = StaffLeave.objects.get(staff_id=teacher.profile_id)
    assignment = school.essay if own else Assignment.objects.get(title="Genes")
    student_id = school.student.profile_id
    return {
        "audience": "staff",
        "student_id": student_id,
        "user_id": teacher.user_id,
        "subject_id": subject.pk,
        "register_id": school.register_of(subject).pk,
        "leave_id": leave.pk,
        "cancellable_id": leave.pk,
        "assignment_id": assignment.pk,
        "open_assignment_id": Assignment.objects.get(title=f"Open: {subject.name}").pk,
        "closed_assignment_id": Assignment.objects.get(title=f"Closed: {subject.name}").pk,
        "submission_id": AssignmentSubmission.objects.get(assignment=assignment, student_id=student_id).pk,
        "result_id": StudentResult.objects.get(student_id=student_id, subject_id=subject.pk).pk,
        "feedback_id": StaffFeedback.objects.get(staff_id=teacher.profile_id).pk,
        "notice_id": StaffNotification.objects.filter(staff_id=teacher.profile_id).latest("id").pk,
        **_owed_by(school.student),
    }
