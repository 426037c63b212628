from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.attendance.models import Attendance, AttendanceReport


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ("id", "subject_id", "session_year_id", "date", "duplicate", "created_at", "updated_at")
    list_filter = ("session_year_id",)
    date_hierarchy = "date"


@admin.register(AttendanceReport)
class AttendanceReportAdmin(ReadOnlyAdmin):
    list_display = ("id", "attendance", "student_id", "status", "excused_by", "updated_at")
    list_select_related = ("attendance",)
    show_facets = admin.ShowFacets.NEVER
