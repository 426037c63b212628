"""The school's rules on leave, as pure functions."""

from datetime import date

from contracts.leaves import LeaveStatus

OPEN = (LeaveStatus.PENDING, LeaveStatus.APPROVED)
"""Requests in these states keep their days from being asked for again."""

LONGEST_DAYS = 366


def day_problem(first_day: date, last_day: date) -> str | None:
    """Why two inclusive days make no leave: "reversed" or "too_long"; None when they do."""
    if last_day < first_day:
        return "reversed"
    if (last_day - first_day).days + 1 > LONGEST_DAYS:
        return "too_long"
    return None


def may_become(old: LeaveStatus, new: LeaveStatus, *, by_owner: bool) -> bool:
    """pending → approved or rejected by the HOD; pending → cancelled by its owner; approved → cancelled by the HOD."""
    if by_owner:
        return (old, new) == (LeaveStatus.PENDING, LeaveStatus.CANCELLED)
    return (old, new) in {
        (LeaveStatus.PENDING, LeaveStatus.APPROVED),
        (LeaveStatus.PENDING, LeaveStatus.REJECTED),
        (LeaveStatus.APPROVED, LeaveStatus.CANCELLED),
    }
