"""The semester result: what a student's marks in the subjects of a course amount to."""

from decimal import Decimal
from enum import StrEnum

from contracts.base import DTO

LONGEST_REASON = 500
"""Letters of the reason for which a semester result is withheld or cancelled."""


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
    subject_name: str = ""
    """Empty where a single subject was asked for."""
    percentage: Decimal
    letter: str
    points: Decimal
    passed: bool
    withheld: bool
    """Kept back; its student does not see it, and has the subject among those without a result."""


class SemesterStatus(StrEnum):
    """Whether a student sees the semester result. It is the HOD's to decide, and to decide again."""

    OPEN = "open"
    """Nothing is decided: its student does not see it yet."""
    PUBLISHED = "published"
    WITHHELD = "withheld"
    """Kept back from its student, who knows the reason."""
    CANCELLED = "cancelled"
    """It does not count: its student knows the reason, and is not promoted, unless that is decided."""


class SemesterResult(DTO):
    """A student's result in the course of the current enrolment. Averages have two places, rounded half up, and give
    every subject the same weight; they are None without any result. It is the results of today, published or not.
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
    """What the HOD decided; else whether no more subjects are failed than the policy allows, None while one has no
    result.
    """
    promotion_decided: bool = False
    """Whether `promoted` is a decision, and not the policy's."""
    status: SemesterStatus = SemesterStatus.OPEN
    reason: str = ""
    """Why it is withheld or cancelled."""
    rank: int | None = None
    """The place in the class by percentage, from 1; equals share one. Only where a class is asked for, and None while a
    subject has no result, and for what is cancelled.
    """

    @property
    def is_complete(self) -> bool:
        """Whether it can be published: every subject of the course has a result, and none is kept back."""
        return not self.missing_subject_ids and not any(grade.withheld for grade in self.subjects)


class SemesterCounts(DTO):
    """How many semester results the HOD has decided on, over all courses and session years."""

    published: int
    withheld: int
    cancelled: int
