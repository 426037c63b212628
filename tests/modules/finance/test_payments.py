"""How a fine is paid: order, return and webhooks, in any order, and everything that must not settle anything."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from contracts.base import Actor, PageRequest
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import Checkout, FinanceService, Fine, FineStatus, PaymentStatus
from kernel.models import AuditEntry, OutboxEvent
from modules.finance import models, settling, signatures
from modules.finance.models import FinePayment
from tests import actors
from tests.modules.finance.sandbox import SECRET, Choice, Fault, Sandbox, deliver

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
Return = dict[str, str]
ME = actors.student()
STRANGER = actors.student(user_id=32, student_id=702)
DOWN = Fault(status=503)


@pytest.fixture
def fine(issue: Issue) -> Fine:
    return issue("120.50")


@pytest.fixture
def checkout(finance: FinanceService, fine: Fine, sandbox: Sandbox) -> Checkout:
    return finance.start_payment(actor=ME, fine_id=fine.id)


@pytest.fixture
def pay(sandbox: Sandbox) -> Callable[..., Return]:
    """Go through the provider's checkout; what the browser brings back, as arguments of the confirmation."""

    def pay(checkout: Checkout, choice: Choice = Choice.PAY) -> Return:
        back = sandbox.checkout(checkout.order_id, choice)
        return {name: back.get(f"razorpay_{name}", "") for name in ("order_id", "payment_id", "signature")}

    return pay


def second_order(finance: FinanceService, checkout: Checkout) -> Checkout:
    """Another order for the same fine, as two windows open at once would make."""
    FinePayment.objects.filter(order_id=checkout.order_id).update(payment_date=timezone.now() - timedelta(days=2))
    other = finance.start_payment(actor=ME, fine_id=checkout.fine.id)
    assert other.order_id != checkout.order_id
    return other


def events(name: str) -> int:
    return OutboxEvent.objects.filter(type_id=f"finance.payment_{name}.v1").count()


def reason_of(call: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Conflict) as caught:
        call(**arguments)
    return caught.value.reason


def attempts(finance: FinanceService, checkout: Checkout) -> list[PaymentStatus]:
    return [payment.status for payment in finance.payments(actor=ME, fine_id=checkout.fine.id)]


def now(finance: FinanceService, checkout: Checkout) -> Fine:
    return finance.fine(actor=ME, fine_id=checkout.fine.id)


# --- the order --------------------------------------------------------------------------------------------------------


def test_an_order_is_of_the_whole_amount_in_the_smallest_unit(
    finance: FinanceService, sandbox: Sandbox, checkout: Checkout
) -> None:
    assert (checkout.provider, checkout.amount_minor, checkout.currency) == ("sandbox", 12050, "INR")
    assert checkout.checkout_page.startswith(sandbox.url)
    assert sandbox.ledger.order(checkout.order_id)["amount"] == 12050
    (attempt,) = finance.payments(actor=ME, fine_id=checkout.fine.id)
    assert (attempt.status, attempt.amount, attempt.payment_reference) == (PaymentStatus.CREATED, Decimal("120.50"), "")
    assert now(finance, checkout).status is FineStatus.UNPAID


@pytest.mark.parametrize("choice", [None, Choice.REFUSE])
def test_a_second_click_uses_the_open_order_again(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return], choice: Choice | None
) -> None:
    if choice:
        pay(checkout, choice)
    assert finance.start_payment(actor=ME, fine_id=checkout.fine.id) == checkout
    assert FinePayment.objects.count() == 1


