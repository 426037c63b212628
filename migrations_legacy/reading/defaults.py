"""What stands where the source has nothing and the legacy always had something: by a rule that the report names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN_TIME = "1970-01-01 00:00:00"
UNUSABLE = "!no-password-in-the-source"
_OTHER_TIMES = (
    "created_at",
    "updated_at",
    "submitted_at",
    "date_joined",
    "payment_date",
    "attendance_date",
    "last_login",
    "due_date",
)


@dataclass(frozen=True)
class Default:
    """A value for an empty column, worked out from the rest of the row."""

    rule: str
    value: Callable[[Mapping[str, Any]], object]


def _another_time(row: Mapping[str, Any]) -> object:
    return next((row[name] for name in _OTHER_TIMES if row.get(name) is not None), UNKNOWN_TIME)


def _always(rule: str, value: object) -> Default:
    return Default(rule, lambda row: value)


_TIME = Default("no time was kept: another time of the row, or 1 January 1970", _another_time)
_BLANK = _always("nothing was kept: empty text", "")
_NO = _always("nothing was kept: no, as the legacy's own default says", 0)
_YES = _always("nothing was kept: yes, as the legacy's own default says", 1)
_ZERO = _always("nothing was kept: 0, as the legacy's own default says", 0)

_STAMPS = {"created_at": _TIME, "updated_at": _TIME}
_LEAVE = {"leave_date": _BLANK, "leave_message": _BLANK, "leave_status": _ZERO, **_STAMPS}

DEFAULTS: dict[str, dict[str, Default]] = {
    "customuser": {
        "password": _always("no password was kept: the account needs a new one", UNUSABLE),
        "is_superuser": _NO,
        "is_staff": _NO,
        "is_active": _YES,
        "date_joined": _TIME,
    },
    "adminhod": _STAMPS,
    "staffs": _STAMPS,
    "students": _STAMPS,
    "courses": {"course_name": _BLANK, **_STAMPS},
    "subjects": {"subject_name": _BLANK, **_STAMPS},
    "attendance": _STAMPS,
    "attendancereport": {"status": _NO, **_STAMPS},
    "leavereportstudent": _LEAVE,
    "leavereportstaff": _LEAVE,
    "feedbackstudent": {"feedback": _BLANK, **_STAMPS},
    "feedbackstaffs": {"feedback": _BLANK, **_STAMPS},
    "notificationstudent": {"message": _BLANK, **_STAMPS},
    "notificationstaffs": {"message": _BLANK, **_STAMPS},
    "studentresult": {"subject_exam_marks": _ZERO, "subject_assignment_marks": _ZERO, **_STAMPS},
    "assignment": {"title": _BLANK, "description": _BLANK, **_STAMPS},
    "assignmentsubmission": {
        "status": _always("nothing was kept: submitted, as the legacy's own default says", "submitted"),
        "submitted_at": _TIME,
    },
    "fine": {
        "reason": _BLANK,
        "created_at": _TIME,
        "paid": _NO,
        "due_date": Default(
            "no due date was kept: the day it was issued", lambda row: row.get("created_at") or UNKNOWN_TIME
        ),
    },
    "finepayment": {"payment_id": _BLANK, "payment_status": _BLANK, "payment_date": _TIME},
}
