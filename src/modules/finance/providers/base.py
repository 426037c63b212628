"""What finance needs of a payment provider, and the signature that providers of Razorpay's style use."""

import hashlib
import hmac
from typing import Protocol


class ProviderFailed(Exception):
    """The provider cannot be reached, refuses the order, or is not set up."""


class PaymentProvider(Protocol):
    """A service that takes money for orders."""

    @property
    def name(self) -> str:
        """Under which orders are kept, as in "razorpay"."""

    @property
    def key_id(self) -> str:
        """The school's public id with the provider; the checkout page shows it to the provider."""

    def create_order(self, *, amount_minor: int, currency: str, receipt: str) -> str:
        """Make an order over an amount in the currency's smallest unit; returns the provider's id of it.

        `receipt` is our own word for it, up to 40 characters. Raises ProviderFailed.
        """

    def verify(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        """Whether the provider signed this payment for this order. Takes the same time whatever the signature."""


def sign(*, order_id: str, payment_id: str, secret: str) -> str:
    """HMAC-SHA256 of "order|payment" with the secret, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{order_id}|{payment_id}".encode(errors="replace"), hashlib.sha256).hexdigest()


def signature_fits(*, order_id: str, payment_id: str, signature: str, secret: str) -> bool:
    """Whether the signature is the one of this payment. Without a secret none is: anybody could have made it."""
    if not secret:
        return False
    expected = sign(order_id=order_id, payment_id=payment_id, secret=secret)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
