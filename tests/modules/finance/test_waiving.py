"""A fine that was right and need not be paid: who waives it, and what stays on record."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contracts.base import Actor, PageRequest
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import Account, FinanceService, Fine, FineStatus, LedgerKind, PaymentMethod
from kernel.models import AuditEntry
from modules.finance import models
from modules.finance.ledger.checking import problems
from tests import actors
from tests.modules.finance.sandbox import Choice, Sandbox

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
HOD, ME = actors.hod(), actors.student()
NAMES = ("order_id", "payment_id", "signature")


def accounts(finance: FinanceService) -> dict[Account, Decimal]:
    found = finance.trial_balance(actor=HOD)
    return {one.account: one.debit - one.credit for one in found.accounts if one.debit or one.credit}


def test_a_waived_fine_stays_on_record_and_is_owed_no_more(
    finance: FinanceService, issue: Issue, published: Callable[[], list[str]]
) -> None:
    fine = issue("40", reason="Late book")
    waived = finance.waive_fine(actor=HOD, fine_id=fine.id, reason=" A hardship ")
    assert (waived.status, waived.waive_reason, waived.paid_at) == (FineStatus.WAIVED, "A hardship", None)
    assert waived.waived_at
    assert published()[-1] == "finance.fine_waived.v1"
    assert finance.totals(actor=ME).unpaid_count == 0
    assert models.FineTotal.differences() == {}
    assert accounts(finance) == {Account.WAIVERS: Decimal(40), Account.INCOME: Decimal(-40)}
    line = finance.statement(actor=ME, student_id=701, page=PageRequest()).items[0]
    assert (line.kind, line.credited, line.at) == (LedgerKind.WAIVER, Decimal(40), waived.waived_at)
    entry = AuditEntry.objects.get(action="finance.fine_waived")
    assert (entry.actor_user_id, entry.detail["reason"], entry.detail["amount"]) == (HOD.user_id, "A hardship", "40.00")
    assert list(problems()) == []


@pytest.mark.parametrize("actor", [actors.teacher(), ME, actors.anonymous()])
def test_only_the_hod_waives_fines(finance: FinanceService, issue: Issue, actor: Actor) -> None:
    fine = issue()
    with pytest.raises(Forbidden):
        finance.waive_fine(actor=actor, fine_id=fine.id, reason="I am poor")
    assert finance.fine(actor=HOD, fine_id=fine.id).status is FineStatus.UNPAID


@pytest.mark.parametrize("status", ["paid", "cancelled", "waived"])
def test_what_is_not_owed_cannot_be_waived_taken_back_or_paid(
    finance: FinanceService, issue: Issue, sandbox: Sandbox, status: str
) -> None:
    fine = issue()
    models.Fine.objects.update(status=status)
    for call in (
        lambda: finance.waive_fine(actor=HOD, fine_id=fine.id, reason="Why not"),
        lambda: finance.cancel_fine(actor=HOD, fine_id=fine.id),
        lambda: finance.start_payment(actor=ME, fine_id=fine.id),
    ):
        with pytest.raises(Conflict) as caught:
            call()
        assert caught.value.reason == status


def test_a_reason_is_needed_and_the_fine_must_be_there(finance: FinanceService, issue: Issue) -> None:
    fine = issue()
    for reason in (" ", "x" * 256):
        with pytest.raises(Invalid) as caught:
            finance.waive_fine(actor=HOD, fine_id=fine.id, reason=reason)
        assert set(caught.value.fields) == {"reason"}
    with pytest.raises(NotFound):
        finance.waive_fine(actor=HOD, fine_id=999, reason="Gone")


def test_money_that_comes_for_a_waived_fine_is_held(finance: FinanceService, issue: Issue, sandbox: Sandbox) -> None:
    fine = issue("40")
    checkout = finance.start_payment(actor=ME, fine_id=fine.id)
    finance.waive_fine(actor=HOD, fine_id=fine.id, reason="A hardship")
    back = sandbox.checkout(checkout.order_id, Choice.PAY)
    with pytest.raises(Conflict) as caught:
        finance.confirm_payment(actor=ME, **{name: back[f"razorpay_{name}"] for name in NAMES})
    assert caught.value.reason == "waived"
    assert accounts(finance)[Account.UNALLOCATED] == Decimal(-40)
    assert finance.balance(actor=ME, student_id=701).held == 40
    assert list(problems()) == []


def test_nothing_is_waived_while_its_payment_is_being_confirmed(
    finance: FinanceService, issue: Issue, sandbox: Sandbox
) -> None:
    fine = issue()
    checkout = finance.start_payment(actor=ME, fine_id=fine.id)
    back = sandbox.checkout(checkout.order_id, Choice.LATER)
    finance.confirm_payment(actor=ME, **{name: back[f"razorpay_{name}"] for name in NAMES})
    with pytest.raises(Conflict) as caught:
        finance.waive_fine(actor=HOD, fine_id=fine.id, reason="A hardship")
    assert caught.value.reason == "pending"


def test_a_waived_fine_takes_no_money_at_the_office(finance: FinanceService, issue: Issue) -> None:
    fine = issue()
    finance.waive_fine(actor=HOD, fine_id=fine.id, reason="A hardship")
    with pytest.raises(Conflict) as caught:
        finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
    assert caught.value.reason == "waived"
