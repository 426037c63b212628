from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnlyAdmin
from modules.users.models import HodProfile, StaffProfile, StudentProfile, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "username",
        "first_name",
        "last_name",
        "email",
        "user_type",
        "is_active",
        "half_made",
        "withdrawn_at",
    )
    list_filter = ("user_type", "is_active", "is_staff", "half_made")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("-id",)
    exclude = ("password",)
    fieldsets: ClassVar = [
        (None, {"fields": ("username", "email", "first_name", "last_name", "user_type")}),
        (_("State"), {"fields": ("is_active", "half_made", "withdrawn_at", "date_joined", "last_login")}),
        (_("Admin site"), {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
    ]


class ProfileAdmin(ReadOnlyAdmin):
    list_select_related = ("user",)
    search_fields = ("user__username", "user__first_name", "user__last_name", "user__email")


@admin.register(HodProfile)
class HodProfileAdmin(ProfileAdmin):
    list_display = ("id", "user", "department", "phone")


@admin.register(StaffProfile)
class StaffProfileAdmin(ProfileAdmin):
    list_display = ("id", "user", "employee_number", "department", "designation", "phone")


@admin.register(StudentProfile)
class StudentProfileAdmin(ProfileAdmin):
    list_display = ("id", "user", "student_number", "gender", "guardian_name", "phone", "half_made")
