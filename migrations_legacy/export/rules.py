"""What has no exact counterpart in the legacy, and what is done about it: by named rules that the report counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from contracts.assessments import AssignmentStatus
from contracts.attendance import AttendanceStatus
from contracts.finance import FineStatus
from contracts.leaves import LeaveStatus
from migrations_legacy.fields import Value

Facts = Mapping[str, Value]
"""A row here: field → value in its written form."""


@dataclass(frozen=True)
class LeftOut:
    """Rows of a model that the legacy has no place for. What belongs to them is left out with them."""

    target: str
    which: Q
    reason: str


@dataclass(frozen=True)
class Changed:
    """Rows that say something else in the legacy, since it has no word for it."""

    target: str
    applies: Callable[[Facts], bool]
    rule: str


LEFT_OUT = (
    LeftOut("users.User", Q(half_made=True), "an admission that is not finished"),
    LeftOut("users.StudentProfile", Q(half_made=True), "an admission that is not finished"),
    LeftOut("finance.Fine", Q(status=FineStatus.CANCELLED.value), "a cancelled fine, which the legacy would ask for"),
    LeftOut("assessments.StudentResult", Q(withheld=True), "a withheld result, which the legacy would show"),
    LeftOut(
        "assessments.Assignment",
        Q(status=AssignmentStatus.DRAFT.value),
        "a draft of an assignment, which the legacy would show",
    ),
)
BELONGS = "it belongs to a row that is left out"

CHANGED = (
    Changed("finance.Fine", lambda row: row["status"] == FineStatus.WAIVED.value, "a waived fine becomes paid"),
    Changed(
        "attendance.AttendanceReport",
        lambda row: row["status"] == AttendanceStatus.LATE.value,
        "late becomes present",
    ),
    Changed(
        "attendance.AttendanceReport",
        lambda row: row["status"] == AttendanceStatus.EXCUSED.value,
        "excused becomes absent",
    ),
    *(
        Changed(
            target, lambda row: row["status"] == LeaveStatus.CANCELLED.value, "a cancelled request becomes rejected"
        )
        for target in ("leaves.StudentLeave", "leaves.StaffLeave")
    ),
)


def leave_date(row: Facts) -> Value:
    """The legacy's text for the days of a leave: as it was written, or the days of a request that was made here."""
    if row["written_dates"] or row["first_day"] is None:
        return row["written_dates"]
    if row["last_day"] in (None, row["first_day"]):
        return row["first_day"]
    return f"{row['first_day']} to {row['last_day']}"


COMPUTED: dict[str, tuple[str, Callable[[Facts], Value]]] = {
    "leaves.StudentLeave": ("leave_date", leave_date),
    "leaves.StaffLeave": ("leave_date", leave_date),
}
"""Target → column of the legacy that is worked out from several fields."""
