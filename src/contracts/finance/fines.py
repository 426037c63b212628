"""Fines, and what of them is owed."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import DTO, Instant, Money

MoneySum = Annotated[Decimal, Field(max_digits=20, decimal_places=2)]
"""A sum of amounts, in the school's currency: wider than any single amount."""


class FineStatus(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    CANCELLED = "cancelled"
    """It should not have been issued."""
    WAIVED = "waived"
    """It was right, and need not be paid."""


class FineKind(StrEnum):
    """What a fine is about; the legacy knows no kinds."""

    OTHER = "other"
    LIBRARY = "library"
    DAMAGE = "damage"
    """Something was lost or broken."""
    LATENESS = "lateness"
    CONDUCT = "conduct"


class Fine(DTO):
    id: int
    student_id: int
    amount: Money
    reason: str
    due_date: date
    status: FineStatus
    issued_by: int | None
    """User id; None for fines from the legacy, which kept no issuer."""
    issued_at: Instant
    paid_at: Instant | None
    payment_reference: str
    """The provider's payment id; empty when there is none."""
    payment_pending: bool = False
    """A payment was reported for it, and the provider has not confirmed it yet."""
    payment_unconfirmed: bool = False
    """A payment was reported for it that the provider never knew of, so that it counts as failed; one that comes late
    still settles it.
    """
    kind: FineKind = FineKind.OTHER
    department: str = ""
    """Which department or office it is owed to, in words; may be empty."""
    waived_at: Instant | None = None
    waive_reason: str = ""
    """Why it was waived; empty for one that was not."""
    receipt_number: int | None = None
    """Of the payment that settled it; None while it is not paid, and for what was paid in the legacy."""


class FineTotals(DTO):
    unpaid_count: int
    unpaid_amount: MoneySum
    overdue_count: int
    """Unpaid fines whose due date has passed, by the school's calendar."""
