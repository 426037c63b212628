"""What was issued and collected in a period."""

from datetime import date
from decimal import Decimal

from contracts.base import DTO
from contracts.finance.fines import FineKind, FineTotals, MoneySum


class Collected(DTO):
    """Payments that were made, and what they come to."""

    count: int
    amount: MoneySum


class CollectedBy(Collected):
    """`name` is a method, as it was recorded, or a month, as in "2026-03"."""

    name: str


class KindReport(DTO):
    """What a report says of one kind of fine."""

    kind: FineKind
    issued: Collected
    collected: Collected
    """By when it was paid, whenever the fine was issued."""
    waived: Collected
    """By when it was waived."""
    owed: Collected
    """Now."""
    overdue: Collected
    """Now."""


class FinanceReport(DTO):
    """What happened in a period, both days included by the school's calendar, and what is owed now."""

    first_day: date
    last_day: date
    issued: Collected
    """Fines issued in the period, whatever became of them; those that were erased left nothing to count."""
    collected: Collected
    by_method: tuple[CollectedBy, ...]
    """The largest amount first; a payment of the legacy without a method has the name ""."""
    by_month: tuple[CollectedBy, ...]
    """In order; months without a payment are left out."""
    by_kind: tuple[KindReport, ...] = ()
    """In the order of `FineKind`; kinds of which there is nothing to say are left out."""
    waived: Collected = Collected(count=0, amount=Decimal(0))
    owed: FineTotals
    overdue_amount: MoneySum
