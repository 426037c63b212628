"""Earlier registers, and what the legacy left in them."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.attendance import AttendanceService
from contracts.base import PageRequest
from contracts.errors import Invalid, NotFound
from kernel.totals import rebuild_all
from modules.attendance.models import Attendance, AttendanceReport
from tests import actors
from tests.modules.attendance.fakes import FRIDAY, MATHS, MONDAY, MUSIC, PHYSICS, TUESDAY, YEAR, FakeAcademics
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks, shown

pytestmark = pytest.mark.django_db

Recorded = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def twice_taken() -> tuple[int, int]:
    """Two registers of one day; in the second one 701 has two marks."""
    first, second = (
        Attendance.objects.create(subject_id=PHYSICS, session_year_id=YEAR, date=MONDAY, duplicate=n) for n in (0, 1)
    )
    for register, student, status, duplicate in (
        (first, 701, "present", 0),
        (first, 702, "absent", 0),
        (second, 701, "absent", 0),
        (second, 701, "present", 1),
        (second, 702, "absent", 0),
    ):
        AttendanceReport.objects.create(attendance=register, student_id=student, status=status, duplicate=duplicate)
    rebuild_all()
    return first.pk, second.pk


def test_correcting_a_register_changes_exactly_that_one(
    attendance: AttendanceService, twice_taken: tuple[int, int], recorded: Recorded
) -> None:
    first, second = twice_taken
    register = attendance.correct(actor=actors.teacher(), register_id=second, marks=marks(s702="l"))
    assert (register.id, register.late) == (second, 1)
    assert shown(attendance, first) == {701: "p", 702: "a"}
    assert shown(attendance, second) == {701: "ap", 702: "l"}
    assert [(e["register_id"], e["first_time"]) for e in recorded()] == [(second, False)]
    assert_figures_are_a_count_of_the_marks()


def test_all_marks_of_a_student_in_the_register_are_set(
    attendance: AttendanceService, twice_taken: tuple[int, int], recorded: Recorded
) -> None:
    attendance.correct(actor=actors.teacher(), register_id=twice_taken[1], marks=marks(s701="p"))
    assert shown(attendance, twice_taken[1])[701] == "pp"
    assert recorded()[0]["changed"] == [{"student_id": 701, "status": "present"}]
    assert_figures_are_a_count_of_the_marks()


def test_saving_a_day_that_was_taken_twice_corrects_the_first_register(
    attendance: AttendanceService, twice_taken: tuple[int, int]
) -> None:
    first, second = twice_taken
    ask: dict[str, Any] = {"subject_id": PHYSICS, "session_year_id": YEAR}
    assert attendance.roll(actor=actors.hod(), on=MONDAY, **ask).register_id == first
    assert attendance.record(actor=actors.hod(), on=MONDAY, marks=marks(s702="p", s703="p"), **ask).id == first
    assert shown(attendance, first) == {701: "p", 702: "p", 703: "p"}
    assert shown(attendance, second) == {701: "ap", 702: "a"}
    assert [r.id for r in attendance.registers(actor=actors.hod(), **ask)] == [first, second]
    assert_figures_are_a_count_of_the_marks()


def test_a_student_without_a_mark_cannot_be_corrected(
    attendance: AttendanceService, twice_taken: tuple[int, int], recorded: Recorded
) -> None:
    with pytest.raises(Invalid) as caught:
        attendance.correct(actor=actors.teacher(), register_id=twice_taken[0], marks=marks(s701="a", s703="p"))
    assert "703" in caught.value.fields["marks"][0]
    with pytest.raises(Invalid):
        attendance.correct(actor=actors.teacher(), register_id=twice_taken[0], marks=marks(s701="a") * 2)
    assert shown(attendance, twice_taken[0]) == {701: "p", 702: "a"}
    assert recorded() == []


def test_correcting_to_what_it_is_tells_nothing(
    attendance: AttendanceService, twice_taken: tuple[int, int], recorded: Recorded
) -> None:
    before = Attendance.objects.get(pk=twice_taken[0]).updated_at
    for given in (marks(s701="p", s702="a"), ()):
        register = attendance.correct(actor=actors.teacher(), register_id=twice_taken[0], marks=given)
        assert register.updated_at == before
    assert recorded() == []


def test_registers_are_corrected_whatever_their_day(attendance: AttendanceService) -> None:
    far = Attendance.objects.create(subject_id=PHYSICS, session_year_id=YEAR, date=MONDAY.replace(year=2031))
    AttendanceReport.objects.create(attendance=far, student_id=9999, status="present")
    rebuild_all()
    attendance.correct(actor=actors.hod(), register_id=far.pk, marks=marks(s9999="a"))
    assert shown(attendance, far.pk) == {9999: "a"}
    assert_figures_are_a_count_of_the_marks()


def test_an_unknown_register_is_not_found(attendance: AttendanceService) -> None:
    with pytest.raises(NotFound):
        attendance.correct(actor=actors.hod(), register_id=1, marks=())
    with pytest.raises(NotFound):
        attendance.register(actor=actors.hod(), register_id=1)


@pytest.fixture
def a_week(attendance: AttendanceService) -> list[int]:
    """Registers: physics on Monday, maths on Friday, physics on Tuesday, music on Tuesday."""
    days = ((PHYSICS, MONDAY), (MATHS, FRIDAY), (PHYSICS, TUESDAY), (MUSIC, TUESDAY))
    return [
        attendance.record(actor=actors.hod(), subject_id=subject, session_year_id=YEAR, on=day, marks=()).id
        for subject, day in days
    ]


def test_registers_are_listed_newest_day_first(attendance: AttendanceService, a_week: list[int]) -> None:
    monday, friday, tuesday, music = a_week

    def listed(order: str = "", **conditions: Any) -> list[int]:
        page = attendance.list_registers(actor=actors.hod(), page=PageRequest(order=order), **conditions)
        assert page.total == len(page.items)
        return [r.id for r in page.items]

    assert listed() == [friday, music, tuesday, monday]
    assert listed("date") == [monday, tuesday, music, friday]
    assert listed("created_at") == a_week
    assert listed(subject_ids=(PHYSICS,)) == [tuesday, monday]
    assert listed(subject_ids=()) == []
    assert listed(session_year_id=99) == []
    assert listed(first_day=TUESDAY) == [friday, music, tuesday]
    assert listed(first_day=TUESDAY, last_day=TUESDAY) == [music, tuesday]


def test_teachers_find_the_registers_of_their_own_subjects(attendance: AttendanceService, a_week: list[int]) -> None:
    monday, friday, tuesday, music = a_week

    def listed(user_id: int, **conditions: Any) -> list[int]:
        page = attendance.list_registers(actor=actors.teacher(user_id), page=PageRequest(), **conditions)
        return [r.id for r in page.items]

    assert listed(10) == [friday, tuesday, monday]
    assert listed(11) == [music]
    assert listed(12) == []
    assert listed(10, subject_ids=(MUSIC, MATHS, 99)) == [friday]


def test_registers_of_a_subject_come_in_the_order_in_which_they_were_made(
    attendance: AttendanceService, a_week: list[int]
) -> None:
    found = attendance.registers(actor=actors.teacher(), subject_id=PHYSICS, session_year_id=YEAR)
    assert [r.id for r in found] == [a_week[0], a_week[2]]


def test_a_students_marks_in_a_subject_come_by_date_with_duplicates(
    attendance: AttendanceService, twice_taken: tuple[int, int]
) -> None:
    attendance.record(actor=actors.hod(), subject_id=PHYSICS, session_year_id=YEAR, on=FRIDAY, marks=marks(s701="l"))

    def found(first: Any, last: Any) -> list[tuple[Any, str]]:
        asked = {"student_id": 701, "subject_id": PHYSICS, "first_day": first, "last_day": last}
        return [(m.date, m.status.value) for m in attendance.student_marks(actor=actors.student(), **asked)]

    monday = [(MONDAY, "present"), (MONDAY, "absent"), (MONDAY, "present")]
    assert found(MONDAY, FRIDAY) == [*monday, (FRIDAY, "late")]
    assert found(MONDAY, TUESDAY) == monday
    assert found(FRIDAY, MONDAY) == []


def test_students_see_the_subjects_of_their_own_courses_past_ones_included(
    attendance: AttendanceService, academics: FakeAcademics
) -> None:
    def ask(subject_id: int, student_id: int = 701) -> Any:
        return attendance.student_marks(
            actor=actors.student(), student_id=student_id, subject_id=subject_id, first_day=MONDAY, last_day=FRIDAY
        )

    assert ask(PHYSICS) == ()
    for subject_id, student_id in ((MUSIC, 701), (99, 701), (PHYSICS, 702)):
        with pytest.raises(NotFound):
            ask(subject_id, student_id)
    academics.places[701].extend(academics.places[711])
    assert ask(MUSIC) == ()
