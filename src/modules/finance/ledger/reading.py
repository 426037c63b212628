"""Balances and statements, from the ledger alone."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Window
from pydantic import TypeAdapter

from contracts.base import Page, PageRequest
from contracts.finance import Account, AccountBalance, StatementLine, StudentBalance, TrialBalance
from kernel.paging import page_of
from modules.finance.models import LedgerEntry, LedgerTotal, minor, minor_sum
from modules.finance.rules import from_minor

_lines = TypeAdapter(tuple[StatementLine, ...])


def student_balance(student_id: int) -> StudentBalance:
    """In one query, along the student's entries."""
    owed, held = Q(account=Account.RECEIVABLES.value), Q(account=Account.UNALLOCATED.value)
    sums = LedgerEntry.objects.filter(student_id=student_id).aggregate(
        charged=minor_sum("debit", where=owed),
        credited=minor_sum("credit", where=owed),
        given_back=minor_sum("debit", where=held),
        held=minor_sum("credit", where=held),
    )
    return StudentBalance(
        student_id=student_id,
        charged=from_minor(sums["charged"]),
        credited=from_minor(sums["credited"]),
        balance=from_minor(sums["charged"] - sums["credited"]),
        held=from_minor(sums["held"] - sums["given_back"]),
    )


def statement(student_id: int, page: PageRequest, begin: datetime | None, end: datetime | None) -> Page[StatementLine]:
    """From `begin` to before `end`. What was owed before is carried over."""
    rows = LedgerEntry.objects.filter(student_id=student_id, account=Account.RECEIVABLES.value)
    carried = 0
    if begin is not None:
        before = rows.filter(transaction__at__lt=begin).aggregate(debit=minor_sum("debit"), credit=minor_sum("credit"))
        carried = before["debit"] - before["credit"]
        rows = rows.filter(transaction__at__gte=begin)
    if end is not None:
        rows = rows.filter(transaction__at__lt=end)
    running = Window(Sum(minor("debit") - minor("credit")), order_by=(F("transaction__at"), F("pk")))

    def build(rows: QuerySet[LedgerEntry, Any]) -> tuple[StatementLine, ...]:
        found = rows.values(
            "id",
            at=F("transaction__at"),
            kind=F("transaction__kind"),
            fine_id=F("transaction__fine_id"),
            payment_id=F("transaction__payment_id"),
            reason=F("transaction__memo"),
            charged=F("debit"),
            credited=F("credit"),
            running=running,
        )
        return _lines.validate_python([{**row, "balance": from_minor(carried + row["running"])} for row in found])

    plain = page.model_copy(update={"search": "", "order": ""})
    return page_of(rows, plain, build=build, default_order="-transaction__at")


def trial_balance() -> TrialBalance:
    """From the running totals, in one query."""
    kept = LedgerTotal.read(account.value for account in Account)
    accounts = tuple(
        AccountBalance(account=account, debit=from_minor(max(net, 0)), credit=from_minor(max(-net, 0)))
        for account in Account
        for net in (kept[account.value],)
    )
    return TrialBalance(
        accounts=accounts,
        debit=sum((one.debit for one in accounts), from_minor(0)),
        credit=sum((one.credit for one in accounts), from_minor(0)),
    )
