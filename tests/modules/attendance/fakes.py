"""The school around attendance: subjects, classes and leave, in a few lines."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from contracts.academics import AcademicsService, Enrollment, EnrollmentStatus, SessionYear, Subject
from contracts.base import Actor, Audience, Page, PageRequest, PersonRef, Role
from contracts.errors import NotFound
from contracts.leaves import Absence, LeaveRef, LeavesService

PHYSICS, MATHS, MUSIC = 1, 2, 3
"""Physics and maths belong to course 1 and teacher 10, music to course 2 and teacher 11."""
YEAR, REVERSED_YEAR = 1, 2
CLASS = (701, 702, 703, 704)
LATECOMER = 705
"""Enrolled from 1 March 2025 on."""
MUSICIAN = 711
MONDAY, TUESDAY, FRIDAY = date(2025, 2, 3), date(2025, 2, 4), date(2025, 2, 7)
MADE = datetime(2024, 6, 1, tzinfo=UTC)


@dataclass
class Place:
    course_id: int
    session_year_id: int
    started_on: date | None = None


@dataclass
class FakeAcademics(AcademicsService):
    places: dict[int, list[Place]] = field(default_factory=dict)
    years: dict[int, tuple[date, date]] = field(
        default_factory=lambda: {
            YEAR: (date(2024, 6, 1), date(2025, 5, 31)),
            REVERSED_YEAR: (date(2025, 5, 31), date(2024, 6, 1)),
        }
    )

    def __post_init__(self) -> None:
        self.places |= {i: [Place(1, YEAR), Place(1, REVERSED_YEAR)] for i in CLASS}
        self.places |= {LATECOMER: [Place(1, YEAR, date(2025, 3, 1))], MUSICIAN: [Place(2, YEAR)]}

    def subjects(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Subject]:
        return {i: subject(i) for i in ids if i in (PHYSICS, MATHS, MUSIC)}

    def list_subjects(
        self, *, actor: Actor, page: PageRequest, course_id: int | None = None, teacher_id: int | None = None
    ) -> Page[Subject]:
        found = tuple(s for s in map(subject, (PHYSICS, MATHS, MUSIC)) if teacher_id in (None, s.teacher_id))
        return Page(items=found, total=len(found), number=1, size=page.size)

    def session_years(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, SessionYear]:
        return {
            i: SessionYear(id=i, first_day=self.years[i][0], last_day=self.years[i][1]) for i in ids if i in self.years
        }

    def class_list(
        self, *, actor: Actor, subject_id: int, session_year_id: int, on: date | None = None
    ) -> tuple[int, ...]:
        if subject_id not in (PHYSICS, MATHS, MUSIC):
            raise NotFound(entity="academics.Subject", id=subject_id)
        wanted = (subject(subject_id).course_id, session_year_id)
        return tuple(
            student_id
            for student_id, places in sorted(self.places.items())
            for p in places
            if (p.course_id, p.session_year_id) == wanted and (on is None or not p.started_on or p.started_on <= on)
        )

    def enrollment_history(self, *, actor: Actor, student_id: int) -> tuple[Enrollment, ...]:
        return tuple(
            Enrollment(
                id=n,
                student_id=student_id,
                course_id=p.course_id,
                session_year_id=p.session_year_id,
                status=EnrollmentStatus.ACTIVE,
                started_on=p.started_on,
                ended_on=None,
            )
            for n, p in enumerate(self.places.get(student_id, ()), start=1)
        )


@dataclass
class FakeLeaves(LeavesService):
    approved: list[Absence] = field(default_factory=list)

    def absences(
        self, *, actor: Actor, audience: Audience, profile_ids: tuple[int, ...], first_day: date, last_day: date
    ) -> tuple[Absence, ...]:
        assert (actor.role, audience) == (Role.SYSTEM, Audience.STUDENT)
        return tuple(
            a
            for a in self.approved
            if a.person.profile_id in profile_ids and a.first_day <= last_day and a.last_day >= first_day
        )


# The other questions are never asked here.
FakeAcademics.__abstractmethods__ = FakeLeaves.__abstractmethods__ = frozenset()


def subject(subject_id: int) -> Subject:
    course_id = 2 if subject_id == MUSIC else 1
    return Subject(
        id=subject_id,
        name=f"Subject {subject_id}",
        course_id=course_id,
        course_name=f"Course {course_id}",
        teacher_id=11 if subject_id == MUSIC else 10,
        student_count=0,
        created_at=MADE,
        updated_at=MADE,
    )


def absence(leave_id: int, student_id: int, first_day: date, last_day: date) -> Absence:
    return Absence(
        leave=LeaveRef(audience=Audience.STUDENT, id=leave_id),
        person=PersonRef(audience=Audience.STUDENT, profile_id=student_id),
        first_day=first_day,
        last_day=last_day,
        reason="Wedding",
    )
