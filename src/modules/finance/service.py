"""What finance does for others; the only writer of its tables."""

from datetime import date, timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import (
    Checkout,
    CheckoutReturn,
    FinanceService,
    Fine,
    FineCancelled,
    FineIssued,
    FineStatus,
    FineTotals,
    Payment,
    PaymentStatus,
    PaymentSucceeded,
)
from contracts.users import UsersService
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries, erase
from kernel.registry import services
from modules.finance import models, queries, rules
from modules.finance.models import UNPAID_COUNT, UNPAID_MINOR, FineTotal
from modules.finance.providers import PaymentProvider, ProviderFailed, configured
from modules.finance.providers.sandbox import SandboxProvider

log = structlog.get_logger(__name__)

ORDER_LIFE = timedelta(days=1)
"""For how long an order that nothing came of is used again."""

ORDER = {"amount": "amount", "due_date": "due_date", "issued_at": "created_at"}


class Finance(ReferenceQueries, FinanceService):
    def issue_fine(self, *, actor: Actor, student_id: int, amount: Decimal, reason: str, due_date: date) -> Fine:
        require(actor, Role.HOD, Role.STAFF)
        fields = _problems(amount, reason)
        system = Actor.system(request_id=actor.request_id)
        if student_id not in services.get(UsersService).students(actor=system, student_ids=(student_id,)):
            fields["student"] = [_("There is no such student.")]
        if fields:
            raise Invalid(fields=fields)
        with atomic(self.module):
            row = models.Fine.objects.create(
                student_id=student_id,
                amount=amount,
                reason=reason.strip(),
                due_date=due_date,
                issued_by=actor.user_id,
            )
            _count(row, +1)
            audit.record(
                actor=actor,
                action="finance.fine_issued",
                target=f"Fine:{row.pk}",
                student=student_id,
                amount=str(amount),
            )
            publish(
                FineIssued(
                    fine_id=row.pk,
                    student_id=student_id,
                    amount=amount,
                    reason=row.reason,
                    due_date=due_date,
                    at=row.created_at,
                )
            )
        return queries.to_dto(row)

    def cancel_fine(self, *, actor: Actor, fine_id: int, reason: str = "") -> None:
        require(actor, Role.HOD, Role.STAFF)
        with atomic(self.module):
            row = _locked(actor, fine_id)
            _require_unpaid(row)
            _count(row, -1)
            # Nothing outside of finance refers to fines, so nothing but their payments can stand in the way.
            kept = row.payments.exists()
            if kept:
                row.status = FineStatus.CANCELLED.value
                row.cancelled_at, row.cancel_reason = timezone.now(), reason.strip()
                row.save(update_fields=["status", "cancelled_at", "cancel_reason"])
            else:
                erase(models.Fine.objects.filter(pk=row.pk))
            audit.record(
                actor=actor,
                action="finance.fine_cancelled",
                target=f"Fine:{fine_id}",
                student=row.student_id,
                amount=str(row.amount),
                reason=reason.strip(),
                erased=not kept,
            )
            publish(FineCancelled(fine_id=fine_id, student_id=row.student_id, at=timezone.now()))

    def list_fines(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        status: FineStatus | None = None,
        found_students: tuple[int, ...] = (),
    ) -> Page[Fine]:
        require(actor, Role.HOD, Role.STAFF)
        rows = models.Fine.objects.all()
        if student_ids is not None:
            rows = rows.filter(student_id__in=student_ids)
        if status is not None:
            rows = rows.filter(status=status)
        if found_students:
            rows = queries.searched(rows, page.search, found_students)
            page = page.model_copy(update={"search": ""})
        return page_of(rows, page, build=queries.build, search=("reason",), order=ORDER)

    def own_fines(self, *, actor: Actor, page: PageRequest, status: FineStatus | None = None) -> Page[Fine]:
        rows = models.Fine.objects.filter(student_id=_own_student(actor))
        if status is not None:
            rows = rows.filter(status=status)
        return page_of(rows, page, build=queries.build, search=("reason",), order=ORDER)

    def fine(self, *, actor: Actor, fine_id: int) -> Fine:
        return queries.to_dto(_visible(actor, fine_id))

    def payments(self, *, actor: Actor, fine_id: int) -> tuple[Payment, ...]:
        _visible(actor, fine_id)
        return queries.payments(fine_id)

    def totals(self, *, actor: Actor) -> FineTotals:
        require_login(actor)
        today = timezone.localdate()
        if actor.role is Role.STUDENT:
            return queries.student_totals(_own_student(actor), today)
        return queries.school_totals(today)

    def start_payment(self, *, actor: Actor, fine_id: int) -> Checkout:
        _own_student(actor)
        row = _visible(actor, fine_id)
        _require_payable(row)
        try:
            provider = configured()
            order = _open_order(row, provider)
            order_id = order.order_id if order else _new_order(row, provider)
        except ProviderFailed as error:
            raise _provider_conflict() from error
        if order is None:
            with atomic(self.module):
                row = _locked(actor, fine_id)
                _require_payable(row)
                models.FinePayment.objects.create(
                    fine=row,
                    amount_paid=Decimal(0),
                    provider=provider.name,
                    order_id=order_id,
                    order_amount=row.amount,
                    currency=settings.CURRENCY,
                    created_by=actor.user_id,
                )
                audit.record(actor=actor, action="finance.payment_started", target=f"Fine:{row.pk}", order=order_id)
        return Checkout(
            fine=queries.to_dto(row),
            provider=provider.name,
            order_id=order_id,
            key_id=provider.key_id,
            amount_minor=rules.to_minor(row.amount),
            currency=settings.CURRENCY,
        )

    def confirm_payment(self, *, actor: Actor, order_id: str, payment_id: str, signature: str) -> Fine:
        order = _own_order(actor, order_id)
        provider = _provider_of(order)
        if not provider.verify(order_id=order_id, payment_id=payment_id, signature=signature):
            self._refuse(actor, order)
            raise Invalid(fields={"signature": [_("The payment could not be verified.")]})
        with atomic(self.module):
            fine = models.Fine.objects.select_for_update().get(pk=order.fine_id)
            order = models.FinePayment.objects.select_for_update().get(pk=order.pk)
            problem = self._settle(actor, fine, order, payment_id)
        if problem:
            raise _settlement_conflict(problem)
        return queries.to_dto(fine)

    def pay_in_sandbox(self, *, actor: Actor, order_id: str) -> CheckoutReturn:
        order = _own_order(actor, order_id)
        provider = _provider_of(order)
        if not isinstance(provider, SandboxProvider):
            raise _provider_conflict()
        payment_id, signature = provider.pay(order_id=order_id)
        return CheckoutReturn(order_id=order_id, payment_id=payment_id, signature=signature)

    def _settle(self, actor: Actor, fine: models.Fine, order: models.FinePayment, payment_id: str) -> str | None:
        """Take in a verified payment, inside the caller's transaction. Returns why it does not settle the fine, if so.

        Money that came is kept in any case: the caller tells of the problem after the transaction has committed.
        """
        status = FineStatus(fine.status)
        if order.payment_status == PaymentStatus.SUCCESS and order.payment_id == payment_id:
            if fine.payment_id == payment_id:
                return None
            return rules.settlement_problem(status=status, owed=fine.amount, paid=order.amount_paid) or "paid"
        if order.payment_status == PaymentStatus.SUCCESS:
            _audit_payment(actor, fine, order, payment_id, problem="paid")
            return "paid"
        order.payment_status = PaymentStatus.SUCCESS.value
        order.payment_id, order.amount_paid = payment_id, order.order_amount or Decimal(0)
        order.payment_date = timezone.now()
        order.save(update_fields=["payment_status", "payment_id", "amount_paid", "payment_date"])
        problem = rules.settlement_problem(status=status, owed=fine.amount, paid=order.amount_paid)
        if problem is None:
            _count(fine, -1)
            fine.status, fine.payment_id, fine.payment_date = FineStatus.PAID.value, payment_id, order.payment_date
            fine.save(update_fields=["status", "payment_id", "payment_date"])
            publish(
                PaymentSucceeded(
                    fine_id=fine.pk,
                    student_id=fine.student_id,
                    payment_id=order.pk,
                    amount=order.amount_paid,
                    at=order.payment_date,
                )
            )
        _audit_payment(actor, fine, order, payment_id, problem=problem)
        return problem

    def _refuse(self, actor: Actor, order: models.FinePayment) -> None:
        """Keep a failed attempt. A payment that came stays one, and a genuine confirmation may still follow."""
        with atomic(self.module):
            models.FinePayment.objects.filter(pk=order.pk).exclude(payment_status=PaymentStatus.SUCCESS).update(
                payment_status=PaymentStatus.FAILED, payment_date=timezone.now()
            )
            audit.record(
                actor=actor, action="finance.payment_failed", target=f"Fine:{order.fine_id}", order=order.order_id
            )


