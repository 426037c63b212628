"""The quarantine, to be read in the admin. Rows leave it when a later move can place them."""

from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from migrations_legacy.models import QuarantinedRow


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ReadOnlyAdmin):
    list_display = ("source", "key", "target", "code", "reason", "since")
    list_filter = ("source", "code")
    search_fields = ("key", "reason")
    ordering = ("source", "id")
