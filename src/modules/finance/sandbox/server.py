"""The sandbox's HTTP server: Razorpay's orders API with its key authentication, and a checkout in the browser."""

import base64
import hmac
import json
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from modules.finance import signatures
from modules.finance.sandbox import keys, pages, webhooks
from modules.finance.sandbox.ledger import Choice, Entity, Ledger, Refused
from modules.finance.sandbox.webhooks import PAUSES, Sender, Webhook

LARGEST_REQUEST = 64 * 1024  # bytes
LATER = 10.0  # seconds


@dataclass(frozen=True)
class Fault:
    """How the API misbehaves: it waits, then answers this instead of the truth; without a status, the truth."""

    status: int | None = None
    body: bytes = b""
    pause: float = 0.0
    """Seconds."""


class Sandbox:
    """The provider: a ledger, a server in a thread, and webhooks to `webhook_url` unless that is empty.

    `with Sandbox(...) as sandbox:` serves for the time of the block.
    """

    def __init__(
        self,
        *,
        secret: str,
        webhook_url: str = "",
        host: str = "127.0.0.1",
        port: int = 0,
        pauses: Sequence[float] = PAUSES,
        later: float = LATER,
    ) -> None:
        self.secret, self.later = secret, later
        self.authorization = "Basic " + base64.b64encode(f"{keys.KEY_ID}:{secret}".encode()).decode()
        self.ledger = Ledger()
        self.fault = Fault()
        self.told: list[Webhook] = []
        """Every webhook so far, sent or not."""
        self._sender = Sender(webhook_url, pauses=pauses) if webhook_url else None
        self._server = _Server((host, port), self)

    @property
    def url(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        if self._sender:
            self._sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def checkout(self, order_id: str, choice: Choice) -> dict[str, str]:
        """What the person at the checkout does; returns what the browser carries back to the school.

        Raises Refused for an order that is unknown or paid.
        """
        payment = self.ledger.pay(order_id, choice)
        if choice is Choice.REFUSE:
            self._tell("payment.failed", payment)
            return {
                "error[code]": "BAD_REQUEST_ERROR",
                "error[description]": payment["error_description"],
                "error[metadata]": json.dumps({"order_id": order_id, "payment_id": payment["id"]}),
            }
        if choice is Choice.LATER:
            self._tell("payment.authorized", payment)
            timer = threading.Timer(self.later, self.capture, args=[payment["id"]])
            timer.daemon = True
            timer.start()
        else:
            self._tell_of_money(payment)
        signature = signatures.of_payment(order_id=order_id, payment_id=payment["id"], secret=self.secret)
        return {
            "razorpay_payment_id": payment["id"],
            "razorpay_order_id": order_id,
            "razorpay_signature": signature,
        }

    def capture(self, payment_id: str) -> None:
        """Let the money of an authorized payment arrive."""
        self._tell_of_money(self.ledger.capture(payment_id))

    def _tell_of_money(self, payment: Entity) -> None:
        self._tell("payment.captured", payment)
        self._tell("order.paid", payment, self.ledger.order(payment["order_id"]))

    def _tell(self, event: str, payment: Entity, order: Entity | None = None) -> None:
        webhook = webhooks.make(event, secret=keys.webhook_secret(self.secret), payment=payment, order=order)
        self.told.append(webhook)
        if self._sender:
            self._sender.send(webhook)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever lost patience and hung up is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection. The API answers in JSON, everything else in pages."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/checkout.css":
            self._answer(200, pages.STYLE, "text/css")
        elif path == "/checkout.js":
            self._answer(200, pages.SCRIPT, "text/javascript")
        elif path.startswith("/v1/"):
            self._api(path, None)
        else:
            self._page(404, pages.message("There is nothing here. This is a payment sandbox."))

    def do_POST(self) -> None:
        given = self.headers.get("Content-Length", "0")
        length = int(given) if given.isdecimal() else 0
        body = self.rfile.read(min(length, 16 * LARGEST_REQUEST))  # who is cut off while sending reads no answer
        if length > LARGEST_REQUEST:
            self.close_connection = True
            self._page(413, pages.message("This is too much."))
            return
        path = urlsplit(self.path).path
        if path.startswith("/v1/checkout/"):
            self._checkout(path, dict(parse_qsl(body.decode(errors="replace"))))
        else:
            self._api(path, body)

    def _checkout(self, path: str, form: Mapping[str, str]) -> None:
        sandbox, callback_url = self.server.sandbox, form.get("callback_url", "")
        if urlsplit(callback_url).scheme not in ("http", "https"):
            self._page(400, pages.message("The callback_url is missing or no address."))
            return
        try:
            if path == "/v1/checkout/embedded":
                order = sandbox.ledger.order(form.get("order_id", ""))
                page = pages.checkout(order, callback_url=callback_url)
            elif path == "/v1/checkout/pay" and form.get("choice") in set(Choice):
                choice = Choice(form["choice"])
                values = sandbox.checkout(form.get("order_id", ""), choice)
                page = (
                    pages.message("Paid. Close this window: the school is told without you.")
                    if choice is Choice.LOST
                    else pages.way_back(callback_url, values)
                )
            else:
                raise Refused("There is no such step")
        except Refused as error:
            self._page(400, pages.message(f"{error}."))
        else:
            self._page(200, page, policy=pages.policy(callback_url))

    def _api(self, path: str, body: bytes | None) -> None:
        sandbox = self.server.sandbox
        given = self.headers.get("Authorization", "").encode(errors="replace")
        fault = sandbox.fault
        time.sleep(fault.pause)
        if fault.status is not None:
            self._answer(fault.status, fault.body, "application/json")
        elif not hmac.compare_digest(given, sandbox.authorization.encode()):
            self._error(401, "Authentication failed")
        else:
            try:
                self._json(200, self._resource(path, body))
            except Refused as error:
                self._error(400, str(error))

    def _resource(self, path: str, body: bytes | None) -> Entity:
        """What the API answers. Raises Refused."""
        ledger = self.server.sandbox.ledger
        match path.strip("/").split("/"), body:
            case ["v1", "orders"], bytes():
                return ledger.create_order(_object(body))
            case ["v1", "orders", order_id], None:
                return ledger.order(order_id)
            case ["v1", "orders", order_id, "payments"], None:
                items = ledger.payments_of(order_id)
                return {"entity": "collection", "count": len(items), "items": items}
            case ["v1", "payments", payment_id], None:
                return ledger.payment(payment_id)
        raise Refused("The requested URL was not found on the server.")

    def _error(self, status: int, description: str) -> None:
        self._json(status, {"error": {"code": "BAD_REQUEST_ERROR", "description": description}})

    def _json(self, status: int, content: Entity) -> None:
        self._answer(status, json.dumps(content).encode(), "application/json")

    def _page(self, status: int, html: str, *, policy: str = pages.POLICY) -> None:
        self._answer(status, html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy})

    def _answer(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        if self.close_connection:  # else a client would send its next request into a connection that ends
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any, **values: Any) -> None:
        """Say nothing: the school logs what matters to it."""


def _object(body: bytes) -> Entity:
    try:
        content = json.loads(body)
    except ValueError:
        raise Refused("The request is no JSON") from None
    if not isinstance(content, dict):
        raise Refused("The request is no JSON object")
    return content
