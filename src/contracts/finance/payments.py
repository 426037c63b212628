"""The payments that settle fines, and what a checkout needs."""

from enum import StrEnum

from contracts.base import DTO, Instant, Money
from contracts.finance.fines import Fine, FineKind


class PaymentStatus(StrEnum):
    CREATED = "created"
    """The order was made, and nothing has come of it yet."""
    SUCCESS = "success"
    FAILED = "failed"
    PENDING = "pending"
    """A payment was reported, and is being confirmed."""
    UNKNOWN = "unknown"
    """The legacy kept another word, which says nothing here."""


class Payment(DTO):
    id: int
    fine_id: int
    amount: Money
    """What was paid; what was asked for, as long as nothing was."""
    status: PaymentStatus
    payment_reference: str
    """The provider's payment id; empty when there is none."""
    transaction_reference: str
    method: str
    at: Instant
    """When it was paid or refused; when it was begun, as long as neither has happened."""
    fine_kind: FineKind = FineKind.OTHER
    receipt_number: int | None = None
    """Of the payment that settled the fine here; None for the others and for the legacy's."""


class PaymentMethod(StrEnum):
    """How money comes to the office."""

    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    TRANSFER = "transfer"


class Checkout(DTO):
    """What the checkout page needs to hand over to the payment provider."""

    fine: Fine
    provider: str
    """"razorpay" or "sandbox"."""
    order_id: str
    key_id: str
    """The provider's public key id."""
    amount_minor: int
    """The amount in the currency's smallest unit (paise)."""
    currency: str
    checkout_page: str = ""
    """Where a form takes the browser, as Razorpay's hosted checkout; empty when the provider's script opens it."""
