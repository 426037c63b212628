"""Taking in what a payment provider says of payments. The one place where a payment settles a fine.

The same word may come three ways, in any order and any number of times: by webhook, by an answer to our question after
the browser has returned, and by an answer to the questions that are asked later. It counts once.
"""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

import structlog
from django.db.models import Max
from django.utils import timezone

from contracts.base import Actor
from contracts.finance import FineStatus, PaymentFailed, PaymentStatus, PaymentSucceeded
from kernel import audit
from kernel.databases import atomic, serialize
from kernel.events import publish
from modules.finance import models, rules
from modules.finance.ledger import posting
from modules.finance.models import UNPAID_COUNT, UNPAID_MINOR, Fine, FinePayment, FineTotal
from modules.finance.providers import PaymentProvider
from modules.finance.providers.base import OrderUnknown, PaymentState, ProviderPayment

log = structlog.get_logger(__name__)

MODULE = "finance"


class Outcome(StrEnum):
    """What came of a provider's word, the weightiest first."""

    SETTLED = "settled"
    """This payment settles, or has settled, the fine."""
    PAID = "paid"
    """Money came, but the fine is paid by another payment."""
    CANCELLED = "cancelled"
    """Money came, but the fine is cancelled."""
    WAIVED = "waived"
    """Money came, but the fine is waived."""
    AMOUNT = "amount"
    """Money came, but not what was ordered or is owed."""
    PENDING = "pending"
    UNCONFIRMED = "unconfirmed"
    """It was reported as paid, and the provider does not know of it."""
    FAILED = "failed"
    NOTHING = "nothing"
    """It changes nothing: too early, too late, or about something else."""
    GONE = "gone"
    """The provider does not know the order any more."""
    UNKNOWN_ORDER = "unknown_order"
    """We do not know the order: others may be paid through the same account."""


SURPLUS = (Outcome.PAID, Outcome.CANCELLED, Outcome.WAIVED, Outcome.AMOUNT)
"""Money that came and settles nothing: somebody has to give it back."""

CONFIRMED_WITHIN = timedelta(hours=1)
"""A checkout signs for a payment that its provider knows of. An hour leaves room for the provider's own troubles."""

WEIGHTIEST_FIRST = (PaymentState.CAPTURED, PaymentState.AUTHORIZED, PaymentState.FAILED, PaymentState.UNFINISHED)


def ask(*, actor: Actor, provider: PaymentProvider, order: FinePayment) -> Outcome:
    """Ask the provider what became of an order, and take it in. Opens its own transaction.

    An order that the provider does not know counts as failed, and so does a payment that it does not know some time
    after it was reported. Raises ProviderFailed when it cannot be asked.
    """
    try:
        payments = provider.payments_of(order_id=order.order_id)
    except OrderUnknown:
        with atomic(MODULE):
            _fail(actor, *_locked(order), payment_id="", reason="unknown order")
        return Outcome.GONE
    about_it = [payment for payment in payments if payment.order_id == order.order_id]
    about_it.sort(key=lambda payment: WEIGHTIEST_FIRST.index(payment.state))
    with atomic(MODULE):
        outcomes = {take_in(actor=actor, provider=provider.name, payment=payment) for payment in about_it}
        outcomes.add(_give_up(actor, order, {payment.payment_id for payment in about_it}))
    return next((outcome for outcome in Outcome if outcome in outcomes), Outcome.NOTHING)


def take_in(*, actor: Actor, provider: str, payment: ProviderPayment) -> Outcome:
    """Take in what a provider says of one payment, inside the caller's transaction."""
    order = FinePayment.objects.filter(provider=provider, order_id=payment.order_id).exclude(order_id="").first()
    if order is None:
        log.warning("payment_for_unknown_order", provider=provider, order=payment.order_id, payment=payment.payment_id)
        return Outcome.UNKNOWN_ORDER
    fine, order = _locked(order)
    match payment.state:
        case PaymentState.CAPTURED:
            return _money_came(actor, fine, order, payment)
        case PaymentState.AUTHORIZED:
            return report(order, payment.payment_id)
        case PaymentState.FAILED:
            return _fail(actor, fine, order, payment_id=payment.payment_id, reason=payment.failure)
        case PaymentState.UNFINISHED:
            return Outcome.NOTHING


