"""Marks and results."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from contracts.base import DTO, Instant

EXAM_PASS_MARK = Decimal(40)
"""A result is passed from this exam mark on."""

Mark = Annotated[Decimal, Field(allow_inf_nan=True)]
"""A mark. New ones are checked by the service; old data holds any number, even an infinite one, and is shown as it is.
"""


class Result(DTO):
    """Marks of a student in a subject. Old data may hold several per pair, and any number as a mark."""

    id: int
    student_id: int
    subject_id: int
    exam_marks: Mark
    assignment_marks: Mark
    passed: bool
    withheld: bool = False
    """Kept back: its student does not see it yet."""
    created_at: Instant
    updated_at: Instant


class SeenResult(DTO):
    """The marks that somebody had before them when they gave others; None: there were none."""

    exam_marks: Mark | None
    assignment_marks: Mark | None


class ResultEntry(DTO):
    """Marks to be entered for a student."""

    student_id: int
    exam_marks: Mark
    assignment_marks: Mark
    seen: SeenResult | None = None
    """When given, the marks are only set while they still are so."""


class RecordedResult(DTO):
    result: Result
    created: bool
    """False when an existing result was updated."""


class MarkChange(DTO):
    """One step in the history of a mark. What came from the legacy has none before its first change here."""

    field: str
    """"exam_marks" or "assignment_marks" of a result, "marks" of a submission."""
    old: Mark | None
    """None: there was no mark before."""
    new: Mark
    changed_by: int | None
    """User id; None for the house itself."""
    at: Instant
