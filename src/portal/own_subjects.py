"""Which subjects concern a person: those a teacher teaches, those of a student's course."""

from contracts.academics import AcademicsService, Subject
from contracts.base import MAX_PAGE_SIZE, Actor, PageRequest
from kernel.registry import services

EVERYTHING = PageRequest(size=MAX_PAGE_SIZE)


def taught_by(actor: Actor) -> dict[int, Subject]:
    """A teacher's subjects, by id."""
    found = services.get(AcademicsService).list_subjects(actor=actor, page=EVERYTHING, teacher_id=actor.user_id)
    return {subject.id: subject for subject in found.items}


def studied_by(actor: Actor) -> dict[int, Subject]:
    """The subjects of a student's current course, by id; none without an enrolment."""
    if actor.student_id is None:
        return {}
    academics = services.get(AcademicsService)
    enrollment = academics.current_enrollments(actor=actor, student_ids=(actor.student_id,)).get(actor.student_id)
    if enrollment is None:
        return {}
    found = academics.list_subjects(actor=actor, page=EVERYTHING, course_id=enrollment.course_id)
    return {subject.id: subject for subject in found.items}
