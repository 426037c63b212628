"""Assessments: assignments and what students hand in, and the classic result: exam and assignment marks per subject."""

from contracts.assessments.events import (
    AssessmentsDeleted,
    AssignmentClosed,
    AssignmentGraded,
    AssignmentPublished,
    AssignmentSubmitted,
    AssignmentUpdated,
    ResultRecorded,
    SemesterResultDecided,
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
from contracts.assessments.semester import (
    LONGEST_REASON,
    GradeStep,
    GradingPolicy,
    SemesterCounts,
    SemesterResult,
    SemesterStatus,
    SubjectGrade,
)
from contracts.assessments.service import (
    AssessmentsService,
)
from contracts.assessments.statistics import AssignmentStatistics, MarkBand, MarkStatistics, SubjectReport
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
    "LONGEST_REASON",
    "SUBMISSION_EXTENSIONS",
    "SUBMISSION_MAX_BYTES",
    "AssessmentsDeleted",
    "AssessmentsService",
    "Assignment",
    "AssignmentClosed",
    "AssignmentGraded",
    "AssignmentPublished",
    "AssignmentStatistics",
    "AssignmentStatus",
    "AssignmentSubmitted",
    "AssignmentUpdated",
    "GradeEntry",
    "GradeStep",
    "GradingPolicy",
    "Mark",
    "MarkBand",
    "MarkChange",
    "MarkStatistics",
    "RecordedResult",
    "Result",
    "ResultEntry",
    "ResultRecorded",
    "SeenMark",
    "SemesterCounts",
    "SemesterResult",
    "SemesterResultDecided",
    "SemesterStatus",
    "SubjectGrade",
    "SubjectReport",
    "Submission",
    "SubmissionGraded",
    "SubmissionStatus",
]
