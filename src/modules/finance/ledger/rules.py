"""What the ledger should hold of a fine and its payments, as pure functions. Amounts are of two places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from contracts.finance import Account, FineStatus, LedgerKind, PaymentMethod

ZERO = Decimal(0)
_AT_THE_OFFICE = frozenset(PaymentMethod)


@dataclass(frozen=True)
class FineFacts:
    """What a fine is, as far as the ledger is concerned."""

    id: int
    student_id: int
    amount: Decimal
    """Also zero or below: the legacy let it in."""
    status: FineStatus
    at: datetime
    paid_at: datetime | None
    reference: str
    """The provider's id of the payment that settled it; empty when there is none."""
    waived_at: datetime | None = None


@dataclass(frozen=True)
class PaymentFacts:
    """A payment that succeeded."""

    id: int
    amount: Decimal
    at: datetime
    method: str
    provider: str
    reference: str
    """The provider's id of it; empty when there is none."""
    settled: bool
    """Whether it is known to have settled the fine: it has a receipt."""


@dataclass(frozen=True)
class Entry:
    """One of `debit` and `credit` is above zero, the other zero."""

    account: Account
    debit: Decimal
    credit: Decimal
    student_id: int | None = None


@dataclass(frozen=True)
class Posting:
    """A transaction to be posted, or one that is in force."""

    kind: LedgerKind
    payment_id: int | None
    entries: frozenset[Entry]
    at: datetime = field(compare=False)


def postings(fine: FineFacts, payments: Iterable[PaymentFacts]) -> list[Posting]:
    """The transactions that should be in force. After them the student owes the amount of a fine that is unpaid, and
    nothing for one that is paid, waived or cancelled; money that is not needed for that is held.
    """
    found = []
    if fine.status is not FineStatus.CANCELLED and fine.amount:
        entries = moved(fine.amount, (Account.RECEIVABLES, fine.student_id), (Account.INCOME, None))
        found.append(Posting(LedgerKind.FINE, None, entries, fine.at))
    open_amount = fine.amount if fine.status is FineStatus.PAID else ZERO
    for payment, settling in allocated(open_amount, in_order_of_settling(fine, payments)):
        open_amount -= settling
        if payment.amount:
            found.append(Posting(LedgerKind.PAYMENT, payment.id, _received(fine, payment, settling), payment.at))
    if fine.status is FineStatus.WAIVED and fine.amount:
        entries = moved(fine.amount, (Account.WAIVERS, None), (Account.RECEIVABLES, fine.student_id))
        found.append(Posting(LedgerKind.WAIVER, None, entries, fine.waived_at or fine.at))
    if open_amount:
        entries = moved(open_amount, (Account.UNRECORDED, None), (Account.RECEIVABLES, fine.student_id))
        found.append(Posting(LedgerKind.UNRECORDED, None, entries, fine.paid_at or fine.at))
    return found


def moved(amount: Decimal, to: tuple[Account, int | None], of: tuple[Account, int | None]) -> frozenset[Entry]:
    """A debit of one account and a credit of another; the other way round for an amount below zero."""
    if amount < 0:
        amount, to, of = -amount, of, to
    return frozenset({Entry(to[0], amount, ZERO, to[1]), Entry(of[0], ZERO, amount, of[1])})


def in_order_of_settling(fine: FineFacts, payments: Iterable[PaymentFacts]) -> list[PaymentFacts]:
    """That with a receipt first, then that which the fine names, then as they came."""
    return sorted(payments, key=lambda p: (not p.settled, not p.reference or p.reference != fine.reference, p.id))


def allocated(owed: Decimal, payments: Sequence[PaymentFacts]) -> list[tuple[PaymentFacts, Decimal]]:
    """Each payment, and how much of it settles what is owed; never more than is left."""
    found = []
    for payment in payments:
        settling = max(min(payment.amount, max(owed, ZERO)), min(owed, ZERO))
        found.append((payment, settling))
        owed -= settling
    return found


def turned(entries: Iterable[Entry]) -> frozenset[Entry]:
    """The entries that take these back."""
    return frozenset(Entry(e.account, debit=e.credit, credit=e.debit, student_id=e.student_id) for e in entries)


def reversal_kind(kind: LedgerKind, expected: Iterable[Posting]) -> LedgerKind:
    """How taking back a transaction is called: a fine that is owed no more is cancelled, all else is a correction."""
    gone = kind is LedgerKind.FINE and all(one.kind is not LedgerKind.FINE for one in expected)
    return LedgerKind.CANCELLATION if gone else LedgerKind.CORRECTION


def _received(fine: FineFacts, payment: PaymentFacts, settling: Decimal) -> frozenset[Entry]:
    """The money, and what became of it."""
    at_office = not payment.provider and payment.method.strip().lower() in _AT_THE_OFFICE
    money = (Account.OFFICE if at_office else Account.ONLINE, None)
    held = moved(payment.amount - settling, money, (Account.UNALLOCATED, fine.student_id))
    settled = moved(settling, money, (Account.RECEIVABLES, fine.student_id))
    return _merged([*(held if payment.amount != settling else ()), *(settled if settling else ())])


def _merged(entries: Iterable[Entry]) -> frozenset[Entry]:
    """One entry for each account and student."""
    nets: dict[tuple[Account, int | None], Decimal] = {}
    for one in entries:
        key = one.account, one.student_id
        nets[key] = nets.get(key, ZERO) + one.debit - one.credit
    return frozenset(
        Entry(account, max(net, ZERO), max(-net, ZERO), student_id)
        for (account, student_id), net in nets.items()
        if net
    )
