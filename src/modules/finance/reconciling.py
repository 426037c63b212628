"""Asks the provider about orders that were left open: the browser never returned, and no webhook came."""

from collections import Counter
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from contracts.base import Actor
from contracts.finance import PaymentStatus
from modules.finance import settling
from modules.finance.models import FinePayment
from modules.finance.providers import configured
from modules.finance.settling import Outcome

REMEMBERED = timedelta(days=7)
"""For how long an order is asked about when nobody says that it is paid; otherwise, until it is known."""


def reconcile(*, actor: Actor) -> Counter[Outcome]:
    """Ask about each open order of the provider in use, the oldest first; returns how many came out how.

    Raises ProviderFailed as soon as the provider cannot be asked; what was learnt before is kept.
    """
    provider = configured()
    recent = Q(payment_date__gt=timezone.now() - REMEMBERED)
    open_orders = FinePayment.objects.filter(
        Q(payment_status=PaymentStatus.PENDING)
        | recent & Q(payment_status__in=(PaymentStatus.CREATED, PaymentStatus.FAILED)),
        provider=provider.name,
    ).exclude(order_id="")
    return Counter(settling.ask(actor=actor, provider=provider, order=order) for order in open_orders.order_by("id"))


def summary(outcomes: Counter[Outcome]) -> str:
    """In one line, as in "3 open orders asked about: 1 settled, 2 nothing"."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    return f"{outcomes.total()} open orders asked about{': ' if counts else ''}{counts}"
