"""Razorpay: orders and payments through its REST API; signatures of its checkout and of its webhooks.

The sandbox speaks the same protocol, and is reached by the same class.
"""

from typing import Any, TypeVar
from urllib.parse import quote

import structlog
import urllib3
from pydantic import BaseModel, ConfigDict, ValidationError

from modules.finance import signatures
from modules.finance.providers.base import (
    OrderUnknown,
    PaymentState,
    ProviderFailed,
    ProviderPayment,
    Webhook,
    WebhookRefused,
)

log = structlog.get_logger(__name__)

API = "https://api.razorpay.com"
TIMEOUT = urllib3.Timeout(connect=5, read=10)  # seconds
STATES = {
    "captured": PaymentState.CAPTURED,
    "authorized": PaymentState.AUTHORIZED,
    "failed": PaymentState.FAILED,
    "refunded": PaymentState.FAILED,
}
ABOUT_PAYMENTS = ("payment.authorized", "payment.captured", "payment.failed", "order.paid")


class _Order(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str


class _Payment(BaseModel):
    """Razorpay's payment entity, as far as it matters here."""

    model_config = ConfigDict(strict=True)

    id: str
    order_id: str | None = None
    amount: int
    currency: str
    status: str
    method: str | None = None
    error_description: str | None = None

    def said(self) -> ProviderPayment:
        return ProviderPayment(
            payment_id=self.id,
            order_id=self.order_id or "",
            amount_minor=self.amount,
            currency=self.currency,
            state=STATES.get(self.status, PaymentState.UNFINISHED),
            method=self.method or "",
            failure=self.error_description or "",
        )


class _Payments(BaseModel):
    items: tuple[_Payment, ...]


class _Wrapped(BaseModel):
    entity: _Payment


class _Event(BaseModel):
    event: str
    payload: dict[str, Any]


Answer = TypeVar("Answer", bound=BaseModel)


class RazorpayProvider:
    """Keeps connections to the provider open; may be used by several threads."""

    def __init__(
        self,
        *,
        name: str = "razorpay",
        key_id: str,
        key_secret: str,
        webhook_secret: str,
        api: str = API,
        checkout_page: str = "",
        timeout: urllib3.Timeout = TIMEOUT,
    ) -> None:
        self.name, self.key_id, self.checkout_page = name, key_id, checkout_page
        self._key_secret, self._webhook_secret = key_secret, webhook_secret
        self._api = api
        self._headers = urllib3.make_headers(basic_auth=f"{key_id}:{key_secret}", user_agent="school")
        self._http = urllib3.PoolManager(timeout=timeout, retries=False)

    def create_order(self, *, amount_minor: int, currency: str, receipt: str) -> str:
        order = {"amount": amount_minor, "currency": currency, "receipt": receipt, "payment_capture": 1}
        return self._ask(_Order, "POST", "/v1/orders", json=order).id

    def payments_of(self, *, order_id: str) -> tuple[ProviderPayment, ...]:
        answer = self._ask(_Payments, "GET", f"/v1/orders/{quote(order_id, safe='')}/payments")
        return tuple(payment.said() for payment in answer.items)

    def verify(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        return signatures.payment_fits(
            order_id=order_id, payment_id=payment_id, signature=signature, secret=self._key_secret
        )

    def read_webhook(self, *, body: bytes, signature: str) -> Webhook:
        if not signatures.body_fits(body, signature=signature, secret=self._webhook_secret):
            raise WebhookRefused("the signature does not fit")
        try:
            told = _Event.model_validate_json(body)
            if told.event not in ABOUT_PAYMENTS:
                return Webhook(event=told.event, payment=None)
            payment = _Wrapped.model_validate(told.payload.get("payment")).entity
            return Webhook(event=told.event, payment=payment.said())
        except ValidationError as error:
            raise WebhookRefused("the body cannot be read") from error

    def _ask(self, shape: type[Answer], method: str, path: str, **content: Any) -> Answer:
        """One request, never repeated by itself: a second order would be a second one to pay."""
        try:
            response = self._http.request(method, self._api + path, headers=self._headers, **content)
        except urllib3.exceptions.HTTPError as error:
            log.warning("payment_provider_unreachable", provider=self.name, error=type(error).__name__)
            raise ProviderFailed(f"{self.name} cannot be reached") from error
        if response.status != 200:
            log.warning("payment_provider_refused", provider=self.name, status=response.status, path=path)
            if method == "GET" and response.status in (400, 404):
                raise OrderUnknown(f"{self.name} does not know {path}")
            raise ProviderFailed(f"{self.name} answers {response.status}")
        try:
            return shape.model_validate_json(response.data)
        except ValidationError as error:
            log.warning("payment_provider_unintelligible", provider=self.name, path=path)
            raise ProviderFailed(f"{self.name} gives an answer that makes no sense") from error
