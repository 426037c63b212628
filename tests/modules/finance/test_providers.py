"""The adapter for Razorpay's protocol, spoken over HTTP with the sandbox, which speaks it too."""

import json

import pytest
import urllib3
from pytest_django import Settings

from modules.finance import providers, signatures
from modules.finance.providers.base import OrderUnknown, PaymentState, ProviderFailed, WebhookRefused
from modules.finance.providers.razorpay import RazorpayProvider
from modules.finance.sandbox import keys
from modules.finance.sandbox.webhooks import make
from tests.modules.finance.sandbox import SECRET, Choice, Fault, Sandbox

PAYMENT = {"id": "pay_1", "order_id": "order_1", "amount": 12050, "currency": "INR", "status": "captured"}


def razorpay(sandbox: Sandbox, **changes: str) -> RazorpayProvider:
    """The adapter with short patience; `changes` are other keys than the right ones."""
    known = {"key_id": keys.KEY_ID, "key_secret": SECRET, "webhook_secret": "hook"} | changes
    return RazorpayProvider(api=sandbox.url, timeout=urllib3.Timeout(connect=2, read=0.2), **known)


def order(provider: RazorpayProvider, amount_minor: int = 12050) -> str:
    return provider.create_order(amount_minor=amount_minor, currency="INR", receipt="fine_7")


def test_an_order_is_made_with_the_keys_and_holds_what_was_asked(sandbox: Sandbox) -> None:
    made = sandbox.ledger.order(order(razorpay(sandbox)))
    assert (made["amount"], made["currency"], made["receipt"]) == (12050, "INR", "fine_7")


@pytest.mark.parametrize(
    ("choice", "state", "amount"),
    [
        (Choice.PAY, PaymentState.CAPTURED, 12050),
        (Choice.REFUSE, PaymentState.FAILED, 12050),
        (Choice.LATER, PaymentState.AUTHORIZED, 12050),
        (Choice.SHORT, PaymentState.CAPTURED, 12049),
    ],
)
def test_what_became_of_an_order_is_asked(sandbox: Sandbox, choice: Choice, state: PaymentState, amount: int) -> None:
    provider = razorpay(sandbox)
    order_id = order(provider)
    assert provider.payments_of(order_id=order_id) == ()
    sandbox.checkout(order_id, choice)
    (payment,) = provider.payments_of(order_id=order_id)
    assert (payment.order_id, payment.state, payment.amount_minor, payment.currency, payment.method) == (
        *(order_id, state, amount, "INR", "card"),
    )


def test_an_order_that_is_not_known_there_is_told_apart_from_trouble(sandbox: Sandbox) -> None:
    for order_id in ("order_of_another_account", "../../payments", "ünknown"):
        with pytest.raises(OrderUnknown):
            razorpay(sandbox).payments_of(order_id=order_id)


def test_wrong_keys_are_a_failure(sandbox: Sandbox) -> None:
    provider = razorpay(sandbox, key_secret="wrong")
    with pytest.raises(ProviderFailed):
        order(provider)
    with pytest.raises(ProviderFailed) as caught:
        provider.payments_of(order_id="order_1")
    assert not isinstance(caught.value, OrderUnknown)


def test_an_order_that_the_provider_refuses_is_a_failure(sandbox: Sandbox) -> None:
    with pytest.raises(ProviderFailed):
        order(razorpay(sandbox), amount_minor=99)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(status=500, body=b"<html>down</html>"), id="down"),
        pytest.param(Fault(status=429, body=b'{"error": {}}'), id="too many"),
        pytest.param(Fault(status=302, body=b""), id="elsewhere"),
        pytest.param(Fault(status=200, body=b"{}"), id="nothing in it"),
        pytest.param(Fault(status=200, body=b'{"id": 7, "items": 7}'), id="of another type"),
        pytest.param(Fault(status=200, body=b'{"items": [{"id": "pay_1", "amount": "12050"}]}'), id="half a payment"),
        pytest.param(Fault(status=200, body=b"[]"), id="a list"),
        pytest.param(Fault(status=200, body=b"\xff"), id="no text"),
        pytest.param(Fault(pause=0.5), id="too slow"),
    ],
)
def test_whatever_is_no_answer_is_a_failure(sandbox: Sandbox, fault: Fault) -> None:
    provider = razorpay(sandbox)
    sandbox.fault = fault
    with pytest.raises(ProviderFailed):
        order(provider)
    with pytest.raises(ProviderFailed) as caught:
        provider.payments_of(order_id="order_1")
    assert not isinstance(caught.value, OrderUnknown)


