"""Academics: courses, subjects and their teachers, session years, and which student is enrolled where and when."""

from abc import ABC
from datetime import date
from enum import StrEnum

from contracts.base import DTO, Actor, Event, Instant, Page, PageRequest, RowsDeleted, Service, command, query
from contracts.errors import InUse, Invalid, NotFound


class Course(DTO):
    id: int
    name: str
    subject_count: int
    student_count: int
    """Students whose current enrolment is in this course, over all session years."""
    created_at: Instant
    updated_at: Instant


class Subject(DTO):
    id: int
    name: str
    course_id: int
    course_name: str
    teacher_id: int
    """User id of the teacher."""
    student_count: int
    """Students currently enrolled in the subject's course."""
    created_at: Instant
    updated_at: Instant


class SessionYear(DTO):
    """A school year by its first and last day; old data may have them reversed."""

    id: int
    first_day: date
    last_day: date

    @property
    def label(self) -> str:
        return f"{self.first_day.isoformat()} to {self.last_day.isoformat()}"


class EnrollmentStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    DROPPED = "dropped"
    SUSPENDED = "suspended"


class Enrollment(DTO):
    """A student's place in a course for a session year. `ended_on` is the last day, None while it lasts."""

    id: int
    student_id: int
    course_id: int
    session_year_id: int
    status: EnrollmentStatus
    started_on: date | None
    """None: before this system kept dates."""
    ended_on: date | None


class AcademicCounts(DTO):
    courses: int
    subjects: int
    session_years: int


class AcademicsService(Service, ABC, name="academics"):
    # Courses

    @query()
    def list_courses(self, *, actor: Actor, page: PageRequest) -> Page[Course]:
        """By id; search in the name; order: id, name, created_at, updated_at, student_count, subject_count. HOD and
        staff.
        """

    @query()
    def courses(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Course]:
        """By id; unknown ids are left out. Anyone logged in."""

    @command(errors=(Invalid,))
    def add_course(self, *, actor: Actor, name: str) -> Course:
        """HOD only. Invalid("name") when blank or already used."""

    @command(errors=(Invalid, NotFound))
    def rename_course(self, *, actor: Actor, course_id: int, name: str) -> Course:
        """HOD only."""

    @command(errors=(NotFound, InUse))
    def delete_course(self, *, actor: Actor, course_id: int) -> None:
        """HOD only. InUse names the subjects, students, earlier enrolments, … that stand in the way. Publishes
        AcademicsDeleted.
        """

    # Subjects

    @query()
    def list_subjects(
        self, *, actor: Actor, page: PageRequest, course_id: int | None = None, teacher_id: int | None = None
    ) -> Page[Subject]:
        """By id; search in subject and course name; order: id, name, course_name, created_at, student_count. Anyone
        logged in.
        """

    @query()
    def subjects(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Subject]:
        """By id; unknown ids are left out. Anyone logged in."""

    @command(errors=(Invalid,))
    def add_subject(self, *, actor: Actor, name: str, course_id: int, teacher_id: int) -> Subject:
        """HOD only. The teacher is an active user of role staff, with or without profile. Publishes StaffAssigned."""

    @command(errors=(Invalid, NotFound))
    def update_subject(self, *, actor: Actor, subject_id: int, name: str, course_id: int, teacher_id: int) -> Subject:
        """HOD only. Publishes StaffAssigned when the teacher changes."""

    @command(errors=(NotFound, InUse))
    def delete_subject(self, *, actor: Actor, subject_id: int) -> None:
        """HOD only. Publishes AcademicsDeleted."""

    # Session years

    @query()
    def list_session_years(self, *, actor: Actor, page: PageRequest) -> Page[SessionYear]:
        """By id; order: id, first_day, last_day. Anyone logged in."""

    @query()
    def session_years(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, SessionYear]:
        """By id; unknown ids are left out. Anyone logged in."""

    @command(errors=(Invalid,))
    def add_session_year(self, *, actor: Actor, first_day: date, last_day: date) -> SessionYear:
        """HOD only. Invalid when reversed or already there."""

    @command(errors=(Invalid, NotFound))
    def update_session_year(
        self, *, actor: Actor, session_year_id: int, first_day: date, last_day: date
    ) -> SessionYear:
        """HOD only."""

    @command(errors=(NotFound, InUse))
    def delete_session_year(self, *, actor: Actor, session_year_id: int) -> None:
        """HOD only. Publishes AcademicsDeleted."""

    # Enrolments

    @command(idempotent=True, errors=(Invalid,))
    def enroll(
        self, *, actor: Actor, student_id: int, course_id: int, session_year_id: int, started_on: date | None = None
    ) -> Enrollment:
        """Make this the student's current enrolment: ends another one, and does nothing when it already is. HOD and
        the house itself.

        Invalid("student_id"), Invalid("course_id") or Invalid("session_year_id") for what does not exist; the house is
        trusted about the student. The old enrolment's last day is today, and so is the new one's first, unless the
        student has attended since `started_on`: a day of the session year that is not to come (Invalid("started_on")),
        on which the student was enrolled nowhere else. Publishes StudentEnrolled when something changed.
        """

    @command(idempotent=True)
    def withdraw(self, *, actor: Actor, student_id: int) -> None:
        """End the student's current enrolment, if there is one. HOD and the house itself. Publishes
        StudentUnenrolled.
        """

    @query()
    def current_enrollments(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Enrollment]:
        """By student id; students without a current enrolment are left out. HOD and staff; students for themselves."""

    @query()
    def enrollment_history(self, *, actor: Actor, student_id: int) -> tuple[Enrollment, ...]:
        """All enrolments of a student, newest first. HOD and staff; students for themselves."""

    @query(errors=(NotFound,))
    def class_list(
        self, *, actor: Actor, subject_id: int, session_year_id: int, on: date | None = None
    ) -> tuple[int, ...]:
        """Ids of the students enrolled in the subject's course and this session year, in order; currently, or on a day:
        then whatever became of the enrolment since. HOD and staff.
        """

    @query()
    def student_ids(
        self, *, actor: Actor, course_id: int | None = None, session_year_id: int | None = None
    ) -> tuple[int, ...]:
        """Ids of the students currently enrolled there, in order. HOD and staff."""

    @query()
    def counts(self, *, actor: Actor) -> AcademicCounts:
        """HOD only."""

    @query()
    def subject_counts_by_teacher(self, *, actor: Actor, teacher_ids: tuple[int, ...]) -> dict[int, int]:
        """How many subjects each of these users teaches. HOD, and teachers for themselves."""


class StudentEnrolled(Event, name="academics.student_enrolled", version=1):
    enrollment_id: int
    student_id: int
    course_id: int
    session_year_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"student:{self.student_id}"


class StudentUnenrolled(Event, name="academics.student_unenrolled", version=1):
    enrollment_id: int
    student_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"student:{self.student_id}"


class StaffAssigned(Event, name="academics.staff_assigned", version=1):
    """A subject has a (new) teacher."""

    subject_id: int
    subject_name: str
    teacher_id: int
    """User id."""
    at: Instant

    def aggregate(self) -> str:
        return f"subject:{self.subject_id}"


class AcademicsDeleted(RowsDeleted, name="academics.deleted", version=1):
    """Courses, subjects or session years that were erased."""
