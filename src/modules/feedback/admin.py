from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.feedback.models import StaffFeedback, StudentFeedback


@admin.register(StudentFeedback)
class StudentFeedbackAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "text", "reply", "created_at", "replied_at")
    search_fields = ("text", "reply")


@admin.register(StaffFeedback)
class StaffFeedbackAdmin(ReadOnlyAdmin):
    list_display = ("id", "staff_id", "text", "reply", "created_at", "replied_at")
    search_fields = ("text", "reply")
