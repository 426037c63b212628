"""Asking for reminders of unpaid fines: each once, whoever else looks at the same time."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contracts.finance import FineReminderDue, FineStatus
from kernel.databases import atomic
from kernel.events import publish
from modules.finance.models import Fine
from modules.finance.queries import unsettled
from modules.finance.rules import REMINDED_BEFORE, is_reminder_due


def ask_for_reminders() -> int:
    """Publish FineReminderDue for each unpaid fine of which it is time; returns for how many."""
    today = timezone.localdate()
    soon = Q(due_date__range=(today, today + REMINDED_BEFORE), reminded_at=None)
    overdue = Q(due_date__lt=today, overdue_told_at__isnull=False)
    # Whoever has just paid is not reminded while the provider confirms it.
    unpaid = Fine.objects.filter(~Exists(unsettled().filter(fine=OuterRef("pk"))), status=FineStatus.UNPAID)
    return sum([_ask(fine, today) for fine in unpaid.filter(soon | overdue).order_by("pk") if _is_due(fine, today)])


def _is_due(fine: Fine, today: date) -> bool:
    return is_reminder_due(
        today,
        issued_on=timezone.localdate(fine.created_at),
        due_date=fine.due_date,
        overdue_told_on=_day(fine.overdue_told_at),
        reminded_on=_day(fine.reminded_at),
    )


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _ask(fine: Fine, today: date) -> bool:
    """In a transaction of its own; False for one that was settled, or asked for by another process, in the meantime."""
    with atomic("finance"):
        now = timezone.now()
        as_it_was = Fine.objects.filter(pk=fine.pk, status=FineStatus.UNPAID, reminded_at=fine.reminded_at)
        if not as_it_was.update(reminded_at=now):
            return False
        publish(
            FineReminderDue(
                fine_id=fine.pk,
                student_id=fine.student_id,
                amount=fine.amount,
                reason=fine.reason,
                due_date=fine.due_date,
                overdue=fine.due_date < today,
                at=now,
            )
        )
    return True
