"""The school's rules on money, as pure functions. Amounts are of two places, in the school's currency."""

from decimal import Decimal

from contracts.finance import FineStatus

LARGEST_AMOUNT = Decimal("99999999.99")
LONGEST_REASON = 255  # characters
LONGEST_DEPARTMENT = 100


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
