from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from modules.finance.models import Fine, FinePayment, LedgerEntry, LedgerTransaction, ProviderEvent


@admin.register(Fine)
class FineAdmin(ReadOnlyAdmin):
    list_display = ("id", "student_id", "amount", "reason", "due_date", "status", "issued_by", "created_at")
    list_filter = ("status",)
    search_fields = ("reason", "payment_id")


@admin.register(FinePayment)
class FinePaymentAdmin(ReadOnlyAdmin):
    list_display = ("id", "fine", "amount_paid", "payment_status", "payment_id", "provider", "order_id", "payment_date")
    list_filter = ("payment_status", "provider")
    search_fields = ("payment_id", "order_id", "transaction_id")
    list_select_related = ("fine",)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "event", "outcome", "provider", "order_id", "payment_id", "amount_minor", "received_at")
    list_filter = ("outcome", "event", "provider")
    search_fields = ("order_id", "payment_id", "event_id")


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "fine_id", "payment_id", "memo", "at", "posted_at", "actor", "reverses_id")
    list_filter = ("kind",)
    search_fields = ("=fine_id", "=payment_id")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "transaction_id", "account", "student_id", "debit", "credit")
    list_filter = ("account",)
    search_fields = ("=transaction__fine_id", "=student_id")
