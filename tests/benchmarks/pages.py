"""Measures the pages that grew in the legacy, in the database that the environment names: `python -m
tests.benchmarks.pages` prints for each its statements, rows, and milliseconds (p50: elapsed, and of
the processor, which other work on the machine spoils less) as JSON.

A process of its own for each database. It saves attendance, so give it a copy.
"""

import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.test import Client

ROUNDS = 12
WARM_UP = 3
HOD, TEACHER, STUDENT = 2, 10, 31
SUBJECT, YEAR = 1, 3
LAST_DAY = date(2026, 6, 30)
ROW = re.compile(rb"<(?:tr|li|option|fieldset)\b")
"""What a page has one of for each thing that it shows or offers."""

Body = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A page or endpoint, and who asks for it; with bodies it is posted, another one each time."""

    user_id: int
    path: str
    bodies: Callable[["Client"], Iterator[Body]] | None = field(default=None)


def always(**body: object) -> Callable[["Client"], Iterator[Body]]:
    """The same each time."""

    def bodies(_client: "Client") -> Iterator[Body]:
        while True:
            yield {name: str(value) for name, value in body.items()}

    return bodies


def fullest_register(_client: "Client") -> Iterator[Body]:
    """The day with the most marks, which the scripts of the legacy name by its id."""
    from django.db.models import Count

    from modules.attendance.models import Attendance

    registers = Attendance.objects.filter(subject_id=SUBJECT, session_year_id=YEAR)
    fullest = registers.annotate(marks=Count("reports")).order_by("-marks", "id").values_list("id", flat=True)[0]
    return always(attendance_date=fullest)(_client)


def days_not_taken_yet(client: "Client") -> Iterator[Body]:
    """The whole class, every second student present, on a day of which there is nothing: all marks are inserted."""
    from django.utils import timezone

    from modules.attendance.models import Attendance

    found = json.loads(client.post("/get_students/", {"subject": SUBJECT, "session_year": YEAR}, **HOST).json())
    marks = json.dumps([{"id": student["id"], "status": number % 2} for number, student in enumerate(found)])
    taken = set(Attendance.objects.filter(subject_id=SUBJECT, session_year_id=YEAR).values_list("date", flat=True))
    day = min(LAST_DAY, timezone.localdate())
    while True:
        if day not in taken:
            yield {
                "student_ids": marks,
                "subject_id": str(SUBJECT),
                "session_year_id": str(YEAR),
                "attendance_date": day.isoformat(),
            }
        day -= timedelta(days=1)


CLASS = f"?subject={SUBJECT}&session_year={YEAR}"
PAGES = (
    *(
        Page(HOD, path)
        for path in (
            *("/admin_home/", "/manage_student/", "/manage_staff/", "/manage_subject/", "/manage_passwords/"),
            *("/student_leave_view/", "/student_feedback_message/", f"/admin_view_attendance/{CLASS}"),
        )
    ),
    Page(HOD, "/admin_get_attendance_dates/", always(subject=SUBJECT, session_year_id=YEAR)),
    Page(HOD, "/admin_get_attendance_student/", fullest_register),
    *(
        Page(TEACHER, path)
        for path in (
            *("/staff_home/", "/manage_fines/", "/add_fine/", "/manage_assignments/"),
            *("/view_assignment_submissions/1/", f"/staff_take_attendance/{CLASS}&attendance_date=2025-10-17"),
        )
    ),
    Page(TEACHER, "/get_students/", always(subject=SUBJECT, session_year=YEAR)),
    Page(TEACHER, "/get_attendance_dates/", always(subject=SUBJECT, session_year_id=YEAR)),
    Page(TEACHER, "/get_attendance_student/", fullest_register),
    Page(TEACHER, "/save_attendance_data/", days_not_taken_yet),
    *(
        Page(STUDENT, path)
        for path in (
            *("/student_home/", "/student_view_attendance/", "/student_view_result/", "/student/assignments/"),
            "/inbox/",
        )
    ),
    Page(
        STUDENT,
        "/student_view_attendance_post/",
        always(subject=SUBJECT, start_date="2025-07-01", end_date="2026-06-30"),
    ),
)
HOST: dict[str, Any] = {"SERVER_NAME": "localhost"}


def measure(client: "Client", page: Page) -> dict[str, float]:
    """One page, asked for often enough to have a median."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    bodies = page.bodies(client) if page.bodies else None

    def ask() -> tuple[Any, tuple[float, float], Body]:
        body = next(bodies) if bodies else {}
        started = time.perf_counter(), time.process_time()
        response = client.post(page.path, body, **HOST) if bodies else client.get(page.path, **HOST)
        taken = time.perf_counter() - started[0], time.process_time() - started[1]
        if response.status_code != 200 or response.content == b"Error":
            sys.exit(f"{page.path} answered {response.status_code}")
        return response, taken, body

    elapsed, worked = zip(*[ask()[1] for _ in range(ROUNDS)][WARM_UP:], strict=True)
    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connection)) for connection in connections.all()]
        response, _taken, body = ask()
    return {
        "statements": sum(map(len, captured)),
        "elapsed": statistics.median(elapsed) * 1000,
        "worked": statistics.median(worked) * 1000,
        "rows": rows(response, body),
    }


def rows(response: Any, body: Body) -> int:
    """How many rows and choices a page shows, entries an endpoint answers, or marks were sent to be saved."""
    if "student_ids" in body:
        return len(json.loads(body["student_ids"]))
    if response["Content-Type"].startswith("application/json"):
        return len(json.loads(response.json()))
    return len(ROW.findall(response.content))


def main() -> None:
    """Measure all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.portal.moved import browser_of

    clients = {user_id: browser_of(user_id) for user_id in (HOD, TEACHER, STUDENT)}
    sys.stdout.write(json.dumps({page.path: measure(clients[page.user_id], page) for page in PAGES}))


if __name__ == "__main__":
    main()
