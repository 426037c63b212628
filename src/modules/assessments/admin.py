from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.assessments.models import (
    Assignment,
    AssignmentSubmission,
    GradingPolicy,
    MarkChange,
    SemesterDecision,
    StudentResult,
)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("id", "subject_id", "title", "due_at", "created_at")
    search_fields = ("title", "description")


@admin.register(AssignmentSubmission)
class AssignmentSubmissionAdmin(ReadOnlyAdmin):
    list_display = ("id", "assignment", "student_id", "original_name", "submission_file", "status", "marks")
    list_filter = ("status",)
    list_select_related = ("assignment",)
    search_fields = ("original_name", "submission_file")


@admin.register(StudentResult)
class StudentResultAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "subject_id", "exam_marks", "assignment_marks", "updated_at", "duplicate")


@admin.register(GradingPolicy)
class GradingPolicyAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "set_by")


@admin.register(SemesterDecision)
class SemesterDecisionAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "student_id",
        "course_id",
        "session_year_id",
        "status",
        "promoted",
        "decided_by",
        "decided_at",
    )
    list_filter = ("status",)


@admin.register(MarkChange)
class MarkChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "row_id", "student_id", "subject_id", "field", "old", "new", "changed_by")
    list_filter = ("kind",)
