"""Assessments: assignments and what students hand in, and the classic result: exam and assignment marks per subject."""

from abc import ABC
from decimal import Decimal
from enum import StrEnum

from contracts.base import (
    DTO,
    Actor,
    Download,
    Event,
    Instant,
    Page,
    PageRequest,
    RowsDeleted,
    Service,
    Upload,
    command,
    query,
)
from contracts.errors import Conflict, Invalid, NotFound

EXAM_PASS_MARK = Decimal(40)
"""A result is passed from this exam mark on."""


class Assignment(DTO):
    id: int
    subject_id: int
    title: str
    description: str
    due_at: Instant
    submission_count: int
    ungraded_count: int
    created_at: Instant
    updated_at: Instant


class SubmissionStatus(StrEnum):
    SUBMITTED = "submitted"
    GRADED = "graded"


class Submission(DTO):
    """What a student handed in. `marks` are None until graded; 0 is a mark."""

    id: int
    assignment_id: int
    student_id: int
    file_name: str
    """Base name for people; fetch the content with `submission_file`."""
    status: SubmissionStatus
    marks: Decimal | None
    submitted_at: Instant
    is_late: bool


class Result(DTO):
    """Marks of a student in a subject. Old data may hold several per pair, and any number as a mark."""

    id: int
    student_id: int
    subject_id: int
    exam_marks: Decimal
    assignment_marks: Decimal
    passed: bool
    created_at: Instant
    updated_at: Instant


class RecordedResult(DTO):
    result: Result
    created: bool
    """False when an existing result was updated."""


class MarkChange(DTO):
    """One step in the history of a mark."""

    field: str
    old: Decimal | None
    new: Decimal | None
    changed_by: int | None
    """User id."""
    at: Instant


class AssessmentsService(Service, ABC, name="assessments"):
    # Assignments

    @command(errors=(Invalid,))
    def add_assignment(
        self, *, actor: Actor, subject_id: int, title: str, description: str, due_at: Instant
    ) -> Assignment:
        """The subject's teacher, or the HOD. Publishes AssignmentPublished."""

    @command(errors=(NotFound,))
    def delete_assignment(self, *, actor: Actor, assignment_id: int) -> None:
        """With its submissions. The subject's teacher (Forbidden for others), or the HOD. Publishes AssessmentsDeleted."""

    @query(errors=(NotFound,))
    def assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """The subject's teacher, the HOD, or students of the subject's course."""

    @query()
    def list_assignments(
        self, *, actor: Actor, page: PageRequest, subject_ids: tuple[int, ...] | None = None
    ) -> Page[Assignment]:
        """Newest first; search in the title; order: due_at, title, created_at. Teachers see those of their own
        subjects,
        students those of their current course, the HOD all; `subject_ids` narrows further."""

    @query()
    def ungraded_count(self, *, actor: Actor) -> int:
        """Submissions that wait to be graded: in one's own subjects for teachers, all for the HOD."""

    # Submissions

    @command(errors=(NotFound, Invalid, Conflict))
    def submit(self, *, actor: Actor, assignment_id: int, file: Upload) -> Submission:
        """Hand in a file, once, before the deadline. Students of the subject's course (NotFound for others).

        Conflict("deadline") after it, Conflict("submitted") the second time, Invalid("submission_file") for a file that is
        empty, larger than 10 MiB or of a kind that is not allowed. Publishes AssignmentSubmitted.
        """

    @query(errors=(NotFound,))
    def submissions(self, *, actor: Actor, assignment_id: int, page: PageRequest) -> Page[Submission]:
        """By time; order: submitted_at, marks, status. The subject's teacher, or the HOD."""

    @query()
    def own_submissions(self, *, actor: Actor, assignment_ids: tuple[int, ...]) -> dict[int, Submission]:
        """The student's own, by assignment id."""

    @command(idempotent=True, errors=(NotFound, Invalid))
    def grade(self, *, actor: Actor, submission_id: int, marks: Decimal) -> Submission:
        """Marks from 0 to 10, one place. The subject's teacher, or the HOD. Publishes SubmissionGraded when the mark
        changed.
        """

    @query(errors=(NotFound,))
    def submission_file(self, *, actor: Actor, submission_id: int) -> Download:
        """For the student who handed it in, the subject's teacher and the HOD."""

    # Results

    @command(idempotent=True, errors=(Invalid, NotFound))
    def record_result(
        self, *, actor: Actor, subject_id: int, student_id: int, exam_marks: Decimal, assignment_marks: Decimal
    ) -> RecordedResult:
        """Enter or correct the marks, each from 0 to 100, of a student of the subject's course. The subject's
        teacher, or the HOD.

        Where old data holds several results, all of them are set. Publishes ResultRecorded when something changed.
        """

    @query()
    def results(self, *, actor: Actor, student_id: int) -> tuple[Result, ...]:
        """A student's results by id. Students only for themselves; staff and HOD for anyone."""

    @query(errors=(NotFound,))
    def result_history(self, *, actor: Actor, result_id: int) -> tuple[MarkChange, ...]:
        """Every change of a result's marks, oldest first. The subject's teacher and the HOD."""


class AssignmentPublished(Event, name="assessments.assignment_published", version=1):
    assignment_id: int
    subject_id: int
    title: str
    due_at: Instant
    at: Instant

    def aggregate(self) -> str:
        return f"assignment:{self.assignment_id}"


class AssignmentSubmitted(Event, name="assessments.assignment_submitted", version=1):
    submission_id: int
    assignment_id: int
    subject_id: int
    student_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"submission:{self.submission_id}"


class SubmissionGraded(Event, name="assessments.submission_graded", version=1):
    submission_id: int
    assignment_id: int
    title: str
    student_id: int
    marks: Decimal
    at: Instant

    def aggregate(self) -> str:
        return f"submission:{self.submission_id}"


class ResultRecorded(Event, name="assessments.result_recorded", version=1):
    result_id: int
    student_id: int
    subject_id: int
    created: bool
    at: Instant

    def aggregate(self) -> str:
        return f"result:{self.result_id}"


class AssessmentsDeleted(RowsDeleted, name="assessments.deleted", version=1):
    """Assignments, submissions or results that were erased."""
