"""The ledger: what students owe, and why."""

from enum import StrEnum

from contracts.base import DTO, Instant, Money
from contracts.finance.fines import MoneySum


class Account(StrEnum):
    """Where the ledger keeps amounts. What students owe and money that came are debits; income and what is held for
    others are credits.
    """

    RECEIVABLES = "receivables"
    """What students owe."""
    INCOME = "income"
    """Fines that were issued."""
    OFFICE = "office"
    """Money that came to the office."""
    ONLINE = "online"
    """Money that came through the payment provider, also the legacy's."""
    UNRECORDED = "unrecorded"
    """What the legacy calls paid without a payment of that amount."""
    WAIVERS = "waivers"
    """Fines that need not be paid."""
    UNALLOCATED = "unallocated"
    """Money that came and settles nothing: it is held for whom it came from."""


class LedgerKind(StrEnum):
    """What a transaction of the ledger is for."""

    FINE = "fine"
    """A fine is owed."""
    PAYMENT = "payment"
    """Money came; as much as the fine takes settles it, the rest is held."""
    UNRECORDED = "unrecorded"
    """A fine is paid, and no payment says by what: as much of the legacy's."""
    WAIVER = "waiver"
    """A fine need not be paid."""
    CANCELLATION = "cancellation"
    """Takes back a fine that is not owed any more."""
    CORRECTION = "correction"
    """Takes back what turned out to be otherwise."""


class StudentBalance(DTO):
    """What a student owes, and why."""

    student_id: int
    charged: MoneySum
    """All debits of what the student owes, those that were taken back included."""
    credited: MoneySum
    """All credits, likewise."""
    balance: MoneySum
    """Still owed: what was charged less what was credited."""
    held: MoneySum
    """Money of theirs that settles nothing."""


class StatementLine(DTO):
    """A transaction as it concerns what one student owes."""

    id: int
    """Of the transaction's entry."""
    at: Instant
    kind: LedgerKind
    fine_id: int
    payment_id: int | None
    """The payment's id here, where it is about one."""
    reason: str
    """What the fine is for."""
    charged: Money
    credited: Money
    balance: MoneySum
    """What was owed after it."""


class AccountBalance(DTO):
    account: Account
    debit: MoneySum
    """The balance, when debits are more; otherwise zero."""
    credit: MoneySum
    """The balance, when credits are more; otherwise zero."""


class TrialBalance(DTO):
    """All accounts, also the empty ones. The two sums are the same, or the ledger is wrong."""

    accounts: tuple[AccountBalance, ...]
    debit: MoneySum
    credit: MoneySum
