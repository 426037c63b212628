from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.notifications.models import EmailDelivery, HodNotification, StaffNotification, StudentNotification


@admin.register(StudentNotification)
class StudentNotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "kind", "message", "read_at", "created_at")
    list_filter = ("kind",)
    search_fields = ("message",)


@admin.register(StaffNotification)
class StaffNotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "staff_id", "kind", "message", "read_at", "created_at")
    list_filter = ("kind",)
    search_fields = ("message",)


@admin.register(HodNotification)
class HodNotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "user_id", "kind", "message", "read_at", "created_at")
    list_filter = ("kind",)
    search_fields = ("message",)


@admin.register(EmailDelivery)
class EmailDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "to", "subject", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state",)
    search_fields = ("to", "subject")
