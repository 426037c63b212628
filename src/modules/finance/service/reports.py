"""What came in, and what is owed."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Lower, Trim, TruncMonth
from django.utils import timezone

from contracts.base import Actor, Page, PageRequest, Role
from contracts.finance import Collected, CollectedBy, FinanceReport, FinanceService, FineStatus, Payment, PaymentStatus
from kernel.paging import page_of
from kernel.permissions import require
from modules.finance import queries, rules
from modules.finance.models import Fine, FinePayment, minor_sum
from modules.finance.service.periods import moments

ORDER = {"at": "payment_date", "amount": "amount_paid"}


class Reports(FinanceService):
    def report(self, *, actor: Actor, first_day: date, last_day: date) -> FinanceReport:
        require(actor, Role.HOD)
        begin, end = moments(first_day, last_day)
        today = timezone.localdate()
        issued = Fine.objects.filter(created_at__gte=begin, created_at__lt=end)
        payments = _made(begin, end)
        months = payments.annotate(month=TruncMonth("payment_date")).values("month")
        methods = payments.annotate(method=Coalesce("payment_method", Value("", output_field=TextField()))).values(
            "method"
        )
        overdue = Fine.objects.filter(status=FineStatus.UNPAID, due_date__lt=today)
        by_method = [_named(row["method"], row) for row in _summed(methods, "amount_paid")]
        by_month = [_named(f"{row['month']:%Y-%m}", row) for row in _summed(months, "amount_paid").order_by("month")]
        return FinanceReport(
            first_day=first_day,
            last_day=last_day,
            issued=_total(issued, "amount"),
            collected=_total(payments, "amount_paid"),
            by_method=tuple(sorted(by_method, key=lambda one: (-one.amount, one.name))),
            by_month=tuple(by_month),
            owed=queries.school_totals(today),
            overdue_amount=_total(overdue, "amount").amount,
        )

    def collections(self, *, actor: Actor, page: PageRequest, first_day: date, last_day: date) -> Page[Payment]:
        require(actor, Role.HOD)
        payments = _made(*moments(first_day, last_day))
        return page_of(payments, page, build=queries.build_payments, order=ORDER, default_order="-payment_date")


def _made(begin: datetime, end: datetime) -> QuerySet[FinePayment, Any]:
    """Payments that succeeded; the legacy wrote the word as it liked."""
    within = FinePayment.objects.filter(payment_date__gte=begin, payment_date__lt=end)
    return within.alias(word=Lower(Trim("payment_status"))).filter(word=PaymentStatus.SUCCESS.value)


def _summed(groups: QuerySet[Any, Any], amount: str) -> QuerySet[Any, Any]:
    summed: QuerySet[Any, Any] = groups.annotate(n=Count("pk"), minor=minor_sum(amount)).order_by()
    return summed


def _total(rows: QuerySet[Any, Any], amount: str) -> Collected:
    found = rows.aggregate(n=Count("pk"), minor=minor_sum(amount))
    return Collected(count=found["n"], amount=rules.from_minor(found["minor"]))


def _named(name: str, row: dict[str, Any]) -> CollectedBy:
    return CollectedBy(name=name, count=row["n"], amount=rules.from_minor(row["minor"]))
