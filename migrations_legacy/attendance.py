"""Attendance: Attendance and AttendanceReport keep their names. Duplicates of either are kept, and numbered.

So is a register whose subject is gone: its marks are part of what its students' figures show, then and now.
"""

from contracts.attendance import AttendanceStatus
from migrations_legacy.convert import boolean, day, instant, integer
from migrations_legacy.mapping import Context, Duplicates, Reference, TableMapping, column, same

_STATUS = {True: AttendanceStatus.PRESENT.value, False: AttendanceStatus.ABSENT.value}


_COUNTS_AS_PRESENT = frozenset({AttendanceStatus.PRESENT.value, AttendanceStatus.LATE.value})


def attendance_status(value: object) -> str | None:
    """The legacy's truth value in words."""
    present = boolean(value)
    return None if present is None else _STATUS[present]


def legacy_status(status: str) -> int:
    """The legacy knows presence and absence only."""
    return int(status in _COUNTS_AS_PRESENT)


CONTEXT = Context(
    name="attendance",
    tables=(
        TableMapping(
            source="attendance",
            target="attendance.Attendance",
            columns=(
                *same(integer, "id"),
                column("subject_id", "subject_id_id", integer),
                column("session_year_id", "session_year_id_id", integer),
                column("date", "attendance_date", day),
                *same(instant, "created_at", "updated_at"),
            ),
            references=(
                Reference("subject_id_id", "subjects", kept=True),
                Reference("session_year_id_id", "sessionyearmodel"),
            ),
            duplicates=Duplicates("duplicate", by=("subject_id_id", "session_year_id_id", "attendance_date")),
        ),
        TableMapping(
            source="attendancereport",
            target="attendance.AttendanceReport",
            columns=(
                *same(integer, "id"),
                column("attendance_id", "attendance_id_id", integer),
                column("student_id", "student_id_id", integer),
                column("status", "status", attendance_status, back=legacy_status),
                *same(instant, "created_at", "updated_at"),
            ),
            references=(Reference("attendance_id_id", "attendance"), Reference("student_id_id", "students")),
            duplicates=Duplicates("duplicate", by=("attendance_id_id", "student_id_id")),
        ),
    ),
)
