"""The same payment's word, or two payments, at the same moment, each on a connection of their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from contracts.errors import DomainError
from contracts.finance import FinanceService, Fine, FineStatus, PaymentMethod
from kernel.models import OutboxEvent
from modules.finance import models
from modules.finance.reminding import ask_for_reminders
from modules.finance.sandbox.webhooks import Webhook
from tests import actors
from tests.modules.finance.sandbox import Choice, Sandbox, deliver
from tests.modules.races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ME, HOD = actors.student(), actors.hod()


def successes() -> int:
    return OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count()


def test_return_and_webhooks_at_once_settle_once(
    finance: FinanceService, issue: Callable[..., Fine], sandbox: Sandbox
) -> None:
    checkout = finance.start_payment(actor=ME, fine_id=issue().id)
    back = sandbox.checkout(checkout.order_id, Choice.PAY)
    arguments = {name: back[f"razorpay_{name}"] for name in ("order_id", "payment_id", "signature")}

    def confirm() -> object:
        return finance.confirm_payment(actor=ME, **arguments).status

    def hook(webhook: Webhook) -> Callable[[], object]:
        return lambda: deliver(webhook)[1]["outcome"]

    outcomes = at_once(confirm, confirm, *map(hook, sandbox.told * 2))

    assert outcomes[:2] == [FineStatus.PAID] * 2
    assert sorted(map(str, outcomes[2:])) == ["repeated"] * 2 + ["settled"] * 2
    assert successes() == 1
    assert models.FineTotal.differences() == {}


def test_two_payments_of_one_fine_at_once_settle_it_once_and_both_are_kept(
    finance: FinanceService, issue: Callable[..., Fine], sandbox: Sandbox
) -> None:
    checkout = finance.start_payment(actor=ME, fine_id=issue().id)
    sandbox.checkout(checkout.order_id, Choice.PAY)

    outcomes = at_once(
        lambda: deliver(sandbox.told[0]),
        lambda: finance.record_payment(actor=HOD, fine_id=checkout.fine.id, method=PaymentMethod.CASH),
    )

    payments = models.FinePayment.objects.filter(payment_status="success")
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.PAID
    assert successes() == 1
    # The office is refused when it was too late; the provider's money is there in any case.
    assert payments.count() == (1 if isinstance(outcomes[1], DomainError) else 2)
    assert payments.filter(receipt_number__isnull=False).count() == 1
    assert models.FineTotal.differences() == {}


def test_a_reminder_that_several_find_due_is_asked_for_once(issue: Callable[..., Fine]) -> None:
    fine = issue()
    models.Fine.objects.filter(pk=fine.id).update(created_at=fine.issued_at - timedelta(days=1))
    assert sorted(map(str, at_once(*[ask_for_reminders] * 4))) == ["0", "0", "0", "1"]
    assert OutboxEvent.objects.filter(type_id="finance.fine_reminder_due.v1").count() == 1


def test_a_reminder_and_a_waiver_at_once_are_told_of_in_their_order(
    finance: FinanceService, issue: Callable[..., Fine]
) -> None:
    fine = issue()
    models.Fine.objects.filter(pk=fine.id).update(created_at=fine.issued_at - timedelta(days=1))
    at_once(ask_for_reminders, lambda: finance.waive_fine(actor=HOD, fine_id=fine.id, reason="A hardship"))
    told = list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))
    assert told[-1] == "finance.fine_waived.v1"


def test_receipts_are_numbered_without_gaps_or_doubles(finance: FinanceService, issue: Callable[..., Fine]) -> None:
    fines = [issue() for _ in range(6)]

    def record(fine: Fine) -> Callable[[], object]:
        return lambda: finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)

    at_once(*map(record, fines))
    numbers = models.FinePayment.objects.order_by("receipt_number").values_list("receipt_number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6]


def test_a_fine_is_not_taken_back_under_a_payment(
    finance: FinanceService, issue: Callable[..., Fine], sandbox: Sandbox
) -> None:
    checkout = finance.start_payment(actor=ME, fine_id=issue().id)
    sandbox.checkout(checkout.order_id, Choice.PAY)
    at_once(lambda: deliver(sandbox.told[0]), lambda: finance.cancel_fine(actor=HOD, fine_id=checkout.fine.id))
    status = finance.fine(actor=ME, fine_id=checkout.fine.id).status
    assert (successes(), status) in ((1, FineStatus.PAID), (0, FineStatus.CANCELLED))
    assert models.FineTotal.differences() == {}
