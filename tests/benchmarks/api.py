"""Measures the ten operations of the API that programs ask for most, in the database that the environment names:
`python -m tests.benchmarks.api` prints for each its statements, rows, and milliseconds (p50: elapsed, and of the
processor) as JSON.

A process of its own for each database. It takes the roll, so give it a copy.
"""

import json
import os
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

from tests.benchmarks.pages import HOD, HOST, ROUNDS, STUDENT, SUBJECT, TEACHER, WARM_UP, YEAR

if TYPE_CHECKING:
    from django.test import Client

DAY = "2025-10-17"
LESSON = f"subject_id={SUBJECT}&session_year_id={YEAR}&on={DAY}"


@dataclass(frozen=True)
class Asked:
    """An operation, and who asks for it. "{student_id}" in the path is the student's own."""

    user_id: int
    method: str
    path: str


OPERATIONS = (
    Asked(STUDENT, "GET", "users/validate-token/"),
    Asked(STUDENT, "GET", "notifications/inbox/unread-count/"),
    Asked(STUDENT, "GET", "notifications/inbox/"),
    Asked(STUDENT, "GET", "attendance/students/{student_id}/tallies/"),
    Asked(STUDENT, "GET", "assessments/assignments/"),
    Asked(STUDENT, "GET", "finance/fines/own/"),
    Asked(TEACHER, "GET", f"attendance/roll/?{LESSON}"),
    Asked(TEACHER, "PUT", "attendance/roll/"),
    Asked(HOD, "GET", "users/students/?search=student&ordering=name"),
    Asked(HOD, "GET", "leaves/requests/student/?status=pending"),
)


def program_of(user_id: int) -> "Client":
    """A client that speaks for somebody by a token."""
    from django.test import Client

    from contracts.users import NOWHERE, SessionKind
    from modules.users import sessions, tokens
    from modules.users.models import User
    from modules.users.service.login import login_of

    session = sessions.begin(User.objects.get(pk=user_id), SessionKind.API, NOWHERE)
    identity = login_of(user_id, session_id=session.public_id).identity
    return Client(headers={"Authorization": f"Bearer {tokens.issue(identity, session).access_token}"})


def roll_taken(client: "Client") -> dict[str, Any]:
    """The whole class, everybody present."""
    lesson: dict[str, Any] = {"subject_id": SUBJECT, "session_year_id": YEAR, "on": DAY}
    class_list = client.get("/api/v1/attendance/roll/", lesson, **HOST).json()["student_ids"]
    return lesson | {"marks": [{"student_id": one, "status": "present"} for one in class_list]}


def measure(client: "Client", operation: Asked) -> dict[str, float]:
    """One operation, asked for often enough to have a median."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    from modules.users.models import StudentProfile

    own = StudentProfile.objects.get(user_id=STUDENT).pk
    path = f"/api/v1/{operation.path.format(student_id=own)}"
    body = roll_taken(client) if operation.method == "PUT" else {}
    sent = json.dumps(body) if body else ""

    def ask() -> tuple[Any, tuple[float, float]]:
        started = time.perf_counter(), time.process_time()
        response = client.generic(operation.method, path, sent, "application/json", **HOST)
        taken = time.perf_counter() - started[0], time.process_time() - started[1]
        if response.status_code != 200:
            sys.exit(f"{path} answered {response.status_code}: {response.content.decode()[:300]}")
        return response, taken

    elapsed, worked = zip(*[ask()[1] for _ in range(ROUNDS)][WARM_UP:], strict=True)
    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connection)) for connection in connections.all()]
        response, _taken = ask()
    return {
        "statements": sum(map(len, captured)),
        "elapsed": statistics.median(elapsed) * 1000,
        "worked": statistics.median(worked) * 1000,
        "rows": len(body["marks"]) if body else rows(response.json()),
    }


def rows(document: Any) -> int:
    """How many things an answer lists."""
    if isinstance(document, dict):
        document = document.get("items", document.get("student_ids", [document]))
    return len(document)


def main() -> None:
    """Measure all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["API_RATE"] = "1000000"
    django.setup()
    clients = {user_id: program_of(user_id) for user_id in (HOD, TEACHER, STUDENT)}
    found = {f"{one.method} {one.path}": measure(clients[one.user_id], one) for one in OPERATIONS}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
