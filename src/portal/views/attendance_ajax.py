"""The legacy's AJAX endpoints for attendance, with bodies of the same shape (JSON within a JSON string).

They ask for the CSRF token (field or `X-CSRFToken` header); ids in them are user ids, as in the legacy.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracts.academics import AcademicsService
from contracts.attendance import AttendanceService, AttendanceStatus, Mark
from contracts.base import Actor, Role
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.ids import row_id

ANSWERS = (Invalid, NotFound, Forbidden, Conflict)
PRESENT_WORDS = {"1", "true", "t", "present"}
ABSENT_WORDS = {"0", "false", "f", "absent"}


def _double_encoded(rows: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse(json.dumps(rows), safe=False)


def _read(
    answer: Callable[[Actor, Mapping[str, str]], list[dict[str, Any]]],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A read endpoint: what is missing or unknown is a 400 with the reason."""

    def view(request: HttpRequest) -> HttpResponseBase:
        try:
            return _double_encoded(answer(actor_of(request), request.POST))
        except (KeyError, ValueError):
            return JsonResponse({"error": _("A field is missing or is not a number.")}, status=400)
        except ANSWERS as error:
            return JsonResponse({"error": str(error)}, status=400)

    return view


def _students(actor: Actor, data: Mapping[str, str]) -> list[dict[str, Any]]:
    ids = services.get(AcademicsService).class_list(
        actor=actor, subject_id=row_id(data["subject"]), session_year_id=row_id(data["session_year"])
    )
    _only_of_own_subject(actor, row_id(data["subject"]))
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    return [
        {"id": students[i].user_id, "name": f"{students[i].first_name} {students[i].last_name}"}
        for i in ids
        if i in students
    ]


def _only_of_own_subject(actor: Actor, subject_id: int) -> None:
    """A teacher is told of the classes of their own subjects only."""
    subject = services.get(AcademicsService).subjects(actor=actor, ids=(subject_id,)).get(subject_id)
    if actor.role is Role.STAFF and (subject is None or subject.teacher_id != actor.user_id):
        raise Forbidden(message=_("You do not teach this subject."))


def _dates(actor: Actor, data: Mapping[str, str]) -> list[dict[str, Any]]:
    registers = services.get(AttendanceService).registers(
        actor=actor, subject_id=row_id(data["subject"]), session_year_id=row_id(data["session_year_id"])
    )
    return [
        {"id": r.id, "attendance_date": r.date.isoformat(), "session_year_id": r.session_year_id} for r in registers
    ]


def _marks(actor: Actor, data: Mapping[str, str]) -> list[dict[str, Any]]:
    """`attendance_date` is a register's id, as the legacy calls it; true stands for whoever came, late or not."""
    found = services.get(AttendanceService).register(actor=actor, register_id=row_id(data["attendance_date"]))
    ids = tuple(dict.fromkeys(mark.student_id for mark in found.marks))
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    known = [(students[mark.student_id], mark.status) for mark in found.marks if mark.student_id in students]
    came = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)
    return [{"id": s.user_id, "name": f"{s.first_name} {s.last_name}", "status": st in came} for s, st in known]


get_students = require_POST(only(Role.STAFF)(_read(_students)))
get_attendance_dates = require_POST(only(Role.STAFF)(_read(_dates)))
get_attendance_student = require_POST(only(Role.STAFF)(_read(_marks)))
admin_get_attendance_dates = require_POST(only(Role.HOD)(_read(_dates)))
admin_get_attendance_student = require_POST(only(Role.HOD)(_read(_marks)))


@require_POST
@only(Role.STAFF)
def save_attendance_data(request: HttpRequest) -> HttpResponseBase:
    """Save a class; `OK`, or `Error` and nothing is saved."""

    def save(actor: Actor, data: Mapping[str, str]) -> None:
        services.get(AttendanceService).record(
            actor=actor,
            subject_id=row_id(data["subject_id"]),
            session_year_id=row_id(data["session_year_id"]),
            on=date.fromisoformat(data["attendance_date"]),
            marks=posted_marks(actor, data["student_ids"]),
        )

    return _written(request, save)


@require_POST
@only(Role.STAFF)
def update_attendance_data(request: HttpRequest) -> HttpResponseBase:
    """Correct a register; `OK`, or `Error` and nothing is changed."""

    def save(actor: Actor, data: Mapping[str, str]) -> None:
        services.get(AttendanceService).correct(
            actor=actor, register_id=row_id(data["attendance_date"]), marks=posted_marks(actor, data["student_ids"])
        )

    return _written(request, save)


def _written(request: HttpRequest, save: Callable[[Actor, Mapping[str, str]], None]) -> HttpResponseBase:
    try:
        save(actor_of(request), request.POST)
    except (KeyError, ValueError, TypeError, *ANSWERS):
        return HttpResponse("Error", content_type="text/html; charset=utf-8")
    return HttpResponse("OK", content_type="text/html; charset=utf-8")


def posted_marks(actor: Actor, text: str) -> tuple[Mark, ...]:
    """`[{"id": <user id>, "status": 0/1/…}]` as marks. Raises ValueError, KeyError or TypeError for anything else."""
    entries = [(row_id(entry["id"]), _status(entry["status"])) for entry in _parsed(text)]
    if not entries:
        return ()
    students = services.get(UsersService).students_by_user(
        actor=actor, user_ids=tuple(dict.fromkeys(i for i, _s in entries))
    )
    marks = []
    for user_id, status in entries:
        student = students.get(user_id)
        if student is None or student.profile_id is None:
            raise ValueError(f"no student {user_id}")
        marks.append(Mark(student_id=student.profile_id, status=status))
    return tuple(marks)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _status(value: object) -> AttendanceStatus:
    word = str(value).lower()
    if word in PRESENT_WORDS:
        return AttendanceStatus.PRESENT
    return AttendanceStatus.ABSENT if word in ABSENT_WORDS else AttendanceStatus(word)
