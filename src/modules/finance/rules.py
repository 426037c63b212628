"""The school's rules on money, as pure functions. Amounts are of two places, in the school's currency."""

from datetime import date, timedelta
from decimal import Decimal

from contracts.finance import FineStatus

LARGEST_AMOUNT = Decimal("99999999.99")
LONGEST_REASON = 255  # characters
LONGEST_DEPARTMENT = 100
REMINDED_BEFORE = timedelta(days=7)
"""So long before its last day a student is reminded of a fine."""
REMINDED_AGAIN_AFTER = timedelta(days=7)
"""And so long after each time that they were told that it is overdue."""


def amount_problem(amount: Decimal) -> str | None:
    """Why this cannot be the amount of a fine: "not_positive", "too_large" or "too_precise"; None when it can."""
    if not amount.is_finite() or amount <= 0:
        return "not_positive"
    if amount > LARGEST_AMOUNT:
        return "too_large"
    if amount != amount.quantize(Decimal("0.01")):
        return "too_precise"
    return None


def to_minor(amount: Decimal) -> int:
    """An amount in the smallest unit of a currency with two places, as in 12.34 → 1234."""
    return int((amount * 100).to_integral_exact())


def from_minor(units: int) -> Decimal:
    """The opposite of `to_minor`."""
    return Decimal(units).scaleb(-2)


def settlement_problem(*, status: FineStatus, owed: Decimal, paid: Decimal) -> str | None:
    """Why a payment does not settle a fine: "paid", "cancelled", "waived" or "amount"; None when it does."""
    if status is not FineStatus.UNPAID:
        return status.value
    return None if owed > 0 and owed == paid else "amount"


def is_reminder_due(
    today: date, *, issued_on: date, due_date: date, overdue_told_on: date | None, reminded_on: date | None
) -> bool:
    """Whether it is time to remind of an unpaid fine, by the school's calendar.

    Before its last day once; not when it was issued so late that this is no news. After it once it was told that the
    fine is overdue, which what was due long ago never is.
    """
    if today <= due_date:
        return reminded_on is None and issued_on < due_date - REMINDED_BEFORE <= today
    if overdue_told_on is None:
        return False
    return today - max(overdue_told_on, reminded_on or overdue_told_on) >= REMINDED_AGAIN_AFTER
