"""Tables of assessments. Marks are floating point numbers, as in the legacy, so that every old mark stays as it was."""

from typing import ClassVar

from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.assessments import AssignmentStatus, SemesterStatus, SubmissionStatus
from kernel.refs import ModuleRef, Reaction
from kernel.totals import RunningTotal

STATUSES = [(s.value, s.value) for s in SubmissionStatus]
LIFE = [(s.value, s.value) for s in AssignmentStatus]
SHOWN = [(s.value, s.value) for s in SemesterStatus]


class Assignment(models.Model):
    id = models.BigAutoField(primary_key=True)
    subject_id = ModuleRef("academics.Subject", reaction=Reaction.BLOCK)
    title = models.TextField()
    description = models.TextField(blank=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=LIFE, default=AssignmentStatus.PUBLISHED.value)
    closed_by_deadline = models.BooleanField(default=False)
    """And by nobody else: a later deadline opens it again."""
    reminded_of = models.DateTimeField(null=True, blank=True)
    """The deadline of which its students were reminded."""
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes: ClassVar = [models.Index(fields=["subject_id", "-id"])]

    def __str__(self) -> str:
        return self.title


class AssignmentSubmission(models.Model):
    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="submissions")
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)
    submission_file = models.TextField(blank=True)
    """Path below the media folder. In old data with any name, and perhaps with nothing there."""
    original_name = models.TextField(default="", blank=True)
    """The name that the student's file had; empty for the legacy's, whose paths end in it."""
    marks = models.FloatField(null=True, blank=True)
    comment = models.TextField(default="", blank=True)
    """The teacher's, for the student."""
    status = models.CharField(max_length=20, choices=STATUSES, default=SubmissionStatus.SUBMITTED.value)
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student_id", "assignment"], name="assessments_submitted_once")
        ]
        indexes: ClassVar = [models.Index(fields=["assignment", "submitted_at"])]

    def __str__(self) -> str:
        return self.original_name or self.submission_file


class StudentResult(models.Model):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)
    subject_id = ModuleRef("academics.Subject", reaction=Reaction.BLOCK)
    exam_marks = models.FloatField(default=0)
    assignment_marks = models.FloatField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    duplicate = models.PositiveSmallIntegerField(default=0)
    """0 for the result; 1, 2, … for further ones of the same student and subject, which only old data has."""
    withheld = models.BooleanField(default=False)
    """Kept back: its student does not see it yet."""

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student_id", "subject_id", "duplicate"], name="assessments_one_result")
        ]

    def __str__(self) -> str:
        return f"{self.exam_marks} + {self.assignment_marks}"


class MarkedKind(models.TextChoices):
    RESULT = "result", _("result")
    SUBMISSION = "submission", _("submission")


class MarkChange(models.Model):
    """One step in the history of a mark. Append-only; it outlives the row whose mark it was."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=MarkedKind.choices)
    row_id = models.BigIntegerField()
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.KEEP)
    subject_id = ModuleRef("academics.Subject", reaction=Reaction.KEEP)
    field = models.CharField(max_length=20)
    old = models.FloatField(null=True, blank=True)
    new = models.FloatField()
    changed_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of a mark")
        verbose_name_plural = _("changes of marks")
        indexes: ClassVar = [models.Index(fields=["kind", "row_id", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} {self.field}: {self.old} → {self.new}"


class GradingPolicy(models.Model):
    """How marks become grades: the last row holds, earlier ones are the history. Append-only."""

    id = models.BigAutoField(primary_key=True)
    policy = models.JSONField()
    """As in the contract's GradingPolicy."""
    set_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("grading policy")
        verbose_name_plural = _("grading policies")

    def __str__(self) -> str:
        return str(self.at)


class SemesterDecision(models.Model):
    """What a HOD decided on a student's result in a course and session year."""

    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)
    course_id = ModuleRef("academics.Course", reaction=Reaction.BLOCK)
    session_year_id = ModuleRef("academics.SessionYear", reaction=Reaction.BLOCK)
    status = models.CharField(max_length=10, choices=SHOWN, default=SemesterStatus.OPEN.value)
    reason = models.TextField(blank=True)
    promoted = models.BooleanField(null=True, blank=True)
    """None: as the policy says."""
    decided_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("decision on a semester result")
        verbose_name_plural = _("decisions on semester results")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["student_id", "course_id", "session_year_id"], name="assessments_one_decision"
            )
        ]

    def __str__(self) -> str:
        return self.status


class AssessmentTotal(RunningTotal):
    """Submissions without mark: "ungraded:all", and "ungraded:3" for a subject."""

    class Meta:
        verbose_name = _("assessment total")
        verbose_name_plural = _("assessment totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        per_subject = (
            AssignmentSubmission.objects.filter(marks__isnull=True)
            .order_by()
            .values_list("assignment__subject_id")
            .annotate(n=Count("pk"))
        )
        totals = {f"ungraded:{subject_id}": n for subject_id, n in per_subject}
        return totals | {"ungraded:all": sum(totals.values())}

    @classmethod
    def add_ungraded(cls, subject_id: int, change: int) -> None:
        cls.add({"ungraded:all": change, f"ungraded:{subject_id}": change})
