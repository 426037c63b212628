"""Razorpay: orders through its REST API, payments confirmed by the signature that its checkout returns."""

import json

import structlog
import urllib3

from modules.finance.providers.base import ProviderFailed, signature_fits

log = structlog.get_logger(__name__)

API = "https://api.razorpay.com"
TIMEOUT = urllib3.Timeout(connect=5, read=10)  # seconds


class RazorpayProvider:
    """Keeps connections to Razorpay open; may be used by several threads."""

    name = "razorpay"

    def __init__(self, *, key_id: str, key_secret: str, api: str = API) -> None:
        self.key_id = key_id
        self._secret = key_secret
        self._orders = f"{api}/v1/orders"
        self._headers = urllib3.make_headers(basic_auth=f"{key_id}:{key_secret}", user_agent="school")
        self._http = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def create_order(self, *, amount_minor: int, currency: str, receipt: str) -> str:
        order = {"amount": amount_minor, "currency": currency, "receipt": receipt, "payment_capture": 1}
        try:
            response = self._http.request("POST", self._orders, json=order, headers=self._headers)
            answer = response.json()
        except (urllib3.exceptions.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
            log.warning("razorpay_unreachable", error=type(error).__name__)
            raise ProviderFailed("Razorpay cannot be reached") from error
        order_id = answer.get("id") if isinstance(answer, dict) else None
        if response.status != 200 or not isinstance(order_id, str) or not order_id:
            log.warning("razorpay_refused", status=response.status, receipt=receipt)
            raise ProviderFailed(f"Razorpay answers {response.status}")
        return order_id

    def verify(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        return signature_fits(order_id=order_id, payment_id=payment_id, signature=signature, secret=self._secret)
