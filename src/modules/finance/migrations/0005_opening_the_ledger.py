"""Posts what is known of the fines and payments that are there, a batch at a time."""

from collections import Counter, defaultdict
from typing import Any

from django.db import migrations
from django.db.models.functions import Lower, Trim

from contracts.finance import FineStatus
from modules.finance.ledger.rules import FineFacts, PaymentFacts, postings

BATCH = 1000


def post(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    if apps.get_model("finance", "LedgerTransaction").objects.using(alias).exists():
        return  # somebody went back and comes again: what was posted stays, and `ledger post` brings the rest
    totals: Counter[str] = Counter()
    fines = apps.get_model("finance", "Fine").objects.using(alias).order_by("pk")
    batch = list(fines[:BATCH])
    while batch:
        _post(apps, alias, batch, totals)
        batch = list(fines.filter(pk__gt=batch[-1].pk)[:BATCH])
    total = apps.get_model("finance", "LedgerTotal")
    total.objects.using(alias).bulk_create(total(name=name, value=value) for name, value in totals.items())


def _post(apps: Any, alias: str, fines: list[Any], totals: "Counter[str]") -> None:
    transaction, entry = apps.get_model("finance", "LedgerTransaction"), apps.get_model("finance", "LedgerEntry")
    payments = _succeeded(apps, alias, fines[0].pk, fines[-1].pk)
    written = []
    for fine in fines:
        facts = FineFacts(
            id=fine.pk,
            student_id=fine.student_id,
            amount=fine.amount,
            status=FineStatus(fine.status),
            at=fine.created_at,
            paid_at=fine.payment_date,
            reference=fine.payment_id or "",
        )
        for one in postings(facts, payments[fine.pk]):
            row = transaction(
                kind=one.kind.value, fine_id=fine.pk, payment_id=one.payment_id, memo=fine.reason, at=one.at
            )
            written.append((row, one.entries))
    transaction.objects.using(alias).bulk_create([row for row, _ in written])
    entries = []
    for row, sides in written:
        for side in sides:
            totals[side.account.value] += int((side.debit - side.credit) * 100)
            entries.append(
                entry(
                    transaction=row,
                    account=side.account.value,
                    student_id=side.student_id,
                    debit=side.debit,
                    credit=side.credit,
                )
            )
    entry.objects.using(alias).bulk_create(entries)


def _succeeded(apps: Any, alias: str, first: int, last: int) -> dict[int, list[PaymentFacts]]:
    found: defaultdict[int, list[PaymentFacts]] = defaultdict(list)
    payments = apps.get_model("finance", "FinePayment").objects.using(alias).filter(fine__pk__range=(first, last))
    for row in payments.alias(word=Lower(Trim("payment_status"))).filter(word="success"):
        facts = PaymentFacts(
            id=row.pk,
            amount=row.amount_paid,
            at=row.payment_date,
            method=row.payment_method or "",
            provider=row.provider,
            reference=row.payment_id,
            settled=row.receipt_number is not None,
        )
        found[row.fine_id].append(facts)
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0004_ledger"),
    ]

    operations = [migrations.RunPython(post, migrations.RunPython.noop)]
