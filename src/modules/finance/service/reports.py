"""What came in, and what is owed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Lower, Trim, TruncMonth
from django.utils import timezone

from contracts.base import Actor, Page, PageRequest, Role
from contracts.finance import (
    Collected,
    CollectedBy,
    FinanceReport,
    FinanceService,
    FineKind,
    FineStatus,
    KindReport,
    Payment,
    PaymentStatus,
)
from kernel.paging import page_of
from kernel.permissions import require
from modules.finance import queries, rules
from modules.finance.models import Fine, FinePayment, minor_sum
from modules.finance.service.periods import moments

NOTHING = Collected(count=0, amount=Decimal(0))
METHOD = Coalesce("payment_method", Value("", output_field=TextField()))
ORDER = {"at": "payment_date", "amount": "amount_paid"}


class Reports(FinanceService):
    def report(self, *, actor: Actor, first_day: date, last_day: date) -> FinanceReport:
        require(actor, Role.HOD)
        begin, end = moments(first_day, last_day)
        today = timezone.localdate()
        payments = _made(begin, end)
        unpaid = Fine.objects.filter(status=FineStatus.UNPAID)
        waived = Fine.objects.filter(status=FineStatus.WAIVED, waived_at__gte=begin, waived_at__lt=end)
        by_kind = {
            "issued": _by_kind(Fine.objects.filter(created_at__gte=begin, created_at__lt=end), "amount"),
            "collected": _by_kind(payments, "amount_paid", kind="fine__kind"),
            "waived": _by_kind(waived, "amount"),
            "owed": _by_kind(unpaid, "amount"),
            "overdue": _by_kind(unpaid.filter(due_date__lt=today), "amount"),
        }
        months = payments.annotate(month=TruncMonth("payment_date")).values("month")
        methods = payments.annotate(method=METHOD).values("method")
        by_method = [_named(row["method"], row) for row in _summed(methods, "amount_paid")]
        by_month = [_named(f"{row['month']:%Y-%m}", row) for row in _summed(months, "amount_paid").order_by("month")]
        return FinanceReport(
            first_day=first_day,
            last_day=last_day,
            issued=_together(by_kind["issued"]),
            collected=_together(by_kind["collected"]),
            waived=_together(by_kind["waived"]),
            by_method=tuple(sorted(by_method, key=lambda one: (-one.amount, one.name))),
            by_month=tuple(by_month),
            by_kind=tuple(
                KindReport(kind=kind, **{name: found.get(kind, NOTHING) for name, found in by_kind.items()})
                for kind in FineKind
                if any(kind in found for found in by_kind.values())
            ),
            owed=queries.school_totals(today),
            overdue_amount=_together(by_kind["overdue"]).amount,
        )

    def collections(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        first_day: date,
        last_day: date,
        kind: FineKind | None = None,
        method: str | None = None,
    ) -> Page[Payment]:
        require(actor, Role.HOD)
        payments = _made(*moments(first_day, last_day))
        if kind is not None:
            payments = payments.filter(fine__kind=kind)
        if method is not None:
            payments = payments.alias(method=METHOD).filter(method__iexact=method)
        return page_of(payments, page, build=queries.build_payments, order=ORDER, default_order="-payment_date")


def _made(begin: datetime, end: datetime) -> QuerySet[FinePayment, Any]:
    """Payments that succeeded; the legacy wrote the word as it liked."""
    within = FinePayment.objects.filter(payment_date__gte=begin, payment_date__lt=end)
    return within.alias(word=Lower(Trim("payment_status"))).filter(word=PaymentStatus.SUCCESS.value)


def _summed(groups: QuerySet[Any, Any], amount: str) -> QuerySet[Any, Any]:
    summed: QuerySet[Any, Any] = groups.annotate(n=Count("pk"), minor=minor_sum(amount)).order_by()
    return summed


def _by_kind(rows: QuerySet[Any, Any], amount: str, *, kind: str = "kind") -> dict[FineKind, Collected]:
    return {
        FineKind(row[kind]): Collected(count=row["n"], amount=rules.from_minor(row["minor"]))
        for row in _summed(rows.values(kind), amount)
    }


def _together(kinds: dict[FineKind, Collected]) -> Collected:
    count = sum(one.count for one in kinds.values())
    return Collected(count=count, amount=sum((one.amount for one in kinds.values()), Decimal(0)))


def _named(name: str, row: dict[str, Any]) -> CollectedBy:
    return CollectedBy(name=name, count=row["n"], amount=rules.from_minor(row["minor"]))
