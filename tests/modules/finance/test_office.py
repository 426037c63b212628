"""What is paid at the office: who records it, and that it settles a fine as any other payment does."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contracts.base import Actor
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import FinanceService, Fine, FineStatus, PaymentMethod, PaymentStatus
from kernel.models import AuditEntry, OutboxEvent
from modules.finance import models
from tests import actors
from tests.modules.finance.sandbox import Choice, Sandbox

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
HOD = actors.hod()


def test_a_payment_at_the_office_settles_the_fine_and_numbers_its_receipt(
    finance: FinanceService, issue: Issue
) -> None:
    for number, method in enumerate(PaymentMethod, start=1):
        fine = issue("12.30")
        payment = finance.record_payment(actor=HOD, fine_id=fine.id, method=method, reference=" no. 7 ")
        assert (payment.status, payment.amount, payment.method, payment.transaction_reference) == (
            *(PaymentStatus.SUCCESS, Decimal("12.30"), method, "no. 7"),
        )
        assert payment.receipt_number == number
        paid = finance.fine(actor=HOD, fine_id=fine.id)
        assert (paid.status, paid.paid_at, paid.payment_reference, paid.receipt_number) == (
            *(FineStatus.PAID, payment.at, "", number),
        )
        entry = AuditEntry.objects.get(action="finance.payment_succeeded", target=f"Fine:{fine.id}")
        assert (entry.actor_user_id, entry.detail["method"], entry.detail["receipt"]) == (1, method, number)
    assert OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count() == len(PaymentMethod)
    assert models.FineTotal.differences() == {}


@pytest.mark.parametrize("actor", [actors.teacher(), actors.student(), actors.anonymous()])
def test_only_the_hod_records_payments(finance: FinanceService, issue: Issue, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        finance.record_payment(actor=actor, fine_id=issue().id, method=PaymentMethod.CASH)


@pytest.mark.parametrize(
    ("change", "reason"),
    [*(({"status": status}, status) for status in ("paid", "cancelled", "waived")), ({"amount": 0}, "amount")],
)
def test_what_is_settled_or_nothing_takes_no_payment(
    finance: FinanceService, issue: Issue, change: dict[str, object], reason: str
) -> None:
    fine = issue()
    models.Fine.objects.update(**change)
    with pytest.raises(Conflict) as caught:
        finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
    assert caught.value.reason == reason
    assert not models.FinePayment.objects.exists()


def test_a_fine_that_is_not_there_and_a_reference_that_is_too_long_are_told(
    finance: FinanceService, issue: Issue
) -> None:
    with pytest.raises(NotFound):
        finance.record_payment(actor=HOD, fine_id=999, method=PaymentMethod.CASH)
    with pytest.raises(Invalid) as caught:
        finance.record_payment(actor=HOD, fine_id=issue().id, method=PaymentMethod.CHEQUE, reference="x" * 101)
    assert set(caught.value.fields) == {"reference"}


def test_nothing_is_taken_while_a_payment_made_online_is_being_confirmed(
    finance: FinanceService, issue: Issue, sandbox: Sandbox
) -> None:
    fine = issue()
    checkout = finance.start_payment(actor=actors.student(), fine_id=fine.id)
    back = sandbox.checkout(checkout.order_id, Choice.LATER)
    names = ("order_id", "payment_id", "signature")
    finance.confirm_payment(actor=actors.student(), **{name: back[f"razorpay_{name}"] for name in names})
    with pytest.raises(Conflict) as caught:
        finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
    assert caught.value.reason == "pending"


def test_money_that_came_online_after_that_is_surplus(finance: FinanceService, issue: Issue, sandbox: Sandbox) -> None:
    fine = issue()
    checkout = finance.start_payment(actor=actors.student(), fine_id=fine.id)
    finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
    back = sandbox.checkout(checkout.order_id, Choice.PAY)
    names = ("order_id", "payment_id", "signature")
    with pytest.raises(Conflict) as caught:
        finance.confirm_payment(actor=actors.student(), **{name: back[f"razorpay_{name}"] for name in names})
    assert caught.value.reason == "paid"
    assert [p.receipt_number for p in finance.payments(actor=HOD, fine_id=fine.id)] == [None, 1]
