"""Brings the ledger to what fines and payments say, by posting what is missing and reversing what is otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower, Trim
from django.utils import timezone

from contracts.base import Actor
from contracts.finance import Account, FineStatus, LedgerKind, PaymentStatus
from kernel.databases import atomic, serialize
from modules.finance.ledger import rules
from modules.finance.ledger.rules import Entry, FineFacts, PaymentFacts, Posting
from modules.finance.models import Fine, FinePayment, LedgerEntry, LedgerTotal, LedgerTransaction
from modules.finance.rules import to_minor

MODULE = "finance"
BATCH = 1000
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

Key = tuple[LedgerKind, int | None]
"""Kind and payment's id: with the fine, what a transaction is about."""


@dataclass(frozen=True)
class Posted:
    """A transaction that is in force."""

    id: int
    revision: int
    memo: str
    posting: Posting


@dataclass
class OfFine:
    """One fine, as it is and as the ledger has it."""

    fine_id: int
    memo: str = ""
    cancelled_at: datetime | None = None
    expected: list[Posting] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    revisions: Counter[Key] = field(default_factory=Counter)
    """How often something was posted, what was reversed included."""

    @property
    def missing(self) -> list[Posting]:
        there = [one.posting for one in self.posted]
        return [one for one in self.expected if one not in there]

    @property
    def wrong(self) -> list[Posted]:
        return [one for one in self.posted if one.posting not in self.expected]


def follow(actor: Actor, fine_id: int) -> None:
    """Post what has become of a fine, inside the transaction that changed it and holds it."""
    _write(actor, _of_fines(fine_id, fine_id).values())


def post_missing() -> int:
    """Bring the ledger to all fines and payments, a batch at a time; returns how many transactions were posted."""
    posted = 0
    for first, last in batches():
        with atomic(MODULE):
            serialize(MODULE, "ledger")  # a fine that is gone cannot be held
            posted += _write(Actor.system(request_id=""), _of_fines(first, last).values())
    return posted


def differences() -> Iterator[OfFine]:
    """Fines of which the ledger holds something else than it should."""
    for first, last in batches():
        with atomic(MODULE):
            found = _of_fines(first, last)
        yield from (one for one in found.values() if one.missing or one.wrong)


def batches() -> Iterator[tuple[int, int]]:
    """First and last id of so many fines that they, and what the ledger holds of them, are few; over all ids."""
    first = _LOWEST
    while True:
        fines = Fine.objects.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True)
        posted = LedgerTransaction.objects.filter(fine_id__gte=first).order_by("fine_id")
        ends = [*fines[BATCH : BATCH + 1], *posted.values_list("fine_id", flat=True)[3 * BATCH : 3 * BATCH + 1]]
        if not ends:
            yield first, _HIGHEST
            return
        last = min(ends)
        yield first, last
        first = last + 1


def _of_fines(first: int, last: int) -> dict[int, OfFine]:
    """By fine's id, in three queries, holding the fines."""
    rows = Fine.objects.select_for_update().filter(pk__range=(first, last)).order_by("pk")
    payments = _succeeded(first, last)
    found: dict[int, OfFine] = {}
    names = ("pk", "student_id", "amount", "status", "created_at", "payment_date", "payment_id", "reason")
    for row in rows.values(*names, "cancelled_at", "waived_at"):
        fine = FineFacts(
            id=row["pk"],
            student_id=row["student_id"],
            amount=row["amount"],
            status=FineStatus(row["status"]),
            at=row["created_at"],
            paid_at=row["payment_date"],
            reference=row["payment_id"] or "",
            waived_at=row["waived_at"],
        )
        expected = rules.postings(fine, payments.get(fine.id, ()))
        found[fine.id] = OfFine(fine.id, memo=row["reason"], cancelled_at=row["cancelled_at"], expected=expected)
    for there, entries in _posted(first, last):
        of_fine = found.setdefault(there["transaction__fine_id"], OfFine(there["transaction__fine_id"]))
        kind, payment_id = LedgerKind(there["transaction__kind"]), there["transaction__payment_id"]
        of_fine.revisions[kind, payment_id] += 1
        if there["reversal"] is None:
            posting = Posting(kind, payment_id, frozenset(entries), there["transaction__at"])
            posted = Posted(
                there["transaction_id"], there["transaction__revision"], there["transaction__memo"], posting
            )
            of_fine.posted.append(posted)
    return found


