"""Assessments: assignments and what students hand in, and the classic result: exam and assignment marks per subject."""

from contracts.assessments.events import (
    AssessmentsDeleted,
    AssignmentClosed,
    AssignmentGraded,
    AssignmentPublished,
    AssignmentSubmitted,
    AssignmentUpdated,
    ResultRecorded,
    SubmissionGraded,
)
from contracts.assessments.marks import (
    EXAM_PASS_MARK,
    Mark,
    MarkChange,
    RecordedResult,
    Result,
    ResultEntry,
)
from contracts.assessments.semester import GradeStep, GradingPolicy, SemesterResult, SubjectGrade
from contracts.assessments.service import (
    AssessmentsService,
)
from contracts.assessments.work import (
    SUBMISSION_EXTENSIONS,
    SUBMISSION_MAX_BYTES,
    Assignment,
    AssignmentStatus,
    GradeEntry,
    SeenMark,
    Submission,
    SubmissionStatus,
)

__all__ = [
    "EXAM_PASS_MARK",
    "SUBMISSION_EXTENSIONS",
    "SUBMISSION_MAX_BYTES",
    "AssessmentsDeleted",
    "AssessmentsService",
    "Assignment",
    "AssignmentClosed",
    "AssignmentGraded",
    "AssignmentPublished",
    "AssignmentStatus",
    "AssignmentSubmitted",
    "AssignmentUpdated",
    "GradeEntry",
    "GradeStep",
    "GradingPolicy",
    "Mark",
    "MarkChange",
    "RecordedResult",
    "Result",
    "ResultEntry",
    "ResultRecorded",
    "SeenMark",
    "SemesterResult",
    "SubjectGrade",
    "Submission",
    "SubmissionGraded",
    "SubmissionStatus",
]
