"""What finance needs of a payment provider."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ProviderFailed(Exception):
    """The provider cannot be reached, refuses, gives an answer that makes no sense, or is not set up."""


class NotSetUp(ProviderFailed):
    """The settings name no provider, or not where it is."""


class OrderUnknown(ProviderFailed):
    """The provider has no such order."""


class WebhookRefused(Exception):
    """What came is not from the provider, or cannot be read."""


class PaymentState(StrEnum):
    CAPTURED = "captured"
    """The money is the school's."""
    AUTHORIZED = "authorized"
    """The bank holds the money; whether it arrives shows later."""
    FAILED = "failed"
    """Nothing was paid, or it was given back."""
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class ProviderPayment:
    """What a provider says of a payment. The amount is in the currency's smallest unit."""

    payment_id: str
    order_id: str
    amount_minor: int
    currency: str
    state: PaymentState
    method: str = ""
    failure: str = ""
    """In the provider's words."""


@dataclass(frozen=True)
class Webhook:
    """A genuine message of a provider; `payment` is None when it is about something else."""

    event: str
    payment: ProviderPayment | None


class PaymentProvider(Protocol):
    """A service that takes money for orders."""

    @property
    def name(self) -> str:
        """Under which orders are kept, as in "razorpay"."""

    @property
    def key_id(self) -> str:
        """The school's public id with the provider; the checkout page shows it to the provider."""

    @property
    def checkout_page(self) -> str:
        """Where the browser posts an order to be paid; empty when the provider's script opens its checkout."""

    def create_order(self, *, amount_minor: int, currency: str, receipt: str) -> str:
        """Make an order over an amount in the currency's smallest unit; returns the provider's id of it.

        `receipt` is our own word for it, up to 40 characters. Raises ProviderFailed.
        """

    def payments_of(self, *, order_id: str) -> tuple[ProviderPayment, ...]:
        """Every attempt to pay an order. Raises OrderUnknown, ProviderFailed."""

    def verify(self, *, order_id: str, payment_id: str, signature: str) -> bool:
        """Whether the provider signed this payment for this order. Takes the same time whatever the signature."""

    def read_webhook(self, *, body: bytes, signature: str) -> Webhook:
        """The content of a webhook. Raises WebhookRefused unless the provider signed this very body."""
