"""Which subjects concern a person, which session year is the current one, and what is taught today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from contracts.academics import AcademicsService, SessionYear, Subject
from contracts.attendance import AttendanceService
from contracts.base import MAX_PAGE_SIZE, Actor, PageRequest
from kernel.registry import services

EVERYTHING = PageRequest(size=MAX_PAGE_SIZE)


@dataclass(frozen=True)
class SubjectToday:
    """One of the teacher's subjects: whether its register of today is taken, and the way there."""

    subject: Subject
    taken: bool
    url: str


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


def session_years(actor: Actor) -> tuple[SessionYear, ...]:
    """All of them, by id."""
    return services.get(AcademicsService).list_session_years(actor=actor, page=EVERYTHING).items


def current_year(years: tuple[SessionYear, ...], *, on: date | None = None) -> int | None:
    """The id of the year that holds a day, today by default, the latest of several; else of the last one that has
    begun, else of the last one, if there is any.
    """
    day = on or timezone.localdate()
    begun = [year for year in years if year.first_day <= day]
    holding = [year for year in begun if day <= year.last_day]
    return next((some[-1].id for some in (holding, begun, years) if some), None)


def lessons_today(actor: Actor, subjects: Iterable[Subject]) -> list[SubjectToday]:
    """These subjects, in this order, with the way to today's register of each."""
    subjects = tuple(subjects)
    ids = tuple(subject.id for subject in subjects)
    untaken = services.get(AttendanceService).untaken_on(actor=actor, on=timezone.localdate(), subject_ids=ids)
    address = reverse("staff_take_attendance")
    return [SubjectToday(s, s.id not in untaken, f"{address}?subject={s.id}") for s in subjects]
