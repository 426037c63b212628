"""What has no place among the modules' tables, to be read in the admin: the quarantine and the archive."""

from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from migrations_legacy.models import ArchivedRow, ArchivedTable, QuarantinedRow


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ReadOnlyAdmin):
    list_display = ("source", "key", "target", "code", "reason", "since")
    list_filter = ("source", "code")
    search_fields = ("key", "reason")
    ordering = ("source", "id")


@admin.register(ArchivedTable)
class ArchivedTableAdmin(ReadOnlyAdmin):
    list_display = ("name", "rows", "since")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(ArchivedRow)
class ArchivedRowAdmin(ReadOnlyAdmin):
    list_display = ("table", "key", "rule", "row")
    list_filter = ("table",)
    list_select_related = ("table",)
    search_fields = ("key",)
    ordering = ("table", "number")
