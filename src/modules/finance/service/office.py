"""What is paid at the office."""

from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import Invalid
from contracts.finance import FinanceService, Payment, PaymentMethod, PaymentStatus
from kernel.databases import atomic
from kernel.permissions import require
from modules.finance import checks, models, queries, settling

LONGEST_REFERENCE = 100  # characters


class Office(FinanceService):
    def record_payment(self, *, actor: Actor, fine_id: int, method: PaymentMethod, reference: str = "") -> Payment:
        require(actor, Role.HOD)
        if len(reference.strip()) > LONGEST_REFERENCE:
            text = _("The reference can have at most %(count)d characters.") % {"count": LONGEST_REFERENCE}
            raise Invalid(fields={"reference": [text]})
        with atomic(self.module):
            fine = checks.locked(actor, fine_id)
            checks.require_payable(fine)
            checks.require_nothing_pending(fine)
            payment = models.FinePayment.objects.create(
                fine=fine,
                amount_paid=fine.amount,
                payment_status=PaymentStatus.SUCCESS.value,
                payment_method=method.value,
                transaction_id=reference.strip() or None,
                created_by=actor.user_id,
            )
            settling.settle(actor, fine, payment)
        return next(one for one in queries.payments(fine_id) if one.id == payment.pk)