def report(order: FinePayment, payment_id: str) -> Outcome:
    """Note that an order is said to be paid, as long as no more is known; inside the caller's transaction. Said again,
    it is no news: its time runs from the first report.
    """
    if order.payment_status == PaymentStatus.SUCCESS:
        return Outcome.NOTHING
    if order.reported_at is None or order.payment_id != payment_id:
        order.reported_at = timezone.now()
    order.payment_status, order.payment_id = PaymentStatus.PENDING.value, payment_id
    order.save(update_fields=["payment_status", "payment_id", "reported_at"])
    return Outcome.PENDING


def given_up(order: FinePayment, payment_id: str) -> bool:
    """Whether this payment was reported, and counts as failed since the provider never knew of it."""
    unconfirmed = order.payment_status == PaymentStatus.FAILED and order.reported_at is not None
    return unconfirmed and order.payment_id == payment_id


def _give_up(actor: Actor, order: FinePayment, known: Collection[str]) -> Outcome:
    """Count a reported payment as failed when it is not among those that the provider knows, and was not for long."""
    fine, order = _locked(order)
    if order.payment_id in known:
        return Outcome.NOTHING
    if given_up(order, order.payment_id):
        return Outcome.UNCONFIRMED
    reported_at = order.reported_at or order.payment_date
    if order.payment_status != PaymentStatus.PENDING or timezone.now() - reported_at < CONFIRMED_WITHIN:
        return Outcome.NOTHING
    order.reported_at = reported_at
    _fail(actor, fine, order, payment_id=order.payment_id, reason="not known to the provider", unconfirmed=True)
    return Outcome.UNCONFIRMED


def _locked(order: FinePayment) -> tuple[Fine, FinePayment]:
    """The fine and its order, held until the transaction ends; in this order, so that nobody waits in a circle."""
    fine = Fine.objects.select_for_update().get(pk=order.fine_id)
    return fine, FinePayment.objects.select_for_update().get(pk=order.pk)


def _money_came(actor: Actor, fine: Fine, order: FinePayment, payment: ProviderPayment) -> Outcome:
    """Money that came is kept in any case; it settles the fine when it is what was ordered and is owed."""
    if order.payment_status == PaymentStatus.SUCCESS and order.payment_id == payment.payment_id:
        return Outcome.SETTLED if fine.payment_id == payment.payment_id else _why_surplus(fine, order, payment)
    if order.payment_status == PaymentStatus.SUCCESS:
        _keep_second_payment(actor, fine, order, payment)
        return Outcome.PAID
    order.payment_status = PaymentStatus.SUCCESS.value
    order.payment_id, order.amount_paid = payment.payment_id, rules.from_minor(payment.amount_minor)
    order.payment_date, order.payment_method = timezone.now(), payment.method or None
    order.save(update_fields=["payment_status", "payment_id", "amount_paid", "payment_date", "payment_method"])
    outcome = _why_surplus(fine, order, payment)
    if outcome is not Outcome.SETTLED:
        posting.follow(actor, fine.pk)
        _note_surplus(actor, fine, order, payment, outcome)
        return outcome
    settle(actor, fine, order)
    return Outcome.SETTLED


def _keep_second_payment(actor: Actor, fine: Fine, order: FinePayment, payment: ProviderPayment) -> None:
    """An order was paid once more. That money has a row of its own, which is no order."""
    told = FinePayment.objects.filter(provider=order.provider, payment_id=payment.payment_id)
    if told.exists():
        return
    FinePayment.objects.create(
        fine=fine,
        provider=order.provider,
        payment_id=payment.payment_id,
        transaction_id=order.order_id,
        amount_paid=rules.from_minor(payment.amount_minor),
        currency=payment.currency[:3],
        payment_status=PaymentStatus.SUCCESS.value,
        payment_method=payment.method or None,
    )
    posting.follow(actor, fine.pk)
    _note_surplus(actor, fine, order, payment, Outcome.PAID)


