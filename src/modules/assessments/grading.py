"""Marks for what was handed in: of one student, or of a class at once."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.academics import Subject
from contracts.assessments import (
    LONGEST_COMMENT,
    AssignmentStatus,
    GradeEntry,
    SeenMark,
    Submission,
    SubmissionGraded,
    SubmissionStatus,
)
from contracts.base import Actor
from contracts.errors import Conflict, Forbidden, Invalid
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from modules.assessments import access, assignments, queries, rules
from modules.assessments.models import AssessmentTotal, Assignment, AssignmentSubmission, MarkChange, MarkedKind

MODULE = "assessments"


def problems(marks: Decimal) -> list[str]:
    """Why this is no mark; nothing when it is."""
    match rules.grade_problem(marks):
        case "range":
            return [_("Marks go from 0 to %(n)d.") % {"n": rules.HIGHEST_GRADE}]
        case "places":
            return [_("Marks have at most one decimal place.")]
    return []


def grade_class(actor: Actor, assignment_id: int, grades: tuple[GradeEntry, ...]) -> tuple[Submission, ...]:
    subject_id = assignments.get(assignment_id).subject_id
    subject = access.subject(actor, subject_id)
    access.check_teaches(actor, subject)
    if subject is None:
        raise Forbidden(message=_("The subject of this assignment is gone."))
    if fields := _wrong(actor, subject, assignment_id, grades):
        raise Invalid(fields=fields)
    with atomic(MODULE):
        parent = assignments.held(assignment_id)
        if parent.status == AssignmentStatus.DRAFT:
            raise Conflict(reason="draft", message=_("This assignment is a draft: publish it first."))
        rows = _rows(parent, grades)
        if any(_differs(row, entry.seen) for row, entry in zip(rows, grades, strict=True)):
            raise Conflict(reason="changed", message=_("Somebody else gave marks in the meantime."))
        changed = [
            row for row, entry in zip(rows, grades, strict=True) if set_mark(actor, row, entry.marks, entry.comment)
        ]
        if changed:
            audit.record(
                actor=actor,
                action="assessments.class_graded",
                target=f"Assignment:{assignment_id}",
                submissions=[row.pk for row in changed],
            )
    return tuple(queries.submission(row) for row in rows)


def written(comment: str) -> str:
    """A comment as it is kept."""
    return comment.replace("\r\n", "\n").strip()


def comment_problems(comment: str | None) -> list[str]:
    """Why this is no comment; nothing when it is, or there is none."""
    if comment is None or len(written(comment)) <= LONGEST_COMMENT:
        return []
    return [_("A comment can have at most %(n)d characters.") % {"n": LONGEST_COMMENT}]


def set_mark(actor: Actor, row: AssignmentSubmission, marks: Decimal, comment: str | None = None) -> bool:
    """Within a transaction that holds the row: set mark and comment, keep the change and tell of it; False when they
    were so. Without a comment the one that is there stays.
    """
    before = row.marks, row.comment
    row.marks, row.status = float(marks), SubmissionStatus.GRADED.value
    row.comment = row.comment if comment is None else written(comment)
    row.save(update_fields=["marks", "comment", "status"])
    if before == (row.marks, row.comment):
        return False
    if before[0] != row.marks:
        _keep_change(actor, row, before[0], row.marks)
    publish(
        SubmissionGraded(
            submission_id=row.pk,
            assignment_id=row.assignment_id,
            title=row.assignment.title,
            student_id=row.student_id,
            marks=marks,
            commented=bool(row.comment),
            at=timezone.now(),
        )
    )
    return True


def _keep_change(actor: Actor, row: AssignmentSubmission, old: float | None, new: float) -> None:
    if old is None:
        AssessmentTotal.add_ungraded(row.assignment.subject_id, -1)
    MarkChange.objects.create(
        kind=MarkedKind.SUBMISSION,
        row_id=row.pk,
        student_id=row.student_id,
        subject_id=row.assignment.subject_id,
        field="marks",
        old=old,
        new=new,
        changed_by=actor.user_id,
    )


def _differs(row: AssignmentSubmission, seen: SeenMark | None) -> bool:
    """Whether mark or comment have become others since they were seen; nobody who saw nothing is told so."""
    if seen is None:
        return False
    if seen.comment is not None and seen.comment != row.comment:
        return True
    return repr(row.marks) != repr(None if seen.marks is None else float(seen.marks))  # old data may have NaN


def _rows(parent: Assignment, grades: tuple[GradeEntry, ...]) -> list[AssignmentSubmission]:
    """A row for each entry, held; made where nothing was handed in."""
    ids = [entry.student_id for entry in grades]
    held = {row.student_id: row for row in parent.submissions.select_for_update().filter(student_id__in=ids)}
    rows = [held[i] if i in held else parent.submissions.create(student_id=i) for i in ids]
    AssessmentTotal.add_ungraded(parent.subject_id, len(rows) - len(held))
    for row in rows:
        row.assignment = parent
    return rows


def _wrong(actor: Actor, subject: Subject, assignment_id: int, grades: tuple[GradeEntry, ...]) -> dict[str, list[str]]:
    """What is wrong, by row and field, as in "2.marks"."""
    ids = {entry.student_id for entry in grades}
    known = set(
        AssignmentSubmission.objects.filter(assignment=assignment_id, student_id__in=ids).values_list(
            "student_id", flat=True
        )
    )
    courses = access.courses_of(actor, tuple(ids - known))
    seen: set[int] = set()
    fields: dict[str, list[str]] = {}
    for number, entry in enumerate(grades):
        if why := problems(entry.marks):
            fields[f"{number}.marks"] = why
        if why := comment_problems(entry.comment):
            fields[f"{number}.comment"] = why
        if entry.student_id in seen:
            fields[f"{number}.student_id"] = [_("This student comes twice.")]
        elif entry.student_id not in known and courses.get(entry.student_id) != subject.course_id:
            fields[f"{number}.student_id"] = [_("This student is not enrolled in the subject's course.")]
        seen.add(entry.student_id)
    return fields
