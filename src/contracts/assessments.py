"""Assessments: assignments and what students hand in, and the classic result: exam and assignment marks per subject."""

from abc import ABC
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

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

SUBMISSION_MAX_BYTES = 10 * 1024 * 1024

SUBMISSION_EXTENSIONS = (
    *("pdf", "doc", "docx", "odt", "rtf", "txt", "md", "csv", "tex"),
    *("xls", "xlsx", "ods", "ppt", "pptx", "odp"),
    *("png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "heic", "avif", "zip"),
)
"""Endings of the kinds of file that can be handed in, without dot; for hints to people. What a file is, its content
decides.
"""

Mark = Annotated[Decimal, Field(allow_inf_nan=True)]
"""A mark. New ones are checked by the service; old data holds any number, even an infinite one, and is shown as it is.
"""


class Assignment(DTO):
    """A task of a subject. It can be handed in until `due_at`, inclusive. `ungraded_count`: submissions without
    mark.
    """

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
    """What a student handed in. `marks` are None until graded; 0 is a mark. Old data may be graded without a mark: it
    still waits for one.
    """

    id: int
    assignment_id: int
    student_id: int
    file_name: str
    """Base name for people; fetch the content with `submission_file`."""
    status: SubmissionStatus
    marks: Mark | None
    submitted_at: Instant
    is_late: bool


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


class ResultEntry(DTO):
    """Marks to be entered for a student."""

    student_id: int
    exam_marks: Mark
    assignment_marks: Mark


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


class AssessmentsService(Service, ABC, name="assessments"):
    # Assignments

    @command(errors=(Invalid,))
    def add_assignment(
        self, *, actor: Actor, subject_id: int, title: str, description: str, due_at: Instant
    ) -> Assignment:
        """Set the students of a subject's course a task; a past `due_at` is allowed. The subject's teacher, or the HOD.

        Invalid("title") when blank or longer than 255 characters, Invalid("subject_id") when there is no such subject.
        Publishes AssignmentPublished.
        """

    @command(errors=(NotFound,))
    def delete_assignment(self, *, actor: Actor, assignment_id: int) -> None:
        """With its submissions and their files; the history of their marks stays. The subject's teacher (Forbidden for
        others), or the HOD. Publishes AssessmentsDeleted.
        """

    @query(errors=(NotFound,))
    def assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """The subject's teacher (Forbidden for others), the HOD, or students of the subject's course (NotFound for
        others).
        """

    @query()
    def list_assignments(
        self, *, actor: Actor, page: PageRequest, subject_ids: tuple[int, ...] | None = None
    ) -> Page[Assignment]:
        """Newest first; search in the title; order: due_at, title, created_at. Teachers see those of their own
        subjects, students those of their current course, the HOD all; `subject_ids` narrows further.
        """

    @query()
    def ungraded_count(self, *, actor: Actor) -> int:
        """Submissions without mark: in one's own subjects for teachers, all for the HOD."""

    # Submissions

    @command(errors=(NotFound, Invalid, Conflict))
    def submit(self, *, actor: Actor, assignment_id: int, file: Upload) -> Submission:
        """Hand in a file, once, before the deadline. Students of the subject's course (NotFound for others).

        Conflict("deadline") after it, Conflict("submitted") the second time, Invalid("submission_file") for a file
        that is empty, larger than SUBMISSION_MAX_BYTES or of a kind that is not allowed. Publishes AssignmentSubmitted.
        """

    @query(errors=(NotFound,))
    def submissions(self, *, actor: Actor, assignment_id: int, page: PageRequest) -> Page[Submission]:
        """By time; order: submitted_at, marks, status. The subject's teacher (Forbidden for others), or the HOD."""

    @query()
    def own_submissions(self, *, actor: Actor, assignment_ids: tuple[int, ...]) -> dict[int, Submission]:
        """The student's own, by assignment id; students only. Assignments without one are left out."""

    @command(idempotent=True, errors=(NotFound, Invalid))
    def grade(self, *, actor: Actor, submission_id: int, marks: Mark) -> Submission:
        """Give or correct the mark: from 0 to 10, one decimal place (Invalid("marks") otherwise). The subject's teacher
        (Forbidden for others), or the HOD. Publishes SubmissionGraded when the mark changed.
        """

    @query(errors=(NotFound,))
    def submission_file(self, *, actor: Actor, submission_id: int) -> Download:
        """For the student who handed it in, the subject's teacher and the HOD; other teachers are Forbidden, for other
        students it is not there. NotFound also when the file itself is missing.

        The content type is one of a few harmless ones, told from the content; else application/octet-stream.
        """

    @query(errors=(NotFound,))
    def submission_history(self, *, actor: Actor, submission_id: int) -> tuple[MarkChange, ...]:
        """Every change of a submission's mark, oldest first. The subject's teacher and the HOD."""

    # Results

    @command(idempotent=True, errors=(Invalid, NotFound))
    def record_result(
        self,
        *,
        actor: Actor,
        subject_id: int,
        student_id: int,
        exam_marks: Mark,
        assignment_marks: Mark,
        withhold: bool = False,
    ) -> RecordedResult:
        """Enter or correct the marks, each from 0 to 100, of a student of the subject's course; what is there can be
        corrected after the student has left it. The subject's teacher (Forbidden for others), or the HOD.

        NotFound for the subject; Invalid("exam_marks" and "assignment_marks") outside the range, Invalid("student_id")
        for a student of another course. Where old data holds several results, all of them are set. The student sees
        the marks at once, unless the result is kept back: a new one by `withhold`, which changes nothing about one that
        is there. Publishes ResultRecorded when something changed that the student sees.
        """

    @command(idempotent=True, errors=(Invalid, NotFound))
    def save_results(
        self, *, actor: Actor, subject_id: int, entries: tuple[ResultEntry, ...], withhold: bool = False
    ) -> tuple[RecordedResult, ...]:
        """As `record_result`, for several students at once: all are saved or, on an error, none. In the order given.

        Invalid names the row, counted from 0, and the field, as in "2.exam_marks"; "2.student_id" also for a student
        who comes twice. Publishes ResultRecorded for each result that changed and that its student sees.
        """

    @command(idempotent=True, errors=(NotFound,))
    def withhold_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        """Keep the results of these students in a subject back from them. Returns with how many students that made a
        difference. The subject's teacher (Forbidden for others), or the HOD.
        """

    @command(idempotent=True, errors=(NotFound,))
    def release_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        """The reverse of `withhold_results`. Publishes ResultRecorded for each student whose result is seen now."""

    @query()
    def results(self, *, actor: Actor, student_id: int) -> tuple[Result, ...]:
        """A student's results by id. Students only for themselves, and without what is kept back; staff and HOD for
        anyone.
        """

    @query()
    def class_results(
        self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]
    ) -> dict[int, tuple[Result, ...]]:
        """The results of these students in a subject, by student id, each student's by id; students without one are
        left out. The subject's teacher (Forbidden for others), or the HOD.
        """

    @query(errors=(NotFound,))
    def result_history(self, *, actor: Actor, result_id: int) -> tuple[MarkChange, ...]:
        """Every change of a result's marks, oldest first. The subject's teacher (Forbidden for others), and the HOD."""


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
    """Assignments and their submissions that were erased."""
