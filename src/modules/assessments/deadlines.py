"""What deadlines bring about by themselves: a reminder the day before, and that the assignment is closed."""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from contracts.assessments import AssignmentClosed, AssignmentDueSoon, AssignmentStatus
from contracts.base import Actor
from kernel import audit
from kernel.context import request_id
from kernel.databases import atomic
from kernel.events import publish
from modules.assessments.models import Assignment

MODULE = "assessments"
SOON = timedelta(days=1)
"""How long before its deadline an assignment is due soon. What was set less than that ago is still news."""
AT_ONCE = 500
"""So many are closed in one run: a school that moves in has years of them."""


def remind_of_deadlines() -> int:
    """Publish AssignmentDueSoon once for each deadline of the coming day; returns for how many."""
    now = timezone.now()
    soon = Assignment.objects.filter(_not_reminded(), due_at__gt=now, due_at__lte=now + SOON)
    ids = soon.filter(created_at__lt=now - SOON).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(assignment_id, now) for assignment_id in ids)


def close_past_deadlines() -> int:
    """Close what is past its deadline, some at a time; returns how many."""
    now = timezone.now()
    past = Assignment.objects.filter(status=AssignmentStatus.PUBLISHED, due_at__lt=now)
    return sum(
        _close(assignment_id, now) for assignment_id in past.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    )


def open_what_has_time_again() -> int:
    """Open what a deadline closed that is to come again; returns how many. A legacy that is still in use moves
    deadlines past the service.
    """
    closed = Assignment.objects.filter(status=AssignmentStatus.CLOSED, closed_by_deadline=True)
    return closed.filter(due_at__gt=timezone.now()).update(status=AssignmentStatus.PUBLISHED, closed_by_deadline=False)


def _not_reminded() -> Q:
    """Open, and nobody was reminded of this deadline; one that was moved is another."""
    return Q(status=AssignmentStatus.PUBLISHED) & (Q(reminded_of=None) | ~Q(reminded_of=F("due_at")))


def _remind(assignment_id: int, now: datetime) -> bool:
    """In a transaction of its own; False for one that became another, or was told by another process, meanwhile."""
    with atomic(MODULE):
        if not Assignment.objects.filter(_not_reminded(), pk=assignment_id).update(reminded_of=F("due_at")):
            return False
        row = Assignment.objects.get(pk=assignment_id)
        publish(
            AssignmentDueSoon(
                assignment_id=row.pk,
                subject_id=row.subject_id,
                title=row.title,
                due_at=row.due_at,
                handed_in=tuple(row.submissions.order_by("student_id").values_list("student_id", flat=True)),
                at=now,
            )
        )
    return True


def _close(assignment_id: int, now: datetime) -> bool:
    """In a transaction of its own; False for one that was closed, or got another deadline, meanwhile. That it was
    closed is no change of the assignment's own, so that a legacy which moves in once more does not meet one.
    """
    with atomic(MODULE):
        past = Assignment.objects.filter(pk=assignment_id, status=AssignmentStatus.PUBLISHED, due_at__lt=now)
        if not past.update(status=AssignmentStatus.CLOSED, closed_by_deadline=True):
            return False
        row = Assignment.objects.get(pk=assignment_id)
        house = Actor.system(request_id=request_id())
        audit.record(
            actor=house, action="assessments.assignment_closed", target=f"Assignment:{row.pk}", was="published"
        )
        publish(
            AssignmentClosed(
                assignment_id=row.pk, subject_id=row.subject_id, title=row.title, due_at=row.due_at, at=now
            )
        )
    return True
