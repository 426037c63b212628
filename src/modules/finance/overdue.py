"""Telling that fines have fallen overdue: each once, on the day after its last day or soon after."""

from datetime import timedelta

from django.utils import timezone

from contracts.finance import FineOverdue, FineStatus
from kernel.databases import atomic
from kernel.events import publish
from modules.finance.models import Fine

LATEST = timedelta(days=7)
"""How long after its last day a fine is still told of. What came from the legacy years overdue surprises nobody, and a
process that stood still over a weekend is caught up with.
"""


def tell_of_overdue_fines() -> int:
    """Publish FineOverdue for each unpaid fine whose last day has just passed; returns for how many."""
    today = timezone.localdate()
    due = Fine.objects.filter(
        status=FineStatus.UNPAID, due_date__lt=today, due_date__gte=today - LATEST, overdue_told_at=None
    )
    return sum(map(_tell, due.order_by("pk").values_list("pk", flat=True)))


def _tell(fine_id: int) -> bool:
    """In a transaction of its own; False for one that was settled, or told by another process, in the meantime."""
    with atomic("finance"):
        now = timezone.now()
        open_still = Fine.objects.filter(pk=fine_id, status=FineStatus.UNPAID, overdue_told_at=None)
        if not open_still.update(overdue_told_at=now):
            return False
        fine = Fine.objects.get(pk=fine_id)
        publish(
            FineOverdue(fine_id=fine.pk, student_id=fine.student_id, amount=fine.amount, due_date=fine.due_date, at=now)
        )
    return True
