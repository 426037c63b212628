"""Reads of assessments, straight from rows to DTOs."""

from pathlib import PurePosixPath
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from pydantic import TypeAdapter

from contracts.assessments import (
    Assignment,
    MarkChange,
    Result,
    SemesterCounts,
    SemesterStatus,
    Submission,
    SubmissionStatus,
)
from modules.assessments import models, rules

_assignments = TypeAdapter(tuple[Assignment, ...])


def build_assignments(rows: QuerySet[models.Assignment, Any]) -> tuple[Assignment, ...]:
    """The rows as DTOs, in one query: submissions are counted for these rows only."""
    return _assignments.validate_python(
        list(
            rows.annotate(
                submission_count=_submissions(Q()), ungraded_count=_submissions(Q(marks__isnull=True))
            ).values(
                *("id", "subject_id", "title", "description", "due_at", "status", "created_at", "updated_at"),
                *("submission_count", "ungraded_count"),
            )
        )
    )


def assignment(assignment_id: int) -> Assignment | None:
    found = build_assignments(models.Assignment.objects.filter(pk=assignment_id))
    return found[0] if found else None


def build_submissions(rows: QuerySet[models.AssignmentSubmission, Any]) -> tuple[Submission, ...]:
    """The rows as DTOs, in one query."""
    return tuple(
        Submission(
            id=row["id"],
            assignment_id=row["assignment_id"],
            student_id=row["student_id"],
            file_name=file_name(row["original_name"], row["submission_file"]),
            status=status_of(row["status"]),
            marks=None if row["marks"] is None else rules.exact(row["marks"]),
            comment=row["comment"],
            submitted_at=row["submitted_at"],
            is_late=bool(row["submission_file"]) and rules.is_late(row["submitted_at"], row["due_at"]),
        )
        for row in rows.values(
            *("id", "assignment_id", "student_id", "original_name", "submission_file", "status", "marks"),
            *("comment", "submitted_at"),
            due_at=F("assignment__due_at"),
        )
    )


def submission(row: models.AssignmentSubmission) -> Submission:
    """One row, whose assignment is at hand."""
    return Submission(
        id=row.pk,
        assignment_id=row.assignment_id,
        student_id=row.student_id,
        file_name=file_name(row.original_name, row.submission_file),
        status=status_of(row.status),
        marks=None if row.marks is None else rules.exact(row.marks),
        comment=row.comment,
        submitted_at=row.submitted_at,
        is_late=bool(row.submission_file) and rules.is_late(row.submitted_at, row.assignment.due_at),
    )


def status_of(written: str) -> SubmissionStatus:
    """The status; what old data calls anything else is handed in and not graded, as the legacy took it."""
    return SubmissionStatus.GRADED if written == SubmissionStatus.GRADED else SubmissionStatus.SUBMITTED


def file_name(original_name: str, path: str) -> str:
    """The name for people; of the legacy's files the last part of the path."""
    return original_name or PurePosixPath(path).name


def result(row: models.StudentResult) -> Result:
    exam_marks = rules.exact(row.exam_marks)
    return Result(
        id=row.pk,
        student_id=row.student_id,
        subject_id=row.subject_id,
        exam_marks=exam_marks,
        assignment_marks=rules.exact(row.assignment_marks),
        passed=rules.is_passed(exam_marks),
        withheld=row.withheld,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def results_of(student_id: int, *, withheld: bool) -> tuple[Result, ...]:
    """With those that are kept back, or without."""
    rows = models.StudentResult.objects.filter(student_id=student_id)
    return tuple(result(row) for row in (rows if withheld else rows.filter(withheld=False)).order_by("id"))


def results_in(subject_id: int, student_ids: tuple[int, ...]) -> dict[int, tuple[Result, ...]]:
    """The results of some students in a subject, by student; those without one are left out."""
    found: dict[int, tuple[Result, ...]] = {}
    for row in models.StudentResult.objects.filter(subject_id=subject_id, student_id__in=student_ids).order_by("id"):
        found[row.student_id] = (*found.get(row.student_id, ()), result(row))
    return found


def first_results(student_ids: tuple[int, ...], *, withheld: bool) -> dict[int, tuple[Result, ...]]:
    """By student, one result for each subject: of old data with several the first. With those kept back, or without."""
    rows = models.StudentResult.objects.filter(student_id__in=student_ids, duplicate=0)
    found: dict[int, tuple[Result, ...]] = {}
    for row in (rows if withheld else rows.filter(withheld=False)).order_by("id"):
        found[row.student_id] = (*found.get(row.student_id, ()), result(row))
    return found


def semester_decisions(student_ids: tuple[int, ...]) -> dict[tuple[int, int, int], models.SemesterDecision]:
    """What was decided on the results of these students, by student, course and session year."""
    rows = models.SemesterDecision.objects.filter(student_id__in=student_ids)
    return {(row.student_id, row.course_id, row.session_year_id): row for row in rows}


def semester_counts() -> SemesterCounts:
    of = {
        status.value: Count("pk", filter=Q(status=status)) for status in SemesterStatus if status != SemesterStatus.OPEN
    }
    return SemesterCounts.model_validate(models.SemesterDecision.objects.aggregate(**of))


def history(kind: models.MarkedKind, row_id: int) -> tuple[MarkChange, ...]:
    rows = models.MarkChange.objects.filter(kind=kind, row_id=row_id).order_by("id")
    return tuple(
        MarkChange(
            field=row.field,
            old=None if row.old is None else rules.exact(row.old),
            new=rules.exact(row.new),
            changed_by=row.changed_by,
            at=row.at,
        )
        for row in rows
    )


def _submissions(condition: Q) -> Coalesce:
    """How many submissions of an assignment meet a condition."""
    counted = (
        models.AssignmentSubmission.objects.filter(condition, assignment=OuterRef("pk"))
        .order_by()
        .values("assignment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
