"""The sandbox as its own server: its pages in the browser, and its webhooks on their way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
import urllib3

from modules.finance import signatures
from modules.finance.sandbox import keys
from tests.modules.finance.sandbox import SECRET, Choice, Sandbox, serving

BACK = "https://school.example/back"


class School(ThreadingHTTPServer):
    """Takes webhooks, and answers with the given statuses one after the other, then with 200."""

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.received: list[tuple[bytes, str, str]] = []
        self.arrived = threading.Semaphore(0)

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.arrived.acquire(timeout=30)


class _Handler(BaseHTTPRequestHandler):
    server: School

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = (body, self.headers["X-Razorpay-Signature"], self.headers["X-Razorpay-Event-Id"])
        self.server.received.append(said)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.arrived.release()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def school(*statuses: int) -> Iterator[School]:
    with School(list(statuses)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def order(sandbox: Sandbox) -> str:
    made = sandbox.ledger.create_order({"amount": 12050, "currency": "INR", "receipt": "<fine_7>"})
    return str(made["id"])


def post(sandbox: Sandbox, path: str, **fields: str) -> urllib3.BaseHTTPResponse:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return urllib3.request("POST", sandbox.url + path, body=urlencode(fields), headers=form, retries=False)


def test_webhooks_are_repeated_in_every_byte_until_they_are_accepted() -> None:
    with school(500, 404) as there:
        url = f"http://localhost:{there.server_port}/hook"
        with Sandbox(secret=SECRET, webhook_url=url, pauses=(0.01, 0.01)) as sandbox:
            sandbox.checkout(order(sandbox), Choice.REFUSE)
            there.wait_for(3)
    assert len(set(there.received)) == 1
    body, signature, event_id = there.received[0]
    assert signatures.body_fits(body, signature=signature, secret=keys.webhook_secret(SECRET))
    assert event_id == sandbox.told[0].event_id


def test_money_that_comes_later_is_told_later() -> None:
    with school() as there:
        url = f"http://localhost:{there.server_port}/hook"
        with Sandbox(secret=SECRET, webhook_url=url, later=0.01) as sandbox:
            sandbox.checkout(order(sandbox), Choice.LATER)
            there.wait_for(3)
    assert [webhook.event for webhook in sandbox.told] == ["payment.authorized", "payment.captured", "order.paid"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serving() as started:
        yield started


def test_the_checkout_shows_the_order_under_a_strict_policy(sandbox: Sandbox) -> None:
    page = post(sandbox, "/v1/checkout/embedded", order_id=order(sandbox), callback_url=BACK)
    html = page.data.decode()
    assert (page.status, "INR 120.50" in html, "&lt;fine_7&gt;" in html, "<fine_7>" in html) == (200, True, True, False)
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://school.example" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="no way back"),
        pytest.param({"callback_url": "javascript:alert(1)"}, id="a way back that is code"),
        pytest.param({"callback_url": BACK, "order_id": "order_unknown"}, id="unknown order"),
        pytest.param({"callback_url": BACK, "choice": "nonsense"}, id="unknown choice"),
    ],
)
def test_what_makes_no_sense_is_refused(sandbox: Sandbox, fields: dict[str, str]) -> None:
    for path in ("/v1/checkout/embedded", "/v1/checkout/pay", "/v1/checkout/other"):
        assert post(sandbox, path, **fields).status == 400, path
    assert sandbox.told == []


def test_a_paid_order_is_not_paid_again(sandbox: Sandbox) -> None:
    order_id = order(sandbox)
    statuses = [
        post(sandbox, "/v1/checkout/pay", order_id=order_id, callback_url=BACK, choice="pay").status for _ in range(2)
    ]
    assert statuses == [200, 400]
    assert len(sandbox.ledger.payments_of(order_id)) == 1


def test_too_much_is_refused_and_strangers_get_nothing(sandbox: Sandbox) -> None:
    assert post(sandbox, "/v1/orders", text="x" * 70_000).status == 413
    assert post(sandbox, "/v1/orders").status == 401
    assert urllib3.request("GET", f"{sandbox.url}/", retries=False).status == 404
