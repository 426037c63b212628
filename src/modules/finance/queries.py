"""Reads of finance, straight from rows to DTOs."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from pydantic import TypeAdapter

from contracts.finance import Fine, FineStatus, FineTotals, Payment, PaymentStatus
from modules.finance import models, rules
from modules.finance.models import UNPAID_COUNT, UNPAID_MINOR, FineTotal, minor_sum

_fines = TypeAdapter(tuple[Fine, ...])
_payments = TypeAdapter(tuple[Payment, ...])


def build(rows: QuerySet[models.Fine, Any]) -> tuple[Fine, ...]:
    """The rows as DTOs, in one query."""
    receipts = models.FinePayment.objects.filter(fine=OuterRef("pk"), receipt_number__isnull=False)
    fields = ("id", "student_id", "amount", "reason", "due_date", "status", "issued_by", "kind", "department")
    return _fines.validate_python(
        [
            {**row, "payment_reference": row["payment_id"] or ""}
            for row in rows.values(
                *fields,
                "payment_id",
                "waived_at",
                "waive_reason",
                issued_at=F("created_at"),
                paid_at=F("payment_date"),
                receipt_number=Subquery(receipts.values("receipt_number")[:1]),
                payment_unconfirmed=Q(status=FineStatus.UNPAID) & Exists(unconfirmed().filter(fine=OuterRef("pk"))),
                payment_pending=Q(status=FineStatus.UNPAID) & Exists(unsettled().filter(fine=OuterRef("pk"))),
            )
        ]
    )


def unsettled() -> QuerySet[models.FinePayment, models.FinePayment]:
    """Orders whose payment was reported and is not confirmed yet. The legacy's rows, which have no order, are none."""
    return models.FinePayment.objects.filter(payment_status=PaymentStatus.PENDING).exclude(order_id="")


def unconfirmed() -> QuerySet[models.FinePayment, models.FinePayment]:
    """Orders whose payment was reported, and given up since the provider never knew of it."""
    return models.FinePayment.objects.filter(payment_status=PaymentStatus.FAILED, reported_at__isnull=False)


def fine(fine_id: int) -> Fine | None:
    return next(iter(build(models.Fine.objects.filter(pk=fine_id))), None)


def searched(
    rows: QuerySet[models.Fine, models.Fine], search: str, found_students: tuple[int, ...]
) -> QuerySet[models.Fine, models.Fine]:
    """Fines with each word of the search in their reason, and those of the students whom the search means."""
    in_reason = Q()
    for word in search.replace("\x00", "").split():
        in_reason &= Q(reason__icontains=word)
    return rows.filter(in_reason | Q(student_id__in=found_students)) if in_reason else rows


def payments(fine_id: int) -> tuple[Payment, ...]:
    return build_payments(models.FinePayment.objects.filter(fine_id=fine_id).order_by("id"))


def build_payments(payments: QuerySet[models.FinePayment, Any]) -> tuple[Payment, ...]:
    """The rows as DTOs, in one query."""
    fields = ("id", "fine_id", "amount_paid", "payment_status", "payment_id", "transaction_id", "receipt_number")
    rows = payments.values(
        *fields,
        asked=Coalesce("order_amount", "amount_paid"),
        method=F("payment_method"),
        fine_kind=F("fine__kind"),
        at=F("payment_date"),
    )
    return _payments.validate_python(
        [
            {
                **row,
                "status": (status := payment_status(row["payment_status"])),
                "amount": row["amount_paid"] if status is PaymentStatus.SUCCESS else row["asked"],
                "payment_reference": row["payment_id"],
                "transaction_reference": row["transaction_id"] or "",
                "method": row["method"] or "",
            }
            for row in rows
        ]
    )


def payment_status(word: str) -> PaymentStatus:
    """What a stored status means; the legacy let any word in."""
    known = word.strip().lower()
    return PaymentStatus(known) if known in set(PaymentStatus) else PaymentStatus.UNKNOWN


def school_totals(today: date) -> FineTotals:
    """Two queries, however many fines there are; what is overdue is counted along its own index."""
    kept = FineTotal.read((UNPAID_COUNT, UNPAID_MINOR))
    return FineTotals(
        unpaid_count=kept[UNPAID_COUNT],
        unpaid_amount=rules.from_minor(kept[UNPAID_MINOR]),
        overdue_count=models.Fine.objects.filter(status=FineStatus.UNPAID, due_date__lt=today).count(),
    )


def student_totals(student_id: int, today: date) -> FineTotals:
    """Counted from the rows: one student's fines are few."""
    counted = models.Fine.objects.filter(student_id=student_id, status=FineStatus.UNPAID).aggregate(
        n=Count("pk"), minor=minor_sum("amount"), overdue=Count("pk", filter=Q(due_date__lt=today))
    )
    return FineTotals(
        unpaid_count=counted["n"],
        unpaid_amount=rules.from_minor(counted["minor"]),
        overdue_count=counted["overdue"],
    )
