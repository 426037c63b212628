"""Paying a fine through the payment provider: the order, and what the checkout returns."""

from datetime import timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor
from contracts.errors import Invalid
from contracts.finance import Checkout, FinanceService, Fine, PaymentStatus
from kernel import audit
from kernel.databases import atomic
from modules.finance import checks, models, rules, settling
from modules.finance.providers import PaymentProvider, ProviderFailed, configured
from modules.finance.settling import SURPLUS, Outcome

log = structlog.get_logger(__name__)

ORDER_LIFE = timedelta(days=1)
"""For how long an order that nothing came of is used again."""

TROUBLES = (*SURPLUS, Outcome.UNCONFIRMED, Outcome.FAILED, Outcome.GONE)


class Payments(FinanceService):
    def start_payment(self, *, actor: Actor, fine_id: int) -> Checkout:
        checks.own_student(actor)
        row = checks.visible(actor, fine_id)
        checks.require_payable(row)
        try:
            provider = configured()
            order_id = _still_open(actor, row, provider) or self._new_order(actor, row, provider)
        except ProviderFailed as error:
            raise checks.payment_conflict("provider") from error
        return Checkout(
            fine=checks.shown(fine_id),
            provider=provider.name,
            order_id=order_id,
            key_id=provider.key_id,
            amount_minor=rules.to_minor(row.amount),
            currency=settings.CURRENCY,
            checkout_page=provider.checkout_page,
        )

    def _new_order(self, actor: Actor, row: models.Fine, provider: PaymentProvider) -> str:
        """Make an order with the provider, and keep it."""
        order_id = provider.create_order(
            amount_minor=rules.to_minor(row.amount), currency=settings.CURRENCY, receipt=f"fine_{row.pk}"
        )
        with atomic(self.module):
            row = checks.locked(actor, row.pk)
            checks.require_payable(row)
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
        return order_id

    def confirm_payment(self, *, actor: Actor, order_id: str, payment_id: str, signature: str) -> Fine:
        order = checks.own_order(actor, order_id)
        provider = checks.provider_of(order)
        if not provider.verify(order_id=order_id, payment_id=payment_id, signature=signature):
            with atomic(self.module):
                audit.record(
                    actor=actor, action="finance.payment_forged", target=f"Fine:{order.fine_id}", order=order_id
                )
            raise Invalid(fields={"signature": [_("The payment could not be verified.")]})
        with atomic(self.module):
            order = models.FinePayment.objects.select_for_update().get(pk=order.pk)
            if not settling.given_up(order, payment_id):
                settling.report(order, payment_id)
        try:
            outcome = settling.ask(actor=actor, provider=provider, order=order)
        except ProviderFailed:
            log.warning("payment_not_confirmed_yet", order=order_id)
        else:
            if outcome in TROUBLES:
                raise checks.payment_conflict("failed" if outcome is Outcome.GONE else outcome.value)
        return checks.shown(order.fine_id)


def _still_open(actor: Actor, row: models.Fine, provider: PaymentProvider) -> str:
    """The id of an order for this fine that can still be paid; empty when there is none.

    It is used again, so that a second click makes no second payment; and the provider is asked first, since it may have
    been paid in a window that never came back. Raises Conflict when it was, or may have been; ProviderFailed.
    """
    open_orders = row.payments.filter(
        provider=provider.name,
        payment_status__in=(PaymentStatus.CREATED, PaymentStatus.FAILED, PaymentStatus.PENDING),
        order_amount=row.amount,
        currency=settings.CURRENCY,
    ).order_by("-id")
    pending = open_orders.filter(payment_status=PaymentStatus.PENDING).first()
    order = pending or open_orders.filter(payment_date__gt=timezone.now() - ORDER_LIFE).first()
    if order is None:
        return ""
    outcome = settling.ask(actor=actor, provider=provider, order=order)
    if pending and outcome is Outcome.UNCONFIRMED:
        raise checks.payment_conflict("unconfirmed")
    order.refresh_from_db()
    row.refresh_from_db()
    checks.require_payable(row)
    if order.payment_status == PaymentStatus.PENDING:
        raise checks.payment_conflict("pending")
    return "" if outcome is Outcome.GONE or order.payment_status == PaymentStatus.SUCCESS else order.order_id
