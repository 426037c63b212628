"""What the ledger should hold, for any fine and any payments, also those that only the legacy let in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.finance import Account, FineStatus, LedgerKind
from modules.finance.ledger import rules
from modules.finance.ledger.rules import Entry, FineFacts, PaymentFacts, Posting

AT = datetime(2026, 3, 1, tzinfo=UTC)
amounts = st.integers(-2000, 2000).map(lambda units: Decimal(units).scaleb(-2))
payments = st.builds(
    PaymentFacts,
    id=st.integers(1, 9),
    amount=amounts,
    at=st.just(AT),
    method=st.sampled_from(["", "cash", " Cheque", "upi"]),
    provider=st.sampled_from(["", "razorpay"]),
    reference=st.sampled_from(["", "pay_1", "pay_2"]),
    settled=st.booleans(),
)
many_payments = st.lists(payments, max_size=4, unique_by=lambda payment: payment.id)
fines = st.builds(
    FineFacts,
    id=st.just(1),
    student_id=st.just(701),
    amount=amounts,
    status=st.sampled_from(FineStatus),
    at=st.just(AT),
    paid_at=st.sampled_from([None, AT]),
    reference=st.sampled_from(["", "pay_1"]),
)


def sums(posted: list[Posting]) -> dict[Account, Decimal]:
    found: dict[Account, Decimal] = defaultdict(Decimal)
    for one in posted:
        for entry in one.entries:
            found[entry.account] += entry.debit - entry.credit
    return found


def balance(entries: Iterable[Entry]) -> Decimal:
    """Debits less credits."""
    return sum((one.debit - one.credit for one in entries), Decimal(0))


@given(fines, many_payments)
def test_every_transaction_balances_in_entries_of_one_side(fine: FineFacts, paid: list[PaymentFacts]) -> None:
    for one in rules.postings(fine, paid):
        assert one.entries
        assert balance(one.entries) == 0
        assert all(min(entry.debit, entry.credit) == 0 < max(entry.debit, entry.credit) for entry in one.entries)


@given(fines, many_payments)
def test_a_student_owes_what_is_unpaid_and_nothing_else(fine: FineFacts, paid: list[PaymentFacts]) -> None:
    owed = fine.amount if fine.status is FineStatus.UNPAID else 0
    assert sums(rules.postings(fine, paid))[Account.RECEIVABLES] == owed


@given(fines, many_payments)
def test_all_money_is_accounted_for(fine: FineFacts, paid: list[PaymentFacts]) -> None:
    found = sums(rules.postings(fine, paid))
    assert found[Account.OFFICE] + found[Account.ONLINE] == sum(payment.amount for payment in paid)
    assert found[Account.WAIVERS] == (fine.amount if fine.status is FineStatus.WAIVED else 0)
    assert -found[Account.INCOME] == (0 if fine.status is FineStatus.CANCELLED else fine.amount)


@given(fines, many_payments)
def test_each_fine_and_payment_is_posted_once_whatever_the_order(fine: FineFacts, paid: list[PaymentFacts]) -> None:
    found = rules.postings(fine, paid)
    assert len({(one.kind, one.payment_id) for one in found}) == len(found)
    again = rules.postings(fine, reversed(paid))
    assert all(one in again for one in found)


@given(
    amounts, st.lists(amounts.map(lambda amount: PaymentFacts(1, amount, AT, "", "", "", settled=False)), max_size=4)
)
def test_no_more_settles_than_is_owed(owed: Decimal, paid: list[PaymentFacts]) -> None:
    settling = sum((part for _, part in rules.allocated(owed, paid)), Decimal(0))
    assert min(owed, Decimal(0)) <= settling <= max(owed, Decimal(0))


@given(st.frozensets(st.builds(Entry, st.sampled_from(Account), amounts, amounts)))
def test_what_is_taken_back_twice_is_there_again(entries: frozenset[Entry]) -> None:
    assert rules.turned(rules.turned(entries)) == entries
    assert balance(rules.turned(entries)) == -balance(entries)


def test_the_payment_with_a_receipt_settles_and_others_are_held() -> None:
    fine = FineFacts(1, 701, Decimal(100), FineStatus.PAID, AT, AT, "pay_3")
    early, receipted, legacy = (
        PaymentFacts(number, Decimal(100), AT, "cash", "", f"pay_{number}", settled=number == 2) for number in (1, 2, 3)
    )
    found = {one.payment_id: one.entries for one in rules.postings(fine, [early, receipted, legacy])}
    owed = Entry(Account.RECEIVABLES, Decimal(0), Decimal(100), 701)
    held = Entry(Account.UNALLOCATED, Decimal(0), Decimal(100), 701)
    assert owed in found[2]
    assert held in found[1]
    assert held in found[3]


def test_a_fine_that_is_owed_no_more_is_cancelled_and_all_else_is_corrected() -> None:
    fine = Posting(LedgerKind.FINE, None, frozenset(), AT)
    assert rules.reversal_kind(LedgerKind.FINE, []) is LedgerKind.CANCELLATION
    assert rules.reversal_kind(LedgerKind.FINE, [fine]) is LedgerKind.CORRECTION
    assert rules.reversal_kind(LedgerKind.PAYMENT, []) is LedgerKind.CORRECTION