def _succeeded(first: int, last: int) -> dict[int, list[PaymentFacts]]:
    """By fine's id, the payments that came; the legacy wrote the word as it liked."""
    found: defaultdict[int, list[PaymentFacts]] = defaultdict(list)
    rows = FinePayment.objects.filter(fine__pk__range=(first, last)).alias(word=Lower(Trim("payment_status")))
    names = ("fine_id", "pk", "amount_paid", "payment_date", "payment_method", "provider", "payment_id")
    succeeded = rows.filter(word=PaymentStatus.SUCCESS.value).values_list(*names, "receipt_number")
    for fine_id, pk, amount, at, method, provider, reference, receipt in succeeded:
        payment = PaymentFacts(pk, amount, at, method or "", provider, reference, settled=receipt is not None)
        found[fine_id].append(payment)
    return found


def _posted(first: int, last: int) -> Iterator[tuple[dict[str, Any], list[Entry]]]:
    """Transactions that reverse nothing, each with its entries."""
    names = ("fine_id", "kind", "payment_id", "revision", "memo", "at")
    rows = (
        LedgerEntry.objects.filter(transaction__fine_id__range=(first, last), transaction__reverses=None)
        .annotate(reversal=F("transaction__reversed_by__pk"))
        .order_by("transaction_id")
        .values(
            *("transaction_id", "reversal", "account", "debit", "credit", "student_id"),
            *(f"transaction__{name}" for name in names),
        )
    )
    current: dict[str, Any] | None = None
    entries: list[Entry] = []
    for row in rows:
        if current is not None and row["transaction_id"] != current["transaction_id"]:
            yield current, entries
            entries = []
        current = row
        entries.append(Entry(Account(row["account"]), row["debit"], row["credit"], row["student_id"]))
    if current is not None:
        yield current, entries


def _write(actor: Actor, fines: Iterable[OfFine]) -> int:
    """Post and reverse; returns how many transactions that took."""
    written: list[tuple[LedgerTransaction, frozenset[Entry]]] = []
    now = timezone.now()
    for one in fines:
        for wrong in one.wrong:
            kind = rules.reversal_kind(wrong.posting.kind, one.expected)
            cancelled_at = one.cancelled_at if kind is LedgerKind.CANCELLATION else None
            row = LedgerTransaction(
                kind=kind.value,
                fine_id=one.fine_id,
                payment_id=wrong.posting.payment_id,
                revision=wrong.revision,
                memo=wrong.memo,
                at=cancelled_at or now,
                posted_at=now,
                actor=actor.user_id,
                reverses_id=wrong.id,
            )
            written.append((row, rules.turned(wrong.posting.entries)))
        for posting in one.missing:
            before = one.revisions[posting.kind, posting.payment_id]
            row = LedgerTransaction(
                kind=posting.kind.value,
                fine_id=one.fine_id,
                payment_id=posting.payment_id,
                revision=before + 1,
                memo=one.memo,
                at=now if before else posting.at,  # not while what it takes the place of was in force
                posted_at=now,
                actor=actor.user_id,
            )
            written.append((row, posting.entries))
    if not written:
        return 0
    LedgerTransaction.objects.bulk_create([row for row, _ in written])
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=row, account=e.account.value, student_id=e.student_id, debit=e.debit, credit=e.credit)
        for row, entries in written
        for e in sorted(entries, key=lambda e: (e.credit, e.account))
    )
    changes: Counter[str] = Counter()
    for _, entries in written:
        for entry in entries:
            changes[entry.account.value] += to_minor(entry.debit - entry.credit)
    LedgerTotal.add(changes)
    return len(written)
