"""The ledger follows what happens to fines and payments, in the same transaction, once, and keeps what it was told."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.base import PageRequest
from contracts.errors import Conflict, Forbidden, Invalid, ModuleUnavailable
from contracts.finance import Account, FinanceService, Fine, LedgerKind, PaymentMethod, StatementLine
from kernel.append_only import AppendOnlyViolated
from kernel.models import ModuleMove, MoveState
from modules.finance import models
from modules.finance.ledger import posting
from tests import actors
from tests.modules.finance.sandbox import Choice, Sandbox, deliver

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
HOD, ME = actors.hod(), actors.student()
NAMES = ("order_id", "payment_id", "signature")


@pytest.fixture
def books(finance: FinanceService) -> Iterator[Callable[[], dict[Account, Decimal]]]:
    """The accounts that are not empty, debits above zero; at the end of the test the ledger must be right."""

    def net() -> dict[Account, Decimal]:
        found = finance.trial_balance(actor=HOD)
        assert found.debit == found.credit
        return {one.account: one.debit - one.credit for one in found.accounts if one.debit or one.credit}

    yield net
    assert check() == "The ledger is right.\n"


def check() -> str:
    out = StringIO()
    call_command("ledger", "check", stdout=out)
    return out.getvalue()


def lines(finance: FinanceService, student_id: int = 701, **options: Any) -> list[StatementLine]:
    page = finance.statement(actor=HOD, student_id=student_id, page=PageRequest(), **options)
    return list(page.items)


def told(finance: FinanceService) -> list[tuple[object, ...]]:
    """The statement of student 701, oldest first."""
    return [(one.kind, one.charged, one.credited, one.balance) for one in reversed(lines(finance))]


def legacy_fine(amount: str = "100", *, status: str = "unpaid", **values: Any) -> models.Fine:
    """As a move from the legacy writes it."""
    given = {"student_id": 701, "reason": "Old", "due_date": date(2025, 1, 1)} | values
    return models.Fine.objects.create(amount=Decimal(amount), status=status, **given)


def legacy_payment(fine: models.Fine, amount: str, word: str = "success", **values: Any) -> models.FinePayment:
    return models.FinePayment.objects.create(fine=fine, amount_paid=Decimal(amount), payment_status=word, **values)


# --- what happens is posted -------------------------------------------------------------------------------------------


def test_a_fine_is_owed_and_a_payment_at_the_office_settles_it(
    finance: FinanceService, issue: Issue, books: Callable[[], dict[Account, Decimal]]
) -> None:
    fine = issue("12.30", reason="Late book")
    assert books() == {Account.RECEIVABLES: Decimal("12.30"), Account.INCOME: Decimal("-12.30")}
    payment = finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CHEQUE)
    assert books() == {Account.OFFICE: Decimal("12.30"), Account.INCOME: Decimal("-12.30")}
    paid, owed = lines(finance)
    assert (owed.kind, owed.fine_id, owed.payment_id) == (LedgerKind.FINE, fine.id, None)
    assert (owed.reason, owed.at) == ("Late book", fine.issued_at)
    assert (paid.kind, paid.payment_id, paid.at) == (LedgerKind.PAYMENT, payment.id, payment.at)
    assert paid.balance == 0
    transactions = models.LedgerTransaction.objects.order_by("id")
    assert [one.actor for one in transactions] == [actors.teacher().user_id, HOD.user_id]


@pytest.mark.parametrize("attempted", [False, True])
def test_a_fine_that_is_taken_back_is_reversed(
    finance: FinanceService,
    issue: Issue,
    books: Callable[[], dict[Account, Decimal]],
    sandbox: Sandbox,
    attempted: bool,
) -> None:
    fine = issue("75")
    if attempted:
        finance.start_payment(actor=ME, fine_id=fine.id)
    finance.cancel_fine(actor=HOD, fine_id=fine.id)
    assert books() == {}
    assert told(finance) == [(LedgerKind.FINE, 75, 0, 75), (LedgerKind.CANCELLATION, 0, 75, 0)]
    assert models.LedgerTransaction.objects.filter(reverses__fine_id=fine.id).count() == 1


def test_a_payment_online_is_posted_once_however_often_it_is_told(
    finance: FinanceService, issue: Issue, books: Callable[[], dict[Account, Decimal]], sandbox: Sandbox
) -> None:
    checkout = finance.start_payment(actor=ME, fine_id=issue("40").id)
    back = sandbox.checkout(checkout.order_id, Choice.PAY)
    arguments = {name: back[f"razorpay_{name}"] for name in NAMES}
    for _ in range(2):
        finance.confirm_payment(actor=ME, **arguments)
        for webhook in sandbox.told:
            deliver(webhook)
    assert books() == {Account.ONLINE: Decimal(40), Account.INCOME: Decimal(-40)}
    assert models.LedgerTransaction.objects.count() == 2


def test_money_that_settles_nothing_is_held_for_the_student(
    finance: FinanceService, issue: Issue, books: Callable[[], dict[Account, Decimal]], sandbox: Sandbox
) -> None:
    fine = issue("40")
    checkout = finance.start_payment(actor=ME, fine_id=fine.id)
    finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
    back = sandbox.checkout(checkout.order_id, Choice.PAY)
    with pytest.raises(Conflict):
        finance.confirm_payment(actor=ME, **{name: back[f"razorpay_{name}"] for name in NAMES})
    assert books() == {
        Account.OFFICE: Decimal(40),
        Account.ONLINE: Decimal(40),
        Account.INCOME: Decimal(-40),
        Account.UNALLOCATED: Decimal(-40),
    }
    mine = finance.balance(actor=ME, student_id=701)
    assert [mine.charged, mine.credited, mine.balance, mine.held] == [40, 40, 0, 40]


def test_a_posting_that_fails_undoes_what_it_was_for(
    finance: FinanceService, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise IntegrityError("no room")

    monkeypatch.setattr(models.LedgerTotal, "add", fail)
    with pytest.raises(ModuleUnavailable):
        issue()
    assert (models.Fine.objects.count(), models.LedgerTransaction.objects.count()) == (0, 0)


# --- it is written once -----------------------------------------------------------------------------------------------


def test_the_same_is_not_posted_twice(issue: Issue) -> None:
    issue()
    row = models.LedgerTransaction.objects.get()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize("model", [models.LedgerTransaction, models.LedgerEntry])
def test_nothing_in_it_is_changed_or_deleted(issue: Issue, model: type[Any]) -> None:
    issue()
    row = model.objects.first()
    for attempt in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(id=9)):
        with pytest.raises(AppendOnlyViolated):
            attempt()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match=f"append-only table: {table}"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_only_a_move_of_the_module_replaces_what_it_copied(issue: Issue) -> None:
    issue()
    ModuleMove.objects.create(module="finance", state=MoveState.ARRIVING)
    entries: Any = models.LedgerEntry._base_manager.all()
    entries._raw_delete(entries.db)
    assert not models.LedgerEntry.objects.exists()


# --- what was written without it --------------------------------------------------------------------------------------


def of_the_legacy() -> None:
    """All that the legacy let in."""
    legacy_fine("10")
    legacy_fine("0")
    legacy_fine("-25", student_id=702)
    legacy_fine("30", status="paid")  # without a payment
    paid = legacy_fine("50", status="paid", payment_id="pay_2", payment_date=datetime(2025, 2, 1, tzinfo=UTC))
    legacy_payment(paid, "20", " SUCCESS ", payment_id="pay_1")
    legacy_payment(paid, "50", "Success", payment_id="pay_2", payment_method="Cash")
    legacy_payment(paid, "50", "failed")
    legacy_payment(legacy_fine("60"), "60")
    legacy_payment(legacy_fine("5", status="cancelled"), "5")
    legacy_payment(legacy_fine("-7", status="paid"), "-7")
    models.FineTotal.rebuild()


EXPECTED = {
    Account.RECEIVABLES: Decimal(45),
    Account.INCOME: Decimal(-118),
    Account.OFFICE: Decimal(50),
    Account.ONLINE: Decimal(78),
    Account.UNRECORDED: Decimal(30),
    Account.UNALLOCATED: Decimal(-85),
}


def test_what_the_legacy_let_in_is_posted_by_the_command(books: Callable[[], dict[Account, Decimal]]) -> None:
    of_the_legacy()
    with pytest.raises(CommandError, match="13 discrepancies"):
        check()
    out = StringIO()
    call_command("ledger", "post", stdout=out)
    assert out.getvalue() == "12 transactions posted.\n"
    assert books() == EXPECTED
    assert posting.post_missing() == 0


def test_it_opens_with_what_was_there_before_it(
    books: Callable[[], dict[Account, Decimal]], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_the_legacy()
    opening = import_module("modules.finance.migrations.0005_opening_the_ledger")
    monkeypatch.setattr(opening, "BATCH", 3)
    for _again in range(2):
        opening.post(apps, SimpleNamespace(connection=connection))
        assert books() == EXPECTED
    assert posting.post_missing() == 0


def test_what_a_delta_changed_and_deleted_is_reversed_and_posted_anew(
    finance: FinanceService, books: Callable[[], dict[Account, Decimal]]
) -> None:
    changed, gone, moved = legacy_fine("10"), legacy_fine("20"), legacy_fine("30")
    paid = legacy_fine("40")
    legacy_payment(paid, "40")
    models.LedgerTotal.rebuild()
    models.Fine.objects.filter(pk=changed.pk).update(amount=15)
    models.Fine.objects.filter(pk=gone.pk).delete()
    models.Fine.objects.filter(pk=moved.pk).update(student_id=702)
    models.Fine.objects.filter(pk=paid.pk).update(status="paid")
    for model in (models.FineTotal, models.LedgerTotal):  # as after a move
        model.rebuild()
    assert books() == {Account.RECEIVABLES: Decimal(45), Account.ONLINE: Decimal(40), Account.INCOME: Decimal(-85)}
    assert finance.balance(actor=HOD, student_id=701).balance == 15
    assert finance.balance(actor=HOD, student_id=702).balance == 30
    kinds = [one.kind for one in reversed(lines(finance)) if one.fine_id == changed.pk]
    assert kinds == [LedgerKind.FINE, LedgerKind.CORRECTION, LedgerKind.FINE]
    kinds = [one.kind for one in reversed(lines(finance)) if one.fine_id == gone.pk]
    assert kinds == [LedgerKind.FINE, LedgerKind.CANCELLATION]

    models.Fine.objects.filter(pk=changed.pk).update(amount=10)
    for model in (models.FineTotal, models.LedgerTotal):
        model.rebuild()
    assert finance.balance(actor=HOD, student_id=701).balance == 10


def test_batches_cover_all_ids_in_a_constant_number_of_questions_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "BATCH", 2)
    for _ in range(5):
        legacy_fine()
    borders = list(posting.batches())
    assert [first for first, _ in borders[1:]] == [last + 1 for _, last in borders[:-1]]
    with CaptureQueriesContext(connection) as few:
        posting.post_missing()
    monkeypatch.setattr(posting, "BATCH", 100)
    models.Fine.objects.all().delete()
    with CaptureQueriesContext(connection) as one:
        assert posting.post_missing() == 5
    assert len(few) > len(one)
    assert len(one) <= 11


def test_each_discrepancy_is_a_line(issue: Issue, capsys: pytest.CaptureFixture[str]) -> None:
    kept = issue("10")
    models.Fine.objects.filter(pk=kept.id).update(amount=11)
    unposted = legacy_payment(legacy_fine("5", status="cancelled"), "5")
    models.LedgerTotal.add({"income": -1})
    lone = models.LedgerTransaction.objects.create(kind="correction", fine_id=kept.id, at=timezone.now())
    models.LedgerEntry.objects.create(transaction=lone, account="office", debit=3)
    with pytest.raises(CommandError, match="discrepancies"):
        call_command("ledger", "check")
    first = models.LedgerTransaction.objects.order_by("id")[0]
    assert set(capsys.readouterr().out.splitlines()) == {
        f"transaction {lone.pk}: debits 3.00, credits 0.00",
        f"fine {kept.id} (fine) is not posted as it is",
        f"fine {kept.id} (fine) is posted otherwise, by transaction {first.pk}",
        f"fine {kept.id} (correction) is posted otherwise, by transaction {lone.pk}",
        f"payment {unposted.pk} of fine {unposted.fine_id} is not posted as it is",
        "account income: kept -10.01, summed -10.00",
        "account office: kept 0.00, summed 3.00",
    }


# --- reading it -------------------------------------------------------------------------------------------------------


def test_a_statement_is_paged_newest_first_with_what_was_owed_after_each_line(finance: FinanceService) -> None:
    days = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 2, 3, 4)]
    for day, amount in zip(days, ("10.10", "20.20", "0.05", "1"), strict=True):
        legacy_fine(amount, created_at=day)
    legacy_fine("999", student_id=702, created_at=days[0])
    posting.post_missing()
    found = finance.statement(actor=ME, student_id=701, page=PageRequest(number=2, size=3))
    assert (found.total, [one.balance for one in found.items]) == (4, [Decimal("10.10")])
    spring = lines(finance, first_day=date(2026, 2, 1), last_day=date(2026, 3, 1))
    assert [(one.charged, one.balance) for one in spring] == [
        (Decimal("0.05"), Decimal("30.35")),
        (Decimal("20.20"), Decimal("30.30")),
    ]
    assert lines(finance, first_day=date.min, last_day=date.max) == lines(finance)
    with pytest.raises(Invalid) as caught:
        lines(finance, first_day=date(2026, 2, 1), last_day=date(2026, 1, 1))
    assert caught.value.fields.keys() == {"last_day"}


def test_students_see_their_own_account_and_heads_that_of_any(finance: FinanceService, issue: Issue) -> None:
    issue("10")
    assert finance.balance(actor=HOD, student_id=701) == finance.balance(actor=ME, student_id=701)
    assert finance.balance(actor=HOD, student_id=999).balance == 0
    for actor, student_id in ((ME, 702), (actors.teacher(), 701), (actors.anonymous(), 701)):
        with pytest.raises(Forbidden):
            finance.balance(actor=actor, student_id=student_id)
        with pytest.raises(Forbidden):
            finance.statement(actor=actor, student_id=student_id, page=PageRequest())
    for actor in (ME, actors.teacher(), actors.anonymous()):
        with pytest.raises(Forbidden):
            finance.trial_balance(actor=actor)


def test_what_an_account_costs_to_read_does_not_grow(finance: FinanceService, issue: Issue) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            finance.balance(actor=ME, student_id=701)
            finance.statement(actor=ME, student_id=701, page=PageRequest(), first_day=timezone.localdate())
            finance.trial_balance(actor=HOD)
        return len(captured)

    issue()
    few = queries()
    for _ in range(30):
        issue()
    assert queries() == few == 5


def test_the_ledger_outlives_its_fine_and_keeps_no_student_from_being_erased(
    finance: FinanceService, issue: Issue
) -> None:
    finance.cancel_fine(actor=HOD, fine_id=issue().id)
    assert finance.usages(actor=actors.system(), target="users.StudentProfile", ids=(701,)) == ()
    assert len(lines(finance)) == 2
