"""What the marks of a class amount to. Old marks off the scale count as its nearest end."""

from decimal import Decimal

from contracts.assessments.marks import Result
from contracts.assessments.semester import SubjectGrade
from contracts.base import DTO


class MarkBand(DTO):
    """How many marks there are from `low` on and below `high`; the last band includes its end."""

    low: Decimal
    high: Decimal
    count: int


class MarkStatistics(DTO):
    """Figures have two places, rounded half up; they are None without a mark."""

    count: int
    average: Decimal | None
    median: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    passed: int
    pass_rate: Decimal | None
    """In percent of the marks."""
    bands: tuple[MarkBand, ...]


class SubjectReport(DTO):
    """The results of a class in a subject. Of old data with several results for a student the first counts."""

    results: dict[int, Result]
    """By student id; students without one are left out."""
    grades: dict[int, SubjectGrade]
    """By student id."""
    figures: MarkStatistics
    """Of the weighted percentages; those kept back are among them."""


class AssignmentStatistics(DTO):
    """What was handed in for an assignment, and how it was marked."""

    submitted: int
    """Submissions, marks for work on paper among them."""
    late: int
    ungraded: int
    figures: MarkStatistics
    """Passed is what reaches the grading policy's percentage of the highest mark."""
