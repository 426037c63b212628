"""Finds what is wrong with the ledger, in words: one line for each."""

from collections.abc import Iterator

from django.db.models import F

from contracts.finance import Account, LedgerKind
from modules.finance.ledger import posting
from modules.finance.ledger.rules import Posting
from modules.finance.models import UNPAID_MINOR, FineTotal, LedgerEntry, LedgerTotal, minor_sum
from modules.finance.rules import from_minor


def problems() -> Iterator[str]:
    """Transactions that do not balance, fines and payments that the ledger does not follow, totals that are off."""
    yield from _unbalanced()
    for one in posting.differences():
        for missing in one.missing:
            yield f"{_about(one.fine_id, missing)} is not posted as it is"
        for wrong in one.wrong:
            yield f"{_about(one.fine_id, wrong.posting)} is posted otherwise, by transaction {wrong.id}"
    for name, (kept, counted) in LedgerTotal.differences().items():
        yield f"account {name}: kept {from_minor(kept)}, summed {from_minor(counted)}"
    owed = LedgerTotal.recount().get(Account.RECEIVABLES.value, 0)
    unpaid = FineTotal.read((UNPAID_MINOR,))[UNPAID_MINOR]
    if owed != unpaid:
        yield f"students owe {from_minor(owed)} by the ledger, {from_minor(unpaid)} by the total of unpaid fines"


def _unbalanced() -> Iterator[str]:
    sums = LedgerEntry.objects.values("transaction_id").annotate(d=minor_sum("debit"), c=minor_sum("credit"))
    for row in sums.exclude(d=F("c")).order_by("transaction_id").iterator():
        yield f"transaction {row['transaction_id']}: debits {from_minor(row['d'])}, credits {from_minor(row['c'])}"


def _about(fine_id: int, one: Posting) -> str:
    if one.kind is LedgerKind.PAYMENT:
        return f"payment {one.payment_id} of fine {fine_id}"
    return f"fine {fine_id} ({one.kind})"
