"""What finance does from time to time."""

from datetime import timedelta

from django.conf import settings

from contracts.base import Actor
from kernel.context import request_id
from kernel.jobs import scheduled
from modules.finance.overdue import tell_of_overdue_fines
from modules.finance.providers import NotSetUp
from modules.finance.reconciling import reconcile, summary
from modules.finance.reminding import ask_for_reminders


@scheduled(every=timedelta(minutes=10))
def reconcile_payments() -> str:
    """Ask the provider about orders that were left open. Raises ProviderFailed when it cannot be asked."""
    try:
        return summary(reconcile(actor=Actor.system(request_id=request_id())))
    except NotSetUp as nobody:
        return str(nobody)


@scheduled(every=timedelta(hours=1))
def remind_of_unpaid_fines() -> str:
    """Remind of fines that are due soon, and weekly of those that are overdue."""
    return f"{ask_for_reminders()} reminders" if settings.FINE_REMINDERS else "switched off"


@scheduled(every=timedelta(hours=1))
def remind_of_overdue_fines() -> str:
    """Tell of fines whose last day has passed."""
    return f"{tell_of_overdue_fines()} fines fell overdue"
