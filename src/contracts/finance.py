"""Finance: fines of students, and the payments that settle them."""

from abc import ABC
from datetime import date
from enum import StrEnum

from contracts.base import DTO, Actor, Event, Instant, Money, Page, PageRequest, RowsDeleted, Service, command, query
from contracts.errors import Conflict, Invalid, NotFound


class FineStatus(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    CANCELLED = "cancelled"


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


class PaymentStatus(StrEnum):
    CREATED = "created"
    SUCCESS = "success"
    FAILED = "failed"
    PENDING = "pending"


class Payment(DTO):
    id: int
    fine_id: int
    amount: Money
    status: PaymentStatus
    payment_reference: str
    transaction_reference: str
    method: str
    at: Instant


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


class FineTotals(DTO):
    unpaid_count: int
    unpaid_amount: Money
    overdue_count: int


class FinanceService(Service, ABC, name="finance"):
    @command(errors=(Invalid,))
    def issue_fine(self, *, actor: Actor, student_id: int, amount: Money, reason: str, due_date: date) -> Fine:
        """Staff and HOD. Amount above zero; reason up to 255 characters. Publishes FineIssued."""

    @command(errors=(NotFound, Conflict))
    def cancel_fine(self, *, actor: Actor, fine_id: int, reason: str = "") -> None:
        """Staff and HOD. An unpaid fine without payments is erased; with payment attempts it is marked cancelled.

        Conflict("paid") when it is paid. Publishes FineCancelled.
        """

    @query()
    def list_fines(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        status: FineStatus | None = None,
    ) -> Page[Fine]:
        """Newest first; search in the reason; order: amount, due_date, issued_at. Staff and HOD."""

    @query()
    def own_fines(self, *, actor: Actor, page: PageRequest, status: FineStatus | None = None) -> Page[Fine]:
        """The student's own, newest first."""

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
        """Make an order with the payment provider for the student's own unpaid fine. Conflict("paid"),
        Conflict("provider") otherwise.
        """

    @command(idempotent=True, errors=(NotFound, Conflict, Invalid))
    def confirm_payment(self, *, actor: Actor, order_id: str, payment_id: str, signature: str) -> Fine:
        """What the provider's checkout returned: the signature is verified, the order must be the student's own and
        of the full
        amount, and a payment counts once. Invalid("signature") otherwise. Publishes PaymentSucceeded."""


class FineIssued(Event, name="finance.fine_issued", version=1):
    fine_id: int
    student_id: int
    amount: Money
    reason: str
    due_date: date
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FineCancelled(Event, name="finance.fine_cancelled", version=1):
    fine_id: int
    student_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class PaymentSucceeded(Event, name="finance.payment_succeeded", version=1):
    fine_id: int
    student_id: int
    payment_id: int
    amount: Money
    at: Instant

    def aggregate(self) -> str:
        return f"fine:{self.fine_id}"


class FinanceDeleted(RowsDeleted, name="finance.deleted", version=1):
    """Fines or payments that were erased."""
