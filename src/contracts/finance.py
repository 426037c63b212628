"""Finance: fines of students, and the payments that settle them."""

from abc import ABC
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import DTO, Actor, Event, Instant, Money, Page, PageRequest, RowsDeleted, Service, command, query
from contracts.errors import Conflict, Invalid, NotFound

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


class FineTotals(DTO):
    unpaid_count: int
    unpaid_amount: MoneySum
    overdue_count: int
    """Unpaid fines whose due date has passed, by the school's calendar."""


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


class FinanceService(Service, ABC, name="finance"):
    @command(errors=(Invalid,))
    def issue_fine(
        self,
        *,
        actor: Actor,
        student_id: int,
        amount: Decimal,
        reason: str,
        due_date: date,
        kind: FineKind = FineKind.OTHER,
        department: str = "",
    ) -> Fine:
        """Fine a student, active or withdrawn. Staff and HOD.

        Invalid by field: `student`, when there is none of this id; `amount`, unless it is above zero, at most
        99,999,999.99 and of two places; `reason`, unless it has 1 to 255 characters;
        `department`, when it has more than 100. Publishes FineIssued.
        """

    @command(errors=(NotFound, Conflict))
    def cancel_fine(self, *, actor: Actor, fine_id: int, reason: str = "") -> None:
        """Staff and HOD. An unpaid fine without payments is erased; with payment attempts it is marked cancelled.

        Conflict("paid") when it is paid, Conflict("cancelled") when it is cancelled already, Conflict("waived") when it
        is waived. Publishes FineCancelled.
        """

    @command(errors=(NotFound, Conflict, Invalid))
    def waive_fine(self, *, actor: Actor, fine_id: int, reason: str) -> Fine:
        """An unpaid fine was right, and need not be paid. It stays on record. HOD.

        Invalid(`reason`) unless it has 1 to 255 characters. Conflict("paid"), Conflict("cancelled") and
        Conflict("waived") as they are; Conflict("pending") while a payment made online is being confirmed. Publishes
        FineWaived.
        """

    @query()
    def list_fines(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        status: FineStatus | None = None,
        found_students: tuple[int, ...] = (),
        ids: tuple[int, ...] | None = None,
        overdue: bool = False,
        kind: FineKind | None = None,
    ) -> Page[Fine]:
        """Newest first; search in the reason; order: amount, due_date, issued_at. Staff and HOD.

        `student_ids` narrows to these students, `ids` to these fines, `overdue` to unpaid ones whose last day has
        passed. `found_students` widens a search: what they owe
        is found as well, whatever the reason; finance knows no names, so whoever asks looks those up.
        """

    @query()
    def own_fines(
        self, *, actor: Actor, page: PageRequest, status: FineStatus | None = None, kind: FineKind | None = None
    ) -> Page[Fine]:
        """The student's own; search and order as for all. Students with a profile."""

    @query(errors=(NotFound,))
    def fine(self, *, actor: Actor, fine_id: int) -> Fine:
        """Staff, HOD, or the fined student (NotFound for other students)."""

    @query(errors=(NotFound,))
    def payments(self, *, actor: Actor, fine_id: int) -> tuple[Payment, ...]:
        """Payment attempts of a fine, oldest first. Staff, HOD, or the fined student."""

    @query()
    def totals(self, *, actor: Actor) -> FineTotals:
        """Of the whole school for staff and HOD; one's own for students."""

    @command(errors=(NotFound, Conflict))
    def start_payment(self, *, actor: Actor, fine_id: int) -> Checkout:
        """An order with the payment provider for the student's own unpaid fine; one that is still open is used again.

        Conflict("paid"), Conflict("cancelled"), Conflict("waived"); Conflict("amount") when nothing above zero is owed;
        Conflict("pending") while an earlier payment is being confirmed, after the provider was asked about it;
        Conflict("unconfirmed"), once, when it is given up, since the provider has not known of it for an hour;
        Conflict("provider") when the provider cannot be reached, refuses, or is not set up.
        """

    @command(idempotent=True, errors=(NotFound, Conflict, Invalid))
    def confirm_payment(self, *, actor: Actor, order_id: str, payment_id: str, signature: str) -> Fine:
        """Take in what the provider's checkout returned. The student's own orders only, NotFound otherwise.

        Invalid(`signature`) when the provider did not sign this payment for this order, which is audited and changes
        nothing. Otherwise the provider is asked, since the browser's word alone settles nothing: the fine comes back
        paid, or with `payment_pending` while the provider cannot say so yet.
        A payment counts once: repeated, the answer is the same. Money that came for a fine that is settled, cancelled,
        waived, or of another amount is kept as a payment, audited, and changes nothing: Conflict("paid"),
        Conflict("cancelled"), Conflict("waived"), Conflict("amount"). Conflict("failed") when the provider says so;
        Conflict("unconfirmed") when it still does not know of the payment an hour after it was first reported;
        Conflict("provider") when the provider that made the order is no longer the one in use.
        Publishes PaymentSucceeded when the fine becomes paid, PaymentFailed when the attempt failed.
        """

    @command(errors=(NotFound, Conflict, Invalid))
    def record_payment(self, *, actor: Actor, fine_id: int, method: PaymentMethod, reference: str = "") -> Payment:
        """The whole amount came to the office: settle the fine, and number the receipt. HOD.

        Invalid(`reference`) when that, as the number of a cheque, has more than 100 characters.
        Conflict("paid"), Conflict("cancelled"), Conflict("waived"), Conflict("amount") when nothing above zero is owed;
        Conflict("pending") while a payment made online is being confirmed. Publishes PaymentSucceeded.
        """

    # Reports

    @query(errors=(Invalid,))
    def report(self, *, actor: Actor, first_day: date, last_day: date) -> FinanceReport:
        """What was issued and collected in a period, by method, month and kind, and what is owed now. HOD.

        Invalid("last_day") when it is before the first.
        """

    @query(errors=(Invalid,))
    def collections(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        first_day: date,
        last_day: date,
        kind: FineKind | None = None,
        method: str | None = None,
    ) -> Page[Payment]:
        """The payments that were made in a period, newest first; order: at, amount. HOD.

        `kind` narrows to fines of a kind, `method` to payments by a method, in any case.

        Invalid("last_day") when it is before the first.
        """

    # The ledger

    @query()
    def balance(self, *, actor: Actor, student_id: int) -> StudentBalance:
        """What a student owes by the ledger; zero for one of whom it knows nothing. HOD; students for themselves."""

    @query(errors=(Invalid,))
    def statement(
        self,
        *,
        actor: Actor,
        student_id: int,
        page: PageRequest,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Page[StatementLine]:
        """All that changed what a student owes, newest first, each with what was owed after it; of a period, both days
        included by the school's calendar, or of all time. HOD; students for themselves.

        Invalid("last_day") when it is before the first.
        """

    @query()
    def trial_balance(self, *, actor: Actor) -> TrialBalance:
        """The balance of each account now. HOD."""


class FineIssued(Event, name="finance.fine_issued", version=1):
    """A student owes something."""

    fine_id: int
    student_id: int
    amount: Money
    reason: str
    due_date: date
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FineCancelled(Event, name="finance.fine_cancelled", version=1):
    """A student owes it no longer."""

    fine_id: int
    student_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FineWaived(Event, name="finance.fine_waived", version=1):
    """A student need not pay it."""

    fine_id: int
    student_id: int
    amount: Money
    reason: str
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FineOverdue(Event, name="finance.fine_overdue", version=1):
    """The last day to pay a fine has passed, and it is unpaid. Told once for each fine."""

    fine_id: int
    student_id: int
    amount: Money
    due_date: date
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class PaymentSucceeded(Event, name="finance.payment_succeeded", version=1):
    """A fine was settled. `payment_id` is the payment's id here, not the provider's."""

    fine_id: int
    student_id: int
    payment_id: int
    amount: Money
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class PaymentFailed(Event, name="finance.payment_failed", version=1):
    """An attempt to pay a fine failed at the provider; nothing was paid. `payment_id` is the payment's id here."""

    fine_id: int
    student_id: int
    payment_id: int
    amount: Money
    reason: str
    """In the provider's words; may be empty."""
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FinanceDeleted(RowsDeleted, name="finance.deleted", version=1):
    """Fines or payments that were erased."""
