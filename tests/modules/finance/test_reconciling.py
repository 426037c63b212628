"""Orders that were left open are asked about, by a command that is run now and then."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from contracts.finance import Checkout, FinanceService, Fine, FineStatus, PaymentStatus
from kernel.jobs import jobs
from modules.finance.models import FinePayment
from modules.finance.settling import CONFIRMED_WITHIN
from tests import actors
from tests.modules.finance.sandbox import Choice, Fault, Sandbox

pytestmark = pytest.mark.django_db

Order = Callable[[], Checkout]
ME = actors.student()


@pytest.fixture
def order(finance: FinanceService, issue: Callable[..., Fine], sandbox: Sandbox) -> Order:
    """An order for a new fine."""
    return lambda: finance.start_payment(actor=ME, fine_id=issue("120.50").id)


def reconcile() -> str:
    out = StringIO()
    call_command("payments", "reconcile", stdout=out)
    return out.getvalue().strip()


def test_what_was_paid_without_a_word_is_settled_and_the_rest_is_left(
    finance: FinanceService, order: Order, sandbox: Sandbox
) -> None:
    paid, refused, held, untouched = (order() for _ in range(4))
    for checkout, choice in ((paid, Choice.LOST), (refused, Choice.REFUSE), (held, Choice.LATER)):
        sandbox.checkout(checkout.order_id, choice)

    assert reconcile() == "4 open orders asked about: 1 failed, 1 nothing, 1 pending, 1 settled"
    assert finance.fine(actor=ME, fine_id=paid.fine.id).status is FineStatus.PAID
    statuses = [
        finance.payments(actor=ME, fine_id=checkout.fine.id)[0].status for checkout in (refused, held, untouched)
    ]
    assert statuses == [PaymentStatus.FAILED, PaymentStatus.PENDING, PaymentStatus.CREATED]
    assert reconcile() == "3 open orders asked about: 2 nothing, 1 pending"


def test_old_orders_are_asked_about_only_while_they_are_being_confirmed(order: Order, sandbox: Sandbox) -> None:
    old, pending = order(), order()
    sandbox.checkout(old.order_id, Choice.LOST)
    sandbox.checkout(pending.order_id, Choice.LOST)
    FinePayment.objects.update(payment_date=timezone.now() - timedelta(days=30))
    FinePayment.objects.filter(order_id=pending.order_id).update(payment_status=PaymentStatus.PENDING)
    assert reconcile() == "1 open orders asked about: 1 settled"


def test_what_is_being_confirmed_for_too_long_is_given_up(
    finance: FinanceService, order: Order, sandbox: Sandbox
) -> None:
    before_reports_had_a_time, reported = order(), order()
    FinePayment.objects.update(payment_status=PaymentStatus.PENDING, payment_id="pay_dreamt")
    orders = {
        name: FinePayment.objects.filter(order_id=name.order_id) for name in (before_reports_had_a_time, reported)
    }
    orders[before_reports_had_a_time].update(payment_date=timezone.now() - CONFIRMED_WITHIN)
    orders[reported].update(reported_at=timezone.now())
    assert reconcile() == "2 open orders asked about: 1 nothing, 1 unconfirmed"
    shown = finance.fine(actor=ME, fine_id=before_reports_had_a_time.fine.id)
    assert (shown.payment_pending, shown.payment_unconfirmed) == (False, True)


def test_a_provider_that_cannot_be_asked_is_one_line(order: Order, sandbox: Sandbox) -> None:
    order()
    sandbox.fault = Fault(status=500)
    with pytest.raises(CommandError, match="cannot be asked: sandbox answers 500"):
        reconcile()


def test_nothing_open_is_nothing_asked(sandbox: Sandbox, finance: FinanceService) -> None:
    sandbox.fault = Fault(status=500)
    assert reconcile() == "0 open orders asked about"


def test_the_scheduled_job_asks_too_and_has_nothing_to_ask_without_a_provider(
    finance: FinanceService, order: Order, sandbox: Sandbox, settings: Settings
) -> None:
    checkout = order()
    sandbox.checkout(checkout.order_id, Choice.LOST)
    assert jobs["finance.reconcile_payments"].run("default") == "1 open orders asked about: 1 settled"
    assert finance.fine(actor=ME, fine_id=checkout.fine.id).status is FineStatus.PAID
    settings.PAYMENT_PROVIDER = ""
    assert jobs["finance.reconcile_payments"].run("default") == "no payment provider is set up"
