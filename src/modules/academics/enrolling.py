"""The steps by which enrolments begin and end, each with its totals and its event. Inside a transaction of the module.

One student's steps never run at once: take `hold_student` first.
"""

from datetime import date

from django.utils import timezone

from contracts.academics import EnrollmentStatus, StudentEnrolled, StudentUnenrolled
from contracts.base import Actor
from kernel import audit
from kernel.databases import serialize
from kernel.events import publish
from modules.academics import queries
from modules.academics.models import AcademicTotal, Enrollment, students_of

MODULE = "academics"


def hold_student(student_id: int) -> Enrollment | None:
    """Keep others from this student's enrolments until the transaction ends. Returns the current one."""
    serialize(MODULE, f"student:{student_id}")
    return queries.current().filter(student_id=student_id).first()


def move(
    *,
    actor: Actor,
    current: Enrollment | None,
    student_id: int,
    course_id: int,
    session_year_id: int,
    started_on: date,
) -> Enrollment:
    """End the current enrolment, if any, as completed today, and begin another one on the day given."""
    changes = {students_of(course_id): 1}
    if current:
        changes[students_of(current.course_id)] = changes.get(students_of(current.course_id), 0) - 1
        _close(current, EnrollmentStatus.COMPLETED)
    row = Enrollment.objects.create(
        student_id=student_id, course_id=course_id, session_year_id=session_year_id, started_on=started_on
    )
    AcademicTotal.add(changes)
    _announce(actor, row)
    return row


def drop(*, actor: Actor, current: Enrollment, with_account: bool = False) -> None:
    """End the current enrolment before its time."""
    _close(current, EnrollmentStatus.DROPPED, with_account=with_account)
    AcademicTotal.add({students_of(current.course_id): -1})
    audit.record(actor=actor, action="academics.student_withdrawn", target=f"Enrollment:{current.pk}")
    publish(StudentUnenrolled(enrollment_id=current.pk, student_id=current.student_id, at=timezone.now()))


def resume(*, actor: Actor, ended: Enrollment) -> None:
    """Bring an ended enrolment back as if it had never ended."""
    ended.status, ended.ended_on, ended.ended_with_account = EnrollmentStatus.ACTIVE.value, None, False
    ended.save(update_fields=["status", "ended_on", "ended_with_account"])
    AcademicTotal.add({students_of(ended.course_id): 1})
    _announce(actor, ended)


def _close(row: Enrollment, status: EnrollmentStatus, *, with_account: bool = False) -> None:
    row.status, row.ended_on, row.ended_with_account = status.value, timezone.localdate(), with_account
    row.save(update_fields=["status", "ended_on", "ended_with_account"])


def _announce(actor: Actor, row: Enrollment) -> None:
    audit.record(
        actor=actor,
        action="academics.student_enrolled",
        target=f"Enrollment:{row.pk}",
        student_id=row.student_id,
        course_id=row.course_id,
        session_year_id=row.session_year_id,
    )
    publish(
        StudentEnrolled(
            enrollment_id=row.pk,
            student_id=row.student_id,
            course_id=row.course_id,
            session_year_id=row.session_year_id,
            at=timezone.now(),
        )
    )
