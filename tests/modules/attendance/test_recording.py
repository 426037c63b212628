"""Taking the roll: the class, the day, and what saving again does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.attendance import AttendanceService, AttendanceStatus, Mark, Register
from contracts.errors import Invalid, NotFound
from kernel.models import AuditEntry
from modules.attendance.models import Attendance, AttendanceReport
from tests import actors
from tests.modules.attendance.fakes import (
    CLASS,
    FRIDAY,
    LATECOMER,
    MATHS,
    MONDAY,
    MUSIC,
    MUSICIAN,
    PHYSICS,
    REVERSED_YEAR,
    TUESDAY,
    YEAR,
    FakeAcademics,
    Place,
)
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks, shown

pytestmark = pytest.mark.django_db

Recorded = Callable[[], list[dict[str, Any]]]

MORNING = marks(s701="p", s702="a", s703="l", s704="e")


def record(attendance: AttendanceService, given: tuple[Mark, ...], **changes: Any) -> Register:
    wanted: dict[str, Any] = {"actor": actors.teacher(), "subject_id": PHYSICS, "session_year_id": YEAR, "on": MONDAY}
    return attendance.record(**(wanted | changes), marks=given)


def test_a_whole_class_is_saved_in_one_call(attendance: AttendanceService, recorded: Recorded) -> None:
    register = record(attendance, MORNING)
    assert (register.present, register.absent, register.late, register.excused) == (1, 1, 1, 1)
    assert (register.subject_id, register.session_year_id, register.date) == (PHYSICS, YEAR, MONDAY)
    assert shown(attendance, register.id) == {701: "p", 702: "a", 703: "l", 704: "e"}
    assert_figures_are_a_count_of_the_marks()
    [event] = recorded()
    assert event["first_time"] is True
    assert [m["student_id"] for m in event["changed"]] == [701, 702, 703, 704]


def test_saving_the_same_again_changes_and_tells_nothing(attendance: AttendanceService, recorded: Recorded) -> None:
    first = record(attendance, MORNING)
    assert record(attendance, MORNING) == first
    assert record(attendance, tuple(reversed(MORNING))) == first
    assert len(recorded()) == 1
    assert AuditEntry.objects.count() == 1
    assert_figures_are_a_count_of_the_marks()


def test_saving_the_day_again_corrects_it_and_tells_only_what_changed(
    attendance: AttendanceService, recorded: Recorded
) -> None:
    first = record(attendance, MORNING)
    second = record(attendance, marks(s701="p", s702="l", s703="l", s704="p"))
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert second.updated_at > first.updated_at
    event = recorded()[-1]
    assert event["first_time"] is False
    assert event["changed"] == [{"student_id": 702, "status": "late"}, {"student_id": 704, "status": "present"}]
    entry = AuditEntry.objects.get(action="attendance.corrected", actor_user_id=10)
    assert entry.detail["turned"] == {"702": ["absent", "late"], "704": ["excused", "present"]}
    assert_figures_are_a_count_of_the_marks()


def test_students_without_a_mark_in_the_call_keep_theirs(attendance: AttendanceService) -> None:
    register = record(attendance, marks(s701="a", s702="a"))
    record(attendance, marks(s702="p", s703="p"))
    assert shown(attendance, register.id) == {701: "a", 702: "p", 703: "p"}


def test_a_register_may_be_empty(attendance: AttendanceService, recorded: Recorded) -> None:
    register = record(attendance, ())
    assert (register.present, register.absent, register.late, register.excused) == (0, 0, 0, 0)
    assert record(attendance, ()) == register
    assert [e["first_time"] for e in recorded()] == [True]
    assert attendance.register_counts(actor=actors.hod(), subject_ids=(PHYSICS, MATHS)) == {PHYSICS: 1, MATHS: 0}


def test_each_subject_day_and_year_has_a_register_of_its_own(attendance: AttendanceService) -> None:
    saved = [
        record(attendance, MORNING),
        record(attendance, MORNING, on=TUESDAY),
        record(attendance, MORNING, subject_id=MATHS),
        record(attendance, MORNING, session_year_id=REVERSED_YEAR),
    ]
    assert len({r.id for r in saved}) == 4
    assert_figures_are_a_count_of_the_marks()


@pytest.mark.parametrize("stranger", [MUSICIAN, LATECOMER, 9999])
def test_only_students_enrolled_on_that_day_can_be_marked(attendance: AttendanceService, stranger: int) -> None:
    given = (*MORNING, Mark(student_id=stranger, status=AttendanceStatus.PRESENT))
    with pytest.raises(Invalid) as caught:
        record(attendance, given)
    assert str(stranger) in caught.value.fields["marks"][0]
    assert not Attendance.objects.exists()
    assert_figures_are_a_count_of_the_marks()


def test_a_student_can_be_marked_from_the_first_day_on(attendance: AttendanceService) -> None:
    later = MONDAY + timedelta(days=28)
    assert record(attendance, marks(s705="p"), on=later).present == 1


def test_a_student_who_left_the_class_can_still_be_corrected_where_marked(
    attendance: AttendanceService, academics: FakeAcademics
) -> None:
    register = record(attendance, MORNING)
    del academics.places[702]
    record(attendance, marks(s702="l"))
    assert shown(attendance, register.id)[702] == "l"


def test_a_student_is_marked_once_in_a_call(attendance: AttendanceService) -> None:
    with pytest.raises(Invalid) as caught:
        record(attendance, (*MORNING, Mark(student_id=701, status=AttendanceStatus.ABSENT)))
    assert "701" in caught.value.fields["marks"][0]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("days", [-400, 400])
def test_the_day_lies_in_the_session_year(attendance: AttendanceService, days: int) -> None:
    for ask in (lambda on: record(attendance, MORNING, on=on), lambda on: roll(attendance, on=on)):
        with pytest.raises(Invalid) as caught:
            ask(MONDAY + timedelta(days=days))
        assert set(caught.value.fields) == {"on"}


def test_a_reversed_session_year_excludes_no_day(attendance: AttendanceService) -> None:
    assert record(attendance, MORNING, session_year_id=REVERSED_YEAR, on=MONDAY - timedelta(days=800)).present == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC", "Etc/GMT+12"])
def test_today_is_the_last_day_and_is_the_schools(
    attendance: AttendanceService, academics: FakeAcademics, zone: str
) -> None:
    with timezone.override(zone):
        today = timezone.localdate()
        academics.years[3] = (today - timedelta(days=30), today + timedelta(days=30))
        academics.places[701].append(Place(1, 3))
        assert record(attendance, marks(s701="p"), session_year_id=3, on=today).present == 1
        with pytest.raises(Invalid) as caught:
            record(attendance, marks(s701="p"), session_year_id=3, on=today + timedelta(days=1))
    assert set(caught.value.fields) == {"on"}


@pytest.mark.parametrize(
    ("changes", "entity"),
    [({"subject_id": 99}, "academics.Subject"), ({"session_year_id": 99}, "academics.SessionYear")],
)
def test_unknown_subjects_and_years_are_not_found(
    attendance: AttendanceService, changes: dict[str, int], entity: str
) -> None:
    asked = {"subject_id": PHYSICS, "session_year_id": YEAR} | changes
    for ask in (
        lambda: record(attendance, MORNING, **changes),
        lambda: roll(attendance, **changes),
        lambda: attendance.registers(actor=actors.hod(), **asked),
    ):
        with pytest.raises(NotFound) as caught:
            ask()
        assert caught.value.entity == entity


def test_nothing_is_kept_of_a_call_that_fails_halfway(
    attendance: AttendanceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("modules.attendance.marking.audit.record", broken)
    with pytest.raises(Exception, match="module_unavailable"):
        record(attendance, MORNING)
    assert not Attendance.objects.exists()
    assert not AttendanceReport.objects.exists()
    assert_figures_are_a_count_of_the_marks()


def roll(attendance: AttendanceService, **changes: Any) -> Any:
    wanted: dict[str, Any] = {"actor": actors.teacher(), "subject_id": PHYSICS, "session_year_id": YEAR, "on": MONDAY}
    return attendance.roll(**(wanted | changes))


def test_an_untouched_roll_has_the_class_present(attendance: AttendanceService) -> None:
    fresh = roll(attendance)
    assert (fresh.register_id, fresh.student_ids) == (None, CLASS)
    assert {m.status for m in fresh.marks} == {AttendanceStatus.PRESENT}


def test_a_roll_shows_what_was_saved_and_whoever_was_marked(
    attendance: AttendanceService, academics: FakeAcademics
) -> None:
    register = record(attendance, MORNING)
    del academics.places[702]
    saved = roll(attendance)
    assert (saved.register_id, saved.marks) == (register.id, MORNING)
    assert set(saved.student_ids) == set(CLASS)


def test_subjects_without_a_register_on_a_day_are_named(attendance: AttendanceService) -> None:
    record(attendance, MORNING)
    ask: dict[str, Any] = {"actor": actors.teacher(), "subject_ids": (MUSIC, PHYSICS, MATHS)}
    assert attendance.untaken_on(on=MONDAY, **ask) == (MUSIC, MATHS)
    assert attendance.untaken_on(on=FRIDAY, **ask) == (MUSIC, PHYSICS, MATHS)


def test_saving_takes_as_many_statements_for_sixty_students_as_for_two(
    attendance: AttendanceService, academics: FakeAcademics
) -> None:
    academics.places |= {i: [Place(1, YEAR)] for i in range(1000, 1060)}

    def statements(students: range, letter: str) -> int:
        given = marks(**{f"s{i}": letter for i in students})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record(attendance, given, on=days.pop())
        return len(queries)

    days = [MONDAY + timedelta(days=n) for n in range(4)]
    statements(range(1000, 1060), "p")
    few, many = (statements(range(1000, end), "p") for end in (1002, 1060))
    assert few == many < 30
