"""What finance does for others."""

from abc import ABC
from datetime import date
from decimal import Decimal

from contracts.base import Actor, Page, PageRequest, Service, command, query
from contracts.errors import Conflict, Invalid, NotFound
from contracts.finance.fines import Fine, FineKind, FineStatus, FineTotals
from contracts.finance.ledger import StatementLine, StudentBalance, TrialBalance
from contracts.finance.payments import Checkout, Payment, PaymentMethod
from contracts.finance.reports import FinanceReport


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
