"""How a fine is paid: the order, what the checkout returns, and everything that must not settle anything."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracts.base import Actor
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import Checkout, CheckoutReturn, FinanceService, Fine, FineStatus, PaymentStatus
from kernel.models import AuditEntry, OutboxEvent
from modules.finance import models
from modules.finance.models import FinePayment
from tests import actors

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
ME = actors.student()
STRANGER = actors.student(user_id=32, student_id=702)


@pytest.fixture
def fine(issue: Issue) -> Fine:
    return issue("120.50")


@pytest.fixture
def checkout(finance: FinanceService, fine: Fine) -> Checkout:
    return finance.start_payment(actor=ME, fine_id=fine.id)


def returned(finance: FinanceService, checkout: Checkout) -> dict[str, str]:
    """What the provider's checkout gives back, as arguments of the confirmation."""
    return finance.pay_in_sandbox(actor=ME, order_id=checkout.order_id).model_dump()


def second_order(finance: FinanceService, checkout: Checkout) -> Checkout:
    """Another order for the same fine, as two windows open at once would make."""
    FinePayment.objects.filter(order_id=checkout.order_id).update(payment_date=timezone.now() - timedelta(days=2))
    other = finance.start_payment(actor=ME, fine_id=checkout.fine.id)
    assert other.order_id != checkout.order_id
    return other


def successes() -> int:
    return OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count()


def reason_of(call: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Conflict) as caught:
        call(**arguments)
    return caught.value.reason


def test_an_order_is_of_the_whole_amount_in_the_smallest_unit(finance: FinanceService, checkout: Checkout) -> None:
    assert (checkout.provider, checkout.amount_minor, checkout.currency) == ("sandbox", 12050, "INR")
    (attempt,) = finance.payments(actor=ME, fine_id=checkout.fine.id)
    assert (attempt.status, attempt.amount, attempt.payment_reference) == (PaymentStatus.CREATED, Decimal("120.50"), "")
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.UNPAID


def test_a_second_click_uses_the_open_order_again(finance: FinanceService, fine: Fine, checkout: Checkout) -> None:
    assert finance.start_payment(actor=ME, fine_id=fine.id) == checkout
    assert FinePayment.objects.count() == 1


def test_a_confirmed_payment_settles_the_fine_once_and_is_announced_once(
    finance: FinanceService, checkout: Checkout
) -> None:
    confirmation = returned(finance, checkout)
    paid = finance.confirm_payment(actor=ME, **confirmation)
    assert (paid.status, paid.payment_reference) == (FineStatus.PAID, confirmation["payment_id"])
    assert paid.paid_at is not None
    assert finance.confirm_payment(actor=ME, **confirmation) == paid
    (payment,) = finance.payments(actor=ME, fine_id=paid.id)
    assert (payment.status, payment.amount, payment.payment_reference) == (
        PaymentStatus.SUCCESS,
        Decimal("120.50"),
        confirmation["payment_id"],
    )
    event = OutboxEvent.objects.get(type_id="finance.payment_succeeded.v1")
    assert (event.body["payment_id"], event.body["student_id"]) == (payment.id, 701)
    assert AuditEntry.objects.filter(action="finance.payment_succeeded").count() == 1
    assert finance.totals(actor=actors.hod()).unpaid_count == 0
    assert models.FineTotal.differences() == {}


def test_a_wrong_signature_settles_nothing_and_is_kept_as_failed(finance: FinanceService, checkout: Checkout) -> None:
    genuine = returned(finance, checkout)
    for forged in (
        {**genuine, "signature": "0" * 64},
        {**genuine, "signature": ""},
        {**genuine, "signature": "ünïcode"},
        {**genuine, "payment_id": "pay_of_mine"},
    ):
        with pytest.raises(Invalid) as caught:
            finance.confirm_payment(actor=ME, **forged)
        assert set(caught.value.fields) == {"signature"}
    assert [p.status for p in finance.payments(actor=ME, fine_id=checkout.fine.id)] == [PaymentStatus.FAILED]
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.UNPAID
    assert AuditEntry.objects.filter(action="finance.payment_failed").count() == 4
    assert successes() == 0


def test_a_genuine_confirmation_may_follow_a_failed_one(finance: FinanceService, checkout: Checkout) -> None:
    genuine = returned(finance, checkout)
    with pytest.raises(Invalid):
        finance.confirm_payment(actor=ME, **{**genuine, "signature": "wrong"})
    assert finance.confirm_payment(actor=ME, **genuine).status is FineStatus.PAID


def test_a_wrong_signature_does_not_unmake_a_payment(finance: FinanceService, checkout: Checkout) -> None:
    genuine = returned(finance, checkout)
    finance.confirm_payment(actor=ME, **genuine)
    with pytest.raises(Invalid):
        finance.confirm_payment(actor=ME, **{**genuine, "signature": "wrong"})
    assert [p.status for p in finance.payments(actor=ME, fine_id=checkout.fine.id)] == [PaymentStatus.SUCCESS]


def test_the_signature_of_one_order_does_not_settle_another(finance: FinanceService, issue: Issue) -> None:
    cheap, dear = (finance.start_payment(actor=ME, fine_id=issue(a).id) for a in ("0.01", "5000"))
    paid_cheaply = returned(finance, cheap)
    with pytest.raises(Invalid):
        finance.confirm_payment(actor=ME, **{**paid_cheaply, "order_id": dear.order_id})
    assert finance.fine(actor=ME, fine_id=dear.fine.id).status is FineStatus.UNPAID


