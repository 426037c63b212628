"""A provider for development: takes every order, moves no money, and signs as the real one does."""

import secrets

from modules.finance.providers.base import sign, signature_fits

ORDER_PREFIX, PAYMENT_PREFIX = "order_sandbox_", "pay_sandbox_"


class SandboxProvider:
    """Works without a network. The secret is known to the school's own processes only."""

    name = "sandbox"
    key_id = "key_sandbox"

    def __init__(self, *, secret: str) -> None:
        self._secret = secret

    def create_order(self, *, amount_minor: int, currency: str, receipt: str) -> str:
        return f"{ORDER_PREFIX}{secrets.token_hex(8)}"

    def verify(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        return signature_fits(order_id=order_id, payment_id=payment_id, signature=signature, secret=self._secret)

    def pay(self, *, order_id: str) -> tuple[str, str]:
        """What the checkout would return for an order: the payment's id and its signature, every time the same."""
        payment_id = f"{PAYMENT_PREFIX}{order_id.removeprefix(ORDER_PREFIX)}"
        return payment_id, sign(order_id=order_id, payment_id=payment_id, secret=self._secret)
