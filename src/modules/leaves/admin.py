from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.leaves.models import LeaveDecision, StaffLeave, StudentLeave


@admin.register(StudentLeave)
class StudentLeaveAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "first_day", "last_day", "written_dates", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("reason", "written_dates")


@admin.register(StaffLeave)
class StaffLeaveAdmin(ReadOnlyAdmin):
    list_display = ("id", "staff_id", "first_day", "last_day", "written_dates", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("reason", "written_dates")


@admin.register(LeaveDecision)
class LeaveDecisionAdmin(ReadOnlyAdmin):
    list_display = ("id", "audience", "leave_id", "status", "decided_by", "at")