def test_another_students_fine_and_order_are_not_there(finance: FinanceService, checkout: Checkout) -> None:
    confirmation = returned(finance, checkout)
    with pytest.raises(NotFound):
        finance.start_payment(actor=STRANGER, fine_id=checkout.fine.id)
    with pytest.raises(NotFound):
        finance.confirm_payment(actor=STRANGER, **confirmation)
    with pytest.raises(NotFound):
        finance.pay_in_sandbox(actor=STRANGER, order_id=checkout.order_id)
    for order_id in ("", "order_unknown"):
        with pytest.raises(NotFound):
            finance.confirm_payment(actor=ME, **{**confirmation, "order_id": order_id})


@pytest.mark.parametrize("actor", [actors.hod(), actors.teacher(), actors.anonymous(), actors.student(student_id=None)])
def test_only_students_pay(finance: FinanceService, checkout: Checkout, actor: Actor) -> None:
    confirmation = returned(finance, checkout)
    with pytest.raises(Forbidden):
        finance.start_payment(actor=actor, fine_id=checkout.fine.id)
    with pytest.raises(Forbidden):
        finance.confirm_payment(actor=actor, **confirmation)
    with pytest.raises(Forbidden):
        finance.pay_in_sandbox(actor=actor, order_id=checkout.order_id)


def test_a_fine_that_is_paid_or_cancelled_takes_no_order(finance: FinanceService, checkout: Checkout) -> None:
    finance.confirm_payment(actor=ME, **returned(finance, checkout))
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "paid"
    models.Fine.objects.update(status=FineStatus.CANCELLED)
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "cancelled"


@pytest.mark.parametrize("amount", [0, -25])
def test_a_fine_of_zero_or_below_takes_no_order(finance: FinanceService, fine: Fine, amount: int) -> None:
    models.Fine.objects.update(amount=amount)
    assert reason_of(finance.start_payment, actor=ME, fine_id=fine.id) == "amount"


def test_money_for_a_paid_fine_is_kept_and_changes_nothing(finance: FinanceService, checkout: Checkout) -> None:
    other = second_order(finance, checkout)
    first = finance.confirm_payment(actor=ME, **returned(finance, checkout))
    for _ in range(2):
        assert reason_of(finance.confirm_payment, actor=ME, **returned(finance, other)) == "paid"
    assert finance.fine(actor=ME, fine_id=first.id) == first
    payments = finance.payments(actor=actors.hod(), fine_id=first.id)
    assert [(p.status, p.amount) for p in payments] == [(PaymentStatus.SUCCESS, Decimal("120.50"))] * 2
    entry = AuditEntry.objects.get(action="finance.payment_surplus")
    assert (entry.detail["order"], entry.detail["problem"]) == (other.order_id, "paid")
    assert successes() == 1


def test_money_for_a_cancelled_fine_is_kept_and_changes_nothing(finance: FinanceService, checkout: Checkout) -> None:
    finance.cancel_fine(actor=actors.hod(), fine_id=checkout.fine.id)
    assert reason_of(finance.confirm_payment, actor=ME, **returned(finance, checkout)) == "cancelled"
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.CANCELLED
    assert FinePayment.objects.get().payment_status == PaymentStatus.SUCCESS
    assert (successes(), models.FineTotal.differences()) == (0, {})


def test_an_order_of_another_amount_than_the_fine_settles_nothing(finance: FinanceService, checkout: Checkout) -> None:
    models.Fine.objects.update(amount=5000)
    assert reason_of(finance.confirm_payment, actor=ME, **returned(finance, checkout)) == "amount"
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.UNPAID
    assert AuditEntry.objects.filter(action="finance.payment_surplus").count() == 1


def test_a_second_payment_of_one_order_is_noted(finance: FinanceService, checkout: Checkout) -> None:
    from modules.finance.providers.base import sign

    finance.confirm_payment(actor=ME, **returned(finance, checkout))
    again = CheckoutReturn(
        order_id=checkout.order_id,
        payment_id="pay_again",
        signature=sign(order_id=checkout.order_id, payment_id="pay_again", secret="tests only"),
    )
    assert reason_of(finance.confirm_payment, actor=ME, **again.model_dump()) == "paid"
    assert AuditEntry.objects.get(action="finance.payment_surplus").detail["payment"] == "pay_again"


def test_only_the_provider_that_took_the_order_confirms_it(
    finance: FinanceService, checkout: Checkout, settings: Any
) -> None:
    confirmation = returned(finance, checkout)
    settings.PAYMENT_PROVIDER = "razorpay"
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "rzp_test", "tests only"
    assert reason_of(finance.confirm_payment, actor=ME, **confirmation) == "provider"
    assert reason_of(finance.pay_in_sandbox, actor=ME, order_id=checkout.order_id) == "provider"


def test_without_a_provider_nothing_is_begun(finance: FinanceService, fine: Fine, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = ""
    assert reason_of(finance.start_payment, actor=ME, fine_id=fine.id) == "provider"
    assert not FinePayment.objects.exists()
