"""What finance tells others."""

from datetime import date

from contracts.base import Event, Instant, Money, RowsDeleted


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


class FineReminderDue(Event, name="finance.fine_reminder_due", version=1):
    """A student is to be reminded of an unpaid fine: once in the week before its last day, and, after it was told that
    the fine is overdue, each week.
    """

    fine_id: int
    student_id: int
    amount: Money
    reason: str
    due_date: date
    overdue: bool
    """Whether its last day has passed."""
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
