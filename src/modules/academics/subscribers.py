"""What academics does when people leave and come back, and when rows of its own are erased."""

from typing import Any

from django.db.models import Count, QuerySet
from django.dispatch import receiver

from contracts.academics import EnrollmentStatus
from contracts.base import Role
from contracts.users import UserEvent, UserRestored, UserWithdrawn
from kernel.events import Effect, subscribe
from kernel.refs import about_to_erase
from modules.academics import enrolling
from modules.academics.models import (
    AcademicTotal,
    Course,
    Enrollment,
    SessionYear,
    Subject,
    students_of,
    subjects_of,
)


def follow_account(event: UserEvent, effect: Effect) -> None:
    """A withdrawn student's enrolment ends; restoring the person brings back what had ended so.

    One consumer for both events, so that they keep their order.
    """
    student_id = event.profile_id if event.role is Role.STUDENT else None
    with effect.once():
        if student_id is None:
            return
        current = enrolling.hold_student(student_id)
        if isinstance(event, UserWithdrawn) and current:
            enrolling.drop(actor=effect.actor, current=current, with_account=True)
        if isinstance(event, UserRestored) and not current:
            ended = Enrollment.objects.filter(student_id=student_id, ended_with_account=True).order_by("-id").first()
            if ended:
                enrolling.resume(actor=effect.actor, ended=ended)


subscribe(UserWithdrawn)(follow_account)
subscribe(UserRestored)(follow_account)


@receiver(about_to_erase, sender=Enrollment)
def uncount_enrollments(queryset: QuerySet[Enrollment], **_: Any) -> None:
    active = queryset.filter(status=EnrollmentStatus.ACTIVE).order_by().values_list("course_id")
    AcademicTotal.add({students_of(course_id): -n for course_id, n in active.annotate(n=Count("pk"))})


@receiver(about_to_erase, sender=Subject)
def uncount_subjects(queryset: QuerySet[Subject], **_: Any) -> None:
    per_course = dict(queryset.order_by().values_list("course_id").annotate(n=Count("pk")))
    changes = {subjects_of(course_id): -n for course_id, n in per_course.items()}
    AcademicTotal.add({"all:subjects": -sum(per_course.values()), **changes})


@receiver(about_to_erase, sender=Course)
def uncount_courses(queryset: QuerySet[Course], **_: Any) -> None:
    AcademicTotal.add({"all:courses": -queryset.count()})


@receiver(about_to_erase, sender=SessionYear)
def uncount_session_years(queryset: QuerySet[SessionYear], **_: Any) -> None:
    AcademicTotal.add({"all:session_years": -queryset.count()})