def _problems(amount: Decimal, reason: str) -> dict[str, list[str]]:
    """What is wrong with a new fine, by field."""
    texts = {
        "not_positive": _("The amount must be above zero."),
        "too_large": _("The amount can be at most %(amount)s.") % {"amount": f"{rules.LARGEST_AMOUNT:,}"},
        "too_precise": _("The amount can have at most two decimal places."),
    }
    fields: dict[str, list[str]] = {}
    problem = rules.amount_problem(amount)
    if problem:
        fields["amount"] = [texts[problem]]
    if not reason.strip():
        fields["reason"] = [_("Say what the fine is for.")]
    elif len(reason.strip()) > rules.LONGEST_REASON:
        fields["reason"] = [_("The reason can have at most %(count)d characters.") % {"count": rules.LONGEST_REASON}]
    return fields


def _own_student(actor: Actor) -> int:
    if actor.student_id is None:
        raise Forbidden(message=_("Only students with a complete profile have fines of their own."))
    return actor.student_id


def _no_such_fine(fine_id: int) -> NotFound:
    return NotFound(entity="finance.Fine", id=fine_id, message=_("There is no such fine."))


def _visible(actor: Actor, fine_id: int) -> models.Fine:
    """The row, for staff, the HOD and the fined student; for others it is not there."""
    require_login(actor)
    row = models.Fine.objects.filter(pk=fine_id).first()
    if row is None or (actor.role is Role.STUDENT and row.student_id != actor.student_id):
        raise _no_such_fine(fine_id)
    return row


