"""Leaves: LeaveReportStudent → StudentLeave, LeaveReportStaff → StaffLeave."""

from contracts.leaves import LeaveStatus
from migrations_legacy.convert import instant, integer, leave_first_day, leave_last_day, text
from migrations_legacy.errors import Doubtful
from migrations_legacy.mapping import Column, Context, Reference, TableMapping, column, same

_STATUS = {0: LeaveStatus.PENDING.value, 1: LeaveStatus.APPROVED.value, 2: LeaveStatus.REJECTED.value}
_WORDS = frozenset(_STATUS.values())
_REJECTED = 2


def leave_status(value: object) -> str:
    """The legacy's number in words. The HOD's page called any other number rejected, and offered no decision."""
    word = str(value).strip().lower()
    if word in _WORDS:
        return word
    number = integer(value)
    if number is not None and number in _STATUS:
        return _STATUS[number]
    text = f"leave_status {value} means nothing; it is shown as rejected, as before"
    raise Doubtful(LeaveStatus.REJECTED.value, text, rule="decisions that mean nothing are shown as rejected")


def legacy_leave_status(status: str) -> int:
    """The legacy has no word for a request that was taken back; it shows it as rejected."""
    return next((number for number, word in _STATUS.items() if word == status), _REJECTED)


_COLUMNS: tuple[Column, ...] = (
    *same(integer, "id"),
    column("first_day", "leave_date", leave_first_day),
    column("last_day", "leave_date", leave_last_day),
    column("written_dates", "leave_date", text),
    column("reason", "leave_message", text),
    column("status", "leave_status", leave_status, back=legacy_leave_status),
    *same(instant, "created_at", "updated_at"),
)

CONTEXT = Context(
    name="leaves",
    tables=(
        TableMapping(
            source="leavereportstudent",
            target="leaves.StudentLeave",
            columns=(*_COLUMNS, column("student_id", "student_id_id", integer)),
            references=(Reference("student_id_id", "students"),),
        ),
        TableMapping(
            source="leavereportstaff",
            target="leaves.StaffLeave",
            columns=(*_COLUMNS, column("staff_id", "staff_id_id", integer)),
            references=(Reference("staff_id_id", "staffs"),),
        ),
    ),
)
