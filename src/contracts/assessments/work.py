"""Assignments and what is handed in for them."""

from enum import StrEnum

from contracts.assessments.marks import Mark
from contracts.base import DTO, Instant

SUBMISSION_MAX_BYTES = 10 * 1024 * 1024

LONGEST_COMMENT = 2000
"""Letters of a comment on what was handed in."""

SUBMISSION_EXTENSIONS = (
    *("pdf", "doc", "docx", "odt", "rtf", "txt", "md", "csv", "tex"),
    *("xls", "xlsx", "ods", "ppt", "pptx", "odp"),
    *("png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "heic", "avif", "zip"),
)
"""Endings of the kinds of file that can be handed in, without dot; for hints to people. What a file is, its content
decides.
"""


class AssignmentStatus(StrEnum):
    """The life of an assignment: draft → published → closed → graded; what was closed can be published again."""

    DRAFT = "draft"
    """Students do not see it."""
    PUBLISHED = "published"
    """It is handed in until the deadline."""
    CLOSED = "closed"
    """Nothing more is handed in. Its teacher closes it, or, when it has passed, the deadline."""
    GRADED = "graded"
    """Closed, and every submission has its mark. A mark can still be corrected."""


class Assignment(DTO):
    """A task of a subject. It can be handed in until `due_at`, inclusive, while it is published. `ungraded_count`:
    submissions without mark.
    """

    id: int
    subject_id: int
    title: str
    description: str
    due_at: Instant
    status: AssignmentStatus = AssignmentStatus.PUBLISHED
    submission_count: int
    ungraded_count: int
    created_at: Instant
    updated_at: Instant


class SubmissionStatus(StrEnum):
    SUBMITTED = "submitted"
    GRADED = "graded"


class SeenMark(DTO):
    """What somebody had before them when they gave another mark or comment."""

    marks: Mark | None
    """None: there was none."""
    comment: str | None = None
    """None: it does not matter what it was."""


class GradeEntry(DTO):
    """A mark to be given to a student."""

    student_id: int
    marks: Mark
    comment: str | None = None
    """What the student reads beside the mark; None leaves it as it is."""
    seen: SeenMark | None = None
    """When given, mark and comment are only set while they still are so."""


class Submission(DTO):
    """What a student handed in. `marks` are None until graded; 0 is a mark. Old data may be graded without a mark: it
    still waits for one.
    """

    id: int
    assignment_id: int
    student_id: int
    file_name: str
    """Base name for people; fetch the content with `submission_file`. Empty for a mark on what was not handed in here,
    such as work on paper.
    """
    status: SubmissionStatus
    marks: Mark | None
    comment: str = ""
    """The teacher's, for the student; may have several lines."""
    submitted_at: Instant
    is_late: bool
