"""A school in a database of its own, for tests that look at the house from outside: through a server or a process."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connections

from contracts.base import Role
from modules.users.models import User
from tests.portal.routes import EVERYBODY, ROUTES
from tests.portal.school import PASSWORD, Somebody, make_school, session_of
from tests.processes import environment_for, run

STUDENTS = 10


@dataclass(frozen=True)
class Prepared:
    """Who and what is in the school. Everybody's password is tests.portal.school.PASSWORD."""

    hod: Somebody
    teacher: Somebody
    other_teacher: Somebody
    students: list[Somebody]
    subjects: dict[str, int]
    """Name → id."""
    year_id: int
    today: date
    sessions: dict[int, str]
    """User id → the key of a session that has begun."""
    addresses: dict[str, list[str]]
    """Role → what head, teacher and first student can open."""

    @property
    def classmates(self) -> list[Somebody]:
        """The students of the first course, whom the first teacher teaches Botany."""
        return self.students[::2]


def prepare(database_url: str, facts: Path, **variables: str) -> Prepared:
    """Fill an empty database, in a process of its own; `variables` may give modules databases of their own."""
    run(environment_for(database_url) | variables, "tests.portal.prepared:write", facts)
    return read(facts)


def read(facts: Path) -> Prepared:
    """What `write` has said."""
    told: dict[str, Any] = json.loads(facts.read_text())
    for name in ("hod", "teacher", "other_teacher"):
        told[name] = _somebody(told[name])
    return Prepared(
        **told
        | {
            "students": [_somebody(one) for one in told["students"]],
            "today": date.fromisoformat(told["today"]),
            "sessions": {int(user_id): key for user_id, key in told["sessions"].items()},
        }
    )


def _somebody(told: Mapping[str, Any]) -> Somebody:
    return Somebody(**{**told, "role": Role(told["role"])})


def write(facts: str) -> None:
    """Make tables and school in the database of this process, and say in a file what is there."""
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0)
    school = make_school(students=STUDENTS)
    User.objects.update(password=make_password(PASSWORD, hasher="argon2"))  # what the server's settings verify
    people = [school.hod, school.teacher, school.other_teacher, *school.students]
    prepared = Prepared(
        hod=school.hod,
        teacher=school.teacher,
        other_teacher=school.other_teacher,
        students=school.students,
        subjects={subject.name: subject.pk for subject in school.subjects},
        year_id=school.year.pk,
        today=school.today,
        sessions={person.user_id: session_of(person) for person in people},
        addresses={
            role: [r.url(school) for r in ROUTES.values() if role in r.owners and r.is_opened] for role in EVERYBODY
        },
    )
    Path(facts).write_text(json.dumps(asdict(prepared), default=str))
