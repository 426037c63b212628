"""Who may see and do what. Asks academics who teaches a subject and where a student is enrolled: call it outside
transactions.
"""

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService, Subject
from contracts.base import MAX_PAGE_SIZE, Actor, PageRequest, Role
from contracts.errors import Forbidden
from kernel.permissions import require
from kernel.registry import services


def sees_all(actor: Actor) -> bool:
    return actor.role in (Role.HOD, Role.SYSTEM)


def subject(actor: Actor, subject_id: int) -> Subject | None:
    return services.get(AcademicsService).subjects(actor=actor, ids=(subject_id,)).get(subject_id)


def require_teacher(actor: Actor, subject_id: int) -> None:
    """Raises Forbidden unless the actor teaches the subject or is HOD."""
    require(actor, Role.HOD, Role.STAFF)
    if not sees_all(actor):
        check_teaches(actor, subject(actor, subject_id))


def check_teaches(actor: Actor, subject: Subject | None) -> None:
    """As `require_teacher`, for a subject that was already asked for. None: there is no such subject."""
    if not sees_all(actor) and (subject is None or subject.teacher_id != actor.user_id):
        raise Forbidden(message=_("Only the teacher of the subject can do this."))


def own_course(actor: Actor) -> int | None:
    """The course in which a student is enrolled at present."""
    return None if actor.student_id is None else course_of(actor, actor.student_id)


def course_of(actor: Actor, student_id: int) -> int | None:
    return courses_of(actor, (student_id,)).get(student_id)


def courses_of(actor: Actor, student_ids: tuple[int, ...]) -> dict[int, int]:
    """The course in which each of these students is enrolled at present; who is in none is left out."""
    if not student_ids:
        return {}
    found = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=student_ids)
    return {student_id: enrollment.course_id for student_id, enrollment in found.items()}


def studies(actor: Actor, subject_id: int) -> bool:
    """Whether a student is enrolled in the subject's course."""
    course_id = own_course(actor)
    if course_id is None:
        return False
    found = subject(actor, subject_id)
    return found is not None and found.course_id == course_id


def visible_subjects(actor: Actor) -> tuple[int, ...] | None:
    """Ids of the subjects that a teacher teaches, or that belong to a student's course; None stands for all of them."""
    if sees_all(actor):
        return None
    if actor.role is Role.STAFF:
        return () if actor.user_id is None else tuple(_subjects(actor, teacher_id=actor.user_id))
    course_id = own_course(actor)
    return () if course_id is None else tuple(subjects_of(actor, course_id))


def subjects_of(actor: Actor, course_id: int) -> dict[int, str]:
    """Names of the subjects of a course, by id."""
    return _subjects(actor, course_id=course_id)


def _subjects(actor: Actor, *, teacher_id: int | None = None, course_id: int | None = None) -> dict[int, str]:
    academics = services.get(AcademicsService)
    found: dict[int, str] = {}
    number = 1
    while True:
        page = academics.list_subjects(
            actor=actor,
            page=PageRequest(number=number, size=MAX_PAGE_SIZE),
            teacher_id=teacher_id,
            course_id=course_id,
        )
        found |= {s.id: s.name for s in page.items}
        if len(found) >= page.total or not page.items:
            return found
        number += 1
