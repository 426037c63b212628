"""Reactions of attendance to decisions on leave."""

from contracts.base import Audience
from contracts.leaves import LeaveApproved, LeaveCancelled, LeaveStatus
from kernel.events import Effect, subscribe
from modules.attendance import marking, questions
from modules.attendance.models import take_turn


def follow_leave(event: LeaveApproved | LeaveCancelled, effect: Effect) -> None:
    """Approval excuses a student's absences on the days of the leave; its cancellation turns back what it turned.

    One consumer for both events, so that they take effect in the order in which they happened.
    """
    if event.person.audience is not Audience.STUDENT or event.first_day is None or event.last_day is None:
        return
    student_id, leave_id = event.person.profile_id, event.leave.id
    if isinstance(event, LeaveApproved):
        with effect.once():
            take_turn()
            marking.excuse(
                effect.actor,
                student_id=student_id,
                leave_id=leave_id,
                first_day=event.first_day,
                last_day=event.last_day,
            )
    elif event.was is LeaveStatus.APPROVED:
        approved = questions.leaves_between(effect.actor, (student_id,), event.first_day, event.last_day)
        with effect.once():
            take_turn()
            marking.restore(
                effect.actor,
                student_id=student_id,
                leave_id=leave_id,
                other_leaves=[a for a in approved if a.leave.id != leave_id],
            )


subscribe(LeaveApproved)(follow_leave)
subscribe(LeaveCancelled)(follow_leave)
