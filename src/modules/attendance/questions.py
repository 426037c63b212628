"""What attendance asks other modules before it opens a transaction: about subjects, classes and leave."""

from datetime import date

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService, SessionYear, Subject
from contracts.base import MAX_PAGE_SIZE, Actor, Audience, PageRequest, Role
from contracts.errors import Forbidden, NotFound
from contracts.leaves import Absence, LeavesService
from kernel.registry import services


def subject(actor: Actor, subject_id: int) -> Subject:
    """Raises NotFound."""
    found = services.get(AcademicsService).subjects(actor=_house(actor), ids=(subject_id,))
    if subject_id not in found:
        raise NotFound(entity="academics.Subject", id=subject_id, message=_("There is no such subject."))
    return found[subject_id]


def taught_subject(actor: Actor, subject_id: int) -> Subject:
    """The subject, for its teacher and the HOD. Raises NotFound, and Forbidden for other teachers."""
    found = subject(actor, subject_id)
    if actor.role is Role.STAFF and found.teacher_id != actor.user_id:
        raise Forbidden(message=_("Only its teacher and the head of department work with this subject's attendance."))
    return found


def subjects_taught(actor: Actor, subject_ids: tuple[int, ...] | None) -> tuple[int, ...]:
    """Which of these subjects, or of all, a teacher teaches."""
    academics = services.get(AcademicsService)
    if subject_ids is None:
        page = PageRequest(size=MAX_PAGE_SIZE)
        own = academics.list_subjects(actor=_house(actor), page=page, teacher_id=actor.user_id)
        return tuple(s.id for s in own.items)
    found = academics.subjects(actor=_house(actor), ids=subject_ids)
    return tuple(i for i in subject_ids if i in found and found[i].teacher_id == actor.user_id)


def session_year(actor: Actor, session_year_id: int) -> SessionYear:
    """Raises NotFound."""
    found = services.get(AcademicsService).session_years(actor=_house(actor), ids=(session_year_id,))
    if session_year_id not in found:
        raise NotFound(entity="academics.SessionYear", id=session_year_id, message=_("There is no such session year."))
    return found[session_year_id]


def class_on(actor: Actor, subject_id: int, session_year_id: int, day: date) -> tuple[int, ...]:
    """Students who were enrolled in the subject's course and the session year on a day; those whose enrolment is older
    than the keeping of dates count as enrolled from the beginning.
    """
    return services.get(AcademicsService).class_list(
        actor=_house(actor), subject_id=subject_id, session_year_id=session_year_id, on=day
    )


def courses_of(actor: Actor, student_id: int) -> set[int]:
    """Courses that a student is or was enrolled in."""
    history = services.get(AcademicsService).enrollment_history(actor=_house(actor), student_id=student_id)
    return {enrollment.course_id for enrollment in history}


def leaves_between(actor: Actor, student_ids: tuple[int, ...], first_day: date, last_day: date) -> tuple[Absence, ...]:
    """Approved leave of students that touches the days."""
    if not student_ids:
        return ()
    return services.get(LeavesService).absences(
        actor=_house(actor),
        audience=Audience.STUDENT,
        profile_ids=student_ids,
        first_day=first_day,
        last_day=last_day,
    )


def leaves_on(actor: Actor, student_ids: tuple[int, ...], day: date) -> dict[int, Absence]:
    """By student, the approved leave that covers a day; the earlier one where old data holds two."""
    found: dict[int, Absence] = {}
    for absence in leaves_between(actor, student_ids, day, day):
        found.setdefault(absence.person.profile_id, absence)
    return found


def _house(actor: Actor) -> Actor:
    """Teachers may ask for some of this themselves and for some not: the house asks, within their request."""
    return Actor.system(request_id=actor.request_id)
