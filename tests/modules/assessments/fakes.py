"""What assessments needs of academics, in a few lines."""

from datetime import UTC, datetime

from contracts.academics import AcademicsService, Enrollment, EnrollmentStatus, Subject
from contracts.base import Actor, Page, PageRequest, Role

COURSES = {1: 1, 2: 1, 3: 1, 4: 2}
"""Subject → course."""
TEACHERS = {1: 10, 2: 10, 3: 11, 4: 11}
"""Subject → user id of its teacher."""
ENROLLED = {701: 1, 702: 1, 703: 2}
"""Student → course."""
_DAY = datetime(2025, 1, 1, tzinfo=UTC)


class FakeAcademics(AcademicsService):
    """Two courses with four subjects and two teachers. Keeps to academics' rule on who may ask for an enrolment."""

    def __init__(self) -> None:
        self.enrolled = dict(ENROLLED)

    def subjects(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Subject]:
        return {i: subject(i) for i in ids if i in COURSES}

    def list_subjects(
        self, *, actor: Actor, page: PageRequest, course_id: int | None = None, teacher_id: int | None = None
    ) -> Page[Subject]:
        ids = [i for i in COURSES if course_id in (None, COURSES[i]) and teacher_id in (None, TEACHERS[i])]
        first = (page.number - 1) * page.size
        items = tuple(subject(i) for i in ids[first : first + page.size])
        return Page(items=items, total=len(ids), number=page.number, size=page.size)

    def student_ids(
        self, *, actor: Actor, course_id: int | None = None, session_year_id: int | None = None
    ) -> tuple[int, ...]:
        return tuple(i for i, course in self.enrolled.items() if course_id in (None, course))

    def current_enrollments(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Enrollment]:
        assert actor.role is not Role.STUDENT or student_ids == (actor.student_id,)
        return {i: enrollment(i, self.enrolled[i]) for i in student_ids if i in self.enrolled}


FakeAcademics.__abstractmethods__ = frozenset()  # the other questions are never asked here


def subject(subject_id: int) -> Subject:
    return Subject(
        id=subject_id,
        name=f"Subject {subject_id}",
        course_id=COURSES[subject_id],
        course_name=f"Course {COURSES[subject_id]}",
        teacher_id=TEACHERS[subject_id],
        student_count=2,
        created_at=_DAY,
        updated_at=_DAY,
    )


def enrollment(student_id: int, course_id: int) -> Enrollment:
    return Enrollment(
        id=student_id,
        student_id=student_id,
        course_id=course_id,
        session_year_id=1,
        status=EnrollmentStatus.ACTIVE,
        started_on=None,
        ended_on=None,
    )