def test_a_second_click_finds_what_was_paid_in_a_window_that_never_came_back(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    pay(checkout, Choice.LOST)
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "paid"
    assert now(finance, checkout).status is FineStatus.PAID
    assert events("succeeded") == 1


def test_an_order_that_the_provider_has_forgotten_is_replaced(
    finance: FinanceService, checkout: Checkout, settings: Settings
) -> None:
    with Sandbox(secret=SECRET) as other:
        settings.SANDBOX_PAYMENT_URL = other.url
        again = finance.start_payment(actor=ME, fine_id=checkout.fine.id)
    assert again.order_id != checkout.order_id
    assert attempts(finance, checkout) == [PaymentStatus.FAILED, PaymentStatus.CREATED]
    assert events("failed") == 0, "nobody had tried to pay it"


@pytest.mark.parametrize("status", [FineStatus.PAID, FineStatus.CANCELLED])
def test_a_fine_that_is_settled_takes_no_order(
    finance: FinanceService, fine: Fine, sandbox: Sandbox, status: FineStatus
) -> None:
    models.Fine.objects.update(status=status)
    assert reason_of(finance.start_payment, actor=ME, fine_id=fine.id) == status


@pytest.mark.parametrize("amount", [0, -25])
def test_a_fine_of_zero_or_below_takes_no_order(finance: FinanceService, fine: Fine, amount: int) -> None:
    models.Fine.objects.update(amount=amount)
    assert reason_of(finance.start_payment, actor=ME, fine_id=fine.id) == "amount"


@pytest.mark.parametrize("how", ["down", "none", "another"])
def test_without_a_provider_that_answers_nothing_is_begun(
    finance: FinanceService, fine: Fine, sandbox: Sandbox, settings: Settings, how: str
) -> None:
    if how == "down":
        sandbox.fault = DOWN
    elif how == "none":
        settings.PAYMENT_PROVIDER = ""
    else:
        settings.SANDBOX_PAYMENT_SECRET = "not the key"
    assert reason_of(finance.start_payment, actor=ME, fine_id=fine.id) == "provider"
    assert not FinePayment.objects.exists()


# --- the browser's return ---------------------------------------------------------------------------------------------


def test_a_return_that_the_provider_confirms_settles_the_fine_once_and_is_announced_once(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    back = pay(checkout)
    paid = finance.confirm_payment(actor=ME, **back)
    assert (paid.status, paid.payment_reference, paid.payment_pending) == (FineStatus.PAID, back["payment_id"], False)
    assert paid.paid_at is not None
    assert finance.confirm_payment(actor=ME, **back) == paid
    (payment,) = finance.payments(actor=ME, fine_id=paid.id)
    assert (payment.status, payment.amount, payment.payment_reference, payment.method, payment.receipt_number) == (
        *(PaymentStatus.SUCCESS, Decimal("120.50"), back["payment_id"], "card", 1),
    )
    event = OutboxEvent.objects.get(type_id="finance.payment_succeeded.v1")
    assert (event.body["payment_id"], event.body["student_id"]) == (payment.id, 701)
    assert AuditEntry.objects.filter(action="finance.payment_succeeded").count() == 1
    assert finance.totals(actor=actors.hod()).unpaid_count == 0
    assert models.FineTotal.differences() == {}


def test_a_return_alone_settles_nothing(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    back = pay(checkout)
    sandbox.fault = DOWN
    fine = finance.confirm_payment(actor=ME, **back)
    assert (fine.status, fine.payment_pending) == (FineStatus.UNPAID, True)
    assert attempts(finance, checkout) == [PaymentStatus.PENDING]
    assert events("succeeded") == 0

    sandbox.fault = Fault()
    assert finance.confirm_payment(actor=ME, **back).status is FineStatus.PAID


def test_while_a_payment_is_being_confirmed_no_second_one_is_begun(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    back = pay(checkout, Choice.LATER)
    assert finance.confirm_payment(actor=ME, **back).payment_pending
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "pending"
    (shown,) = finance.own_fines(actor=ME, page=PageRequest()).items
    assert shown.payment_pending

    sandbox.capture(back["payment_id"])
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "paid"
    assert not now(finance, checkout).payment_pending


def test_a_wrong_signature_changes_nothing_and_is_audited(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    genuine = pay(checkout)
    for forged in (
        {**genuine, "signature": "0" * 64},
        {**genuine, "signature": ""},
        {**genuine, "signature": "ünïcode"},
        {**genuine, "payment_id": "pay_of_mine"},
    ):
        with pytest.raises(Invalid) as caught:
            finance.confirm_payment(actor=ME, **forged)
        assert set(caught.value.fields) == {"signature"}
    assert attempts(finance, checkout) == [PaymentStatus.CREATED]
    assert now(finance, checkout).status is FineStatus.UNPAID
    assert AuditEntry.objects.filter(action="finance.payment_forged").count() == 4
    assert events("succeeded") == events("failed") == 0

    assert finance.confirm_payment(actor=ME, **genuine).status is FineStatus.PAID


def test_a_return_that_the_provider_contradicts_settles_nothing(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    """Whoever got hold of the checkout's secret can sign; there is still no money."""
    signature = signatures.of_payment(order_id=checkout.order_id, payment_id="pay_dreamt", secret=SECRET)
    fine = finance.confirm_payment(actor=ME, order_id=checkout.order_id, payment_id="pay_dreamt", signature=signature)
    assert (fine.status, fine.payment_pending) == (FineStatus.UNPAID, True)
    assert finance.confirm_payment(actor=ME, **pay(checkout)).status is FineStatus.PAID


def dreamt(checkout: Checkout) -> Return:
    """A return that is signed, of a payment that the provider does not know."""
    signature = signatures.of_payment(order_id=checkout.order_id, payment_id="pay_dreamt", secret=SECRET)
    return {"order_id": checkout.order_id, "payment_id": "pay_dreamt", "signature": signature}


def an_hour_later(checkout: Checkout) -> None:
    reported_at = timezone.now() - settling.CONFIRMED_WITHIN
    assert FinePayment.objects.filter(order_id=checkout.order_id).update(reported_at=reported_at)


def test_a_payment_that_the_provider_does_not_know_is_given_up_after_a_time_and_told_once(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    FinePayment.objects.update(payment_date=timezone.now() - timedelta(days=9))  # only the report's time counts
    assert finance.confirm_payment(actor=ME, **dreamt(checkout)).payment_pending
    reported = FinePayment.objects.get().reported_at
    assert finance.confirm_payment(actor=ME, **dreamt(checkout)).payment_pending
    assert FinePayment.objects.get().reported_at == reported, "said again, it is no news"

    an_hour_later(checkout)
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "unconfirmed"
    shown = now(finance, checkout)
    assert (shown.payment_pending, shown.payment_unconfirmed, events("failed")) == (False, True, 1)
    assert reason_of(finance.confirm_payment, actor=ME, **dreamt(checkout)) == "unconfirmed"
    assert (now(finance, checkout).payment_pending, events("failed")) == (False, 1)

    again = finance.start_payment(actor=ME, fine_id=checkout.fine.id)
    paid = finance.confirm_payment(actor=ME, **pay(again))
    assert (paid.status, paid.payment_unconfirmed) == (FineStatus.PAID, False)


def test_money_that_comes_after_its_report_was_given_up_still_settles(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    finance.confirm_payment(actor=ME, **dreamt(checkout))
    an_hour_later(checkout)
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "unconfirmed"
    pay(checkout, Choice.LOST)
    assert deliver(sandbox.told[-1])[1] == {"outcome": "settled"}
    shown = now(finance, checkout)
    assert (shown.status, shown.payment_unconfirmed, events("succeeded")) == (FineStatus.PAID, False, 1)


def test_a_payment_that_the_provider_holds_is_not_given_up(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    back = pay(checkout, Choice.LATER)
    assert finance.confirm_payment(actor=ME, **back).payment_pending
    an_hour_later(checkout)
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "pending"
    sandbox.capture(back["payment_id"])
    assert finance.confirm_payment(actor=ME, **back).status is FineStatus.PAID


def test_a_provider_that_cannot_be_asked_gives_nothing_up(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox
) -> None:
    finance.confirm_payment(actor=ME, **dreamt(checkout))
    an_hour_later(checkout)
    sandbox.fault = DOWN
    assert finance.confirm_payment(actor=ME, **dreamt(checkout)).payment_pending
    assert reason_of(finance.start_payment, actor=ME, fine_id=checkout.fine.id) == "provider"


def test_the_signature_of_one_order_does_not_settle_another(
    finance: FinanceService, issue: Issue, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    cheap, dear = (finance.start_payment(actor=ME, fine_id=issue(a).id) for a in ("1", "5000"))
    with pytest.raises(Invalid):
        finance.confirm_payment(actor=ME, **{**pay(cheap), "order_id": dear.order_id})
    assert now(finance, dear).status is FineStatus.UNPAID


def test_another_students_fine_and_order_are_not_there(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    back = pay(checkout)
    with pytest.raises(NotFound):
        finance.start_payment(actor=STRANGER, fine_id=checkout.fine.id)
    with pytest.raises(NotFound):
        finance.confirm_payment(actor=STRANGER, **back)
    for order_id in ("", "order_unknown"):
        with pytest.raises(NotFound):
            finance.confirm_payment(actor=ME, **{**back, "order_id": order_id})
    assert now(finance, checkout).status is FineStatus.UNPAID


@pytest.mark.parametrize("actor", [actors.hod(), actors.teacher(), actors.anonymous(), actors.student(student_id=None)])
def test_only_students_pay_online(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return], actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        finance.start_payment(actor=actor, fine_id=checkout.fine.id)
    with pytest.raises(Forbidden):
        finance.confirm_payment(actor=actor, **pay(checkout))


def test_only_the_provider_that_took_the_order_confirms_it(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return], settings: Settings
) -> None:
    back = pay(checkout)
    settings.PAYMENT_PROVIDER, settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "razorpay", "rzp_1", SECRET
    assert reason_of(finance.confirm_payment, actor=ME, **back) == "provider"


# --- money that settles nothing ---------------------------------------------------------------------------------------


def test_money_for_a_paid_fine_is_kept_and_changes_nothing(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    other = second_order(finance, checkout)
    first = finance.confirm_payment(actor=ME, **pay(checkout))
    surplus = pay(other)
    for _ in range(2):
        assert reason_of(finance.confirm_payment, actor=ME, **surplus) == "paid"
    assert now(finance, checkout) == first
    payments = finance.payments(actor=actors.hod(), fine_id=first.id)
    assert [(p.status, p.amount, p.receipt_number) for p in payments] == [
        (PaymentStatus.SUCCESS, Decimal("120.50"), 1),
        (PaymentStatus.SUCCESS, Decimal("120.50"), None),
    ]
    entry = AuditEntry.objects.get(action="finance.payment_surplus")
    assert (entry.detail["order"], entry.detail["problem"]) == (other.order_id, "paid")
    assert events("succeeded") == 1


def test_money_for_a_cancelled_fine_is_kept_and_changes_nothing(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return]
) -> None:
    finance.cancel_fine(actor=actors.hod(), fine_id=checkout.fine.id)
    assert reason_of(finance.confirm_payment, actor=ME, **pay(checkout)) == "cancelled"
    assert now(finance, checkout).status is FineStatus.CANCELLED
    assert attempts(finance, checkout) == [PaymentStatus.SUCCESS]
    assert (events("succeeded"), models.FineTotal.differences()) == (0, {})


@pytest.mark.parametrize("wrong", ["less money", "another amount is owed", "another currency"])
def test_other_money_than_was_ordered_and_is_owed_settles_nothing(
    finance: FinanceService, checkout: Checkout, pay: Callable[..., Return], wrong: str
) -> None:
    if wrong == "another amount is owed":
        models.Fine.objects.update(amount=F("amount") + 1)
    elif wrong == "another currency":
        FinePayment.objects.update(currency="USD")
    back = pay(checkout, Choice.SHORT if wrong == "less money" else Choice.PAY)
    for _ in range(2):
        assert reason_of(finance.confirm_payment, actor=ME, **back) == "amount"
    assert now(finance, checkout).status is FineStatus.UNPAID
    entry = AuditEntry.objects.get(action="finance.payment_surplus")
    assert entry.detail["amount"] == ("120.49" if wrong == "less money" else "120.50")
    assert finance.start_payment(actor=ME, fine_id=checkout.fine.id).order_id != checkout.order_id


# --- webhooks and returns, in any order -------------------------------------------------------------------------------


def test_webhooks_settle_a_fine_without_the_browser(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    pay(checkout, Choice.LOST)
    captured, order_paid = sandbox.told
    assert deliver(captured) == (200, {"outcome": "settled"})
    assert now(finance, checkout).status is FineStatus.PAID
    assert deliver(order_paid) == (200, {"outcome": "settled"})
    assert deliver(captured) == deliver(order_paid) == (200, {"outcome": "repeated"})
    assert events("succeeded") == 1
    assert AuditEntry.objects.get(action="finance.payment_succeeded").actor_user_id is None


@pytest.mark.parametrize("first", ["webhook", "return"])
def test_webhook_and_return_may_come_in_any_order(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return], first: str
) -> None:
    back = pay(checkout)
    if first == "webhook":
        assert deliver(sandbox.told[0])[1]["outcome"] == "settled"
    assert finance.confirm_payment(actor=ME, **back).status is FineStatus.PAID
    assert {deliver(webhook)[0] for webhook in sandbox.told} == {200}
    assert events("succeeded") == 1
    assert FinePayment.objects.count() == 1


def test_a_payment_that_is_being_confirmed_is_settled_by_the_webhook(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    back = pay(checkout, Choice.LATER)
    assert deliver(sandbox.told[0]) == (200, {"outcome": "pending"})
    assert now(finance, checkout).payment_pending
    assert finance.confirm_payment(actor=ME, **back).payment_pending
    sandbox.capture(back["payment_id"])
    assert deliver(sandbox.told[1]) == (200, {"outcome": "settled"})
    assert now(finance, checkout).status is FineStatus.PAID


def test_a_refused_payment_is_kept_as_failed_and_told_once(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    pay(checkout, Choice.REFUSE)
    assert deliver(sandbox.told[0]) == (200, {"outcome": "failed"})
    assert deliver(sandbox.told[0]) == (200, {"outcome": "repeated"})
    assert finance.start_payment(actor=ME, fine_id=checkout.fine.id) == checkout, "asked once more, it is still one"
    assert attempts(finance, checkout) == [PaymentStatus.FAILED]
    event = OutboxEvent.objects.get(type_id="finance.payment_failed.v1")
    assert (event.body["reason"], event.body["fine_id"]) == ("The bank refused the payment.", checkout.fine.id)


def test_a_refusal_that_comes_late_unmakes_neither_a_payment_nor_one_that_is_being_confirmed(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    pay(checkout, Choice.REFUSE)
    back = pay(checkout, Choice.LATER)
    refused, authorized = sandbox.told
    deliver(authorized)
    assert deliver(refused) == (200, {"outcome": "nothing"})
    assert now(finance, checkout).payment_pending
    sandbox.capture(back["payment_id"])
    deliver(sandbox.told[2])
    assert deliver(refused, **{"X-Razorpay-Event-Id": "evt_told_anew"}) == (200, {"outcome": "nothing"})
    assert attempts(finance, checkout) == [PaymentStatus.SUCCESS]
    assert events("failed") == 0


def test_a_return_whose_payment_has_failed_is_told(
    finance: FinanceService, checkout: Checkout, sandbox: Sandbox, pay: Callable[..., Return]
) -> None:
    back = pay(checkout, Choice.LATER)
    sandbox.ledger._payments[back["payment_id"]]["status"] = "failed"
    assert reason_of(finance.confirm_payment, actor=ME, **back) == "failed"
    assert attempts(finance, checkout) == [PaymentStatus.FAILED]
    assert events("failed") == 1


def test_a_webhook_is_not_lost_when_taking_it_in_fails_half_way(
    finance: FinanceService,
    checkout: Checkout,
    sandbox: Sandbox,
    pay: Callable[..., Return],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pay(checkout)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the machine stopped")

    with monkeypatch.context() as patch:
        patch.setattr("modules.finance.settling.settle", fail)
        with pytest.raises(RuntimeError):
            deliver(sandbox.told[0])
    assert now(finance, checkout).status is FineStatus.UNPAID
    assert deliver(sandbox.told[0]) == (200, {"outcome": "settled"})
