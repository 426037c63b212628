from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.academics.models import Course, Enrollment, SessionYear, Subject


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "created_at", "updated_at")
    search_fields = ("name",)


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "course", "teacher_id", "created_at", "updated_at")
    list_select_related = ("course",)
    search_fields = ("name", "course__name")


@admin.register(SessionYear)
class SessionYearAdmin(ReadOnlyAdmin):
    list_display = ("id", "first_day", "last_day")


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "course", "session_year", "status", "started_on", "ended_on")
    list_filter = ("status", "session_year")
    list_select_related = ("course", "session_year")
