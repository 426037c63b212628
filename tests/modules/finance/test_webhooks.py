"""The address to which the payment provider sends its word: who is believed, and what is kept."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.finance import Checkout, FinanceService, Fine, FineStatus
from modules.finance.models import ProviderEvent
from modules.finance.sandbox import keys
from modules.finance.sandbox.webhooks import Webhook, make
from modules.finance.webhooks import LARGEST
from tests import actors
from tests.modules.finance.sandbox import HOOK, SECRET, Choice, Sandbox, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkout(finance: FinanceService, issue: Callable[..., Fine], sandbox: Sandbox) -> Checkout:
    return finance.start_payment(actor=actors.student(), fine_id=issue("120.50").id)


def signed(event: str, *, secret: str = keys.webhook_secret(SECRET), **payment: str | int | None) -> Webhook:
    """A webhook about a payment of our own invention."""
    facts = {"id": "pay_1", "order_id": "order_1", "amount": 12050, "currency": "INR", "status": "captured"}
    return make(event, secret=secret, payment=facts | payment)


def status_of(finance: FinanceService, checkout: Checkout) -> FineStatus:
    return finance.fine(actor=actors.student(), fine_id=checkout.fine.id).status


@pytest.mark.parametrize("secret", ["", "guess", SECRET])
def test_a_webhook_that_is_not_signed_with_its_own_secret_changes_nothing(
    finance: FinanceService, checkout: Checkout, secret: str
) -> None:
    forged = signed("payment.captured", secret=secret, order_id=checkout.order_id)
    assert deliver(forged)[0] == 400
    assert deliver(forged, **{"X-Razorpay-Signature": ""})[0] == 400
    assert status_of(finance, checkout) is FineStatus.UNPAID
    assert not ProviderEvent.objects.exists()


def test_the_signature_is_of_every_byte(checkout: Checkout, sandbox: Sandbox) -> None:
    sandbox.checkout(checkout.order_id, Choice.PAY)
    genuine = sandbox.told[0]
    changed = Webhook(genuine.event, genuine.body.replace(b"12050", b"12051"), genuine.event_id, genuine.signature)
    assert deliver(changed)[0] == 400


def test_it_is_for_the_provider_in_use_and_by_post_alone(checkout: Checkout, settings: Settings) -> None:
    webhook = signed("payment.captured", order_id=checkout.order_id)
    assert deliver(webhook, to="/payments/webhook/razorpay/")[0] == 404
    assert Client().get(HOOK).status_code == 405
    settings.PAYMENT_PROVIDER = ""
    assert deliver(webhook)[0] == 404


def test_too_much_is_not_even_read(sandbox: Sandbox, db: None) -> None:
    body = b" " * (LARGEST + 1)
    assert Client().post(HOOK, body, content_type="application/json").status_code == 413


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({"amount": 12049}, "amount", id="less money"),
        pytest.param({"amount": 12051}, "amount", id="more money"),
        pytest.param({"currency": "USD"}, "amount", id="another currency"),
        pytest.param({"order_id": "order_of_another_shop"}, "unknown_order", id="unknown order"),
        pytest.param({"order_id": None}, "unknown_order", id="no order"),
        pytest.param({"status": "created"}, "nothing", id="not paid yet"),
        pytest.param({"status": "refunded"}, "failed", id="given back"),
    ],
)
def test_money_that_does_not_fit_is_recorded_and_never_settles(
    finance: FinanceService, checkout: Checkout, change: dict[str, object], outcome: str
) -> None:
    facts = {"id": "pay_1", "order_id": checkout.order_id, "amount": 12050, "currency": "INR", "status": "captured"}
    webhook = make("payment.captured", secret=keys.webhook_secret(SECRET), payment=facts | change)
    assert deliver(webhook) == (200, {"outcome": outcome})
    assert status_of(finance, checkout) is FineStatus.UNPAID
    kept = ProviderEvent.objects.get()
    assert (kept.event, kept.outcome, kept.payment_id) == ("payment.captured", outcome, "pay_1")
    assert (kept.amount_minor, kept.currency) == (change.get("amount", 12050), change.get("currency", "INR"))


def test_what_is_about_something_else_is_recorded_too(sandbox: Sandbox, db: None) -> None:
    assert deliver(signed("settlement.processed")) == (200, {"outcome": "nothing"})
    kept = ProviderEvent.objects.get()
    assert (kept.event, kept.amount_minor) == ("settlement.processed", None)


def test_an_event_without_an_id_is_known_by_its_content(finance: FinanceService, checkout: Checkout) -> None:
    webhook = signed("payment.captured", order_id=checkout.order_id)
    unnamed = {"X-Razorpay-Event-Id": ""}
    assert deliver(webhook, **unnamed) == (200, {"outcome": "settled"})
    assert deliver(webhook, **unnamed) == (200, {"outcome": "repeated"})
