"""Who may fine whom, what a fine must be, and who sees it, through the contract."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contracts.base import Actor, PageRequest
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import FinanceService, Fine, FineStatus, FineTotals
from kernel.models import AuditEntry, OutboxEvent
from kernel.refs import erase
from modules.finance import models
from tests import actors

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]


def test_a_fine_is_unpaid_names_its_issuer_and_is_announced(
    finance: FinanceService, published: Callable[[], list[str]]
) -> None:
    fine = finance.issue_fine(
        actor=actors.hod(), student_id=702, amount=Decimal("12.3"), reason="  Broken window ", due_date=date(2030, 1, 1)
    )
    assert (fine.student_id, fine.amount, fine.reason, fine.status, fine.issued_by, fine.payment_reference) == (
        702,
        Decimal("12.30"),
        "Broken window",
        FineStatus.UNPAID,
        1,
        "",
    )
    assert finance.fine(actor=actors.hod(), fine_id=fine.id) == fine
    assert published() == ["finance.fine_issued.v1"]
    assert AuditEntry.objects.filter(action="finance.fine_issued", target=f"Fine:{fine.id}", actor_user_id=1).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal("12.345")}, "amount"),
        ({"amount": Decimal("100000000")}, "amount"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 256}, "reason"),
        ({"department": "x" * 101}, "department"),
        ({"student_id": 999}, "student"),
    ],
)
def test_what_is_wrong_with_a_fine_is_named_by_field(
    finance: FinanceService, change: dict[str, Any], field: str
) -> None:
    facts: dict[str, Any] = {"student_id": 701, "amount": Decimal(5), "reason": "Late", "due_date": date(2030, 1, 1)}
    with pytest.raises(Invalid) as caught:
        finance.issue_fine(actor=actors.teacher(), **{**facts, **change})
    assert set(caught.value.fields) == {field}
    assert not models.Fine.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_the_longest_reason_and_the_largest_amount_are_accepted(issue: Issue) -> None:
    fine = issue("99999999.99", reason="x" * 255)
    assert (fine.amount, len(fine.reason)) == (Decimal("99999999.99"), 255)


@pytest.mark.parametrize("actor", [actors.student(), actors.anonymous()])
def test_only_staff_and_the_hod_issue_cancel_and_list(finance: FinanceService, issue: Issue, actor: Actor) -> None:
    fine = issue()
    with pytest.raises(Forbidden):
        finance.issue_fine(actor=actor, student_id=701, amount=Decimal(5), reason="x", due_date=date(2030, 1, 1))
    with pytest.raises(Forbidden):
        finance.cancel_fine(actor=actor, fine_id=fine.id)
    with pytest.raises(Forbidden):
        finance.list_fines(actor=actor, page=PageRequest())


def test_students_see_their_own_fines_only(finance: FinanceService, issue: Issue) -> None:
    own, other = issue(), issue(student_id=702)
    assert finance.own_fines(actor=actors.student(), page=PageRequest()).items == (own,)
    assert finance.fine(actor=actors.student(), fine_id=own.id) == own
    assert finance.payments(actor=actors.student(), fine_id=own.id) == ()
    for operation in (finance.fine, finance.payments):
        with pytest.raises(NotFound):
            operation(actor=actors.student(), fine_id=other.id)


@pytest.mark.parametrize("actor", [actors.hod(), actors.teacher(), actors.anonymous(), actors.student(student_id=None)])
def test_nobody_but_a_complete_student_has_fines_of_their_own(finance: FinanceService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        finance.own_fines(actor=actor, page=PageRequest())


def test_nothing_is_shown_to_who_is_not_logged_in(finance: FinanceService, issue: Issue) -> None:
    fine = issue()
    for operation in (finance.fine, finance.payments):
        with pytest.raises(Forbidden):
            operation(actor=actors.anonymous(), fine_id=fine.id)
    with pytest.raises(Forbidden):
        finance.totals(actor=actors.anonymous())


def test_an_unpaid_fine_without_payments_is_erased(
    finance: FinanceService, issue: Issue, published: Callable[[], list[str]]
) -> None:
    fine = issue()
    finance.cancel_fine(actor=actors.teacher(), fine_id=fine.id, reason="A mistake")
    assert not models.Fine.objects.exists()
    assert sorted(published()) == ["finance.deleted.v1", "finance.fine_cancelled.v1", "finance.fine_issued.v1"]
    entry = AuditEntry.objects.get(action="finance.fine_cancelled")
    assert (entry.detail["reason"], entry.detail["erased"], entry.actor_user_id) == ("A mistake", True, 10)
    with pytest.raises(NotFound):
        finance.cancel_fine(actor=actors.teacher(), fine_id=fine.id)


@pytest.mark.usefixtures("sandbox")
def test_a_fine_with_a_payment_attempt_is_kept_as_cancelled(
    finance: FinanceService, issue: Issue, published: Callable[[], list[str]]
) -> None:
    fine = issue()
    finance.start_payment(actor=actors.student(), fine_id=fine.id)
    finance.cancel_fine(actor=actors.hod(), fine_id=fine.id, reason=" A mistake ")
    row = models.Fine.objects.get()
    assert (row.status, row.cancel_reason) == (FineStatus.CANCELLED, "A mistake")
    assert row.cancelled_at is not None
    assert published() == ["finance.fine_issued.v1", "finance.fine_cancelled.v1"]
    with pytest.raises(Conflict) as caught:
        finance.cancel_fine(actor=actors.hod(), fine_id=fine.id)
    assert caught.value.reason == "cancelled"


def test_a_paid_fine_cannot_be_cancelled(finance: FinanceService) -> None:
    row = models.Fine.objects.create(student_id=701, amount=5, reason="Old", due_date=date(2025, 1, 1), status="paid")
    with pytest.raises(Conflict) as caught:
        finance.cancel_fine(actor=actors.hod(), fine_id=row.pk)
    assert caught.value.reason == "paid"


def test_lists_are_newest_first_and_narrowed_by_student_status_and_words(finance: FinanceService, issue: Issue) -> None:
    first, second = issue("5"), issue("7", student_id=702, reason="Lost book")
    paid = models.Fine.objects.create(student_id=701, amount=6, reason="Old", due_date=date(2025, 1, 1), status="paid")

    def ids(**narrowing: Any) -> list[int]:
        page = narrowing.pop("page", PageRequest())
        return [f.id for f in finance.list_fines(actor=actors.teacher(), page=page, **narrowing).items]

    assert ids() == [paid.pk, second.id, first.id]
    assert ids(student_ids=(702,)) == [second.id]
    assert ids(student_ids=()) == []
    assert ids(status=FineStatus.PAID) == [paid.pk]
    assert ids(page=PageRequest(search="book")) == [second.id]
    assert ids(page=PageRequest(order="-amount")) == [second.id, paid.pk, first.id]
    own = finance.own_fines(actor=actors.student(), page=PageRequest(), status=FineStatus.PAID)
    assert [f.id for f in own.items] == [paid.pk]


def test_what_the_legacy_let_in_is_shown_as_it_is(finance: FinanceService) -> None:
    row = models.Fine.objects.create(
        student_id=701, amount=Decimal(-25), reason="y" * 300, due_date=date(2025, 5, 1), status="paid"
    )
    for status in ("SUCCESS", "pending", "who knows", ""):
        models.FinePayment.objects.create(fine=row, payment_id="pay_1", amount_paid=10, payment_status=status)
    fine = finance.fine(actor=actors.hod(), fine_id=row.pk)
    assert (fine.amount, len(fine.reason), fine.issued_by, fine.paid_at) == (Decimal("-25.00"), 300, None, None)
    payments = finance.payments(actor=actors.hod(), fine_id=row.pk)
    assert [p.status.value for p in payments] == ["success", "pending", "unknown", "unknown"]
    assert {(p.amount, p.method, p.transaction_reference) for p in payments} == {(Decimal("10.00"), "", "")}


def test_totals_are_of_the_school_for_staff_and_ones_own_for_students(finance: FinanceService, issue: Issue) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    issue("10.10", due=timezone.localdate())
    issue("20.20", due=yesterday)
    issue("0.05", student_id=702, due=yesterday)
    for actor in (actors.hod(), actors.teacher()):
        assert finance.totals(actor=actor) == FineTotals(
            unpaid_count=3, unpaid_amount=Decimal("30.35"), overdue_count=2
        )
    assert finance.totals(actor=actors.student()) == FineTotals(
        unpaid_count=2, unpaid_amount=Decimal("30.30"), overdue_count=1
    )
    assert finance.totals(actor=actors.student(user_id=33, student_id=703)).unpaid_amount == 0


def test_totals_hold_more_than_any_single_amount_can(finance: FinanceService) -> None:
    models.Fine.objects.bulk_create(
        models.Fine(student_id=701, amount=Decimal("9999999999.99"), reason="x", due_date=date(2030, 1, 1))
        for _ in range(20)
    )
    models.FineTotal.rebuild()
    expected = Decimal("199999999999.80")
    assert finance.totals(actor=actors.hod()).unpaid_amount == expected
    assert finance.totals(actor=actors.student()).unpaid_amount == expected


@pytest.mark.usefixtures("sandbox")
def test_totals_follow_every_change_and_equal_a_recount(finance: FinanceService, issue: Issue) -> None:
    for amount in ("0.1", "0.2", "1234.56"):
        issue(amount)
    cancelled, attempted = issue("75"), issue("99999999.99")
    finance.cancel_fine(actor=actors.hod(), fine_id=cancelled.id)
    finance.start_payment(actor=actors.student(), fine_id=attempted.id)
    finance.cancel_fine(actor=actors.hod(), fine_id=attempted.id)
    assert finance.totals(actor=actors.hod()).unpaid_amount == Decimal("1234.86")
    assert models.FineTotal.differences() == {}


def test_a_fine_keeps_its_student_from_being_erased(finance: FinanceService, issue: Issue) -> None:
    issue(), issue()
    usages = finance.usages(actor=actors.system(), target="users.StudentProfile", ids=(701, 702))
    assert [(u.entity, u.label, u.count) for u in usages] == [("finance.Fine", "fines", 2)]


@pytest.mark.usefixtures("sandbox")
def test_payments_keep_their_fine_from_being_erased(finance: FinanceService, issue: Issue) -> None:
    fine = issue()
    finance.start_payment(actor=actors.student(), fine_id=fine.id)
    with pytest.raises(ProtectedError):
        erase(models.Fine.objects.filter(pk=fine.id))


def test_a_search_finds_fines_by_their_reason_and_those_of_the_students_that_were_meant(
    finance: FinanceService, issue: Issue
) -> None:
    window, late, book = (
        issue(student_id=student, reason=reason)
        for student, reason in ((701, "Broken window"), (702, "Late"), (703, "Lost book"))
    )

    def found(search: str, *students: int, status: FineStatus | None = None) -> set[int]:
        page = finance.list_fines(
            actor=actors.teacher(), page=PageRequest(search=search), found_students=students, status=status
        )
        assert page.total == len(page.items)
        return {fine.id for fine in page.items}

    assert found("window", 702) == {window.id, late.id}
    assert found("BROKEN window") == {window.id}
    assert found("broken book", 703) == {book.id}
    assert found("", 703) == {window.id, late.id, book.id}
    assert found("window", 702, status=FineStatus.PAID) == set()


@pytest.mark.parametrize("count", [2, 40])
def test_lists_take_two_queries_whatever_their_length(
    finance: FinanceService, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    models.Fine.objects.bulk_create(
        models.Fine(student_id=701 + n % 3, amount=n, reason="x", due_date=date(2030, 1, 1)) for n in range(count)
    )
    with django_assert_num_queries(2):
        assert finance.list_fines(actor=actors.hod(), page=PageRequest(size=50)).total == count
    with django_assert_num_queries(2):
        finance.own_fines(actor=actors.student(), page=PageRequest(size=50))
    with django_assert_num_queries(2):
        finance.totals(actor=actors.hod())
    with django_assert_num_queries(1):
        finance.totals(actor=actors.student())
