"""Reactions to events: the module's own, by which an admission survives a crash."""

from contracts.users import StudentAdmissionStarted
from kernel.events import Effect, subscribe
from modules.users.admissions import Admission, Place, settle


@subscribe(StudentAdmissionStarted)
def settle_admission(event: StudentAdmissionStarted, effect: Effect) -> None:
    """Idempotent by itself: a repeated delivery finds nothing half made."""
    place = Place(course_id=event.course_id, session_year_id=event.session_year_id)
    settle(effect.actor, Admission(user_id=event.user_id, student_id=event.student_id, place=place))
