"""What assessments tells others."""

from decimal import Decimal

from contracts.assessments.semester import SemesterStatus
from contracts.base import Event, Instant, RowsDeleted


class AssignmentPublished(Event, name="assessments.assignment_published", version=1):
    assignment_id: int
    subject_id: int
    title: str
    due_at: Instant
    at: Instant

    def aggregate(self) -> str:
        return f"assignment:{self.assignment_id}"


class AssignmentUpdated(Event, name="assessments.assignment_updated", version=1):
    """What is asked, the deadline, or that it is open again changed, of what students see."""

    assignment_id: int
    subject_id: int
    title: str
    due_at: Instant
    at: Instant

    def aggregate(self) -> str:
        return f"assignment:{self.assignment_id}"


class AssignmentDueSoon(Event, name="assessments.assignment_due_soon", version=1):
    """The deadline is within a day. Once for each deadline."""

    assignment_id: int
    subject_id: int
    title: str
    due_at: Instant
    handed_in: tuple[int, ...]
    """Ids of the students who need no reminder."""
    at: Instant

    def aggregate(self) -> str:
        return f"assignment:{self.assignment_id}"


class AssignmentClosed(Event, name="assessments.assignment_closed", version=1):
    assignment_id: int
    subject_id: int
    title: str
    due_at: Instant
    at: Instant

    def aggregate(self) -> str:
        return f"assignment:{self.assignment_id}"


class AssignmentGraded(Event, name="assessments.assignment_graded", version=1):
    """All that was handed in has its mark."""

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
    """A mark, or the comment beside it, was given or changed, to one student or as one of a class."""

    submission_id: int
    assignment_id: int
    title: str
    student_id: int
    marks: Decimal
    commented: bool = False
    """Whether a comment stands beside the mark."""
    at: Instant

    def aggregate(self) -> str:
        return f"submission:{self.submission_id}"


class ResultRecorded(Event, name="assessments.result_recorded", version=1):
    """A result is published: its student sees it, for the first time or changed."""

    result_id: int
    student_id: int
    subject_id: int
    created: bool
    at: Instant

    def aggregate(self) -> str:
        return f"result:{self.result_id}"


class SemesterResultDecided(Event, name="assessments.semester_result_decided", version=1):
    """A semester result was published, withheld or cancelled, or the promotion of a published one decided."""

    student_id: int
    course_id: int
    session_year_id: int
    status: SemesterStatus
    reason: str
    """Why it is withheld or cancelled."""
    promoted: bool | None
    """None while a subject has no result."""
    at: Instant

    def aggregate(self) -> str:
        return f"student:{self.student_id}"


class AssessmentsDeleted(RowsDeleted, name="assessments.deleted", version=1):
    """Assignments and their submissions that were erased."""