def _locked(actor: Actor, fine_id: int) -> models.Fine:
    """As `_visible`, held until the transaction ends."""
    _visible(actor, fine_id)
    row = models.Fine.objects.select_for_update().filter(pk=fine_id).first()
    if row is None:
        raise _no_such_fine(fine_id)
    return row


def _own_order(actor: Actor, order_id: str) -> models.FinePayment:
    student_id = _own_student(actor)
    orders = models.FinePayment.objects.filter(fine__student_id=student_id, order_id=order_id).exclude(order_id="")
    order = orders.order_by("-id").first()
    if order is None:
        raise NotFound(entity="finance.FinePayment", id=order_id, message=_("There is no such payment."))
    return order


def _require_unpaid(row: models.Fine) -> None:
    if row.status != FineStatus.UNPAID:
        raise _settlement_conflict(row.status)


def _require_payable(row: models.Fine) -> None:
    problem = rules.settlement_problem(status=FineStatus(row.status), owed=row.amount, paid=row.amount)
    if problem:
        raise _settlement_conflict(problem)


def _settlement_conflict(problem: str) -> Conflict:
    texts = {
        "paid": _("This fine is already paid."),
        "cancelled": _("This fine was cancelled."),
        "amount": _("The amount of this fine cannot be settled by this payment. Ask the office."),
    }
    return Conflict(reason=problem, message=texts[problem])


def _provider_conflict() -> Conflict:
    return Conflict(reason="provider", message=_("Online payment is not available at the moment. Try again later."))


def _provider_of(order: models.FinePayment) -> PaymentProvider:
    """The provider in use, if it is the one that took the order; only that one can confirm it."""
    try:
        provider = configured()
    except ProviderFailed as error:
        raise _provider_conflict() from error
    if provider.name != order.provider:
        raise _provider_conflict()
    return provider


def _open_order(row: models.Fine, provider: PaymentProvider) -> models.FinePayment | None:
    """A recent order for this fine that nothing came of. Used again, so that a second click makes no second payment."""
    return (
        row.payments.filter(
            provider=provider.name,
            payment_status__in=(PaymentStatus.CREATED, PaymentStatus.FAILED),
            order_amount=row.amount,
            currency=settings.CURRENCY,
            payment_date__gt=timezone.now() - ORDER_LIFE,
        )
        .order_by("-id")
        .first()
    )


def _new_order(row: models.Fine, provider: PaymentProvider) -> str:
    return provider.create_order(
        amount_minor=rules.to_minor(row.amount), currency=settings.CURRENCY, receipt=f"fine_{row.pk}"
    )


def _count(row: models.Fine, change: int) -> None:
    """Enter or remove an unpaid fine in the school's totals."""
    FineTotal.add({UNPAID_COUNT: change, UNPAID_MINOR: change * rules.to_minor(row.amount)})


def _audit_payment(
    actor: Actor, fine: models.Fine, order: models.FinePayment, payment_id: str, *, problem: str | None
) -> None:
    """Note a payment that came. One that settles nothing is also a warning: somebody has to give the money back."""
    if problem:
        log.warning("payment_settles_nothing", fine=fine.pk, order=order.order_id, problem=problem)
    audit.record(
        actor=actor,
        action="finance.payment_surplus" if problem else "finance.payment_succeeded",
        target=f"Fine:{fine.pk}",
        order=order.order_id,
        payment=payment_id,
        amount=str(order.order_amount),
        problem=problem or "",
    )


provider = Finance()