def _why_surplus(fine: Fine, order: FinePayment, payment: ProviderPayment) -> Outcome:
    """What becomes of money that came for an order: SETTLED, or why it does not settle."""
    problem = rules.settlement_problem(status=FineStatus(fine.status), owed=fine.amount, paid=order.amount_paid)
    if problem:
        return Outcome(problem)
    as_ordered = payment.currency == order.currency and order.amount_paid == order.order_amount
    return Outcome.SETTLED if as_ordered else Outcome.AMOUNT


def settle(actor: Actor, fine: Fine, payment: FinePayment) -> None:
    """Mark a fine as paid by a successful payment; inside the caller's transaction, both rows held."""
    count_unpaid(fine, -1)
    serialize(MODULE, "receipts")
    last = FinePayment.objects.aggregate(last=Max("receipt_number"))["last"] or 0
    payment.receipt_number = last + 1
    payment.save(update_fields=["receipt_number"])
    fine.status, fine.payment_date = FineStatus.PAID.value, payment.payment_date
    fine.payment_id = payment.payment_id or None
    fine.save(update_fields=["status", "payment_id", "payment_date"])
    posting.follow(actor, fine.pk)
    publish(
        PaymentSucceeded(
            fine_id=fine.pk,
            student_id=fine.student_id,
            payment_id=payment.pk,
            amount=payment.amount_paid,
            at=payment.payment_date,
        )
    )
    audit.record(
        actor=actor,
        action="finance.payment_succeeded",
        target=f"Fine:{fine.pk}",
        order=payment.order_id,
        payment=payment.payment_id,
        method=payment.payment_method or "",
        receipt=payment.receipt_number,
        amount=str(payment.amount_paid),
    )


def _fail(
    actor: Actor, fine: Fine, order: FinePayment, *, payment_id: str, reason: str, unconfirmed: bool = False
) -> Outcome:
    """Keep a failed attempt; `unconfirmed` when nobody says so, and its report is kept. A payment that came stays one,
    and so does one that is being confirmed.
    """
    known = order.payment_id == payment_id
    if order.payment_status == PaymentStatus.SUCCESS or (order.payment_status == PaymentStatus.FAILED and known):
        return Outcome.NOTHING
    if order.payment_status == PaymentStatus.PENDING and payment_id and not known:
        return Outcome.NOTHING
    was_tried = bool(payment_id) or order.payment_status == PaymentStatus.PENDING
    order.payment_status, order.payment_id = PaymentStatus.FAILED.value, payment_id
    order.payment_date = timezone.now()
    order.reported_at = order.reported_at if unconfirmed else None
    order.save(update_fields=["payment_status", "payment_id", "payment_date", "reported_at"])
    if was_tried:
        publish(
            PaymentFailed(
                fine_id=fine.pk,
                student_id=fine.student_id,
                payment_id=order.pk,
                amount=order.order_amount or Decimal(0),
                reason=reason,
                at=order.payment_date,
            )
        )
    audit.record(
        actor=actor,
        action="finance.payment_failed",
        target=f"Fine:{fine.pk}",
        order=order.order_id,
        payment=payment_id,
        reason=reason,
    )
    return Outcome.FAILED


def _note_surplus(actor: Actor, fine: Fine, order: FinePayment, payment: ProviderPayment, outcome: Outcome) -> None:
    log.warning("payment_settles_nothing", fine=fine.pk, order=order.order_id, problem=outcome.value)
    audit.record(
        actor=actor,
        action="finance.payment_surplus",
        target=f"Fine:{fine.pk}",
        order=order.order_id,
        payment=payment.payment_id,
        amount=str(rules.from_minor(payment.amount_minor)),
        currency=payment.currency,
        problem=outcome.value,
    )


def count_unpaid(row: models.Fine, change: int) -> None:
    """Enter or remove an unpaid fine in the school's totals."""
    FineTotal.add({UNPAID_COUNT: change, UNPAID_MINOR: change * rules.to_minor(row.amount)})