def test_a_provider_out_of_reach_is_a_failure() -> None:
    with Sandbox(secret=SECRET) as closed:
        provider = razorpay(closed)
    with pytest.raises(ProviderFailed):
        order(provider)


def test_the_signature_is_the_one_that_razorpay_documents() -> None:
    # echo -n "order_1|pay_1" | openssl dgst -sha256 -hmac "s3cret"
    expected = "44422d618d76e6e81c5f002f4d5108385750b52eb8db4e9c7a4231ddfac02840"
    assert signatures.of_payment(order_id="order_1", payment_id="pay_1", secret="s3cret") == expected


@pytest.mark.parametrize(
    ("order_id", "payment_id", "signature", "secret"),
    [
        ("order_2", "pay_1", None, "s3cret"),
        ("order_1", "pay_2", None, "s3cret"),
        ("order_1", "pay_1", None, "other"),
        ("order_1", "pay_1", None, ""),
        ("order_1", "pay_1", "", "s3cret"),
        ("order_1", "pay_1", "ünicode", "s3cret"),
        ("order_1", "pay_1\ud800", None, "s3cret"),
    ],
)
def test_any_other_signature_does_not_fit(order_id: str, payment_id: str, signature: str | None, secret: str) -> None:
    genuine = signatures.of_payment(order_id="order_1", payment_id="pay_1", secret="s3cret")
    given = genuine if signature is None else signature
    assert not signatures.payment_fits(order_id=order_id, payment_id=payment_id, signature=given, secret=secret)


def test_a_webhook_is_read_when_its_body_is_signed_with_the_webhooks_own_secret(sandbox: Sandbox) -> None:
    webhook = make("payment.captured", secret="hook", payment=PAYMENT)
    told = razorpay(sandbox).read_webhook(body=webhook.body, signature=webhook.signature)
    assert told.event == "payment.captured"
    assert told.payment
    assert (told.payment.payment_id, told.payment.amount_minor, told.payment.state) == (
        *("pay_1", 12050, PaymentState.CAPTURED),
    )
    for provider, body in (
        (razorpay(sandbox, webhook_secret="hook", key_secret="hook"), webhook.body + b" "),
        (razorpay(sandbox, webhook_secret="", key_secret="hook"), webhook.body),
        (razorpay(sandbox, webhook_secret=SECRET, key_secret="hook"), webhook.body),
    ):
        with pytest.raises(WebhookRefused):
            provider.read_webhook(body=body, signature=webhook.signature)


def test_what_is_about_something_else_has_no_payment(sandbox: Sandbox) -> None:
    webhook = make("settlement.processed", secret="hook", payment={"nothing": "to read"})
    told = razorpay(sandbox).read_webhook(body=webhook.body, signature=webhook.signature)
    assert (told.event, told.payment) == ("settlement.processed", None)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"event": "payment.captured"},
        {"event": "payment.captured", "payload": {"payment": 7}},
        {"event": "payment.captured", "payload": {"payment": {"entity": PAYMENT | {"amount": "12050"}}}},
    ],
)
def test_a_signed_webhook_that_cannot_be_read_is_refused(sandbox: Sandbox, content: object) -> None:
    body = json.dumps(content).encode()
    with pytest.raises(WebhookRefused):
        razorpay(sandbox).read_webhook(body=body, signature=signatures.of_body(body, secret="hook"))


def test_the_settings_choose_the_provider(sandbox: Sandbox, settings: Settings) -> None:
    assert (providers.configured().name, providers.configured().key_id) == ("sandbox", keys.KEY_ID)
    assert providers.configured().checkout_page == f"{sandbox.url}/v1/checkout/embedded"
    settings.PAYMENT_PROVIDER = "razorpay"
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET, settings.RAZORPAY_WEBHOOK_SECRET = "rzp_1", "s3cret", "h"
    assert (providers.configured().name, providers.configured().key_id) == ("razorpay", "rzp_1")
    assert providers.configured().checkout_page == ""
    for none, url in (("", sandbox.url), ("sandbox", "")):
        settings.PAYMENT_PROVIDER, settings.SANDBOX_PAYMENT_URL = none, url
        with pytest.raises(ProviderFailed):
            providers.configured()
