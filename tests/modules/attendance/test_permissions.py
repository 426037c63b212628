"""Who may do what with attendance."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.attendance import AttendanceService
from contracts.base import Actor, PageRequest, Role
from contracts.errors import Forbidden
from tests import actors
from tests.modules.attendance.fakes import FRIDAY, MONDAY, PHYSICS, YEAR
from tests.modules.attendance.marks import marks

pytestmark = pytest.mark.django_db

Call = Callable[[AttendanceService, Actor, int], Any]

HOD, TEACHER, OTHER_TEACHER = actors.hod(), actors.teacher(), actors.teacher(11, 502)
INCOMPLETE_TEACHER = actors.teacher(10, None)
STUDENT, OTHER_STUDENT = actors.student(), actors.student(32, 702)
NOBODY = (actors.anonymous(), Actor(user_id=99, role=Role.NONE, profile_id=None, request_id="test"))

IN_SUBJECT: dict[str, Call] = {
    "roll": lambda s, a, _: s.roll(actor=a, subject_id=PHYSICS, session_year_id=YEAR, on=MONDAY),
    "record": lambda s, a, _: s.record(actor=a, subject_id=PHYSICS, session_year_id=YEAR, on=MONDAY, marks=()),
    "correct": lambda s, a, r: s.correct(actor=a, register_id=r, marks=marks(s701="l")),
    "registers": lambda s, a, _: s.registers(actor=a, subject_id=PHYSICS, session_year_id=YEAR),
    "register": lambda s, a, r: s.register(actor=a, register_id=r),
}
FIGURES: dict[str, Call] = {
    "list_registers": lambda s, a, _: s.list_registers(actor=a, page=PageRequest()),
    "register_counts": lambda s, a, _: s.register_counts(actor=a, subject_ids=(PHYSICS,)),
    "subject_tallies": lambda s, a, _: s.subject_tallies(actor=a, subject_ids=(PHYSICS,)),
    "lowest_in_subjects": lambda s, a, _: s.lowest_in_subjects(actor=a, subject_ids=(PHYSICS,)),
    "bands_in_subjects": lambda s, a, _: s.bands_in_subjects(actor=a, subject_ids=(PHYSICS,)),
    "untaken_on": lambda s, a, _: s.untaken_on(actor=a, on=MONDAY, subject_ids=(PHYSICS,)),
}
OWN: dict[str, Call] = {
    "student_tallies": lambda s, a, _: s.student_tallies(actor=a, student_ids=(701,)),
    "student_subject_tallies": lambda s, a, _: s.student_subject_tallies(actor=a, student_id=701),
}
SCHOOL: dict[str, Call] = {"school": lambda s, a, _: s.school(actor=a)}


@pytest.fixture
def register(attendance: AttendanceService) -> int:
    return attendance.record(
        actor=HOD, subject_id=PHYSICS, session_year_id=YEAR, on=MONDAY, marks=marks(s701="p", s702="a")
    ).id


def allowed(calls: dict[str, Call], *people: Actor) -> list[Any]:
    return [
        pytest.param(call, actor, id=f"{name}-{actor.role}-{actor.user_id}")
        for name, call in calls.items()
        for actor in people
    ]


@pytest.mark.parametrize(
    ("call", "actor"),
    [
        *allowed(IN_SUBJECT, HOD, TEACHER, INCOMPLETE_TEACHER, actors.system()),
        *allowed(FIGURES, HOD, TEACHER, OTHER_TEACHER, actors.system()),
        *allowed(OWN, HOD, TEACHER, OTHER_TEACHER, STUDENT, actors.system()),
        *allowed(SCHOOL, HOD, actors.system()),
    ],
)
def test_allowed(attendance: AttendanceService, register: int, call: Call, actor: Actor) -> None:
    assert call(attendance, actor, register) is not None


@pytest.mark.parametrize(
    ("call", "actor"),
    [
        *allowed(IN_SUBJECT, OTHER_TEACHER, STUDENT, *NOBODY),
        *allowed(FIGURES, STUDENT, *NOBODY),
        *allowed(OWN, OTHER_STUDENT, actors.student(33, None), *NOBODY),
        *allowed(SCHOOL, TEACHER, STUDENT, *NOBODY),
    ],
)
def test_refused(attendance: AttendanceService, register: int, call: Call, actor: Actor) -> None:
    before = attendance.register(actor=HOD, register_id=register)
    with pytest.raises(Forbidden) as caught:
        call(attendance, actor, register)
    assert caught.value.message
    assert attendance.register(actor=HOD, register_id=register) == before


@pytest.mark.parametrize("actor", [HOD, TEACHER, OTHER_TEACHER])
def test_teachers_and_the_hod_see_the_marks_of_any_student(
    attendance: AttendanceService, register: int, actor: Actor
) -> None:
    found = attendance.student_marks(actor=actor, student_id=702, subject_id=PHYSICS, first_day=MONDAY, last_day=FRIDAY)
    assert [m.register_id for m in found] == [register]


@pytest.mark.parametrize("actor", NOBODY)
def test_nobody_else_sees_a_students_marks(attendance: AttendanceService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        attendance.student_marks(actor=actor, student_id=701, subject_id=PHYSICS, first_day=MONDAY, last_day=FRIDAY)
