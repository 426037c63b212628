"""Finance: Fine → Fine, FinePayment → FinePayment. Amounts of zero or below are kept; what is no amount is not."""

from contracts.finance import FineStatus
from migrations_legacy.convert import boolean, day, decimal, instant, integer, text
from migrations_legacy.mapping import Context, Reference, TableMapping, column, same

_STATUS = {True: FineStatus.PAID.value, False: FineStatus.UNPAID.value}


def fine_status(value: object) -> str | None:
    """Whether a fine was paid, in words."""
    paid = boolean(value)
    return None if paid is None else _STATUS[paid]


def legacy_paid(status: str) -> int:
    """The legacy knows paid and unpaid only, and would ask for what is not paid."""
    return int(status in (FineStatus.PAID.value, FineStatus.WAIVED.value))


CONTEXT = Context(
    name="finance",
    tables=(
        TableMapping(
            source="fine",
            target="finance.Fine",
            columns=(
                *same(integer, "id"),
                column("student_id", "student_id_id", integer),
                *same(decimal, "amount"),
                *same(text, "reason", "payment_id"),
                *same(day, "due_date"),
                column("status", "paid", fine_status, back=legacy_paid),
                *same(instant, "created_at", "payment_date"),
            ),
            references=(Reference("student_id_id", "students"),),
        ),
        TableMapping(
            source="finepayment",
            target="finance.FinePayment",
            columns=(
                *same(integer, "id", "fine_id"),
                *same(decimal, "amount_paid"),
                *same(text, "payment_id", "payment_status", "transaction_id", "payment_method"),
                *same(instant, "payment_date"),
            ),
            references=(Reference("fine_id", "fine"),),
        ),
    ),
)
