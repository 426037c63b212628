"""The semester result: what a student's marks in the subjects of a course amount to."""

from decimal import Decimal

from contracts.base import DTO


class GradeStep(DTO):
    """A step of the grade scale: the letter and points of whoever reaches its percentage."""

    letter: str
    from_percentage: Decimal
    points: Decimal


class GradingPolicy(DTO):
    """How marks become grades. A HOD may change it."""

    exam_weight: Decimal
    """In percent; the assignment mark has the rest of 100."""
    pass_percentage: Decimal
    """A subject is passed from this weighted percentage on, if its exam is passed too (EXAM_PASS_MARK)."""
    allowed_failures: int
    """A student is promoted with up to so many failed subjects."""
    scale: tuple[GradeStep, ...]
    """From the highest step to the lowest, which begins at 0 and is that of every failed subject."""


class SubjectGrade(DTO):
    """A student's grade in a subject. `percentage` has two places, rounded half up."""

    subject_id: int
    percentage: Decimal
    letter: str
    points: Decimal
    passed: bool
    withheld: bool
    """Kept back; its student does not see it, and has the subject among those without a result."""


class SemesterResult(DTO):
    """A student's result in the course of the current enrolment. Averages have two places, rounded half up, and give
    every subject the same weight; they are None without any result.
    """

    student_id: int
    course_id: int
    session_year_id: int
    subjects: tuple[SubjectGrade, ...]
    missing_subject_ids: tuple[int, ...]
    """Subjects of the course without a result."""
    percentage: Decimal | None
    gpa: Decimal | None
    """Average points in the subjects of this course."""
    cgpa: Decimal | None
    """Average points over all subjects in which the student ever had a result."""
    passed: bool | None
    """Whether every subject is passed; None while one has no result."""
    promoted: bool | None
    """Whether no more subjects are failed than the policy allows; None while one has no result."""
