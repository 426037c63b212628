"""The school's rules on marks and deadlines, as pure functions."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from contracts.assessments import EXAM_PASS_MARK, AssignmentStatus

HIGHEST_GRADE = Decimal(10)
HIGHEST_RESULT = Decimal(100)
LONGEST_TITLE = 255
NEXT = {
    AssignmentStatus.DRAFT: {AssignmentStatus.PUBLISHED},
    AssignmentStatus.PUBLISHED: {AssignmentStatus.CLOSED},
    AssignmentStatus.CLOSED: {AssignmentStatus.PUBLISHED, AssignmentStatus.GRADED},
    AssignmentStatus.GRADED: set[AssignmentStatus](),
}
"""What an assignment can become."""
_TENTH = Decimal("0.1")


def grade_problem(marks: Decimal) -> Literal["range", "places"] | None:
    """Why a number is no mark for a submission; None when it is: 0 to 10 with at most one decimal place."""
    if not (marks.is_finite() and 0 <= marks <= HIGHEST_GRADE):
        return "range"
    return None if marks == marks.quantize(_TENTH) else "places"


def is_result_mark(marks: Decimal) -> bool:
    """Whether a number can be entered as a mark of a result: 0 to 100."""
    return marks.is_finite() and 0 <= marks <= HIGHEST_RESULT


def is_passed(exam_marks: Decimal) -> bool:
    return exam_marks >= EXAM_PASS_MARK


def is_late(submitted_at: datetime, due_at: datetime) -> bool:
    """The deadline itself is still in time."""
    return submitted_at > due_at


def exact(marks: float) -> Decimal:
    """A stored mark as the number that people read: 66.6 is 66.6, infinite stays infinite."""
    return Decimal(repr(marks))
