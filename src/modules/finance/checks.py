"""What must hold before finance writes: each check raises the contract's error, in words for the person who asked."""

from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.finance import Fine, FineStatus
from kernel.permissions import require_login
from modules.finance import models, queries, rules
from modules.finance.providers import PaymentProvider, ProviderFailed, configured


def problems_of_a_fine(amount: Decimal, reason: str, department: str) -> dict[str, list[str]]:
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
    if problem_of_reason := _problem_of_reason(reason, _("Say what the fine is for.")):
        fields["reason"] = [problem_of_reason]
    if len(department.strip()) > rules.LONGEST_DEPARTMENT:
        text = _("The department can have at most %(count)d characters.") % {"count": rules.LONGEST_DEPARTMENT}
        fields["department"] = [text]
    return fields


def require_reason(reason: str, missing: str) -> None:
    """Raises Invalid(`reason`) when there is none, in the words of `missing`, or when it is too long."""
    if problem := _problem_of_reason(reason, missing):
        raise Invalid(fields={"reason": [problem]})


def _problem_of_reason(reason: str, missing: str) -> str | None:
    if not reason.strip():
        return missing
    if len(reason.strip()) > rules.LONGEST_REASON:
        return _("The reason can have at most %(count)d characters.") % {"count": rules.LONGEST_REASON}
    return None


def own_student(actor: Actor) -> int:
    """The student's profile id. Raises Forbidden for everybody else."""
    if actor.student_id is None:
        raise Forbidden(message=_("Only students with a complete profile have fines of their own."))
    return actor.student_id


def no_such_fine(fine_id: int) -> NotFound:
    return NotFound(entity="finance.Fine", id=fine_id, message=_("There is no such fine."))


def visible(actor: Actor, fine_id: int) -> models.Fine:
    """The row, for staff, the HOD and the fined student; for others it is not there."""
    require_login(actor)
    row = models.Fine.objects.filter(pk=fine_id).first()
    if row is None or (actor.role is Role.STUDENT and row.student_id != actor.student_id):
        raise no_such_fine(fine_id)
    return row


def shown(fine_id: int) -> Fine:
    """The fine as others see it, as it is now."""
    found = queries.fine(fine_id)
    if found is None:
        raise no_such_fine(fine_id)
    return found


def locked(actor: Actor, fine_id: int) -> models.Fine:
    """As `visible`, held until the transaction ends."""
    visible(actor, fine_id)
    row = models.Fine.objects.select_for_update().filter(pk=fine_id).first()
    if row is None:
        raise no_such_fine(fine_id)
    return row


def own_order(actor: Actor, order_id: str) -> models.FinePayment:
    """The order, if it is for a fine of the student's own; raises NotFound otherwise."""
    student_id = own_student(actor)
    orders = models.FinePayment.objects.filter(fine__student_id=student_id, order_id=order_id).exclude(order_id="")
    order = orders.order_by("-id").first()
    if order is None:
        raise NotFound(entity="finance.FinePayment", id=order_id, message=_("There is no such payment."))
    return order


def require_unpaid(row: models.Fine) -> None:
    """Raises Conflict("paid"), Conflict("cancelled") or Conflict("waived")."""
    if row.status != FineStatus.UNPAID:
        raise payment_conflict(row.status)


def require_payable(row: models.Fine) -> None:
    """As `require_unpaid`; Conflict("amount") when nothing above zero is owed."""
    problem = rules.settlement_problem(status=FineStatus(row.status), owed=row.amount, paid=row.amount)
    if problem:
        raise payment_conflict(problem)


def require_nothing_pending(row: models.Fine) -> None:
    """Raises Conflict("pending") while a payment of the fine is being confirmed."""
    if queries.unsettled().filter(fine=row).exists():
        raise payment_conflict("pending")


def payment_conflict(reason: str) -> Conflict:
    """The contract's conflict of this reason."""
    texts = {
        "paid": _("This fine is already paid."),
        "cancelled": _("This fine was cancelled."),
        "waived": _("This fine was waived and need not be paid."),
        "amount": _("The amount of this fine cannot be settled by this payment. Ask the office."),
        "pending": _("A payment is being confirmed by the payment provider. Look again in a few minutes."),
        "unconfirmed": _(
            "The payment provider does not know of this payment, so it counts as failed. You can pay again; should the "
            "money arrive after all, the fine is marked as paid."
        ),
        "failed": _("The payment provider reports that the payment failed."),
        "provider": _("Online payment is not available at the moment. Try again later."),
    }
    return Conflict(reason=reason, message=texts[reason])


def provider_of(order: models.FinePayment) -> PaymentProvider:
    """The provider in use, if it is the one that took the order; only that one can confirm it."""
    try:
        provider = configured()
    except ProviderFailed as error:
        raise payment_conflict("provider") from error
    if provider.name != order.provider:
        raise payment_conflict("provider")
    return provider
