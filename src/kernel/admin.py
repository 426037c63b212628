"""The admin site shows tables and changes none: writing belongs to the services, with their rules, events and audit."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from kernel.models import AuditEntry, CommandAnswer, Delivery, InboxEntry, JobState, OutboxEvent

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # Django's own class is not generic
    Base = admin.ModelAdmin


class ReadOnlyAdmin(Base):
    """Base of the modules' admin classes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "type_id", "aggregate", "published_at", "request_id")
    search_fields = ("type_id", "aggregate", "request_id")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "event", "consumer", "state", "attempts", "due_at")
    list_filter = ("state",)
    list_select_related = ("event",)


@admin.register(InboxEntry)
class InboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "consumer", "event_uid", "handled_at")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "target", "actor_user_id", "actor_role", "request_id")
    search_fields = ("action", "target", "request_id")


@admin.register(CommandAnswer)
class CommandAnswerAdmin(ReadOnlyAdmin):
    list_display = ("begun_at", "operation", "status")
    exclude = ("body",)


@admin.register(JobState)
class JobStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "due_at", "begun_at", "ended_at", "succeeded", "outcome")
