"""What came in during a period, and what is owed: counted from what happened, for heads only."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracts.base import PageRequest
from contracts.errors import Forbidden, Invalid
from contracts.finance import CollectedBy, FinanceService, Fine, FineKind, PaymentMethod
from modules.finance import models
from tests import actors

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
MARCH: dict[str, Any] = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}


def paid(
    finance: FinanceService, fine: Fine, at: datetime, method: PaymentMethod = PaymentMethod.CASH, status: str = ""
) -> None:
    payment = finance.record_payment(actor=actors.hod(), fine_id=fine.id, method=method)
    changes = {"payment_date": at} | ({"payment_status": status} if status else {})
    models.FinePayment.objects.filter(pk=payment.id).update(**changes)


def test_what_was_collected_is_summed_by_method_and_month(issue: Issue, finance: FinanceService) -> None:
    paid(finance, issue("10.10"), datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    paid(finance, issue("20.20"), datetime(2026, 3, 1, tzinfo=UTC), status=" Success ")
    paid(finance, issue("30.30"), datetime(2026, 3, 31, 23, 59, tzinfo=UTC), PaymentMethod.CARD)
    paid(finance, issue("40.40"), datetime(2026, 4, 1, tzinfo=UTC), PaymentMethod.CARD)
    paid(finance, issue("99"), datetime(2026, 3, 9, tzinfo=UTC), status="failed")

    march = finance.report(actor=actors.hod(), **MARCH)
    assert (march.collected.count, march.collected.amount) == (2, Decimal("50.50"))
    assert march.by_method == (
        CollectedBy(name="card", count=1, amount=Decimal("30.30")),
        CollectedBy(name="cash", count=1, amount=Decimal("20.20")),
    )
    spring = finance.report(actor=actors.hod(), first_day=date(2026, 2, 1), last_day=date(2026, 4, 30))
    assert [(one.name, one.amount) for one in spring.by_month] == [
        ("2026-02", Decimal("10.10")),
        ("2026-03", Decimal("50.50")),
        ("2026-04", Decimal("40.40")),
    ]
    listed = finance.collections(actor=actors.hod(), page=PageRequest(order="amount"), **MARCH)
    assert ([one.amount for one in listed.items], listed.total) == ([Decimal("20.20"), Decimal("30.30")], 2)


def test_what_is_owed_and_what_is_overdue_is_told(issue: Issue, finance: FinanceService) -> None:
    today = timezone.localdate()
    issue("5")
    late = issue("7.50", due=today - timedelta(days=1))
    now = finance.report(actor=actors.hod(), first_day=today, last_day=today)
    assert (now.issued.count, now.issued.amount) == (2, Decimal("12.50"))
    assert (now.owed.unpaid_amount, now.owed.overdue_count, now.overdue_amount) == (
        Decimal("12.50"),
        1,
        Decimal("7.50"),
    )
    overdue = finance.list_fines(actor=actors.teacher(), page=PageRequest(), overdue=True)
    assert [fine.id for fine in overdue.items] == [late.id]


def test_what_happened_and_what_is_owed_is_told_by_kind(
    issue_kind: Callable[[str, FineKind], Fine], finance: FinanceService
) -> None:
    today = timezone.localdate()
    first = issue_kind("10", FineKind.LIBRARY)
    finance.record_payment(actor=actors.hod(), fine_id=first.id, method=PaymentMethod.CARD)
    finance.record_payment(actor=actors.hod(), fine_id=issue_kind("5", FineKind.OTHER).id, method=PaymentMethod.CASH)
    issue_kind("20", FineKind.LIBRARY)
    finance.waive_fine(actor=actors.hod(), fine_id=issue_kind("7", FineKind.CONDUCT).id, reason="A hardship")
    report = finance.report(actor=actors.hod(), first_day=today, last_day=today)
    found = {
        one.kind: [part.amount for part in (one.issued, one.collected, one.waived, one.owed, one.overdue)]
        for one in report.by_kind
    }
    assert found == {
        FineKind.OTHER: [5, 5, 0, 0, 0],
        FineKind.LIBRARY: [30, 10, 0, 20, 0],
        FineKind.CONDUCT: [7, 0, 7, 0, 0],
    }
    assert [one.amount for one in (report.issued, report.collected, report.waived)] == [42, 15, 7]

    def collected(**narrowed: Any) -> list[Decimal]:
        page = PageRequest(order="amount")
        found = finance.collections(actor=actors.hod(), page=page, first_day=today, last_day=today, **narrowed)
        return [one.amount for one in found.items]

    assert collected() == [5, 10]
    assert collected(kind=FineKind.LIBRARY) == collected(method="CARD") == [10]
    assert collected(kind=FineKind.DAMAGE) == collected(method="") == []
    assert [one.fine_kind for one in finance.payments(actor=actors.hod(), fine_id=first.id)] == [FineKind.LIBRARY]


@pytest.fixture
def issue_kind(finance: FinanceService) -> Callable[[str, FineKind], Fine]:
    def issue(amount: str, kind: FineKind) -> Fine:
        return finance.issue_fine(
            actor=actors.teacher(),
            student_id=701,
            amount=Decimal(amount),
            reason="Late",
            due_date=timezone.localdate(),
            kind=kind,
            department="Physics",
        )

    return issue


def test_fines_are_listed_by_kind(issue_kind: Callable[[str, FineKind], Fine], finance: FinanceService) -> None:
    library = issue_kind("10", FineKind.LIBRARY)
    issue_kind("20", FineKind.OTHER)
    assert (library.kind, library.department) == (FineKind.LIBRARY, "Physics")
    for listed in (
        finance.list_fines(actor=actors.teacher(), page=PageRequest(), kind=FineKind.LIBRARY),
        finance.own_fines(actor=actors.student(), page=PageRequest(), kind=FineKind.LIBRARY),
    ):
        assert [fine.id for fine in listed.items] == [library.id]


def test_a_period_without_anything_is_all_zero(finance: FinanceService) -> None:
    for period in (MARCH, {"first_day": date.min, "last_day": date.max}):
        nothing = finance.report(actor=actors.hod(), **period)
        assert (nothing.collected.count, nothing.collected.amount, nothing.by_method) == (0, Decimal(0), ())


def test_a_period_that_ends_before_it_begins_is_refused(finance: FinanceService) -> None:
    with pytest.raises(Invalid) as caught:
        finance.report(actor=actors.hod(), first_day=date(2026, 3, 2), last_day=date(2026, 3, 1))
    assert caught.value.fields.keys() == {"last_day"}


def test_only_heads_see_what_came_in(finance: FinanceService) -> None:
    for actor in (actors.teacher(), actors.student(), actors.anonymous()):
        with pytest.raises(Forbidden):
            finance.report(actor=actor, **MARCH)
        with pytest.raises(Forbidden):
            finance.collections(actor=actor, page=PageRequest(), **MARCH)
