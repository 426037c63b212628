"""The payment providers: Razorpay's, spoken to over HTTP, and the sandbox."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings

from contracts.errors import Conflict
from contracts.finance import FinanceService, Fine
from modules.finance import providers, service
from modules.finance.providers.base import PaymentProvider, ProviderFailed, sign
from modules.finance.providers.razorpay import RazorpayProvider
from modules.finance.providers.sandbox import SandboxProvider
from tests import actors


class FakeRazorpay(ThreadingHTTPServer):
    """Answers as the orders API does, and remembers what it was asked."""

    status = 200
    body = b'{"id": "order_Abc123", "entity": "order", "status": "created"}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeRazorpay

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def razorpay() -> Iterator[FakeRazorpay]:
    with FakeRazorpay() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def order(api: str) -> str:
    provider = RazorpayProvider(key_id="rzp_test_1", key_secret="s3cret", api=api)
    return provider.create_order(amount_minor=12050, currency="INR", receipt="fine_7")


def test_razorpay_is_asked_for_an_order_with_the_keys(razorpay: FakeRazorpay) -> None:
    assert order(razorpay.url) == "order_Abc123"
    ((path, authorization, body),) = razorpay.asked
    assert path == "/v1/orders"
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"rzp_test_1:s3cret"
    assert (body["amount"], body["currency"], body["receipt"]) == (12050, "INR", "fine_7")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"error": {"code": "BAD_REQUEST_ERROR"}}'),
        (401, b'{"error": {}}'),
        (500, b"<html>down</html>"),
        (200, b"{}"),
        (200, b'{"id": 7}'),
        (200, b"[]"),
        (200, b"\xff"),
    ],
)
def test_whatever_is_no_order_is_a_failure(razorpay: FakeRazorpay, status: int, body: bytes) -> None:
    razorpay.status, razorpay.body = status, body
    with pytest.raises(ProviderFailed):
        order(razorpay.url)


def test_a_razorpay_out_of_reach_is_a_failure() -> None:
    with FakeRazorpay() as server:
        url = server.url
    with pytest.raises(ProviderFailed):
        order(url)


@pytest.mark.django_db
def test_a_failing_provider_is_a_conflict_and_leaves_nothing(
    finance: FinanceService, issue: Any, razorpay: FakeRazorpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    razorpay.status = 503
    provider = RazorpayProvider(key_id="k", key_secret="s", api=razorpay.url)
    monkeypatch.setattr(service, "configured", lambda: provider)
    fine: Fine = issue()
    with pytest.raises(Conflict) as caught:
        finance.start_payment(actor=actors.student(), fine_id=fine.id)
    assert caught.value.reason == "provider"
    assert finance.payments(actor=actors.student(), fine_id=fine.id) == ()


def test_the_signature_is_the_one_that_razorpay_documents() -> None:
    # echo -n "order_1|pay_1" | openssl dgst -sha256 -hmac "s3cret"
    expected = "44422d618d76e6e81c5f002f4d5108385750b52eb8db4e9c7a4231ddfac02840"
    assert sign(order_id="order_1", payment_id="pay_1", secret="s3cret") == expected


@pytest.mark.parametrize(
    "provider", [RazorpayProvider(key_id="k", key_secret="s3cret"), SandboxProvider(secret="s3cret")]
)
def test_a_provider_knows_its_signature_from_any_other(provider: PaymentProvider) -> None:
    genuine = sign(order_id="order_1", payment_id="pay_1", secret="s3cret")
    assert provider.verify(order_id="order_1", payment_id="pay_1", signature=genuine)
    assert not provider.verify(order_id="order_2", payment_id="pay_1", signature=genuine)
    assert not provider.verify(order_id="order_1", payment_id="pay_2", signature=genuine)
    assert not provider.verify(order_id="order_1", payment_id="pay_1", signature=genuine.upper())
    assert not provider.verify(order_id="order_1", payment_id="pay_1", signature="")
    assert not provider.verify(order_id="order_1", payment_id="\ud800", signature="\ud800")


def test_without_a_secret_no_signature_is_genuine() -> None:
    forged = sign(order_id="order_1", payment_id="pay_1", secret="")
    for provider in (RazorpayProvider(key_id="k", key_secret=""), SandboxProvider(secret="")):
        assert not provider.verify(order_id="order_1", payment_id="pay_1", signature=forged)


def test_the_sandbox_pays_an_order_the_same_way_each_time_and_signs_it() -> None:
    sandbox = SandboxProvider(secret="s3cret")
    order_id = sandbox.create_order(amount_minor=100, currency="INR", receipt="fine_1")
    payment_id, signature = sandbox.pay(order_id=order_id)
    assert sandbox.pay(order_id=order_id) == (payment_id, signature)
    assert sandbox.verify(order_id=order_id, payment_id=payment_id, signature=signature)
    assert not SandboxProvider(secret="other").verify(order_id=order_id, payment_id=payment_id, signature=signature)
    assert order_id.startswith("order_sandbox_")
    assert order_id != sandbox.create_order(amount_minor=100, currency="INR", receipt="fine_1")


def test_the_settings_choose_the_provider(settings: LazySettings) -> None:
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "rzp_live", "secret"
    settings.PAYMENT_PROVIDER = "razorpay"
    assert (providers.configured().name, providers.configured().key_id) == ("razorpay", "rzp_live")
    settings.PAYMENT_PROVIDER = "sandbox"
    assert providers.configured().name == "sandbox"
    settings.PAYMENT_PROVIDER = ""
    with pytest.raises(ProviderFailed):
        providers.configured()
